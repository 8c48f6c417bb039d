//! Pictures as numbers: no bytes, no network, no clocks.

mod frame;
pub use frame::VideoFrame;
