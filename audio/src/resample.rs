//! One sample rate to another, in frames of any length, without drift.

use std::{fmt, time::Duration};

use audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Resampler as _};

use crate::{Error, SampleRate};

/// Blocks per second: 10 ms keep the delay short, and are still long enough for a steep filter.
const BLOCKS_PER_SECOND: usize = 100;

/// Changes the rate of a stream.
///
/// Output sample `k` is the sound at `k / to` seconds of the input: the delay of the filter is taken out, so length and
/// phase are those of the input. What that costs is waiting: the newest [`Resampler::delay`] of the input is still
/// inside. [`Resampler::flush`] gets it out.
///
/// ```
/// use hearth_audio::{Resampler, SampleRate};
/// let mut resampler = Resampler::new(SampleRate::HZ_48000, SampleRate::HZ_16000)?;
/// let mut out = Vec::new();
/// resampler.push(&[0.0; 960], &mut out);
/// resampler.flush(&mut out);
/// assert_eq!(out.len(), 320);
/// # Ok::<(), hearth_audio::Error>(())
/// ```
pub struct Resampler {
    from: SampleRate,
    to: SampleRate,
    /// `None` when both rates are the same: then the sound passes untouched.
    blocks: Option<Blocks>,
    pushed: u64,
    returned: u64,
}

impl Resampler {
    /// A resampler at the start of a stream.
    ///
    /// # Errors
    /// [`Error::Unsupported`] when the two rates have no usable common block.
    pub fn new(from: SampleRate, to: SampleRate) -> Result<Self, Error> {
        let blocks = if from == to { None } else { Some(Blocks::new(from, to)?) };
        Ok(Self { from, to, blocks, pushed: 0, returned: 0 })
    }

    /// Rate of what is pushed.
    #[must_use]
    pub fn from(&self) -> SampleRate {
        self.from
    }

    /// Rate of what comes out.
    #[must_use]
    pub fn to(&self) -> SampleRate {
        self.to
    }

    /// The most sound that waits inside between two pushes: one block and the look-ahead of the filter.
    /// 15 ms for 8, 16, 24, 32 and 48 kHz, 30 ms for 44.1 kHz, nothing when the rates are the same.
    #[must_use]
    pub fn delay(&self) -> Duration {
        self.blocks.as_ref().map_or(Duration::ZERO, |blocks| {
            self.from.duration_of(blocks.block.len() as u64) + self.to.duration_of(blocks.lookahead as u64)
        })
    }

    /// Takes `samples` of any number and appends what became ready to `out`.
    ///
    /// Allocates only when `out` has to grow.
    pub fn push(&mut self, samples: &[f32], out: &mut Vec<f32>) {
        let before = out.len();
        self.pushed += samples.len() as u64;
        match &mut self.blocks {
            None => out.extend_from_slice(samples),
            Some(blocks) => blocks.push(samples, out),
        }
        self.returned += (out.len() - before) as u64;
    }

    /// Ends the stream: appends what is still inside to `out`, so that all output together is as long as all input,
    /// rounded to the nearest sample. The resampler is fresh afterwards.
    pub fn flush(&mut self, out: &mut Vec<f32>) {
        if let Some(blocks) = &mut self.blocks {
            let missing = samples_at(self.pushed, self.from, self.to).saturating_sub(self.returned);
            blocks.flush(out.len() + missing as usize, out);
        }
        self.reset();
    }

    /// Forgets the stream and begins a new one.
    pub fn reset(&mut self) {
        (self.pushed, self.returned) = (0, 0);
        if let Some(blocks) = &mut self.blocks {
            blocks.reset();
        }
    }
}

impl fmt::Debug for Resampler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Resampler({} Hz to {} Hz)", self.from.hz(), self.to.hz())
    }
}

/// How long `samples` at `from` are at `to`, rounded to the nearest sample.
fn samples_at(samples: u64, from: SampleRate, to: SampleRate) -> u64 {
    let (from, to) = (u128::from(from.hz()), u128::from(to.hz()));
    ((u128::from(samples) * to + from / 2) / from) as u64
}

/// Input samples of one transform: 10 ms, rounded up to what both rates share (two seconds at worst), and even on both
/// sides, since the filter delays by half a block and half a sample would be out of phase.
fn block_samples(from: usize, to: usize) -> usize {
    let shared = gcd(from, to);
    let (input, output) = (from / shared, to / shared);
    let blocks = (from / BLOCKS_PER_SECOND).max(1).div_ceil(input);
    let even = blocks % 2 == 0 || (input % 2 == 0 && output % 2 == 0);
    input * if even { blocks } else { blocks + 1 }
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// The transform of blocks of fixed length, and the incomplete block before it.
struct Blocks {
    fft: Fft<f32>,
    /// Input of one transform; the first `filled` samples wait.
    block: Box<[f32]>,
    filled: usize,
    /// Output of one transform.
    transformed: Box<[f32]>,
    /// Samples of delay the filter puts before the sound.
    lookahead: usize,
    /// How many of them are still to be dropped.
    drop: usize,
}

impl Blocks {
    fn new(from: SampleRate, to: SampleRate) -> Result<Self, Error> {
        let (from, to) = (from.hz() as usize, to.hz() as usize);
        let fft = Fft::new(from, to, block_samples(from, to), 1, FixedSync::Both)
            .map_err(|error| Error::Unsupported(format!("{from} Hz to {to} Hz: {error}")))?;
        let lookahead = fft.output_delay();
        Ok(Self {
            block: vec![0.0; fft.input_frames_next()].into(),
            filled: 0,
            transformed: vec![0.0; fft.output_frames_next()].into(),
            lookahead,
            drop: lookahead,
            fft,
        })
    }

    fn push(&mut self, mut samples: &[f32], out: &mut Vec<f32>) {
        while !samples.is_empty() {
            let take = samples.len().min(self.block.len() - self.filled);
            let (now, later) = samples.split_at(take);
            self.block[self.filled..self.filled + take].copy_from_slice(now);
            self.filled += take;
            samples = later;
            if self.filled == self.block.len() {
                self.transform(out);
            }
        }
    }

    /// Turns the full block into output; the delay of the filter is cut off the front of the stream.
    fn transform(&mut self, out: &mut Vec<f32>) {
        if !self.fill_transformed() {
            // Cannot happen, the lengths are fixed above. Were it to, silence keeps length and phase.
            self.transformed.fill(0.0);
        }
        self.filled = 0;
        let skip = self.drop.min(self.transformed.len());
        self.drop -= skip;
        out.extend_from_slice(&self.transformed[skip..]);
    }

    fn fill_transformed(&mut self) -> bool {
        let frames = self.transformed.len();
        let Ok(input) = InterleavedSlice::new(&self.block, 1, self.block.len()) else { return false };
        let Ok(mut output) = InterleavedSlice::new_mut(&mut self.transformed, 1, frames) else { return false };
        self.fft.process_into_buffer(&input, &mut output, None).is_ok()
    }

    /// Pads with silence until `out` is `length` long, then cuts it there.
    fn flush(&mut self, length: usize, out: &mut Vec<f32>) {
        while out.len() < length {
            self.block[self.filled..].fill(0.0);
            self.transform(out);
        }
        out.truncate(length);
    }

    fn reset(&mut self) {
        self.fft.reset();
        self.filled = 0;
        self.drop = self.lookahead;
    }
}
