//! Names for things, unique in this process and hard to guess across processes.

use std::sync::atomic::{AtomicU64, Ordering};

static NEXT: AtomicU64 = AtomicU64::new(1);

/// A new name like `item_5f0c7a2b9e41d3000012`.
#[must_use]
pub(crate) fn name(prefix: &str) -> String {
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("{prefix}_{:012x}{number:06x}", fastrand::u64(..) >> 16)
}

/// A new identity of a piece of sound.
#[must_use]
pub(crate) fn audio_part() -> u64 {
    NEXT.fetch_add(1, Ordering::Relaxed)
}
