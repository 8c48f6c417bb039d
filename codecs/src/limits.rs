//! How much a stranger may make us hold: every bound of this crate.

/// Longest sound file, in samples at its own rate and one channel: three hours at 48 kHz. Reading goes packet by packet,
/// so this bounds the work, not the memory.
pub const FILE_SAMPLES_MAX: u64 = 3 * 3_600 * 48_000;
/// Most channels of a sound file; they are mixed to one.
pub const FILE_CHANNELS_MAX: usize = 32;
/// Most damaged packets in a row before a sound file is given up.
pub const DAMAGED_PACKETS_MAX: u32 = 200;
/// Largest picture, in bytes as it came.
pub const PICTURE_BYTES_MAX: usize = 16 << 20;
/// Longest side of a picture, in pixels.
pub const PICTURE_SIDE_MAX: u32 = 8_192;
/// Most pixels of a picture: 24 megapixels are 72 MB as RGB.
pub const PICTURE_PIXELS_MAX: u64 = 24_000_000;
/// Most memory a picture decoder may take, in bytes.
pub const PICTURE_DECODER_BYTES_MAX: u64 = 256 << 20;
