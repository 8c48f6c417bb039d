//! The machine: what it remembers, and the answers' side of it. The user's side is `user.rs`, time's is `alarm.rs`.

use std::time::Duration;

use crate::{
    Action, AnswerCause, CancelCause, Event, Hangup, Notice, Policy, TurnId,
    user::{Sound, User},
};

/// What is going on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Nobody has the floor.
    Listening,
    /// The user speaks.
    UserSpeaking,
    /// The user paused; it may be the end of the turn.
    Endpointing,
    /// An answer was started, nothing of it came yet.
    Thinking,
    /// An answer is being made, sent or played.
    Speaking,
    /// The user speaks over an answer.
    Overlap,
    /// Nothing happens any more.
    Closed,
}

/// One conversation: facts in, orders out. See the [crate page](crate) for the loop around it.
#[derive(Debug, Clone)]
pub struct Session {
    pub(crate) policy: Policy,
    /// Session clock of the latest fact.
    pub(crate) now: Duration,
    pub(crate) sound: Sound,
    pub(crate) user: User,
    pub(crate) answer: Option<Answer>,
    /// The number of the latest answer.
    turn: TurnId,
    /// A turn of the user ended while an answer was being made, and awaits its own.
    owed: bool,
    /// Set only while the user is quiet and no answer is in hand.
    pub(crate) idle: Option<Idle>,
    /// Session clock: when a stopping server waits no longer.
    pub(crate) drain_until: Option<Duration>,
    pub(crate) closed: bool,
}

/// The answer that is being made or played.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) turn: TurnId,
    pub(crate) stage: Stage,
    pub(crate) paused: bool,
}

/// How far an answer is. Times are on the session clock.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Stage {
    Thinking { since: Duration },
    Making { since: Duration },
    Playing { until: Duration },
}

/// Since when nobody said anything after our last words.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Idle {
    /// Session clock.
    pub(crate) since: Duration,
    /// Media clock.
    pub(crate) from: Duration,
}

impl Session {
    /// A session that begins now, with both clocks at zero.
    #[must_use]
    pub fn new(policy: Policy) -> Self {
        Self {
            policy,
            now: Duration::ZERO,
            sound: Sound::default(),
            user: User::Quiet,
            answer: None,
            turn: TurnId(0),
            owed: false,
            idle: None,
            drain_until: None,
            closed: false,
        }
    }

    /// Takes one fact at session-clock time `now` and appends the orders that follow to `actions`.
    ///
    /// What is due at `now` is done as well, after the fact: a fact that came just in time is believed before the
    /// alarm that misses it. A `now` before the latest one counts as the latest one.
    pub fn step(&mut self, now: Duration, event: Event, actions: &mut Vec<Action>) {
        if self.closed {
            return;
        }
        self.now = self.now.max(now);
        self.take(event, actions);
        self.settle(actions);
        self.expire(actions);
    }

    /// When to wake the session with [`Event::Woke`] if no other fact comes before (session clock); `None` once it is
    /// closed. It may be in the past.
    #[must_use]
    pub fn deadline(&self) -> Option<Duration> {
        self.alarm().map(|(due, _)| due)
    }

    /// What is going on.
    #[must_use]
    pub fn state(&self) -> State {
        if self.closed {
            return State::Closed;
        }
        match (&self.user, &self.answer) {
            (User::Suspected { .. }, _) | (User::Speaking(_), Some(_)) => State::Overlap,
            (User::Speaking(_), None) => State::UserSpeaking,
            (User::Pausing { .. }, _) => State::Endpointing,
            (User::Quiet, None) => State::Listening,
            (User::Quiet, Some(answer)) if matches!(answer.stage, Stage::Thinking { .. }) => State::Thinking,
            (User::Quiet, Some(_)) => State::Speaking,
        }
    }

    /// The numbers it decides by.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The answer that is being made; products of any other are stale.
    #[must_use]
    pub fn answering(&self) -> Option<TurnId> {
        self.making().map(|answer| answer.turn)
    }

    fn take(&mut self, event: Event, actions: &mut Vec<Action>) {
        match event {
            Event::SpeechStarted { at } => self.speech_started(at, actions),
            Event::SpeechPaused { at } => self.speech_paused(at, actions),
            Event::MediaReached { at } => self.hear(at, actions),
            Event::UtteranceCommitted { at } => self.commit(at, actions),
            Event::UtteranceCleared { at } => self.clear(at, actions),
            Event::AnswerRequested => self.request(actions),
            Event::AnswerCancelRequested { turn } => self.cancel_requested(turn, actions),
            Event::AnswerBegan { turn } => self.began(turn),
            Event::AnswerFinished { turn, playout_left } => self.finished(turn, playout_left),
            Event::AnswerFailed { turn } => self.failed(turn),
            Event::PlayoutFinished { turn } => self.playout_finished(turn),
            Event::PolicyChanged(policy) => self.change(policy, actions),
            Event::DrainBegan => self.drain(),
            Event::HungUp(hangup) => self.close(hangup, actions),
            Event::Woke => {}
        }
    }

