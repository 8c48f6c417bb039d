//! The speech encoder: samples in, embeddings and a transcript out, one step per 80 ms, all streams through the workers.

use std::{path::Path, sync::Arc};

use futures_util::future::{BoxFuture, FutureExt};
use hearth_runtime::{GraphSpec, Lane, LaneStream, Outputs, Tensor, Workers};
use serde::Deserialize;

use super::{
    char_lm::CharLm,
    confidence::ConfidenceWeights,
    transcript::{Alphabet, Beam, BeamSettings},
};
use crate::{Error, SpeechEncoder, SpeechStep, SpeechSteps, SpeechStream, Transcript};

const LANE: &str = "ears";
/// Streams that one run serves.
const BATCH_MAX: usize = 8;
/// Steps of silence after an utterance: the encoder tells a letter a little after it was said.
const TRAILING_STEPS: usize = 3;
/// Longest utterance: two minutes of 80 ms steps.
const UTTERANCE_STEPS_MAX: usize = 1500;

/// `ears/config.json`.
#[derive(Debug, Clone, Deserialize)]
struct EarsFile {
    sample_rate: u32,
    /// Samples of a step.
    chunk: usize,
    /// Numbers of an embedding.
    embedding: usize,
    /// Sub-frames of a step.
    sub_frames: usize,
    vocabulary: Vec<String>,
    delay_ms: f32,
    #[serde(default)]
    end_delay_ms: Option<f32>,
    beam: BeamSettings,
    #[serde(default)]
    confidence: Option<ConfidenceWeights>,
    #[serde(default = "default_lm")]
    lm: String,
}

fn default_lm() -> String {
    "lm.bin".into()
}

/// The graph of the encoder in `folder` (the package's `ears/`), for [`Workers::start`].
pub(crate) fn graph(folder: &Path) -> GraphSpec {
    GraphSpec::new(LANE, folder.join("encoder.onnx"), BATCH_MAX)
}

/// The ears of a package.
pub struct PackageEars {
    parts: Arc<Parts>,
}

struct Parts {
    lane: Lane,
    file: EarsFile,
    lm: Arc<CharLm>,
    alphabet: Arc<Alphabet>,
}

impl PackageEars {
    /// Reads `config.json` and the n-gram in `folder`; the graph runs on `workers`.
    ///
    /// # Errors
    /// [`Error::Broken`] naming the file that is missing or damaged.
    pub(crate) fn open(folder: &Path, workers: &Workers) -> Result<Self, Error> {
        let read = |name: &str| {
            let path = folder.join(name);
            std::fs::read(&path).map_err(|error| Error::Broken(format!("{}: cannot be read ({error})", path.display())))
        };
        let damaged = |name: &str, reason: &dyn std::fmt::Display| {
            Error::Broken(format!("{}: is damaged ({reason})", folder.join(name).display()))
        };
        let file: EarsFile =
            serde_json::from_slice(&read("config.json")?).map_err(|error| damaged("config.json", &error))?;
        if file.sample_rate != 16_000 || file.chunk == 0 || file.sub_frames == 0 || file.embedding == 0 {
            return Err(damaged("config.json", &"sizes that cannot be"));
        }
        let lm = Arc::new(CharLm::parse(&read(&file.lm)?).map_err(|error| damaged(&file.lm, &error))?);
        let step_ms = file.chunk as f32 * 1000.0 / file.sample_rate as f32;
        let alphabet = Arc::new(Alphabet {
            symbols: file.vocabulary.clone(),
            sub_frame_ms: step_ms / file.sub_frames as f32,
            delay_ms: file.delay_ms,
            end_delay_ms: file.end_delay_ms.unwrap_or(file.delay_ms),
            confidence: file.confidence,
        });
        let parts = Parts { lane: workers.lane(LANE)?, file, lm, alphabet };
        parts.beam().map_err(|error| damaged("config.json", &error))?;
        Ok(Self { parts: Arc::new(parts) })
    }

    /// Numbers of an embedding.
    pub(crate) fn embedding_width(&self) -> usize {
        self.parts.file.embedding
    }
}

