//! Pictures as numbers: no bytes, no network, no clocks.

mod error;
mod frame;
mod resize;

pub use error::Error;
pub use frame::VideoFrame;
pub use resize::{fit, resize, square};
