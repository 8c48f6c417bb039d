//! The machine.

use std::time::Duration;

use crate::{Action, Event, Policy};

/// What is going on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// Nobody speaks.
    Listening,
    /// The user speaks.
    UserSpeaking,
    /// The user paused; it may be the end of the turn.
    Endpointing,
    /// An answer was started, nothing of it came yet.
    Thinking,
    /// An answer is being made, or played.
    Speaking,
    /// The user speaks over an answer.
    Overlap,
    /// Nothing happens any more.
    Closed,
}

/// One conversation.
#[derive(Debug, Clone)]
pub struct Session {
    policy: Policy,
}

impl Session {
    /// A session that begins now: both clocks are zero.
    #[must_use]
    pub fn new(policy: Policy) -> Self {
        Self { policy }
    }

    /// Takes one fact at session-clock time `now` and appends the orders that follow from it to `actions`.
    pub fn step(&mut self, now: Duration, event: Event, actions: &mut Vec<Action>) {
        let _ = (now, event, actions);
    }

    /// When to wake the session with [`Event::Woke`] (session clock); `None` when it is closed.
    #[must_use]
    pub fn deadline(&self) -> Option<Duration> {
        Some(self.policy.session_max)
    }

    /// What is going on.
    #[must_use]
    pub fn state(&self) -> State {
        State::Listening
    }
}