impl Parts {
    fn beam(&self) -> Result<Beam, Error> {
        Beam::new(Arc::clone(&self.lm), Arc::clone(&self.alphabet), self.file.beam)
    }
}

impl SpeechEncoder for PackageEars {
    fn open(&self) -> Box<dyn SpeechStream> {
        Box::new(EarsStream {
            lane: self.parts.lane.open(),
            parts: Arc::clone(&self.parts),
            beam: None,
            samples: Vec::new(),
            ready: Vec::new(),
            partial: String::new(),
            steps: 0,
        })
    }

    fn step_samples(&self) -> usize {
        self.parts.file.chunk
    }
}

/// One utterance. Its futures may be dropped half way: nothing is lost or heard twice.
struct EarsStream {
    parts: Arc<Parts>,
    lane: LaneStream,
    beam: Option<Beam>,
    /// What does not fill a step yet.
    samples: Vec<f32>,
    /// Steps that were not handed out yet.
    ready: SpeechSteps,
    partial: String,
    steps: usize,
}

impl EarsStream {
    async fn hear(&mut self) -> Result<(), Error> {
        let chunk = self.parts.file.chunk;
        loop {
            let outputs = match self.lane.resume().await? {
                Some(outputs) => outputs,
                None if self.samples.len() >= chunk => {
                    let row = Tensor::f32(&[1, chunk], self.samples[..chunk].to_vec())?;
                    self.lane.step(vec![("samples", row)]).await?
                }
                None => return Ok(()),
            };
            self.samples.drain(..chunk.min(self.samples.len()));
            self.take_in(outputs)?;
        }
    }

    fn take_in(&mut self, mut outputs: Outputs) -> Result<(), Error> {
        let embedding = outputs.take_f32("embedding")?;
        let log_probs = outputs.take_f32("log_probs")?;
        if embedding.len() != self.parts.file.embedding {
            return Err(Error::Broken(format!("the encoder gives {} numbers per step", embedding.len())));
        }
        let beam = match &mut self.beam {
            Some(beam) => beam,
            none => none.insert(self.parts.beam()?),
        };
        for sub_frame in log_probs.chunks_exact(self.parts.file.vocabulary.len()) {
            beam.push(sub_frame)?;
        }
        let partial = beam.partial();
        let changed = partial != self.partial;
        let partial_told = changed.then(|| partial.clone());
        self.partial = partial;
        self.steps += 1;
        self.ready.push(SpeechStep { embedding: embedding.into(), partial: partial_told });
        Ok(())
    }

    async fn push_all(&mut self, samples: &[f32]) -> Result<SpeechSteps, Error> {
        if self.steps >= UTTERANCE_STEPS_MAX {
            return Err(Error::LimitReached(format!("an utterance of {UTTERANCE_STEPS_MAX} steps")));
        }
        self.samples.extend_from_slice(samples);
        self.hear().await?;
        Ok(std::mem::take(&mut self.ready))
    }

    async fn finish_all(&mut self) -> Result<(SpeechSteps, Transcript), Error> {
        let chunk = self.parts.file.chunk;
        if self.steps > 0 || !self.samples.is_empty() {
            let whole = self.samples.len().div_ceil(chunk) + TRAILING_STEPS;
            self.samples.resize(whole * chunk, 0.0);
        }
        self.hear().await?;
        let transcript = self.beam.as_mut().map(Beam::finish).unwrap_or_default();
        let steps = std::mem::take(&mut self.ready);
        self.restart();
        Ok((steps, transcript))
    }

    fn restart(&mut self) {
        self.lane.reset();
        self.samples.clear();
        self.partial.clear();
        self.beam = None;
        self.steps = 0;
    }
}

impl SpeechStream for EarsStream {
    fn push<'a>(&'a mut self, samples: &'a [f32]) -> BoxFuture<'a, Result<SpeechSteps, Error>> {
        self.push_all(samples).boxed()
    }

    fn finish(&mut self) -> BoxFuture<'_, Result<(SpeechSteps, Transcript), Error>> {
        self.finish_all().boxed()
    }
}
