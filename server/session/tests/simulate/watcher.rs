//! Watches a session from outside: keeps its own small account of the conversation and compares every order with it.

use std::{collections::HashSet, time::Duration};

use hearth_session::{
    Action, AnswerCause, CancelCause, EndCause, Event, Hangup, Notice, Policy, Session, State, TurnId,
};

/// The account. Times are on the media clock where not said otherwise.
#[derive(Clone)]
pub(crate) struct Watcher {
    policy: Policy,
    /// Session clock.
    now: Duration,
    reached: Duration,
    cut: Duration,
    gate_open: bool,
    /// Every onset told since the gate was last closed.
    onsets: Vec<Duration>,
    /// Where the gate last closed.
    last_speech: Duration,
    /// Where the open utterance begins.
    open: Option<Duration>,
    making: Option<Making>,
    playing: Option<TurnId>,
    latest: TurnId,
    cancelled: HashSet<TurnId>,
    owed: bool,
    draining: bool,
    closed: bool,
}

#[derive(Clone, Copy)]
struct Making {
    turn: TurnId,
    paused: bool,
    /// Session clock.
    since: Duration,
    began: bool,
}

impl Watcher {
    pub(crate) fn new(policy: Policy) -> Self {
        Self {
            policy,
            now: Duration::ZERO,
            reached: Duration::ZERO,
            cut: Duration::ZERO,
            gate_open: false,
            onsets: Vec::new(),
            last_speech: Duration::ZERO,
            open: None,
            making: None,
            playing: None,
            latest: TurnId(0),
            cancelled: HashSet::new(),
            owed: false,
            draining: false,
            closed: false,
        }
    }

    pub(crate) fn making(&self) -> Option<TurnId> {
        self.making.map(|making| making.turn)
    }

    pub(crate) fn collecting(&self) -> bool {
        self.open.is_some()
    }

    /// Whether this fact belongs to an answer that is not in hand.
    pub(crate) fn is_stale(&self, event: Event) -> bool {
        match event {
            Event::AnswerBegan { turn } | Event::AnswerFinished { turn, .. } | Event::AnswerFailed { turn } => {
                self.making() != Some(turn)
            }
            Event::PlayoutFinished { turn } => self.playing != Some(turn),
            _ => false,
        }
    }

    /// One step: the fact, the orders that came of it, the session after it.
    pub(crate) fn watch(&mut self, now: Duration, event: Event, actions: &[Action], session: &Session) {
        self.now = now;
        let grew = self.take(event);
        for (index, action) in actions.iter().enumerate() {
            assert!(!self.closed, "nothing follows a close");
            self.obey(event, *action, &actions[..index], &actions[index + 1..]);
        }
        self.expect_reply(event, actions);
        self.play_out(session);
        self.rest(session);
        self.expect_speech_heard(grew, actions, session);
    }

    /// Enters the fact; says whether new sound came.
    fn take(&mut self, event: Event) -> bool {
        if !self.gate_open {
            self.onsets.clear();
        }
        let before = self.reached;
        match event {
            Event::SpeechStarted { at } => {
                self.reached = before.max(at);
                self.gate_open = true;
                self.onsets.push(at);
            }
            Event::SpeechPaused { at } => {
                self.reached = before.max(at);
                self.last_speech = if self.gate_open { at } else { self.last_speech };
                self.gate_open = false;
            }
            Event::MediaReached { at } | Event::UtteranceCommitted { at } | Event::UtteranceCleared { at } => {
                self.reached = before.max(at);
            }
            Event::PolicyChanged(policy) => self.change(policy),
            Event::DrainBegan => self.draining = true,
            _ if self.is_stale(event) => {}
            _ => self.take_answer(event),
        }
        self.reached > before
    }

    fn take_answer(&mut self, event: Event) {
        match event {
            Event::AnswerBegan { .. } => {
                if let Some(making) = self.making.as_mut().filter(|making| !making.began) {
                    (making.began, making.since) = (true, self.now);
                }
            }
            Event::AnswerFinished { turn, playout_left } => {
                self.making = None;
                self.playing = Some(turn).filter(|_| !playout_left.is_zero());
            }
            Event::AnswerFailed { .. } => self.making = None,
            Event::PlayoutFinished { .. } => self.playing = None,
            _ => {}
        }
    }

    fn change(&mut self, policy: Policy) {
        self.policy = policy;
        if policy.voice().is_none()
            && let Some(from) = self.open.take()
        {
            self.cut = from;
        }
    }

    fn obey(&mut self, event: Event, action: Action, before: &[Action], after: &[Action]) {
        match action {
            Action::BeginUtterance { from } => self.begin(from),
            Action::EndUtterance { from, to, cause } => self.end(event, from, to, cause),
            Action::DiscardUtterance => self.discard(event, after),
            Action::CommitSilence { from, to } => self.silence(from, to, after),
            Action::StartAnswer { turn, cause } => self.start(event, turn, cause, before),
            Action::CancelAnswer { turn, cause } => self.cancel(event, turn, cause, before, after),
            Action::PausePlayout { turn } => self.hold(turn, true),
            Action::ResumePlayout { turn } => self.hold(turn, false),
            Action::Tell(notice) => self.tell(event, notice, before),
            Action::Close(hangup) => self.close(event, hangup, after),
        }
    }

