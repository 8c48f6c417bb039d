//! The kinds of models, as the rest of the house sees them. All futures and streams run on any executor.

use std::sync::Arc;

use futures_util::{future::BoxFuture, stream::BoxStream};

use hearth_vision::VideoFrame;

use crate::{Error, ImagePart, Prompt, ToolCall, ToolChoice, message::SpeechEmbedding};

/// One loaded set of models, shared by all sessions.
#[derive(Clone)]
pub struct Models {
    /// What clients call it, e.g. `pocket`.
    pub name: String,
    /// Is there speech now?
    pub vad: Arc<dyn Vad>,
    /// Hears.
    pub ears: Arc<dyn SpeechEncoder>,
    /// Sees; without it pictures are kept, but not seen.
    pub eyes: Option<Arc<dyn VisionEncoder>>,
    /// Thinks.
    pub mind: Arc<dyn Core>,
    /// Speaks.
    pub voice: Arc<dyn Tts>,
}

/// Voice activity detection for many streams at once.
pub trait Vad: Send + Sync {
    /// A new stream.
    fn open(&self) -> Box<dyn VadStream>;
}

/// Voice activity of one stream.
pub trait VadStream: Send {
    /// Likelihood of speech, 0 to 1, in the next 512 samples (32 ms) at 16 kHz.
    ///
    /// # Errors
    /// [`Error::Malformed`] for another number of samples, [`Error::Broken`] when the model is gone.
    fn score<'a>(&'a mut self, window: &'a [f32]) -> BoxFuture<'a, Result<f32, Error>>;
}

/// A streaming speech encoder for many streams at once.
pub trait SpeechEncoder: Send + Sync {
    /// A new utterance.
    fn open(&self) -> Box<dyn SpeechStream>;
    /// Samples of one speech step at 16 kHz: 1280 = 80 ms for the pocket models.
    fn step_samples(&self) -> usize;
}

/// One utterance on its way into the core.
pub trait SpeechStream: Send {
    /// Takes 16 kHz samples of any number and returns the steps that became complete.
    ///
    /// # Errors
    /// [`Error::Broken`] when the model is gone, [`Error::LimitReached`] when the utterance is too long.
    fn push<'a>(&'a mut self, samples: &'a [f32]) -> BoxFuture<'a, Result<SpeechSteps, Error>>;
    /// Pads the last step with silence, reads the rest out and returns the last steps with the final transcript.
    /// The stream is fresh afterwards.
    ///
    /// # Errors
    /// As for [`SpeechStream::push`].
    fn finish(&mut self) -> BoxFuture<'_, Result<(SpeechSteps, Transcript), Error>>;
}

/// Steps that became complete, oldest first.
pub type SpeechSteps = Vec<SpeechStep>;

/// What 80 ms of sound are to the core and to the reader.
#[derive(Debug, Clone)]
pub struct SpeechStep {
    /// For the core.
    pub embedding: SpeechEmbedding,
    /// The transcript so far, when this step changed it. Later steps may still change its end.
    pub partial: Option<String>,
}

/// What was said.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Transcript {
    /// The words, lower case for the pocket models.
    pub text: String,
    /// The words one by one, with times.
    pub words: Vec<Word>,
}

impl Transcript {
    /// How sure all of it is, 0 to 1: the mean of its words, longer words counting more. 0 without words.
    #[must_use]
    pub fn confidence(&self) -> f32 {
        let letters = |word: &Word| word.text.chars().count() as f32;
        let all: f32 = self.words.iter().map(letters).sum();
        self.words.iter().map(|word| letters(word) * word.confidence).sum::<f32>() / all.max(1.0)
    }
}

/// One heard word.
#[derive(Debug, Clone, PartialEq)]
pub struct Word {
    /// The word.
    pub text: String,
    /// Milliseconds since the utterance began.
    pub start_ms: u32,
    /// Milliseconds since the utterance began.
    pub end_ms: u32,
    /// How likely it is right, 0 to 1.
    pub confidence: f32,
}

/// A vision encoder for many conversations at once.
pub trait VisionEncoder: Send + Sync {
    /// What the core reads of a picture of any size; a new part with an id of its own.
    ///
    /// # Errors
    /// [`Error::Malformed`] for a frame whose pixels do not fill it, [`Error::Broken`] when the model is gone.
    fn look<'a>(&'a self, frame: &'a VideoFrame) -> BoxFuture<'a, Result<ImagePart, Error>>;
}

/// The language model at the centre, shared by many conversations.
pub trait Core: Send + Sync {
    /// A new conversation. It takes a slot only when it is first used.
    fn open(&self) -> Box<dyn CoreContext>;
    /// Most tokens of a prompt and its answer together.
    fn context_tokens_max(&self) -> usize;
    /// Whether it reads the steps of an [`AudioPart`](crate::AudioPart), so that it can answer before the words of them
    /// are written down. Otherwise it waits for the transcript.
    fn reads_sound(&self) -> bool {
        true
    }
}

