//! Frames of any length to the windows a VAD wants.

/// Samples of one window: 32 ms at 16 kHz.
pub const WINDOW_SAMPLES: usize = 512;

/// Cuts a stream into windows of [`WINDOW_SAMPLES`].
#[derive(Debug)]
pub struct Windows {
    window: Box<[f32; WINDOW_SAMPLES]>,
    filled: usize,
}

impl Default for Windows {
    fn default() -> Self {
        Self { window: Box::new([0.0; WINDOW_SAMPLES]), filled: 0 }
    }
}

impl Windows {
    /// Takes from the front of `samples` until a window is full or nothing is left; `samples` becomes what is left.
    ///
    /// ```
    /// let mut windows = hearth_audio::Windows::default();
    /// let mut samples: &[f32] = &[0.0; 1200];
    /// let mut scored = 0;
    /// while let Some(window) = windows.next(&mut samples) {
    ///     scored += window.len();
    /// }
    /// assert_eq!((scored, samples.len()), (1024, 0));
    /// ```
    pub fn next(&mut self, samples: &mut &[f32]) -> Option<&[f32; WINDOW_SAMPLES]> {
        let take = samples.len().min(WINDOW_SAMPLES - self.filled);
        let (now, later) = samples.split_at(take);
        self.window[self.filled..self.filled + take].copy_from_slice(now);
        self.filled += take;
        *samples = later;
        if self.filled < WINDOW_SAMPLES {
            return None;
        }
        self.filled = 0;
        Some(&self.window)
    }

    /// Samples that wait for their window to fill.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.filled
    }

    /// Drops what waits.
    pub fn reset(&mut self) {
        self.filled = 0;
    }
}
