//! Time's side: timers as data. What is due is computed from the state, so nothing is ever armed twice or left armed.

use std::time::Duration;

use crate::{
    Action, CancelCause, Hangup, Session,
    state::{Answer, Stage},
    user::{User, Utterance},
};

/// More alarms than can ring at one time.
const ALARMS_PER_STEP_MAX: usize = 16;

/// What happens when its time comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Alarm {
    /// The session reached `session_max`.
    SessionOver,
    /// A stopping server waited for `drain_max`.
    DrainOver,
    /// The utterance lasts longer than `utterance_max`.
    UtteranceOverrun,
    /// No sound came for `stall_max`, and the silence since then decides.
    SoundStalled,
    /// The answer took longer than `thinking_max` or `speaking_max`.
    AnswerOverdue,
    /// The client has played what it was sent.
    PlayoutOver,
    /// The user was silent for `idle_max`. The media clock says from where.
    UserIdle { from: Duration },
}

impl Session {
    /// The next alarm and when it is due (session clock); none once the session is closed.
    pub(crate) fn alarm(&self) -> Option<(Duration, Alarm)> {
        if self.closed {
            return None;
        }
        let alarms = [
            Some((self.policy.session_max, Alarm::SessionOver)),
            self.drain_until.map(|due| (due, Alarm::DrainOver)),
            self.utterance_alarm(),
            self.stall_alarm(),
            self.answer.as_ref().map(|answer| self.answer_alarm(answer)),
            self.idle_alarm(),
        ];
        alarms.into_iter().flatten().min_by_key(|(due, _)| *due)
    }

    /// Does all that is due. Every alarm takes away what it was about and starts an answer at most, so few can ring in
    /// a row; were that ever wrong, the deadline stays in the past and the rest rings in the next step.
    pub(crate) fn expire(&mut self, actions: &mut Vec<Action>) {
        for _ in 0..ALARMS_PER_STEP_MAX {
            let Some((_, alarm)) = self.alarm().filter(|(due, _)| *due <= self.now) else { return };
            self.ring(alarm, actions);
            self.settle(actions);
        }
    }

    fn ring(&mut self, alarm: Alarm, actions: &mut Vec<Action>) {
        match alarm {
            Alarm::SessionOver => self.close(Hangup::SessionExpired, actions),
            Alarm::DrainOver => self.close(Hangup::ServerStopping, actions),
            Alarm::UtteranceOverrun => self.overrun(actions),
            Alarm::SoundStalled => self.stall(actions),
            Alarm::AnswerOverdue => self.cancel(CancelCause::TimedOut, actions),
            Alarm::PlayoutOver => self.played(),
            Alarm::UserIdle { from } => self.prompt(from, actions),
        }
    }

    fn utterance_alarm(&self) -> Option<(Duration, Alarm)> {
        match self.user {
            User::Speaking(Utterance { began, .. }) | User::Pausing { utterance: Utterance { began, .. }, .. } => {
                Some((began.saturating_add(self.policy.utterance_max), Alarm::UtteranceOverrun))
            }
            User::Quiet | User::Suspected { .. } => None,
        }
    }

    /// What silence is still missing is measured by the session clock, once sound has stalled.
    fn stall_alarm(&self) -> Option<(Duration, Alarm)> {
        let silence = self.policy.voice()?.silence_duration;
        let missing = match self.user {
            User::Quiet => return None,
            User::Suspected { .. } => Duration::ZERO,
            User::Speaking(_) => silence,
            User::Pausing { last, .. } => silence.saturating_sub(self.sound.reached.saturating_sub(last)),
        };
        let due = self.sound.heard_at.saturating_add(missing).saturating_add(self.policy.stall_max);
        Some((due, Alarm::SoundStalled))
    }

    fn answer_alarm(&self, answer: &Answer) -> (Duration, Alarm) {
        match answer.stage {
            Stage::Thinking { since } => (since.saturating_add(self.policy.thinking_max), Alarm::AnswerOverdue),
            Stage::Making { since } => (since.saturating_add(self.policy.speaking_max), Alarm::AnswerOverdue),
            Stage::Playing { until } => (until, Alarm::PlayoutOver),
        }
    }

    fn idle_alarm(&self) -> Option<(Duration, Alarm)> {
        let idle_max = self.policy.voice()?.idle_max?;
        let idle = self.idle?;
        Some((idle.since.saturating_add(idle_max), Alarm::UserIdle { from: idle.from }))
    }
}
