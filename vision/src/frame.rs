//! A decoded picture on its way through the house.

use std::{sync::Arc, time::Duration};

/// One picture, 8-bit RGB, row by row without padding.
#[derive(Debug, Clone)]
pub struct VideoFrame {
    /// Time since the stream began.
    pub at: Duration,
    /// Pixels per row, at least 1.
    pub width: u32,
    /// Rows, at least 1.
    pub height: u32,
    /// `3 * width * height` bytes.
    pub rgb: Arc<[u8]>,
}
