//! From VAD scores to "speech started" and "speech paused", on the media clock.

use std::time::Duration;

use crate::windows::WINDOW_SAMPLES;

/// Length of one VAD window: 512 samples at 16 kHz.
const WINDOW: Duration = Duration::from_millis(WINDOW_SAMPLES as u64 / 16);

/// When the gate opens and closes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GatePolicy {
    /// A window with this score or more is speech, 0 to 1.
    pub threshold: f32,
    /// While the gate is open a window must fall this far below `threshold` to be a pause, 0 to 1. Keeps a voice that
    /// trembles around the threshold in one piece.
    pub hysteresis: f32,
    /// Speech shorter than this is a click or a cough and never reported.
    pub speech_min: Duration,
    /// A pause shorter than this belongs to the word (the silence inside "a pocket") and is never reported.
    pub pause_min: Duration,
}

impl Default for GatePolicy {
    fn default() -> Self {
        Self {
            threshold: 0.5,
            hysteresis: 0.15,
            speech_min: Duration::from_millis(96),
            pause_min: Duration::from_millis(64),
        }
    }
}

/// What a window changed. `at` is where it happened on the media clock, which is a little before it could be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpeechEdge {
    /// Speech began: start of the first window of it.
    Started {
        /// On the media clock.
        at: Duration,
    },
    /// Speech paused: end of its last window.
    Paused {
        /// On the media clock.
        at: Duration,
    },
}

/// Turns one VAD score per 32 ms into edges: first `Started`, then `Paused`, in turns, each later than the one before.
#[derive(Debug, Clone)]
pub struct SpeechGate {
    policy: GatePolicy,
    /// Windows seen: the media clock.
    seen: u32,
    open: bool,
    /// Windows in a row that speak against the state the gate is in.
    against: u32,
}

impl SpeechGate {
    /// A closed gate at the start of a stream.
    #[must_use]
    pub fn new(policy: GatePolicy) -> Self {
        Self { policy, seen: 0, open: false, against: 0 }
    }

    /// Changes the policy from the next window on; the state stays.
    pub fn set_policy(&mut self, policy: GatePolicy) {
        self.policy = policy;
    }

    /// The media clock: the end of the newest window.
    #[must_use]
    pub fn heard(&self) -> Duration {
        WINDOW * self.seen
    }

    /// Whether speech was started and not paused since.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Takes the score of the next window, 0 to 1. A score that is no number counts as silence.
    pub fn push(&mut self, score: f32) -> Option<SpeechEdge> {
        self.seen += 1;
        let speech = score >= self.bar();
        if speech == self.open {
            self.against = 0;
            return None;
        }
        self.against += 1;
        if WINDOW * self.against < self.against_min() {
            return None;
        }
        Some(self.turn())
    }

    /// Closes an open gate, for when the stream ends or the buffer is committed by hand.
    pub fn close(&mut self) -> Option<SpeechEdge> {
        self.open.then(|| self.turn())
    }

    /// The score that counts as speech right now.
    fn bar(&self) -> f32 {
        if self.open {
            (self.policy.threshold - self.policy.hysteresis).max(f32::MIN_POSITIVE)
        } else {
            self.policy.threshold
        }
    }

    fn against_min(&self) -> Duration {
        if self.open { self.policy.pause_min } else { self.policy.speech_min }
    }

    /// Changes the state as of the first window that spoke against it.
    fn turn(&mut self) -> SpeechEdge {
        let at = WINDOW * (self.seen - self.against);
        self.against = 0;
        self.open = !self.open;
        if self.open { SpeechEdge::Started { at } } else { SpeechEdge::Paused { at } }
    }
}
