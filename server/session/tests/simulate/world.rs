//! What goes on around a session: a client, its network, a speech gate, an agent. Mostly plausible, now and then not.

use std::time::Duration;

use hearth_session::{Action, Event, Hangup, Policy, Session, TurnId, Turns, VoiceTurns};

/// A made-up world, the same for the same seed.
pub(crate) struct World {
    rng: fastrand::Rng,
    pub(crate) now: Duration,
    pub(crate) policy: Policy,
    /// Sound sent so far (media clock).
    media: Duration,
    gate_open: bool,
    latest: TurnId,
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed);
        let policy = random_policy(&mut rng);
        Self { rng, now: Duration::ZERO, policy, media: Duration::ZERO, gate_open: false, latest: TurnId(0) }
    }

    /// True once in `times`.
    pub(crate) fn chance(&mut self, times: u32) -> bool {
        self.rng.u32(0..times) == 0
    }

    /// A moment from `from` to just before `to`.
    pub(crate) fn between(&mut self, from: Duration, to: Duration) -> Duration {
        from + Duration::from_micros(self.rng.u64(0..((to - from).as_micros() as u64).max(1)))
    }

    /// Learns of new answers.
    pub(crate) fn notice(&mut self, actions: &[Action]) {
        for action in actions {
            if let Action::StartAnswer { turn, .. } = action {
                self.latest = *turn;
            }
        }
    }

    /// Lets time and sound pass, then something happens.
    pub(crate) fn next(&mut self, session: &Session) -> Event {
        self.pass(session);
        match self.rng.u32(0..1000) {
            0..250 => Event::MediaReached { at: self.media },
            250..500 => self.gate(),
            500..780 => self.agent(),
            780..860 => self.client(),
            860..980 => Event::Woke,
            980..992 => self.change(),
            992..996 => Event::DrainBegan,
            996..998 => Event::HungUp(Hangup::ClientLeft),
            _ => Event::MediaReached { at: self.media / 2 },
        }
    }

    fn pass(&mut self, session: &Session) {
        let elapsed = match self.rng.u32(0..100) {
            0..60 => self.rng.u64(0..120),
            60..85 => self.rng.u64(0..600),
            85..97 => self.rng.u64(0..5_000),
            _ => self.rng.u64(0..60_000),
        };
        self.now += Duration::from_millis(elapsed);
        if self.chance(10)
            && let Some(deadline) = session.deadline()
        {
            self.now = self.now.max(deadline); // Exactly on time, which chance alone would seldom be.
        }
        let sound = match self.rng.u32(0..10) {
            0..7 => elapsed.min(4_000),
            7 => 0,
            _ => self.rng.u64(0..4_000),
        };
        self.media += Duration::from_millis(sound);
    }

    fn gate(&mut self) -> Event {
        let late = Duration::from_millis(self.rng.u64(0..300));
        let at = self.media.saturating_sub(late);
        self.gate_open = !self.gate_open;
        if self.chance(30) {
            self.gate_open = !self.gate_open; // Once more the same.
        }
        if self.gate_open { Event::SpeechStarted { at } } else { Event::SpeechPaused { at } }
    }

    /// Mostly of the latest answer.
    fn agent(&mut self) -> Event {
        let turn = if self.chance(5) { TurnId(self.rng.u64(0..self.latest.0 + 3)) } else { self.latest };
        match self.rng.u32(0..10) {
            0..5 => Event::AnswerBegan { turn },
            5..8 => Event::AnswerFinished { turn, playout_left: Duration::from_millis(self.playout_left()) },
            8 => Event::AnswerFailed { turn },
            _ => Event::PlayoutFinished { turn },
        }
    }

    fn playout_left(&mut self) -> u64 {
        if self.chance(4) { 0 } else { self.rng.u64(0..20_000) }
    }

    fn client(&mut self) -> Event {
        match self.rng.u32(0..10) {
            0..2 => Event::UtteranceCommitted { at: self.media },
            2 => Event::UtteranceCleared { at: self.media },
            3..7 => Event::AnswerRequested,
            7..9 => Event::AnswerCancelRequested { turn: None },
            _ => Event::AnswerCancelRequested { turn: Some(TurnId(self.rng.u64(0..self.latest.0 + 2))) },
        }
    }

    fn change(&mut self) -> Event {
        self.policy = random_policy(&mut self.rng);
        Event::PolicyChanged(self.policy)
    }
}

fn random_policy(rng: &mut fastrand::Rng) -> Policy {
    let mut ms = |least: u64, most: u64| Duration::from_millis(rng.u64(least..=most));
    let voice = VoiceTurns {
        prefix_padding: ms(0, 600),
        silence_duration: ms(0, 1_200),
        barge_in_min: ms(0, 600),
        idle_max: Some(ms(200, 10_000)),
        create_response: true,
        interrupt_response: true,
    };
    let policy = Policy {
        utterance_max: ms(12_000, 30_000),
        stall_max: ms(0, 1_500),
        commit_min: ms(0, 200),
        thinking_max: ms(0, 8_000),
        speaking_max: ms(100, 30_000),
        session_max: ms(60_000, 3_600_000),
        drain_max: ms(0, 8_000),
        turns: Turns::PushToTalk,
    };
    let (create_response, interrupt_response) = (rng.u32(0..4) > 0, rng.u32(0..4) > 0);
    let idle_max = voice.idle_max.filter(|_| rng.bool());
    let voice = VoiceTurns { idle_max, create_response, interrupt_response, ..voice };
    if rng.u32(0..6) == 0 { policy } else { Policy { turns: Turns::Voice(voice), ..policy } }
}
