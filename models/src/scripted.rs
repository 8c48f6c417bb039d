//! A real backend that plays a script: tests, load and protocols need no weights. Loudness is its VAD, the script its
//! transcripts and answers, tones its voice. It is never the default of anything.
//!
//! ```
//! let script: hearth_models::scripted::Script = toml::from_str(
//!     r#"
//!     hears = ["turn on the light"]
//!     [[answer]]
//!     when = "light"
//!     calls = [{ name = "light_set", arguments = '{"on":true}' }]
//!     [[answer]]
//!     says = "The light is on."
//!     "#,
//! )?;
//! assert_eq!(hearth_models::scripted::open(script).name, "scripted");
//! # Ok::<(), toml::de::Error>(())
//! ```

use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures_util::{
    FutureExt as _, StreamExt as _,
    future::{self, BoxFuture},
    stream::{self, BoxStream},
};
use serde::Deserialize;

use crate::{
    Core, CoreContext, Error, FinishReason, GenerateOptions, Generated, Generation, Models, Part, Prompt, Role,
    SpeechChunk, SpeechEncoder, SpeechStep, SpeechSteps, SpeechStream, ToolCall, ToolChoice, Transcript, Tts, Usage,
    Vad, VadStream, Voice, WordMark,
};

/// What is heard and said.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Script {
    /// What the model is called; `scripted` when empty.
    pub name: String,
    /// Transcripts of the utterances in their order, over and over.
    pub hears: Vec<String>,
    /// Whether answers begin before the transcript is there; `when` then finds no words in what is spoken.
    pub reads_sound: bool,
    /// Milliseconds from one word of an answer to the next.
    pub token_ms: u64,
    /// Milliseconds of sound per word; 0 is 200.
    pub word_ms: u64,
    /// The answers.
    pub answer: Vec<Line>,
}

/// One answer.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Line {
    /// Answers a message that contains these words. Lines without it are played in their order, over and over.
    pub when: Option<String>,
    /// What is said.
    pub says: String,
    /// What is called, after it is said.
    pub calls: Vec<Call>,
    /// Breaks off with this message instead.
    pub fails: Option<String>,
}

/// One tool call.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// Which function.
    pub name: String,
    /// A JSON object.
    pub arguments: String,
}

/// Models that play `script`.
#[must_use]
pub fn open(script: Script) -> Models {
    let name = if script.name.is_empty() { "scripted".to_owned() } else { script.name.clone() };
    let script = Arc::new(script);
    Models {
        name,
        vad: Arc::new(Loudness),
        ears: Arc::new(Ears { script: Arc::clone(&script), heard: Arc::default() }),
        eyes: None,
        mind: Arc::new(Mind { script: Arc::clone(&script) }),
        voice: Arc::new(Tones {
            word: Duration::from_millis(if script.word_ms == 0 { 200 } else { script.word_ms }),
            voices: vec![Voice { name: "tones".into(), description: "a tone per word".into() }],
        }),
    }
}

/// Speech is what is loud.
struct Loudness;

/// Quieter than this is silence, in dB full scale.
const SPEECH_DBFS_MIN: f32 = -45.0;

impl Vad for Loudness {
    fn open(&self) -> Box<dyn VadStream> {
        Box::new(Self)
    }
}

impl VadStream for Loudness {
    fn score<'a>(&'a mut self, window: &'a [f32]) -> BoxFuture<'a, Result<f32, Error>> {
        let loud = hearth_audio::rms_dbfs(window) > SPEECH_DBFS_MIN;
        future::ready(Ok(if loud { 0.95 } else { 0.02 })).boxed()
    }
}

struct Ears {
    script: Arc<Script>,
    heard: Arc<AtomicUsize>,
}

/// 80 ms at 16 kHz.
const STEP_SAMPLES: usize = 1_280;

struct EarStream {
    script: Arc<Script>,
    heard: Arc<AtomicUsize>,
    waiting: Vec<f32>,
}

impl SpeechEncoder for Ears {
    fn open(&self) -> Box<dyn SpeechStream> {
        Box::new(EarStream { script: Arc::clone(&self.script), heard: Arc::clone(&self.heard), waiting: Vec::new() })
    }

    fn step_samples(&self) -> usize {
        STEP_SAMPLES
    }
}

