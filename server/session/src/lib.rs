//! Who has the floor: the conversation as a pure state machine.

mod event;
mod policy;
mod state;

pub use event::{Action, AnswerCause, CancelCause, EndCause, Event, Hangup, Notice, TurnId};
pub use policy::{Policy, Turns, VoiceTurns};
pub use state::{Session, State};
