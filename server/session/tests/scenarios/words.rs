//! The words the tables are written in. All times are milliseconds.

use std::time::Duration;

use hearth_session::{
    Action, AnswerCause, CancelCause, EndCause, Event, Hangup, Notice, Policy, Session, State, TurnId, Turns,
    VoiceTurns,
};

/// When (session clock), what happened, what is ordered, what is going on then.
pub(crate) type Row<'a> = (u64, Event, &'a [Action], State);

/// Plays a call and compares every order and state; returns the session for what comes after the table.
pub(crate) fn check(policy: Policy, call: &[Row<'_>]) -> Session {
    let mut session = Session::new(policy);
    for (line, (at, event, orders, state)) in call.iter().enumerate() {
        let mut actions = Vec::new();
        session.step(ms(*at), *event, &mut actions);
        assert_eq!(actions, *orders, "orders in line {line}: {at} ms, {event:?}");
        assert_eq!(session.state(), *state, "state after line {line}: {at} ms, {event:?}");
        assert_eq!(session.deadline().is_none(), *state == State::Closed, "deadline after line {line}");
    }
    session
}

pub(crate) fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

// Policies.

/// The default voice turns, with a change.
pub(crate) fn voice(change: impl FnOnce(&mut VoiceTurns)) -> Policy {
    let mut turns = VoiceTurns::default();
    change(&mut turns);
    Policy { turns: Turns::Voice(turns), ..Policy::default() }
}

pub(crate) fn push_to_talk() -> Policy {
    Policy { turns: Turns::PushToTalk, ..Policy::default() }
}

// Facts.

pub(crate) fn started(at: u64) -> Event {
    Event::SpeechStarted { at: ms(at) }
}

pub(crate) fn paused(at: u64) -> Event {
    Event::SpeechPaused { at: ms(at) }
}

pub(crate) fn reached(at: u64) -> Event {
    Event::MediaReached { at: ms(at) }
}

pub(crate) fn committed(at: u64) -> Event {
    Event::UtteranceCommitted { at: ms(at) }
}

pub(crate) fn cleared(at: u64) -> Event {
    Event::UtteranceCleared { at: ms(at) }
}

pub(crate) const REQUESTED: Event = Event::AnswerRequested;

pub(crate) fn cancel_requested(turn: impl Into<Option<u64>>) -> Event {
    Event::AnswerCancelRequested { turn: turn.into().map(TurnId) }
}

pub(crate) fn began(turn: u64) -> Event {
    Event::AnswerBegan { turn: TurnId(turn) }
}

pub(crate) fn finished(turn: u64, playout_left: u64) -> Event {
    Event::AnswerFinished { turn: TurnId(turn), playout_left: ms(playout_left) }
}

pub(crate) fn failed(turn: u64) -> Event {
    Event::AnswerFailed { turn: TurnId(turn) }
}

pub(crate) fn played(turn: u64) -> Event {
    Event::PlayoutFinished { turn: TurnId(turn) }
}

pub(crate) const WOKE: Event = Event::Woke;

// Orders.

pub(crate) fn begin(from: u64) -> Action {
    Action::BeginUtterance { from: ms(from) }
}

/// By silence.
pub(crate) fn end(from: u64, to: u64) -> Action {
    Action::EndUtterance { from: ms(from), to: ms(to), cause: EndCause::Silence }
}

pub(crate) fn end_by_client(from: u64, to: u64) -> Action {
    Action::EndUtterance { from: ms(from), to: ms(to), cause: EndCause::Client }
}

pub(crate) fn end_by_limit(from: u64, to: u64) -> Action {
    Action::EndUtterance { from: ms(from), to: ms(to), cause: EndCause::Limit }
}

pub(crate) const DISCARD: Action = Action::DiscardUtterance;

pub(crate) fn silence(from: u64, to: u64) -> Action {
    Action::CommitSilence { from: ms(from), to: ms(to) }
}

/// Because the user's turn ended.
pub(crate) fn start(turn: u64) -> Action {
    Action::StartAnswer { turn: TurnId(turn), cause: AnswerCause::TurnEnded }
}

pub(crate) fn start_requested(turn: u64) -> Action {
    Action::StartAnswer { turn: TurnId(turn), cause: AnswerCause::Requested }
}

pub(crate) fn start_idle(turn: u64) -> Action {
    Action::StartAnswer { turn: TurnId(turn), cause: AnswerCause::Idle }
}

fn cancel(turn: u64, cause: CancelCause) -> Action {
    Action::CancelAnswer { turn: TurnId(turn), cause }
}

pub(crate) fn interrupt(turn: u64) -> Action {
    cancel(turn, CancelCause::TurnDetected)
}

pub(crate) fn cancel_for_client(turn: u64) -> Action {
    cancel(turn, CancelCause::ClientCancelled)
}

pub(crate) fn give_up(turn: u64) -> Action {
    cancel(turn, CancelCause::TimedOut)
}

pub(crate) fn cancel_at_end(turn: u64) -> Action {
    cancel(turn, CancelCause::SessionEnded)
}

pub(crate) fn pause(turn: u64) -> Action {
    Action::PausePlayout { turn: TurnId(turn) }
}

pub(crate) fn resume(turn: u64) -> Action {
    Action::ResumePlayout { turn: TurnId(turn) }
}

pub(crate) const NOTHING_TO_COMMIT: Action = Action::Tell(Notice::NothingToCommit);
pub(crate) const NOTHING_TO_CANCEL: Action = Action::Tell(Notice::NothingToCancel);

pub(crate) fn already_active(turn: u64) -> Action {
    Action::Tell(Notice::AnswerAlreadyActive { turn: TurnId(turn) })
}

pub(crate) fn close(hangup: Hangup) -> Action {
    Action::Close(hangup)
}
