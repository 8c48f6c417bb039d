//! The server: sockets, tasks, settings. `pipeline` is where to begin reading.
//!
//! ```text
//! http ─▶ pipeline ─┬─ ingest ─ senses ─ capture      hears
//!                   ├─ call ─ wishes                  does what session and client want
//!                   ├─ agent                          thinks
//!                   └─ playout ─ answer ─ teller      speaks
//! ```

mod agent;
mod answer;
mod call;
mod capture;
pub mod commands;
pub mod conversation;
mod hearing;
pub mod house;
pub mod http;
mod ids;
mod inbox;
mod ingest;
pub mod metrics;
mod outbox;
mod panics;
pub mod pipeline;
mod playout;
pub mod protocol;
mod senses;
pub mod settings;
mod shared;
mod teller;
mod understanding;
mod voice;
mod wishes;

use std::fmt;

/// What to tell the person at the terminal when a command cannot be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure(String);

impl Failure {
    /// A failure that says `message`, with the remedy in it.
    pub fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }

    /// A failure that says what `error` says.
    pub fn because(error: impl fmt::Display) -> Self {
        Self(error.to_string())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
