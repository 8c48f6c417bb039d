//! ONNX Runtime behind a small surface: a library, graphs, tensors, workers and the attention of the core.
//!
//! Nothing outside this crate knows `ort`, devices or `unsafe`. See ARCHITECTURE.md.

pub mod attention;
mod error;
mod graph;
mod library;
mod streaming;
mod tensor;
mod workers;

pub use error::Error;
pub use graph::{Graph, Outputs, Port};
pub use library::{Library, Provider, find_library};
pub use streaming::{GraphSpec, StateNames, StatePair, StreamState, StreamingGraph};
pub use tensor::{Elements, Tensor};
pub use workers::{Lane, LaneSnapshot, LaneStream, Pending, Reply, Workers, WorkersSnapshot};