    /// Where speech began that may count now, after what was cut off.
    fn onsets(&self) -> impl Iterator<Item = Duration> {
        let cut = self.cut;
        self.onsets.iter().map(move |onset| (*onset).max(cut))
    }

    fn begin(&mut self, from: Duration) {
        let Some(voice) = self.policy.voice() else { panic!("an utterance was begun in push-to-talk") };
        assert_eq!(self.open, None, "an utterance was begun within an utterance");
        let padded = |onset: Duration| onset.saturating_sub(voice.prefix_padding).max(self.cut);
        assert!(self.onsets().any(|onset| padded(onset) == from), "promise 8: leading sound was lost: {from:?}");
        self.open = Some(from);
    }

    fn end(&mut self, event: Event, from: Duration, to: Duration, cause: EndCause) {
        assert!(self.cut <= from && from <= to && to <= self.reached, "an utterance is of sound received, and once");
        assert!(to - from <= self.policy.utterance_max, "an utterance is bounded");
        if cause == EndCause::Client {
            assert!(matches!(event, Event::UtteranceCommitted { .. }));
            assert!(to - from >= self.policy.commit_min && to == self.reached);
            assert!(self.open.is_none_or(|open| open == from));
        } else {
            assert_eq!(self.open, Some(from), "what ends was begun");
            self.owed |= self.policy.voice().is_some_and(|voice| voice.create_response);
        }
        if cause == EndCause::Silence && to < self.reached {
            let silence = self.policy.voice().map(|voice| voice.silence_duration);
            assert_eq!(Some(to - self.last_speech.max(from)), silence, "silence ends where silence was long enough");
        }
        self.open = None;
        self.cut = to;
    }

    fn discard(&mut self, event: Event, after: &[Action]) {
        let closing = matches!(after, [Action::Close(_)]) && self.open.is_some();
        assert!(closing || matches!(event, Event::UtteranceCleared { .. }), "sound is forgotten only for a reason");
        self.open = None;
        self.cut = self.reached;
    }

    fn silence(&mut self, from: Duration, to: Duration, after: &[Action]) {
        assert!(from <= to && to == self.reached && self.cut <= from);
        assert!(matches!(after.first(), Some(Action::StartAnswer { cause: AnswerCause::Idle, .. })));
        assert!(self.policy.voice().is_some_and(|voice| voice.idle_max.is_some()));
        self.cut = to;
    }

    fn start(&mut self, event: Event, turn: TurnId, cause: AnswerCause, before: &[Action]) {
        assert_eq!(self.making(), None, "one answer at a time");
        assert_eq!(turn, TurnId(self.latest.0 + 1), "promise 2: each turn begins once");
        match cause {
            AnswerCause::TurnEnded => assert!(self.owed && self.open.is_none(), "the turn that ended is answered"),
            AnswerCause::Requested => assert!(event == Event::AnswerRequested && before.is_empty()),
            AnswerCause::Idle => assert!(matches!(before.last(), Some(Action::CommitSilence { .. }))),
        }
        self.latest = turn;
        self.making = Some(Making { turn, paused: false, since: self.now, began: false });
        self.playing = None;
        self.owed = false;
    }

    fn cancel(&mut self, event: Event, turn: TurnId, cause: CancelCause, before: &[Action], after: &[Action]) {
        assert!(self.cancelled.insert(turn), "promise 2: each turn is cancelled at most once");
        let Some(making) = self.making.take().filter(|making| making.turn == turn) else {
            panic!("what is cancelled is in hand: {turn:?}");
        };
        match cause {
            CancelCause::TurnDetected => self.expect_barge_in(before),
            CancelCause::ClientCancelled => assert!(matches!(event, Event::AnswerCancelRequested { .. })),
            CancelCause::TimedOut => {
                let patience = if making.began { self.policy.speaking_max } else { self.policy.thinking_max };
                assert!(self.now - making.since >= patience, "promise 5: given up too early");
            }
            CancelCause::SessionEnded => assert!(matches!(after.last(), Some(Action::Close(_))), "promise 6"),
        }
    }

    fn expect_barge_in(&self, before: &[Action]) {
        let voice = self.policy.voice().filter(|voice| voice.interrupt_response);
        assert!(matches!(before.last(), Some(Action::BeginUtterance { .. })), "speech is told before it interrupts");
        let longest = self.onsets().map(|onset| self.reached.saturating_sub(onset)).max();
        assert!(
            voice.is_some_and(|voice| longest >= Some(voice.barge_in_min)),
            "promise 7: cancelled by a back-channel"
        );
    }

    fn hold(&mut self, turn: TurnId, paused: bool) {
        let Some(making) = self.making.as_mut().filter(|making| making.turn == turn) else {
            panic!("promise 3: only what is in hand is paused or resumed: {turn:?}");
        };
        assert_ne!(making.paused, paused, "promise 3: paused and resumed in turns");
        making.paused = paused;
    }

