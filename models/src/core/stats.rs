//! What the core counts, for whoever shows it.

use std::{
    sync::atomic::{AtomicU64, AtomicUsize, Ordering},
    time::Duration,
};

/// The core at one moment; what counts, counts from the start.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CoreSnapshot {
    /// Conversations whose memory can be kept.
    pub slots: usize,
    /// Slots that belong to a conversation.
    pub slots_in_use: usize,
    /// Answers being written or whose prompt is being read.
    pub answering: usize,
    /// Answers that wait for a slot.
    pub waiting: usize,
    /// How long the oldest of them has waited.
    pub oldest: Duration,
    /// Bytes of memory of all slots.
    pub memory_bytes: usize,
    /// Runs of the graph.
    pub steps: u64,
    /// Tokens read.
    pub tokens_read: u64,
    /// Tokens written.
    pub tokens_written: u64,
    /// Prompt positions that did not have to be read again.
    pub tokens_known: u64,
    /// Time runs have taken, added up.
    pub busy: Duration,
    /// Answers begun.
    pub answers: u64,
    /// Answers taken back before their end.
    pub cancelled: u64,
    /// Answers refused because too many waited.
    pub refused: u64,
    /// Answers that failed.
    pub failed: u64,
    /// Conversations that lost their slot to another.
    pub evicted: u64,
    /// Rollbacks beyond what the windows remember, so that everything was read again.
    pub reread: u64,
}

/// The live numbers behind [`CoreSnapshot`].
#[derive(Default)]
pub(crate) struct Counters {
    pub(crate) slots_in_use: AtomicUsize,
    pub(crate) answering: AtomicUsize,
    pub(crate) memory_bytes: AtomicUsize,
    pub(crate) steps: AtomicU64,
    pub(crate) tokens_read: AtomicU64,
    pub(crate) tokens_written: AtomicU64,
    pub(crate) tokens_known: AtomicU64,
    pub(crate) busy_us: AtomicU64,
    pub(crate) answers: AtomicU64,
    pub(crate) cancelled: AtomicU64,
    pub(crate) refused: AtomicU64,
    pub(crate) failed: AtomicU64,
    pub(crate) evicted: AtomicU64,
    pub(crate) reread: AtomicU64,
}

/// Adds to a counter.
pub(crate) fn count(counter: &AtomicU64, more: usize) {
    counter.fetch_add(more as u64, Ordering::Relaxed);
}

impl Counters {
    pub(crate) fn snapshot(&self) -> CoreSnapshot {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let now = |gauge: &AtomicUsize| gauge.load(Ordering::Relaxed);
        CoreSnapshot {
            slots_in_use: now(&self.slots_in_use),
            answering: now(&self.answering),
            memory_bytes: now(&self.memory_bytes),
            steps: read(&self.steps),
            tokens_read: read(&self.tokens_read),
            tokens_written: read(&self.tokens_written),
            tokens_known: read(&self.tokens_known),
            busy: Duration::from_micros(read(&self.busy_us)),
            answers: read(&self.answers),
            cancelled: read(&self.cancelled),
            refused: read(&self.refused),
            failed: read(&self.failed),
            evicted: read(&self.evicted),
            reread: read(&self.reread),
            ..CoreSnapshot::default()
        }
    }
}
