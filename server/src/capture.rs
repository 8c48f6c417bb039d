//! One utterance while it is heard.

use std::time::Duration;

use hearth_codecs::pcm::to_i16;
use hearth_models::{Error, SpeechEncoder, SpeechSteps, SpeechStream};

use crate::{conversation::Sound, inbox::Heard, senses::EAR_RATE};

/// One utterance while it is heard: its sound so far, and the encoder that listens along.
pub(crate) struct Capture {
    /// Position of the first sample, at the ears' rate.
    start: u64,
    part: u64,
    samples: Vec<i16>,
    stream: Box<dyn SpeechStream>,
    /// Whether the encoder heard all of `samples` and nothing else.
    followed: bool,
    broken: Option<Error>,
}

impl Capture {
    /// An utterance that begins at sample `start` of the media clock.
    #[must_use]
    pub(crate) fn new(start: u64, stream: Box<dyn SpeechStream>) -> Self {
        Self { start, part: crate::ids::audio_part(), samples: Vec::new(), stream, followed: true, broken: None }
    }

    /// Which sound it is, see [`hearth_models::AudioPart::id`].
    #[must_use]
    pub(crate) fn part(&self) -> u64 {
        self.part
    }

    /// Takes the next samples and returns the steps that became complete. Of a sound longer than `longest` only the
    /// newest part is kept, and it is listened to when it is known where it ends.
    pub(crate) async fn push(&mut self, samples: &[f32], longest: Duration) -> SpeechSteps {
        self.samples.extend(samples.iter().map(|&sample| to_i16(sample)));
        let longest = EAR_RATE.samples_in(longest) as usize;
        if self.samples.len() > longest + longest / 4 {
            let gone = self.samples.len() - longest;
            self.samples.drain(..gone);
            self.start += gone as u64;
            self.followed = false;
        }
        if !self.followed || self.broken.is_some() {
            return SpeechSteps::new();
        }
        self.stream.push(samples).await.unwrap_or_else(|error| {
            self.broken = Some(error);
            SpeechSteps::new()
        })
    }

    /// Ends the utterance, which was the samples `from` to `to`, and returns what was not returned before.
    ///
    /// # Errors
    /// As for [`SpeechStream::finish`].
    pub(crate) async fn finish(mut self, from: u64, to: u64, ears: &dyn SpeechEncoder) -> Result<Heard, Error> {
        if let Some(error) = self.broken {
            return Err(error);
        }
        let begin = (from.saturating_sub(self.start) as usize).min(self.samples.len());
        let end = (to.saturating_sub(self.start) as usize).clamp(begin, self.samples.len());
        let samples = &self.samples[begin..end];
        let follows = self.followed && begin == 0;
        let (steps, transcript) =
            if follows { self.stream.finish().await? } else { listen_again(ears, samples).await? };
        Ok(Heard {
            part: self.part,
            steps,
            whole: !follows,
            transcript,
            sound: Sound { rate: EAR_RATE, samples: samples.into() },
        })
    }
}

/// Listens to kept sound from its beginning.
async fn listen_again(
    ears: &dyn SpeechEncoder,
    samples: &[i16],
) -> Result<(SpeechSteps, hearth_models::Transcript), Error> {
    let mut stream = ears.open();
    let sound: Vec<f32> = samples.iter().map(|&sample| hearth_codecs::pcm::from_i16(sample)).collect();
    let mut steps = stream.push(&sound).await?;
    let (rest, transcript) = stream.finish().await?;
    steps.extend(rest);
    Ok((steps, transcript))
}