    /// Does what no longer has to wait.
    pub(crate) fn settle(&mut self, actions: &mut Vec<Action>) {
        if self.closed {
            return;
        }
        self.measure(actions);
        self.believe_unopposed(actions);
        if self.owed && self.user == User::Quiet && self.making().is_none() {
            self.start(AnswerCause::TurnEnded, actions);
        }
        if self.drain_until.is_some() && self.user == User::Quiet && self.answer.is_none() {
            self.close(Hangup::ServerStopping, actions);
        }
    }

    fn request(&mut self, actions: &mut Vec<Action>) {
        match self.answering() {
            Some(turn) => actions.push(Action::Tell(Notice::AnswerAlreadyActive { turn })),
            None => self.start(AnswerCause::Requested, actions),
        }
    }

    fn cancel_requested(&mut self, wanted: Option<TurnId>, actions: &mut Vec<Action>) {
        match self.answering() {
            Some(turn) if wanted.is_none_or(|wanted| wanted == turn) => {
                self.cancel(CancelCause::ClientCancelled, actions);
            }
            _ => actions.push(Action::Tell(Notice::NothingToCancel)),
        }
    }

    fn began(&mut self, turn: TurnId) {
        let since = self.now;
        if let Some(answer) = self.answer_of(turn)
            && matches!(answer.stage, Stage::Thinking { .. })
        {
            answer.stage = Stage::Making { since };
        }
    }

    fn finished(&mut self, turn: TurnId, playout_left: Duration) {
        if self.answering() != Some(turn) {
            return;
        }
        if playout_left.is_zero() {
            // Nothing was said aloud, so nobody is waiting for the user to speak: the idle clock does not run.
            self.answer = None;
            return;
        }
        let until = self.now.saturating_add(playout_left.min(self.policy.speaking_max));
        self.answer = Some(Answer { turn, stage: Stage::Playing { until }, paused: false });
    }

    fn failed(&mut self, turn: TurnId) {
        if self.answering() == Some(turn) {
            self.answer = None;
        }
    }

    fn playout_finished(&mut self, turn: TurnId) {
        if self.answer_of(turn).is_some_and(|answer| matches!(answer.stage, Stage::Playing { .. })) {
            self.played();
        }
    }

    /// The last of our words was played.
    pub(crate) fn played(&mut self) {
        self.answer = None;
        if self.user == User::Quiet {
            self.idle = Some(Idle { since: self.now, from: self.sound.reached });
        }
    }

    pub(crate) fn start(&mut self, cause: AnswerCause, actions: &mut Vec<Action>) {
        self.turn = TurnId(self.turn.0 + 1);
        self.owed = false;
        self.idle = None;
        self.answer = Some(Answer { turn: self.turn, stage: Stage::Thinking { since: self.now }, paused: false });
        actions.push(Action::StartAnswer { turn: self.turn, cause });
    }

    /// Ends the answer; one that is only being played needs no order.
    pub(crate) fn cancel(&mut self, cause: CancelCause, actions: &mut Vec<Action>) {
        if let Some(turn) = self.answering() {
            actions.push(Action::CancelAnswer { turn, cause });
        }
        self.answer = None;
    }

    /// Owes the user an answer, if turns are answered by themselves. [`Session::settle`] pays.
    pub(crate) fn owe(&mut self) {
        self.owed |= self.policy.voice().is_some_and(|voice| voice.create_response);
    }

    fn change(&mut self, policy: Policy, actions: &mut Vec<Action>) {
        self.policy = policy;
        if self.policy.voice().is_none() {
            self.stop_listening(actions);
        }
    }

    fn drain(&mut self) {
        let until = self.now.saturating_add(self.policy.drain_max);
        self.drain_until.get_or_insert(until);
    }

    pub(crate) fn close(&mut self, hangup: Hangup, actions: &mut Vec<Action>) {
        self.cancel(CancelCause::SessionEnded, actions);
        if matches!(self.user, User::Speaking(_) | User::Pausing { .. }) {
            actions.push(Action::DiscardUtterance);
        }
        actions.push(Action::Close(hangup));
        self.closed = true;
    }

    /// The answer while there is still something of it to make or send.
    pub(crate) fn making(&self) -> Option<&Answer> {
        self.answer.as_ref().filter(|answer| !matches!(answer.stage, Stage::Playing { .. }))
    }

    fn answer_of(&mut self, turn: TurnId) -> Option<&mut Answer> {
        self.answer.as_mut().filter(|answer| answer.turn == turn)
    }
}
