//! The numbers a session decides by. The caller brings them into range; any value is safe here, only not always wise.

use std::time::Duration;

/// What one session decides by. Change it at any time with [`Event::PolicyChanged`](crate::Event::PolicyChanged).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Who says when a turn begins and ends.
    pub turns: Turns,
    /// Media and session clock: longest utterance, and most sound kept for a client that commits. Default 60 s.
    pub utterance_max: Duration,
    /// Session clock: sound that does not come for this long counts as silence from then on. Default 1 s.
    pub stall_max: Duration,
    /// Media clock: least sound that a client may commit. Default 100 ms.
    pub commit_min: Duration,
    /// Session clock: from the start of an answer to its first product. Default 30 s.
    pub thinking_max: Duration,
    /// Session clock: from the first product of an answer to its last, and again to the end of playout. Default 300 s.
    pub speaking_max: Duration,
    /// Session clock: longest session. Default 60 min.
    pub session_max: Duration,
    /// Session clock: how long a stopping server waits for the floor to be free. Default 5 s.
    pub drain_max: Duration,
}

/// Who says when a turn begins and ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turns {
    /// The client: it commits and asks for answers. The speech gate is not listened to.
    PushToTalk,
    /// The voice.
    Voice(VoiceTurns),
}

/// How turns are taken by voice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VoiceTurns {
    /// Media clock: sound kept from before the speech. Default 300 ms.
    pub prefix_padding: Duration,
    /// Media clock: silence that ends a turn. Default 500 ms.
    pub silence_duration: Duration,
    /// Media clock: speech over an answer shorter than this is a back-channel and changes nothing. Default 200 ms.
    pub barge_in_min: Duration,
    /// Session clock: silence after our last words were played that makes us speak again. Default `None`, never.
    pub idle_max: Option<Duration>,
    /// Whether the end of a turn starts an answer. Default true.
    pub create_response: bool,
    /// Whether speech over an answer may cancel it. Otherwise it is collected and answered afterwards. Default true.
    pub interrupt_response: bool,
}

impl Policy {
    /// How turns are taken by voice, if they are.
    #[must_use]
    pub fn voice(&self) -> Option<&VoiceTurns> {
        match &self.turns {
            Turns::Voice(voice) => Some(voice),
            Turns::PushToTalk => None,
        }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            turns: Turns::Voice(VoiceTurns::default()),
            utterance_max: Duration::from_secs(60),
            stall_max: Duration::from_secs(1),
            commit_min: Duration::from_millis(100),
            thinking_max: Duration::from_secs(30),
            speaking_max: Duration::from_secs(300),
            session_max: Duration::from_secs(3600),
            drain_max: Duration::from_secs(5),
        }
    }
}

impl Default for VoiceTurns {
    fn default() -> Self {
        Self {
            prefix_padding: Duration::from_millis(300),
            silence_duration: Duration::from_millis(500),
            barge_in_min: Duration::from_millis(200),
            idle_max: None,
            create_response: true,
            interrupt_response: true,
        }
    }
}