/// One conversation's place in the core.
pub trait CoreContext: Send {
    /// Reads ahead, returns at once: what `prompt` begins with will probably be asked next, its last message may still
    /// grow. A newer call replaces an older one that was not done yet.
    fn prefill(&mut self, prompt: &Prompt);
    /// Begins an answer to `prompt`. What the core already read of it is not read again; what it read beyond it is
    /// rolled back. Dropping the [`Generation`] cancels it.
    ///
    /// # Errors
    /// [`Error::LimitReached`] when the prompt is too long, [`Error::Busy`] when too many conversations wait,
    /// [`Error::Unsupported`] for parts this core cannot read, [`Error::Broken`] when the model is gone.
    fn generate(&mut self, prompt: &Prompt, options: &GenerateOptions) -> Result<Generation, Error>;
}

/// How to answer.
#[derive(Debug, Clone, PartialEq)]
pub struct GenerateOptions {
    /// Which tools may or must be called.
    pub tool_choice: ToolChoice,
    /// 0 is greedy; up to 2.
    pub temperature: f32,
    /// Share of probability that is sampled from, above 0 to 1.
    pub top_p: f32,
    /// Most tokens of the answer, at least 1.
    pub tokens_max: u32,
    /// Texts that end the answer; they are not part of it.
    pub stop: Vec<String>,
    /// Same seed, same prompt, same answer.
    pub seed: u64,
}

impl Default for GenerateOptions {
    fn default() -> Self {
        Self {
            tool_choice: ToolChoice::Auto,
            temperature: 0.0,
            top_p: 1.0,
            tokens_max: 1024,
            stop: Vec::new(),
            seed: 0,
        }
    }
}

/// One piece of an answer in the making.
#[derive(Debug, Clone, PartialEq)]
pub enum Generated {
    /// What the core wrote down of the sound it answers.
    Heard(String),
    /// Next piece of the answer.
    Text(String),
    /// A complete tool call.
    ToolCall(ToolCall),
    /// The end; nothing follows.
    Done {
        /// Why it ended.
        reason: FinishReason,
        /// What it took.
        usage: Usage,
    },
}

/// Why an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FinishReason {
    /// The model was done, or a stop text came.
    Stop,
    /// `tokens_max` or the context was reached.
    Length,
}

/// Tokens an answer took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Text tokens read.
    pub input_text_tokens: u32,
    /// Audio positions read.
    pub input_audio_tokens: u32,
    /// Image positions read.
    pub input_image_tokens: u32,
    /// Of those read, how many the core still knew.
    pub cached_tokens: u32,
    /// Tokens written.
    pub output_tokens: u32,
}

/// One answer in the making: a bounded queue from the core. Dropping it cancels the answer.
#[derive(Debug)]
pub struct Generation {
    pieces: async_channel::Receiver<Result<Generated, Error>>,
}

impl Generation {
    /// An answer whose pieces come through `pieces`; the core sees the cancellation as a closed channel.
    #[must_use]
    pub fn new(pieces: async_channel::Receiver<Result<Generated, Error>>) -> Self {
        Self { pieces }
    }

    /// The next piece; `None` after [`Generated::Done`] or an error.
    pub async fn next(&mut self) -> Option<Result<Generated, Error>> {
        self.pieces.recv().await.ok()
    }
}

impl Drop for Generation {
    fn drop(&mut self) {
        self.pieces.close();
    }
}

/// Text to speech for many answers at once.
pub trait Tts: Send + Sync {
    /// The voices, the default one first; never empty.
    fn voices(&self) -> &[Voice];
    /// Speaks what comes through `text`, phrase by phrase while it still comes; a closed channel ends the text. Pull the
    /// stream to make it work, drop it to cancel. An unknown `voice` falls back to the default one. `speed` 0.25 to 4.
    ///
    /// # Errors
    /// [`Error::LimitReached`] when the text is too long, [`Error::Broken`] when the model is gone.
    fn speak(
        &self,
        voice: &str,
        speed: f32,
        text: async_channel::Receiver<String>,
    ) -> BoxStream<'static, Result<SpeechChunk, Error>>;
}

/// One voice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voice {
    /// What clients call it.
    pub name: String,
    /// One line about it.
    pub description: String,
}

/// Some spoken sound: mono, 24 kHz.
#[derive(Debug, Clone)]
pub struct SpeechChunk {
    /// 24 kHz mono samples, -1 to 1; about 80 to 160 ms.
    pub samples: Arc<[f32]>,
    /// Words that begin in this chunk, in order.
    pub words: Vec<WordMark>,
}

/// Where a word of the text is heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordMark {
    /// The piece of the given text, with the spaces and punctuation after it: all marks joined give the text back.
    pub text: String,
    /// First sample since the answer began.
    pub start: u64,
    /// Sample after the last one.
    pub end: u64,
}
