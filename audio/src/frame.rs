//! Decoded sound on its way through the house.

use std::{sync::Arc, time::Duration};

/// Samples per second, 1 to 192 000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SampleRate(u32);

impl SampleRate {
    /// G.711.
    pub const HZ_8000: Self = Self(8_000);
    /// What the speech models hear.
    pub const HZ_16000: Self = Self(16_000);
    /// What the voice speaks and OpenAI clients send.
    pub const HZ_24000: Self = Self(24_000);
    /// What browsers capture.
    pub const HZ_48000: Self = Self(48_000);

    /// `None` outside 1 to 192 000 Hz.
    #[must_use]
    pub const fn new(hz: u32) -> Option<Self> {
        if hz == 0 || hz > 192_000 { None } else { Some(Self(hz)) }
    }

    /// Samples per second.
    #[must_use]
    pub const fn hz(self) -> u32 {
        self.0
    }

    /// How long `samples` samples last.
    #[must_use]
    pub fn duration_of(self, samples: u64) -> Duration {
        let hz = u64::from(self.0);
        let nanos = samples % hz * 1_000_000_000 / hz;
        Duration::from_secs(samples / hz) + Duration::from_nanos(nanos)
    }

    /// How many whole samples fit into `duration`.
    #[must_use]
    pub fn samples_in(self, duration: Duration) -> u64 {
        let hz = u64::from(self.0);
        duration.as_secs() * hz + u64::from(duration.subsec_nanos()) * hz / 1_000_000_000
    }
}

/// A piece of mono sound: `samples` in -1 to 1, the first of them at position `start` of its stream.
#[derive(Debug, Clone)]
pub struct AudioFrame {
    /// Position of the first sample since the stream began; counted in samples, so it does not drift.
    pub start: u64,
    /// Rate of `samples`.
    pub rate: SampleRate,
    /// Mono samples, full scale is -1 to 1.
    pub samples: Arc<[f32]>,
}

impl AudioFrame {
    /// Position just after the last sample.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.start + self.samples.len() as u64
    }

    /// Time of the first sample since the stream began.
    #[must_use]
    pub fn starts_at(&self) -> Duration {
        self.rate.duration_of(self.start)
    }

    /// How long the frame lasts.
    #[must_use]
    pub fn duration(&self) -> Duration {
        self.rate.duration_of(self.samples.len() as u64)
    }
}
