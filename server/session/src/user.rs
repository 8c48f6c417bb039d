//! The user's side: from sound and gate to utterances.

use std::time::Duration;

use crate::{Action, AnswerCause, CancelCause, EndCause, Notice, Session, TurnId, VoiceTurns};

/// No limit of an utterance is believed that is shorter than this.
const UTTERANCE_LIMIT_MIN: Duration = Duration::from_millis(100);

/// Most decisions on one fact, so that no burst makes a step long.
const DECISIONS_MAX: usize = 64;

/// What is known of the sound received.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sound {
    /// Media clock: sound was received up to here.
    pub(crate) reached: Duration,
    /// Session clock: when sound was last heard of.
    pub(crate) heard_at: Duration,
    /// Media clock: sound before this belongs to an earlier utterance, or was cleared.
    pub(crate) cut: Duration,
    /// Media clock: where the speech began for which the gate is open.
    gate: Option<Duration>,
}

/// What the user does. Times are on the media clock.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum User {
    Quiet,
    /// Speaks over an answer, too short yet to be believed.
    Suspected {
        onset: Duration,
    },
    Speaking(Utterance),
    /// Spoke last at `last`; may go on.
    Pausing {
        utterance: Utterance,
        last: Duration,
    },
}

/// An utterance that was begun.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Utterance {
    /// Media clock.
    pub(crate) from: Duration,
    /// Session clock.
    pub(crate) began: Duration,
}

impl Session {
    /// Sound was received up to `at`.
    pub(crate) fn hear(&mut self, at: Duration, actions: &mut Vec<Action>) {
        let grew = at > self.sound.reached;
        self.sound.reached = self.sound.reached.max(at);
        self.sound.heard_at = self.now;
        if grew {
            self.resume_speech(actions);
        }
        self.measure(actions);
    }

    pub(crate) fn speech_started(&mut self, at: Duration, actions: &mut Vec<Action>) {
        self.hear(at, actions);
        self.sound.gate = Some(at);
        self.resume_speech(actions);
        if let User::Pausing { utterance, .. } = self.user {
            self.user = User::Speaking(utterance);
        }
    }

    pub(crate) fn speech_paused(&mut self, at: Duration, actions: &mut Vec<Action>) {
        self.hear(at, actions);
        self.sound.gate = None;
        match self.user {
            User::Suspected { .. } => self.dismiss(actions),
            User::Speaking(utterance) => self.user = User::Pausing { utterance, last: at.max(utterance.from) },
            User::Quiet | User::Pausing { .. } => {}
        }
    }

    /// An open gate and a quiet user are speech that nobody collects yet: it just began, or what was before it was cut
    /// off (by a commit, a limit, a stall) in the middle of speaking.
    fn resume_speech(&mut self, actions: &mut Vec<Action>) {
        let (Some(voice), Some(gate), User::Quiet) = (self.policy.voice(), self.sound.gate, &self.user) else {
            return;
        };
        let onset = gate.max(self.sound.cut);
        if self.answer.is_some() && voice.interrupt_response {
            self.suspect(onset, actions);
        } else {
            self.begin(onset, actions);
        }
    }

    fn suspect(&mut self, onset: Duration, actions: &mut Vec<Action>) {
        self.user = User::Suspected { onset };
        if let Some(turn) = self.hold(true) {
            actions.push(Action::PausePlayout { turn });
        }
    }

    /// It was a back-channel.
    pub(crate) fn dismiss(&mut self, actions: &mut Vec<Action>) {
        self.user = User::Quiet;
        self.resume(actions);
    }

    fn resume(&mut self, actions: &mut Vec<Action>) {
        if let Some(turn) = self.hold(false) {
            actions.push(Action::ResumePlayout { turn });
        }
    }

    /// Marks the answer in the making as paused or not; says which it was if that is new.
    fn hold(&mut self, paused: bool) -> Option<TurnId> {
        self.making().filter(|answer| answer.paused != paused)?;
        let answer = self.answer.as_mut()?;
        answer.paused = paused;
        Some(answer.turn)
    }

    /// The user takes the floor.
    fn begin(&mut self, onset: Duration, actions: &mut Vec<Action>) {
        let from = self.padded(onset);
        self.user = User::Speaking(Utterance { from, began: self.now });
        self.idle = None;
        actions.push(Action::BeginUtterance { from });
        if self.interruptible() {
            self.cancel(CancelCause::TurnDetected, actions);
        } else {
            self.resume(actions);
        }
    }

    fn end(&mut self, utterance: Utterance, to: Duration, cause: EndCause, actions: &mut Vec<Action>) {
        self.user = User::Quiet;
        self.sound.cut = to;
        actions.push(Action::EndUtterance { from: utterance.from, to, cause });
        self.owe();
    }

    /// Decides all that the media clock decides: whether speech over an answer is a barge-in, and whether an utterance
    /// has ended. A burst of sound may hold several utterances; what is over the bound is decided in the next step.
    pub(crate) fn measure(&mut self, actions: &mut Vec<Action>) {
        for _ in 0..DECISIONS_MAX {
            if !self.decide(actions) {
                return;
            }
        }
    }

