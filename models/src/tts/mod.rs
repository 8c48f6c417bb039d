//! Text to speech: written words to spoken words to phones to frames to 24 kHz sound, phrase by phrase.

mod config;
mod homographs;
mod layout;
mod lexicon;
mod normalise;
mod phones;
mod phrase;
mod speaking;
mod style;
mod tags;

use std::{path::Path, sync::Arc};

use futures_util::{StreamExt, stream, stream::BoxStream};
use hearth_runtime::{GraphSpec, Lane, Workers};

use self::{
    config::{Speaker, VoiceConfig},
    lexicon::Lexicon,
    speaking::Speaking,
};
use crate::{Error, SpeechChunk, Tts, Voice};

const ENCODER: &str = "voice encoder";
const DECODER: &str = "voice decoder";
const VOCODER: &str = "voice vocoder";
/// Streams of one kind that a worker runs together.
const BATCH_MAX: usize = 8;

/// The words that `text` is spoken as, lower case: numbers, times and short forms in full.
#[must_use]
pub fn spoken_words(text: &str) -> Vec<String> {
    normalise::pieces(text).into_iter().flat_map(|piece| piece.words).collect()
}

/// The graphs of the voice in `folder` (the package's `voice/`), for [`Workers::start`].
#[must_use]
pub fn graphs(folder: &Path) -> Vec<GraphSpec> {
    vec![
        GraphSpec::new(ENCODER, folder.join("acoustic_encoder.onnx"), BATCH_MAX),
        GraphSpec::new(DECODER, folder.join("acoustic_decoder.onnx"), BATCH_MAX),
        GraphSpec::new(VOCODER, folder.join("vocoder.onnx"), BATCH_MAX),
    ]
}

/// The voices of a package: its speakers, shared by all sessions.
pub struct PackageVoice {
    parts: Arc<Parts>,
    voices: Vec<Voice>,
}

/// What every answer shares.
struct Parts {
    config: VoiceConfig,
    lexicon: Lexicon,
    encoder: Lane,
    decoder: Lane,
    vocoder: Lane,
}

impl PackageVoice {
    /// Reads `config.json` and `lexicon.bin` in `folder`; the graphs run on `workers`, started with [`graphs`].
    ///
    /// # Errors
    /// [`Error::Broken`] when a file is missing or damaged, or `workers` lacks the graphs.
    pub fn open(folder: &Path, workers: &Workers) -> Result<Self, Error> {
        let read = |name: &str| {
            let path = folder.join(name);
            std::fs::read(&path).map_err(|error| Error::Broken(format!("{}: {error}", path.display())))
        };
        let config = String::from_utf8_lossy(&read("config.json")?).into_owned();
        let config = VoiceConfig::parse(&config)?;
        let lexicon = Lexicon::parse(&read("lexicon.bin")?, &config.phones)?;
        let lane = |name| workers.lane(name).map_err(|error| Error::Broken(error.to_string()));
        let voice = |speaker: &Speaker| Voice { name: speaker.name.clone(), description: speaker.description.clone() };
        let voices = config.speakers().iter().map(voice).collect();
        let parts =
            Parts { encoder: lane(ENCODER)?, decoder: lane(DECODER)?, vocoder: lane(VOCODER)?, config, lexicon };
        Ok(Self { parts: Arc::new(parts), voices })
    }
}

impl Tts for PackageVoice {
    fn voices(&self) -> &[Voice] {
        &self.voices
    }

    fn speak(
        &self,
        voice: &str,
        speed: f32,
        text: async_channel::Receiver<String>,
    ) -> BoxStream<'static, Result<SpeechChunk, Error>> {
        let speaking = Speaking::new(Arc::clone(&self.parts), voice, speed, text);
        let next = |mut speaking: Speaking| async move { speaking.next().await.map(|chunk| (chunk, speaking)) };
        stream::unfold(speaking, next).boxed()
    }
}

#[cfg(test)]
mod tests;