impl EarStream {
    fn steps(&mut self) -> SpeechSteps {
        let whole = self.waiting.len() / STEP_SAMPLES * STEP_SAMPLES;
        let steps = self.waiting[..whole].chunks(STEP_SAMPLES).map(step).collect();
        self.waiting.drain(..whole);
        steps
    }
}

fn step(samples: &[f32]) -> SpeechStep {
    SpeechStep { embedding: Arc::new([hearth_audio::rms_dbfs(samples)]), partial: None }
}

impl SpeechStream for EarStream {
    fn push<'a>(&'a mut self, samples: &'a [f32]) -> BoxFuture<'a, Result<SpeechSteps, Error>> {
        self.waiting.extend_from_slice(samples);
        future::ready(Ok(self.steps())).boxed()
    }

    fn finish(&mut self) -> BoxFuture<'_, Result<(SpeechSteps, Transcript), Error>> {
        let rest = self.waiting.len().next_multiple_of(STEP_SAMPLES);
        self.waiting.resize(rest, 0.0);
        let steps = self.steps();
        let number = self.heard.fetch_add(1, Ordering::Relaxed);
        let text = match self.script.hears.len() {
            0 => String::new(),
            lines => self.script.hears[number % lines].clone(),
        };
        future::ready(Ok((steps, Transcript { text, words: Vec::new() }))).boxed()
    }
}

struct Mind {
    script: Arc<Script>,
}

struct MindContext {
    script: Arc<Script>,
    /// Answers that were played so far.
    played: usize,
}

impl Core for Mind {
    fn open(&self) -> Box<dyn CoreContext> {
        Box::new(MindContext { script: Arc::clone(&self.script), played: 0 })
    }

    fn context_tokens_max(&self) -> usize {
        1 << 20
    }

    fn reads_sound(&self) -> bool {
        self.script.reads_sound
    }
}

impl CoreContext for MindContext {
    fn prefill(&mut self, _prompt: &Prompt) {}

    fn generate(&mut self, prompt: &Prompt, options: &GenerateOptions) -> Result<Generation, Error> {
        let line = self.choose(&asked(prompt));
        let pieces = pieces(&line, prompt, options);
        let (sender, receiver) = async_channel::bounded(pieces.len().max(1));
        if self.script.token_ms == 0 {
            for piece in pieces {
                // The queue is as long as the answer.
                let _ = sender.try_send(piece);
            }
        } else {
            let pause = Duration::from_millis(self.script.token_ms);
            std::thread::spawn(move || play(pieces, pause, &sender));
        }
        Ok(Generation::new(receiver))
    }
}

impl MindContext {
    fn choose(&mut self, asked: &str) -> Line {
        let lines = &self.script.answer;
        if let Some(line) =
            lines.iter().find(|line| line.when.as_ref().is_some_and(|when| asked.contains(when.as_str())))
        {
            return line.clone();
        }
        let in_order: Vec<_> = lines.iter().filter(|line| line.when.is_none()).collect();
        self.played += 1;
        match in_order.len() {
            0 => Line { says: "I have nothing to say.".into(), ..Line::default() },
            count => in_order[(self.played - 1) % count].clone(),
        }
    }
}

/// The words of the last message.
fn asked(prompt: &Prompt) -> String {
    let parts = prompt.messages.last().map_or(&[][..], |message| &message.parts);
    let words = parts.iter().filter_map(|part| match part {
        Part::Text(text) | Part::ToolResult { output: text, .. } => Some(text.as_str()),
        Part::Audio(audio) => audio.transcript.as_deref(),
        _ => None,
    });
    words.collect::<Vec<_>>().join(" ")
}

fn pieces(line: &Line, prompt: &Prompt, options: &GenerateOptions) -> VecDeque<Result<Generated, Error>> {
    let mut pieces = VecDeque::new();
    if let Some(last) = prompt.messages.last().filter(|message| message.role == Role::User)
        && let Some(Part::Audio(audio)) = last.parts.last()
    {
        pieces.push_back(Ok(Generated::Heard(audio.transcript.clone().unwrap_or_default())));
    }
    if let Some(reason) = &line.fails {
        pieces.push_back(Err(Error::Broken(reason.clone())));
        return pieces;
    }
    let words: Vec<_> = line.says.split_inclusive(' ').collect();
    let tokens = (words.len() as u32).min(options.tokens_max);
    pieces.extend(words.iter().take(tokens as usize).map(|&word| Ok(Generated::Text(word.to_owned()))));
    if options.tool_choice != ToolChoice::None {
        let calls = line.calls.iter().enumerate().map(|(number, call)| ToolCall {
            id: format!("call_{number}_{}", fastrand::u32(..)),
            name: call.name.clone(),
            arguments: call.arguments.clone(),
        });
        pieces.extend(calls.map(|call| Ok(Generated::ToolCall(call))));
    }
    let reason = if tokens < words.len() as u32 { FinishReason::Length } else { FinishReason::Stop };
    pieces.push_back(Ok(Generated::Done { reason, usage: usage(prompt, tokens) }));
    pieces
}