    /// True if there may be more to decide.
    fn decide(&mut self, actions: &mut Vec<Action>) -> bool {
        let Some(&voice) = self.policy.voice() else { return false };
        let reached = self.sound.reached;
        match self.user {
            User::Suspected { onset } if reached.saturating_sub(onset) >= voice.barge_in_min => {
                self.begin(onset, actions);
                true
            }
            User::Speaking(utterance) if reached >= self.limit(utterance) => {
                self.end(utterance, self.limit(utterance), EndCause::Limit, actions);
                if reached > self.sound.cut {
                    self.resume_speech(actions);
                }
                true
            }
            User::Pausing { utterance, last } => {
                self.end_pause(utterance, last.saturating_add(voice.silence_duration), actions)
            }
            _ => false,
        }
    }

    /// Ends a pausing utterance by silence, or by its limit where that came first; false if it goes on.
    fn end_pause(&mut self, utterance: Utterance, silence: Duration, actions: &mut Vec<Action>) -> bool {
        let limit = self.limit(utterance);
        if silence.min(limit) > self.sound.reached {
            return false;
        }
        let cause = if limit < silence { EndCause::Limit } else { EndCause::Silence };
        self.end(utterance, silence.min(limit), cause, actions);
        true
    }

    /// Speech that no answer opposes any longer needs no proof.
    pub(crate) fn believe_unopposed(&mut self, actions: &mut Vec<Action>) {
        if let User::Suspected { onset } = self.user
            && (self.answer.is_none() || !self.interruptible())
        {
            self.begin(onset, actions);
        }
    }

    /// Sound stopped coming, and is taken for silence.
    pub(crate) fn stall(&mut self, actions: &mut Vec<Action>) {
        match self.user {
            User::Suspected { .. } => self.dismiss(actions),
            User::Speaking(utterance) | User::Pausing { utterance, .. } => {
                self.end(utterance, self.sound.reached, EndCause::Silence, actions);
            }
            User::Quiet => {}
        }
    }

    /// The utterance lasted too long by the session clock.
    pub(crate) fn overrun(&mut self, actions: &mut Vec<Action>) {
        if let User::Speaking(utterance) | User::Pausing { utterance, .. } = self.user {
            self.end(utterance, self.sound.reached, EndCause::Limit, actions);
        }
    }

    pub(crate) fn commit(&mut self, at: Duration, actions: &mut Vec<Action>) {
        self.hear(at, actions);
        let to = self.sound.reached;
        let from = self.uncommitted().filter(|from| to.saturating_sub(*from) >= self.policy.commit_min);
        let Some(from) = from else {
            actions.push(Action::Tell(Notice::NothingToCommit));
            return;
        };
        actions.push(Action::EndUtterance { from, to, cause: EndCause::Client });
        self.forget(actions);
    }

    pub(crate) fn clear(&mut self, at: Duration, actions: &mut Vec<Action>) {
        self.hear(at, actions);
        actions.push(Action::DiscardUtterance);
        self.forget(actions);
    }

    /// All sound received belongs to the past.
    fn forget(&mut self, actions: &mut Vec<Action>) {
        self.sound.cut = self.sound.reached;
        self.idle = None;
        self.dismiss(actions);
    }

    /// Where the sound begins that a client may commit, if there is any (media clock).
    fn uncommitted(&self) -> Option<Duration> {
        match self.user {
            User::Speaking(utterance) | User::Pausing { utterance, .. } => Some(utterance.from),
            User::Suspected { onset } => Some(self.padded(onset)),
            User::Quiet if self.policy.voice().is_none() => Some(self.sound.cut.max(self.kept_from())),
            User::Quiet => None,
        }
    }

    /// Where the sound begins that is kept for a client's commit (media clock).
    fn kept_from(&self) -> Duration {
        self.sound.reached.saturating_sub(self.policy.utterance_max)
    }

    /// The client takes the turns from now on. The sound of an open utterance stays, for the client to commit.
    pub(crate) fn stop_listening(&mut self, actions: &mut Vec<Action>) {
        if let User::Speaking(utterance) | User::Pausing { utterance, .. } = self.user {
            self.sound.cut = utterance.from;
        }
        self.dismiss(actions);
    }

    /// Nobody spoke for long enough after our last words: we speak again.
    pub(crate) fn prompt(&mut self, from: Duration, actions: &mut Vec<Action>) {
        let to = self.sound.reached;
        let from = from.max(self.kept_from());
        self.sound.cut = to;
        actions.push(Action::CommitSilence { from, to });
        self.start(AnswerCause::Idle, actions);
    }

    fn interruptible(&self) -> bool {
        self.policy.voice().is_some_and(|voice| voice.interrupt_response)
    }

    fn padded(&self, onset: Duration) -> Duration {
        let padding = self.policy.voice().map_or(Duration::ZERO, |VoiceTurns { prefix_padding, .. }| *prefix_padding);
        onset.saturating_sub(padding).max(self.sound.cut)
    }

    /// Where the utterance may last reach (media clock); always some way on.
    fn limit(&self, utterance: Utterance) -> Duration {
        utterance.from.saturating_add(self.policy.utterance_max.max(UTTERANCE_LIMIT_MIN))
    }
}
