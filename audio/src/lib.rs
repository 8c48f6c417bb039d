//! Sound as numbers: no bytes, no network, no clocks.
//!
//! ```text
//! frames of any rate ─▶ Resampler ─16 kHz─▶ PrefixRing (keeps the onset)
//!                                   └─────▶ Windows ─512 samples─▶ a VAD model ─score─▶ SpeechGate ─▶ started / paused
//! ```
//! Everything is a plain value that is fed and asked: no threads, no tasks, and after the first frames no allocation.

mod error;
mod frame;
mod gate;
mod loudness;
mod prefix;
mod resample;
mod windows;

pub use error::Error;
pub use frame::{AudioFrame, SampleRate};
pub use gate::{GatePolicy, SpeechEdge, SpeechGate};
pub use loudness::{DBFS_MIN, peak, rms_dbfs};
pub use prefix::PrefixRing;
pub use resample::Resampler;
pub use windows::{WINDOW_SAMPLES, Windows};
