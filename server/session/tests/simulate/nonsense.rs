//! Facts that no world would tell, in no order, at no time: nothing may panic, spin or flood.

use std::time::Duration;

use hearth_session::{Event, Hangup, Policy, Session, State, TurnId, Turns, VoiceTurns};

const CONVERSATIONS: u64 = 2_000;
const FACTS: usize = 200;

/// A step begins and ends at most this many utterances and answers.
const ORDERS_PER_STEP_MAX: usize = 2_000;

#[test]
fn nonsense_neither_panics_nor_floods() {
    for seed in 0..CONVERSATIONS {
        let mut nonsense = Nonsense(fastrand::Rng::with_seed(seed));
        let (mut session, mut actions) = (Session::new(nonsense.policy()), Vec::new());
        for fact in 0..FACTS {
            let (now, event) = (nonsense.now(fact), nonsense.event());
            actions.clear();
            session.step(now, event, &mut actions);
            assert!(
                actions.len() <= ORDERS_PER_STEP_MAX,
                "seed {seed}, fact {fact}: {event:?} gave {} orders",
                actions.len()
            );
            assert_eq!(session.deadline().is_none(), session.state() == State::Closed, "seed {seed}, fact {fact}");
        }
    }
}

struct Nonsense(fastrand::Rng);

impl Nonsense {
    /// Nothing, little, much, or all the time there is.
    fn time(&mut self) -> Duration {
        match self.0.u32(0..20) {
            0 => Duration::ZERO,
            1 => Duration::MAX,
            2 => Duration::from_nanos(self.0.u64(..)),
            3..12 => Duration::from_millis(self.0.u64(0..2_000)),
            _ => Duration::from_millis(self.0.u64(0..100_000)),
        }
    }

    /// Back and forth around ten facts a second, so that most calls live to be asked everything.
    fn now(&mut self, fact: usize) -> Duration {
        let now = Duration::from_millis(100 * fact as u64);
        if self.0.u32(0..200) == 0 { self.time() } else { now + Duration::from_millis(self.0.u64(0..500)) }
    }

    fn turn(&mut self) -> TurnId {
        TurnId(if self.0.u32(0..20) == 0 { u64::MAX } else { self.0.u64(0..6) })
    }

    fn policy(&mut self) -> Policy {
        let voice = VoiceTurns {
            prefix_padding: self.time(),
            silence_duration: self.time(),
            barge_in_min: self.time(),
            idle_max: Some(self.time()),
            create_response: self.0.bool(),
            interrupt_response: self.0.bool(),
        };
        Policy {
            turns: if self.0.bool() { Turns::Voice(voice) } else { Turns::PushToTalk },
            utterance_max: self.time(),
            stall_max: self.time(),
            commit_min: self.time(),
            thinking_max: self.time(),
            speaking_max: self.time(),
            session_max: self.time().max(Duration::from_secs(3_600)),
            drain_max: self.time(),
        }
    }

    fn event(&mut self) -> Event {
        let (at, turn) = (self.time(), self.turn());
        match self.0.u32(0..200) {
            0..40 => Event::SpeechStarted { at },
            40..70 => Event::SpeechPaused { at },
            70..100 => Event::MediaReached { at },
            100..110 => Event::UtteranceCommitted { at },
            110..115 => Event::UtteranceCleared { at },
            115..135 => Event::AnswerRequested,
            135..140 => Event::AnswerCancelRequested { turn: Some(turn) },
            140..150 => Event::AnswerBegan { turn },
            150..165 => Event::AnswerFinished { turn, playout_left: at },
            165..170 => Event::AnswerFailed { turn },
            170..175 => Event::PlayoutFinished { turn },
            175..185 => Event::PolicyChanged(self.policy()),
            185 => Event::DrainBegan,
            186 => Event::HungUp(Hangup::Broken),
            _ => Event::Woke,
        }
    }
}
