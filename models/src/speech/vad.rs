//! Silero voice activity detection, batched over all sessions.

use std::path::Path;

use futures_util::future::{BoxFuture, FutureExt};
use hearth_runtime::{GraphSpec, Lane, LaneStream, StateNames, StatePair, Tensor, Workers};

use crate::{Error, Vad, VadStream};

const LANE: &str = "vad";
/// Samples per score.
const WINDOW: usize = 512;
/// Samples of the window before that the model wants to see again; without them its scores mean nothing.
const CONTEXT: usize = 64;
const SAMPLE_RATE: i64 = 16_000;
/// Streams that one run serves.
const BATCH_MAX: usize = 16;

/// The graph of the detector in `file`, for [`Workers::start`].
///
/// # Errors
/// Never in practice: the constants fit.
pub(crate) fn graph(file: &Path) -> Result<GraphSpec, Error> {
    let state = StatePair { input: "state".into(), output: "stateN".into(), axis: 1 };
    let rate = Tensor::i64(&[], vec![SAMPLE_RATE])?;
    Ok(GraphSpec {
        states: StateNames::Listed(vec![state]),
        constants: vec![("sr".into(), rate)],
        ..GraphSpec::new(LANE, file.to_path_buf(), BATCH_MAX)
    })
}

/// Silero VAD 6 at 16 kHz.
pub struct SileroVad {
    lane: Lane,
}

impl SileroVad {
    /// The detector on `workers`.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the workers were started without it.
    pub(crate) fn open(workers: &Workers) -> Result<Self, Error> {
        Ok(Self { lane: workers.lane(LANE)? })
    }
}

impl Vad for SileroVad {
    fn open(&self) -> Box<dyn VadStream> {
        Box::new(SileroStream { lane: self.lane.open(), context: [0.0; CONTEXT] })
    }
}

struct SileroStream {
    lane: LaneStream,
    context: [f32; CONTEXT],
}

impl SileroStream {
    async fn next_score(&mut self, window: &[f32]) -> Result<f32, Error> {
        if window.len() != WINDOW {
            return Err(Error::Malformed(format!("a window of {} samples, not {WINDOW}", window.len())));
        }
        // The score of a window that nobody waited for is dropped, its trace in the memory stays.
        self.lane.resume().await?;
        let mut samples = Vec::with_capacity(CONTEXT + WINDOW);
        samples.extend_from_slice(&self.context);
        samples.extend_from_slice(window);
        self.context.copy_from_slice(&window[WINDOW - CONTEXT..]);
        let input = Tensor::f32(&[1, CONTEXT + WINDOW], samples)?;
        let score = self.lane.step(vec![("input", input)]).await?.take_f32("output")?;
        score.first().copied().ok_or_else(|| Error::Broken("the voice activity model gives no score".into()))
    }
}

impl VadStream for SileroStream {
    fn score<'a>(&'a mut self, window: &'a [f32]) -> BoxFuture<'a, Result<f32, Error>> {
        self.next_score(window).boxed()
    }
}
