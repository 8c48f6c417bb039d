//! What each stage costs alone.

use std::{sync::Arc, time::Instant};

use hearth_audio::{Resampler, SampleRate, WINDOW_SAMPLES};
use hearth_models::{Message, Models, Part, Prompt, Role, Tool};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{core::Talk, figures::Spread, home};
use crate::commands::say::speak;

/// How often each stage is measured.
const ROUNDS: usize = 5;

/// What the voice speaks at.
const VOICE_RATE: SampleRate = SampleRate::HZ_24000;
/// Time it takes over time of the sound it takes it for; of the core, over its spoken answer.
pub(super) const RTF: &str = "real-time factor";
/// Which of the home's questions is answered in words.
const SPOKEN_ANSWER: usize = 5;

/// One stage, measured alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Stage {
    /// Which one.
    pub(super) name: String,
    /// What was measured of it.
    pub(super) measure: String,
    /// Over all rounds.
    pub(super) spread: Spread,
}

/// Measures all stages on `spoken`, mono 24 kHz.
///
/// # Errors
/// A sentence that names the stage that broke.
pub(super) async fn measure(models: &Models, spoken: &[f32]) -> Result<Vec<Stage>, String> {
    let seconds = VOICE_RATE.duration_of(spoken.len() as u64).as_secs_f64();
    let mut table = Table::default();
    for _ in 0..ROUNDS {
        let began = Instant::now();
        let samples = resampled(spoken)?;
        table.add("resampling, 24 to 16 kHz", RTF, began.elapsed().as_secs_f64() / seconds);
        table.add("vad", RTF, vad(models, &samples).await? / seconds);
        table.add("speech encoder", RTF, encoder(models, &samples).await? / seconds);
        core_and_voice(models, &mut table).await?;
    }
    Ok(table.stages())
}

fn resampled(spoken: &[f32]) -> Result<Vec<f32>, String> {
    let mut samples = Vec::new();
    let mut resampler = Resampler::new(VOICE_RATE, SampleRate::HZ_16000).map_err(|error| error.to_string())?;
    for frame in spoken.chunks(480) {
        resampler.push(frame, &mut samples);
    }
    resampler.flush(&mut samples);
    Ok(samples)
}

async fn vad(models: &Models, samples: &[f32]) -> Result<f64, String> {
    let mut stream = models.vad.open();
    let began = Instant::now();
    for window in samples.chunks_exact(WINDOW_SAMPLES) {
        stream.score(window).await.map_err(|error| format!("the voice activity detection: {error}"))?;
    }
    Ok(began.elapsed().as_secs_f64())
}

async fn encoder(models: &Models, samples: &[f32]) -> Result<f64, String> {
    let mut stream = models.ears.open();
    let began = Instant::now();
    for step in samples.chunks(models.ears.step_samples()) {
        stream.push(step).await.map_err(|error| format!("the ears: {error}"))?;
    }
    stream.finish().await.map_err(|error| format!("the ears: {error}"))?;
    Ok(began.elapsed().as_secs_f64())
}

/// A prompt that nobody read before, then an answer to it while the core still knows it, then the answer aloud.
async fn core_and_voice(models: &Models, table: &mut Table) -> Result<(), String> {
    let mut talk = Talk::open(models, SPOKEN_ANSWER);
    let began = Instant::now();
    let (usage, _) = talk.answer(1).await?;
    let reading = began.elapsed().as_secs_f64();
    let began = Instant::now();
    let (written, words) = talk.answer(64).await?;
    let answering = began.elapsed().as_secs_f64();
    let words = if words.trim().is_empty() { "I can control your home." } else { words.as_str() };
    let voice = speak(models.voice.as_ref(), "", 1.0, words, |_| Ok(())).await?;
    let length = VOICE_RATE.duration_of(voice.samples.len() as u64).as_secs_f64().max(1e-3);
    let read = f64::from(usage.input_text_tokens.saturating_sub(usage.cached_tokens));
    table.add("core", "prompt tokens/s", read / reading);
    table.add("core", "answer tokens/s", f64::from(written.output_tokens) / answering);
    table.add("core", RTF, (reading + answering) / length);
    table.add("voice", RTF, voice.whole.as_secs_f64() / length);
    table.add("voice", "first sound, ms", 1_000.0 * voice.first_sound.as_secs_f64());
    Ok(())
}

/// A prompt with the home's tools and one written question.
#[must_use]
pub(super) fn question(text: &str) -> Prompt {
    let message = Message { role: Role::User, parts: vec![Part::Text(text.to_owned())] };
    Prompt { instructions: home::INSTRUCTIONS.to_owned(), tools: tools(&home::tools()), messages: vec![message] }
}

/// Tools of the Realtime API as the core reads them.
#[must_use]
pub fn tools(tools: &Value) -> Arc<[Tool]> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let tools = tools.as_array().into_iter().flatten().map(|tool| {
        let tool = tool.get("function").unwrap_or(tool);
        Tool {
            name: text(&tool["name"]),
            description: text(&tool["description"]),
            parameters: tool["parameters"].clone(),
        }
    });
    tools.collect()
}

/// Measurements by stage, in the order in which they first came.
#[derive(Default)]
struct Table(Vec<(String, String, Vec<f64>)>);

impl Table {
    fn add(&mut self, name: &str, measure: &str, value: f64) {
        match self.0.iter_mut().find(|row| row.0 == name && row.1 == measure) {
            Some(row) => row.2.push(value),
            None => self.0.push((name.to_owned(), measure.to_owned(), vec![value])),
        }
    }

    fn stages(self) -> Vec<Stage> {
        let rows = self.0.into_iter();
        rows.filter_map(|(name, measure, values)| Some(Stage { name, measure, spread: Spread::of(values)? })).collect()
    }
}
