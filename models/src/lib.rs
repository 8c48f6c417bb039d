//! Frames and text to text and speech: what a model is to the rest of the house.

pub mod core;
mod error;
mod message;
mod package;
pub mod scripted;
mod sight;
mod speech;
mod traits;
pub mod tts;

pub use error::Error;
pub use message::{
    AudioPart, ImageEmbedding, ImagePart, Message, Part, Prompt, Role, SpeechEmbedding, Tool, ToolCall, ToolChoice,
};
pub use package::{Loaded, Package, PackageSettings};
pub use sight::PackageEyes;
pub use speech::{PackageEars, SileroVad};
pub use traits::{
    Core, CoreContext, FinishReason, GenerateOptions, Generated, Generation, Models, SpeechChunk, SpeechEncoder,
    SpeechStep, SpeechSteps, SpeechStream, Transcript, Tts, Usage, Vad, VadStream, VisionEncoder, Voice, Word,
    WordMark,
};
