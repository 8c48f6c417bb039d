//! The voice of one answer, and how its sound is written.

use futures_util::{StreamExt as _, stream::BoxStream};
use hearth_audio::{Resampler, SampleRate};
use hearth_codecs::{g711::Law, pcm};
use hearth_models::{Error, SpeechChunk, Tts};

use crate::protocol::realtime::config::AudioFormat;

/// What the voice speaks at.
pub(crate) const VOICE_RATE: SampleRate = SampleRate::HZ_24000;
/// Pieces of text that wait for the voice.
const TEXT_PIECES_MAX: usize = 64;

/// The voice of one answer. Dropping it stops it.
pub(crate) struct Voice {
    text: async_channel::Sender<String>,
    chunks: BoxStream<'static, Result<SpeechChunk, Error>>,
}

impl Voice {
    /// The voice called `name`, at `speed`, with nothing to say yet.
    pub(crate) fn open(tts: &dyn Tts, name: &str, speed: f32) -> Self {
        let (text, pieces) = async_channel::bounded(TEXT_PIECES_MAX);
        // It may be asked again after its end.
        Self { text, chunks: tts.speak(name, speed, pieces).fuse().boxed() }
    }

    /// Whether it has enough to say for now.
    pub(crate) fn is_full(&self) -> bool {
        self.text.is_full()
    }

    /// Gives it more to say, when it is not full.
    pub(crate) fn say(&self, text: String) {
        // There is room, and a voice that broke says so itself.
        let _ = self.text.try_send(text);
    }

    /// Nothing more to say.
    pub(crate) fn end(&self) {
        self.text.close();
    }

    /// The next sound; `None` when all is said.
    pub(crate) async fn next(&mut self) -> Option<Result<SpeechChunk, Error>> {
        self.chunks.next().await
    }
}

/// Speech at 24 kHz to what the client wants.
pub(crate) struct SpeechEncoder {
    format: AudioFormat,
    resampler: Option<Resampler>,
    samples: Vec<f32>,
    bytes: Vec<u8>,
}

impl SpeechEncoder {
    pub(crate) fn new(format: AudioFormat) -> Self {
        let resampler = Resampler::new(VOICE_RATE, format.rate()).ok();
        Self { format, resampler, samples: Vec::new(), bytes: Vec::new() }
    }

    /// The next bytes.
    pub(crate) fn encode(&mut self, samples: &[f32]) -> &[u8] {
        self.samples.clear();
        if let Some(resampler) = &mut self.resampler {
            resampler.push(samples, &mut self.samples);
        }
        self.write()
    }

    /// The last bytes.
    pub(crate) fn flush(&mut self) -> &[u8] {
        self.samples.clear();
        if let Some(resampler) = &mut self.resampler {
            resampler.flush(&mut self.samples);
        }
        self.write()
    }

    fn write(&mut self) -> &[u8] {
        self.bytes.clear();
        encode(self.format, &self.samples, &mut self.bytes);
        &self.bytes
    }
}

/// `samples` as the wire wants them.
pub(crate) fn encode(format: AudioFormat, samples: &[f32], bytes: &mut Vec<u8>) {
    match format {
        AudioFormat::Pcm(_) => pcm::encode(samples, bytes),
        AudioFormat::Mulaw => Law::Mu.encode(samples, bytes),
        AudioFormat::Alaw => Law::A.encode(samples, bytes),
    }
}
