//! Bytes to frames and back. Bytes stop here: what comes out is numbers, what goes in is bounded by [`limits`].
//!
//! | module | bytes | frames |
//! |---|---|---|
//! | [`pcm`] | s16le, in pieces of any length | mono samples, both ways |
//! | [`g711`] | mu-law and A-law, 8 kHz | mono samples, both ways |
//! | [`wav`] | RIFF header and s16le, also of unknown length | out only |
//! | [`flac`] | FLAC of unknown length, 16 bit | out only, from mono |
//! | [`file`] | WAV, MP3, AAC, M4A, FLAC, Ogg Vorbis, Matroska | in only, mixed to mono |
//! | [`picture`] | JPEG, PNG, WebP | [`hearth_vision::VideoFrame`], in only |
//!
//! No bytes, however hostile, may panic here or take more memory than the limits say.

mod error;
pub mod file;
pub mod flac;
pub mod g711;
mod guard;
pub mod limits;
pub mod pcm;
pub mod picture;
pub mod wav;

pub use error::Error;