    fn tell(&self, event: Event, notice: Notice, before: &[Action]) {
        let fits = match notice {
            Notice::AnswerAlreadyActive { turn } => event == Event::AnswerRequested && self.making() == Some(turn),
            Notice::NothingToCommit => matches!(event, Event::UtteranceCommitted { .. }),
            Notice::NothingToCancel => match event {
                Event::AnswerCancelRequested { turn } => self.making().is_none_or(|making| Some(making) != turn),
                _ => false,
            },
        };
        let asked_last = matches!(notice, Notice::NothingToCommit) || before.is_empty();
        assert!(fits && asked_last, "{notice:?} after {event:?}");
    }

    fn close(&mut self, event: Event, hangup: Hangup, after: &[Action]) {
        assert_eq!(after, [], "nothing follows a close");
        assert_eq!(self.making(), None, "promise 6: hanging up cancels the work in hand");
        assert_eq!(self.open, None, "promise 6");
        match hangup {
            Hangup::SessionExpired => assert!(self.now >= self.policy.session_max),
            Hangup::ServerStopping => assert!(self.draining),
            _ => assert_eq!(event, Event::HungUp(hangup)),
        }
        self.closed = true;
        self.playing = None;
    }

    /// Every wish of the client's is granted or told why not.
    fn expect_reply(&self, event: Event, actions: &[Action]) {
        let replies = |fits: fn(&Action) -> bool| actions.iter().filter(|action| fits(action)).count();
        let told = replies(|action| matches!(action, Action::Tell(_)));
        let granted = match event {
            Event::AnswerRequested => {
                replies(|action| matches!(action, Action::StartAnswer { cause: AnswerCause::Requested, .. }))
            }
            Event::UtteranceCommitted { .. } => {
                replies(|action| matches!(action, Action::EndUtterance { cause: EndCause::Client, .. }))
            }
            Event::AnswerCancelRequested { .. } => {
                replies(|action| matches!(action, Action::CancelAnswer { cause: CancelCause::ClientCancelled, .. }))
            }
            _ => {
                assert_eq!(told, 0, "only wishes are answered with notices");
                return;
            }
        };
        assert_eq!(told + granted, 1, "a wish has one reply");
    }

    /// Playing ends with time and with barge-in, without orders; then only the session can say so.
    fn play_out(&mut self, session: &Session) {
        let over = matches!(session.state(), State::Listening | State::UserSpeaking | State::Closed);
        self.playing = self.playing.filter(|_| !over);
    }

    /// What must hold between any two facts.
    fn rest(&self, session: &Session) {
        let state = session.state();
        assert_eq!(session.answering(), self.making());
        assert_eq!(state == State::Closed, self.closed);
        assert_eq!(session.deadline().is_none(), self.closed, "promise 4: every state that waits has a deadline");
        assert!(session.deadline().is_none_or(|deadline| deadline > self.now), "what is due is done");
        match state {
            State::Listening => {
                assert!(self.open.is_none() && self.making.is_none() && !self.owed && !self.draining);
            }
            State::UserSpeaking => assert!(self.open.is_some() && self.making.is_none()),
            State::Endpointing => {
                let silence = self.policy.voice().map(|voice| voice.silence_duration);
                let last = self.open.map(|from| self.last_speech.max(from));
                assert!(last.is_some_and(|last| Some(self.reached - last) < silence));
            }
            State::Thinking => assert!(self.open.is_none() && self.making.is_some_and(|making| !making.began)),
            State::Speaking => {
                assert!(self.open.is_none() && self.making.is_none_or(|making| making.began));
                assert!(self.making.is_some() || self.playing.is_some());
            }
            State::Overlap => assert!(self.making.is_some() || self.playing.is_some()),
            State::Closed => {}
        }
        if self.making.is_some_and(|making| making.paused) {
            self.expect_short_overlap(state);
        }
    }

    /// What is paused is paused for speech that is still too short.
    fn expect_short_overlap(&self, state: State) {
        let voice = self.policy.voice().filter(|voice| voice.interrupt_response);
        let shortest = self.onsets().map(|onset| self.reached.saturating_sub(onset)).min();
        assert_eq!(state, State::Overlap, "promise 7: paused without speech");
        assert!(self.open.is_none() && self.gate_open);
        assert!(
            voice.is_some_and(|voice| shortest.is_some_and(|overlap| overlap < voice.barge_in_min)),
            "promise 7: speech for barge_in_min takes the floor"
        );
    }

    /// Speech that comes in is never passed over.
    fn expect_speech_heard(&self, grew: bool, actions: &[Action], session: &Session) {
        let cut_off = actions
            .iter()
            .any(|action| matches!(action, Action::EndUtterance { .. } | Action::DiscardUtterance | Action::Close(_)));
        if grew && self.gate_open && self.policy.voice().is_some() && !cut_off && !self.closed {
            let heard = matches!(session.state(), State::UserSpeaking | State::Overlap);
            let stalled = self.policy.stall_max.is_zero();
            assert!(heard || stalled, "promise 8: speech was passed over in {:?}", session.state());
        }
    }
}
