//! What a session is told and what it orders: [`Event`]s are facts, past tense; [`Action`]s are orders, imperative.
//!
//! Two clocks run through them, both counted from the beginning of the session. The **session clock** is the `now` of
//! [`Session::step`](crate::Session::step). The **media clock** is the sound received so far; every time inside an
//! event or an action is on it, because a client may send faster or slower than real time, or stop sending.

use std::time::Duration;

use crate::Policy;

/// One answer of ours. Numbers rise and are never used twice in a session; what belongs to an older one is stale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TurnId(pub u64);

/// A fact. Facts arrive one at a time, in one order; media facts in the order of the sound they tell of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// The speech gate opened. Sent in any mode, acted upon only when the voice takes turns.
    SpeechStarted {
        /// Media clock: where the speech begins, which may be a little before the gate was sure.
        at: Duration,
    },
    /// The speech gate closed.
    SpeechPaused {
        /// Media clock: where the last speech was, at or before what was received.
        at: Duration,
    },
    /// Sound was received up to here. Send it for every window of the speech gate: it is what measures silence,
    /// overlap and utterances, and its absence is how a stalled client is noticed.
    MediaReached {
        /// Media clock.
        at: Duration,
    },
    /// The client committed its audio buffer itself.
    UtteranceCommitted {
        /// Media clock when it did: sound received until then belongs to the utterance.
        at: Duration,
    },
    /// The client cleared its audio buffer.
    UtteranceCleared {
        /// Media clock when it did: sound received until then is forgotten.
        at: Duration,
    },
    /// The client asked for an answer that belongs to the conversation. (Answers out of the band have no floor: they
    /// never pass through here.)
    AnswerRequested,
    /// The client asked to cancel.
    AnswerCancelRequested {
        /// Which answer; `None` is whichever is being made.
        turn: Option<TurnId>,
    },
    /// The first product of an answer (text, sound or a tool call) left for the client.
    AnswerBegan {
        /// Whose.
        turn: TurnId,
    },
    /// Everything of the answer was made and sent.
    AnswerFinished {
        /// Whose.
        turn: TurnId,
        /// How long the client will still play what it was sent; zero when the answer was not spoken.
        playout_left: Duration,
    },
    /// The answer broke off by itself; the client was told, and nothing more of it will come.
    AnswerFailed {
        /// Whose.
        turn: TurnId,
    },
    /// The client plays no more of a finished answer: it said so, or it truncated it.
    PlayoutFinished {
        /// Whose.
        turn: TurnId,
    },
    /// The client, or the operator, changed the numbers.
    PolicyChanged(Policy),
    /// The server wants to stop; this session may finish what is going on, within [`Policy::drain_max`].
    DrainBegan,
    /// The connection is gone or must go.
    HungUp(Hangup),
    /// Nothing happened before the [deadline](crate::Session::deadline). An early alarm does no harm.
    Woke,
}

/// An order. Orders are carried out in the order given, at once, and never wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// The user's speech is an utterance: tell that speech started, and collect sound from `from` on.
    BeginUtterance {
        /// Media clock, prefix padding included; never before the end of the utterance before. It lies in the past by
        /// the prefix padding, the gate's own delay and, over an answer, [`VoiceTurns::barge_in_min`](crate::VoiceTurns).
        from: Duration,
    },
    /// The user's sound from `from` to `to` becomes an item of the conversation.
    /// It was begun by [`Action::BeginUtterance`] with the same `from`, unless the cause is [`EndCause::Client`].
    EndUtterance {
        /// Media clock.
        from: Duration,
        /// Media clock, at most what was received; sound after it belongs to what comes next.
        to: Duration,
        /// Who ended it.
        cause: EndCause,
    },
    /// Forget the sound collected so far.
    DiscardUtterance,
    /// The user stayed silent for [`VoiceTurns::idle_max`](crate::VoiceTurns) after our last words: tell so, and make
    /// the silence an item of the conversation. [`Action::StartAnswer`] follows.
    CommitSilence {
        /// Media clock: where our last words had been played.
        from: Duration,
        /// Media clock; equals `from` when the client sent no sound.
        to: Duration,
    },
    /// Begin a new answer to the conversation as it stands.
    StartAnswer {
        /// Its number.
        turn: TurnId,
        /// Why.
        cause: AnswerCause,
    },
    /// Stop making and sending this answer, and tell why it ended. What was not sent leaves the conversation.
    CancelAnswer {
        /// Which.
        turn: TurnId,
        /// Why.
        cause: CancelCause,
    },
    /// Hold back what was not sent yet of this answer: somebody may be taking the floor.
    PausePlayout {
        /// Which.
        turn: TurnId,
    },
    /// Go on sending this answer: it was only a back-channel.
    ResumePlayout {
        /// Which.
        turn: TurnId,
    },
    /// Answer the fact just told with a notice; nothing else happened.
    Tell(Notice),
    /// End the session. Nothing follows.
    Close(Hangup),
}

/// Why an utterance ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndCause {
    /// Silence, or sound that stopped coming, for long enough.
    Silence,
    /// The client committed it; there may have been no speech in it.
    Client,
    /// It reached [`Policy::utterance_max`]; what the user goes on saying is the next utterance.
    Limit,
}

/// Why an answer is begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerCause {
    /// The user's turn ended.
    TurnEnded,
    /// The fact just told was [`Event::AnswerRequested`]: its wishes apply.
    Requested,
    /// The user stayed silent.
    Idle,
}

/// Why an answer is cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CancelCause {
    /// The user took the floor.
    TurnDetected,
    /// The client asked for it.
    ClientCancelled,
    /// It took longer than [`Policy::thinking_max`] or [`Policy::speaking_max`].
    TimedOut,
    /// The session ends.
    SessionEnded,
}

/// What is told about a wish that changed nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// An answer was requested while one is being made.
    AnswerAlreadyActive {
        /// The one being made.
        turn: TurnId,
    },
    /// No answer, or not this one, is being made.
    NothingToCancel,
    /// Less sound than [`Policy::commit_min`] was there to commit.
    NothingToCommit,
}

/// Why a session ends, and so what the client is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hangup {
    /// The client went away; nobody is left to be told.
    ClientLeft,
    /// The session reached [`Policy::session_max`].
    SessionExpired,
    /// The server stops.
    ServerStopping,
    /// The client crossed a limit that ends a session.
    LimitReached,
    /// A device or a model is gone.
    Broken,
}
