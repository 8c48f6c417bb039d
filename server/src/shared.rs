//! The conversation of one session, where the session's loop and its answers both write.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::conversation::{Bounds, Conversation};

/// A conversation with a lock. It is held for the moment of a change, never across a wait.
#[derive(Debug, Clone, Default)]
pub(crate) struct SharedConversation(Arc<Mutex<Conversation>>);

impl SharedConversation {
    /// An empty one.
    #[must_use]
    pub(crate) fn new(bounds: Bounds) -> Self {
        Self(Arc::new(Mutex::new(Conversation::new(bounds))))
    }

    /// To look or to change.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Conversation> {
        // Whoever panicked with the lock ended its session; the others have conversations of their own.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