fn usage(prompt: &Prompt, output_tokens: u32) -> Usage {
    let parts = || prompt.messages.iter().flat_map(|message| &message.parts);
    let words = |text: &str| text.split_whitespace().count() as u32;
    let text = parts().map(|part| if let Part::Text(text) = part { words(text) } else { 0 }).sum::<u32>();
    let audio = parts().map(|part| if let Part::Audio(audio) = part { audio.steps.len() as u32 } else { 0 }).sum();
    let input_text_tokens = words(&prompt.instructions) + text;
    Usage { input_text_tokens, input_audio_tokens: audio, output_tokens, ..Usage::default() }
}

/// Plays an answer word by word, until nobody listens.
fn play(
    pieces: VecDeque<Result<Generated, Error>>,
    pause: Duration,
    listener: &async_channel::Sender<Result<Generated, Error>>,
) {
    let (_never, pauses) = std::sync::mpsc::sync_channel::<()>(1);
    for piece in pieces {
        let _ = pauses.recv_timeout(pause);
        if listener.send_blocking(piece).is_err() {
            return;
        }
    }
}

struct Tones {
    word: Duration,
    voices: Vec<Voice>,
}

/// Of the voice.
const RATE: u64 = 24_000;
/// Samples of one chunk: 100 ms.
const CHUNK_SAMPLES: u64 = RATE / 10;

/// Words on their way to tones.
struct Speaking {
    text: async_channel::Receiver<String>,
    waiting: String,
    samples_per_word: u64,
    at: u64,
    /// Chunks of the word that is being said.
    chunks: VecDeque<SpeechChunk>,
}

impl Tts for Tones {
    fn voices(&self) -> &[Voice] {
        &self.voices
    }

    fn speak(
        &self,
        _voice: &str,
        speed: f32,
        text: async_channel::Receiver<String>,
    ) -> BoxStream<'static, Result<SpeechChunk, Error>> {
        let samples_per_word = (self.word.as_secs_f32() * RATE as f32 / speed.clamp(0.25, 4.0)) as u64;
        let speaking = Speaking { text, waiting: String::new(), samples_per_word, at: 0, chunks: VecDeque::new() };
        stream::unfold(speaking, |mut speaking| async {
            let chunk = speaking.next().await?;
            Some((Ok(chunk), speaking))
        })
        .boxed()
    }
}

impl Speaking {
    async fn next(&mut self) -> Option<SpeechChunk> {
        loop {
            if let Some(chunk) = self.chunks.pop_front() {
                return Some(chunk);
            }
            if let Some(space) = self.waiting.find(' ') {
                let rest = self.waiting.split_off(space + 1);
                let word = std::mem::replace(&mut self.waiting, rest);
                self.say(word);
                continue;
            }
            match self.text.recv().await {
                Ok(piece) => self.waiting.push_str(&piece),
                Err(_) if self.waiting.is_empty() => return None,
                Err(_) => {
                    let word = std::mem::take(&mut self.waiting);
                    self.say(word);
                }
            }
        }
    }

    fn say(&mut self, word: String) {
        let (start, end) = (self.at, self.at + self.samples_per_word);
        self.at = end;
        let mut words = vec![WordMark { text: word, start, end }];
        for from in (start..end).step_by(CHUNK_SAMPLES as usize) {
            let samples = (from..end.min(from + CHUNK_SAMPLES)).map(tone).collect();
            self.chunks.push_back(SpeechChunk { samples, words: std::mem::take(&mut words) });
        }
    }
}

/// 220 Hz, not too loud.
fn tone(at: u64) -> f32 {
    let phase = (at * 220 % RATE) as f32 / RATE as f32;
    0.2 * (phase * std::f32::consts::TAU).sin()
}
