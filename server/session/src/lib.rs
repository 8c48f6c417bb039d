//! Who has the floor: a conversation as a pure state machine.
//!
//! No sockets, tasks, clocks, randomness, environment or files: facts and times come in, orders come out, and the
//! empty `[dependencies]` of this crate is the proof.
//!
//! ```text
//!              speech                pause               silence, or the client's wish
//!  Listening ──────────▶ UserSpeaking ◀───▶ Endpointing ───────────────────────────────┐
//!      ▲                      ▲                                                        ▼
//!      │ played               │ speech for barge_in_min: cancel                     Thinking
//!      │                      │                                                        │ first product
//!      └── Speaking ◀──────▶ Overlap ◀── speech over an answer: pause ── Speaking ◀────┘
//!                   resume: a back-channel                                    Closed, from anywhere
//! ```
//!
//! The whole use of it is one loop: wait for the next fact, at most until the deadline, then carry out the orders.
//!
//! ```
//! use std::time::Duration;
//! use hearth_session::{Action, AnswerCause, EndCause, Event, Policy, Session, State, TurnId};
//!
//! let ms = Duration::from_millis;
//! let mut session = Session::new(Policy::default());
//! let mut actions = Vec::new();
//!
//! session.step(ms(1000), Event::SpeechStarted { at: ms(1000) }, &mut actions);
//! assert_eq!(actions, [Action::BeginUtterance { from: ms(700) }]);
//! session.step(ms(1900), Event::SpeechPaused { at: ms(1900) }, &mut actions);
//! assert_eq!(session.state(), State::Endpointing);
//!
//! actions.clear();
//! session.step(ms(2400), Event::MediaReached { at: ms(2400) }, &mut actions);
//! assert_eq!(actions, [
//!     Action::EndUtterance { from: ms(700), to: ms(2400), cause: EndCause::Silence },
//!     Action::StartAnswer { turn: TurnId(1), cause: AnswerCause::TurnEnded },
//! ]);
//!
//! // Time alone returns the floor: an answer that never comes is given up.
//! assert_eq!(session.deadline(), Some(ms(2400) + session.policy().thinking_max));
//! ```
//!
//! # Promises
//!
//! Checked on random conversations in `tests/simulate.rs`, one by one in `tests/scenarios.rs`, and by mutation testing:
//!
//! 1. stale work (an older [`TurnId`]) changes nothing and orders nothing;
//! 2. each turn begins once and is cancelled at most once;
//! 3. a cancelled turn is never paused or resumed;
//! 4. every state that waits has a deadline, so time alone always returns the floor;
//! 5. an early alarm is not believed;
//! 6. hanging up cancels the work in hand;
//! 7. overlap shorter than `barge_in_min` pauses and resumes, longer cancels;
//! 8. no leading sound is lost at barge-in: an utterance begins before its speech by the prefix padding, or where the
//!    utterance before it ended.

mod alarm;
mod event;
mod policy;
mod record;
mod state;
mod user;

pub use event::{Action, AnswerCause, CancelCause, EndCause, Event, Hangup, Notice, TurnId};
pub use policy::{Policy, Turns, VoiceTurns};
pub use record::record;
pub use state::{Session, State};
