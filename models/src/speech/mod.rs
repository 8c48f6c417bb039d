//! From sound to speech or silence, to embeddings, to words.

mod char_lm;
mod confidence;
mod encoder;
mod transcript;
mod vad;

pub use encoder::PackageEars;
pub(crate) use encoder::graph as ears_graph;
pub use vad::SileroVad;
pub(crate) use vad::graph as vad_graph;
