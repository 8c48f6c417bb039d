//! The sound just heard, kept so that no onset is lost.

/// The newest samples of a stream, up to a fixed number.
///
/// A gate knows that speech began only some windows after it did, and people begin softly. What was heard before is
/// here, addressed by its position in the stream.
///
/// ```
/// let mut ring = hearth_audio::PrefixRing::new(4);
/// ring.push(&[0.1, 0.2, 0.3]);
/// ring.push(&[0.4, 0.5]);
/// let (older, newer) = ring.since(2);
/// assert_eq!([older, newer].concat(), [0.3, 0.4, 0.5]);
/// ```
#[derive(Debug)]
pub struct PrefixRing {
    samples: Box<[f32]>,
    /// Position in the stream just after the newest sample.
    end: u64,
}

impl PrefixRing {
    /// A ring of `samples_max` samples; it never holds more and never allocates again.
    #[must_use]
    pub fn new(samples_max: usize) -> Self {
        Self { samples: vec![0.0; samples_max].into(), end: 0 }
    }

    /// Position in the stream just after the newest sample.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.end
    }

    /// Position in the stream of the oldest sample still here.
    #[must_use]
    pub fn start(&self) -> u64 {
        self.end.saturating_sub(self.samples.len() as u64)
    }

    /// Takes the next samples of the stream; the oldest make room.
    pub fn push(&mut self, samples: &[f32]) {
        let kept = &samples[samples.len().saturating_sub(self.samples.len())..];
        self.end += samples.len() as u64;
        let at = self.index_of(self.end - kept.len() as u64);
        let (first, second) = kept.split_at(kept.len().min(self.samples.len() - at));
        self.samples[at..at + first.len()].copy_from_slice(first);
        self.samples[..second.len()].copy_from_slice(second);
    }

    /// Everything from position `start` on, older part first. What is no longer here, or not yet, is left out.
    #[must_use]
    pub fn since(&self, start: u64) -> (&[f32], &[f32]) {
        let start = start.clamp(self.start(), self.end);
        let length = (self.end - start) as usize;
        let at = self.index_of(start);
        let first = length.min(self.samples.len() - at);
        (&self.samples[at..at + first], &self.samples[..length - first])
    }

    /// Where the sample at `position` lies.
    fn index_of(&self, position: u64) -> usize {
        (position % (self.samples.len() as u64).max(1)) as usize
    }
}
