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
    let mut samples = Vec::new();
    let resampler = Resampler::new(SampleRate::HZ_24000, SampleRate::HZ_16000);
    let mut resampler = resampler.map_err(|error| error.to_string())?;
    resampler.push(spoken, &mut samples);
    resampler.flush(&mut samples);
    let seconds = SampleRate::HZ_16000.duration_of(samples.len() as u64).as_secs_f64();
    let mut table = Table::default();
    for _ in 0..ROUNDS {
        table.add("vad", "real-time factor", vad(models, &samples).await? / seconds);
        table.add("speech encoder", "real-time factor", encoder(models, &samples).await? / seconds);
        core(models, &mut table).await?;
        let voice = speak(models.voice.as_ref(), "", 1.0, "The light in the kitchen is on now.", |_| Ok(())).await?;
        let length = SampleRate::HZ_24000.duration_of(voice.samples.len() as u64).as_secs_f64();
        table.add("voice", "real-time factor", voice.whole.as_secs_f64() / length.max(1e-3));
        table.add("voice", "first sound, ms", 1_000.0 * voice.first_sound.as_secs_f64());
    }
    Ok(table.stages())
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

/// A prompt that nobody read before, then answers to it while the core still knows it.
async fn core(models: &Models, table: &mut Table) -> Result<(), String> {
    let mut talk = Talk::open(models, 0);
    let began = Instant::now();
    let usage = talk.answer(1).await?;
    let read = f64::from(usage.input_text_tokens.saturating_sub(usage.cached_tokens));
    table.add("core", "prompt tokens/s", read / began.elapsed().as_secs_f64());
    let began = Instant::now();
    let usage = talk.answer(64).await?;
    table.add("core", "answer tokens/s", f64::from(usage.output_tokens) / began.elapsed().as_secs_f64());
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
