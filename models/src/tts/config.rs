//! What the reader of the voice's graphs must know: `config.json`.

use std::collections::HashMap;

use serde::Deserialize;

use crate::Error;

/// The content of `config.json`, checked.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct VoiceConfig {
    /// What clients call the voice.
    name: String,
    /// One line about it.
    description: String,
    /// Samples per second; 24,000.
    pub(crate) sample_rate: u32,
    /// Samples of one frame.
    pub(crate) hop: usize,
    /// What the sound is multiplied with where the speaker does not tell.
    gain: f32,
    /// Names of the phones; the first is the pause.
    pub(crate) phones: Vec<String>,
    /// Names of the kinds of words; the first is that of pauses.
    word_kinds: Vec<String>,
    /// Frames of silence before the first phone of a clause.
    pub(crate) lead_frames: usize,
    /// Frames that the decoder is behind its input.
    pub(crate) look_ahead_frames: usize,
    /// Samples that the vocoder is behind its input.
    pub(crate) vocoder_delay_samples: usize,
    /// Kinds of clauses by the mark at their end.
    endings: HashMap<String, i64>,
    /// Who speaks, the default voice first; empty in a package of one voice, whose encoder reads no speaker.
    #[serde(default)]
    speakers: Vec<Speaker>,
    /// The rows of phones end with the number of the speaker.
    #[serde(skip)]
    pub(crate) reads_speaker: bool,
}

/// One of the voices.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Speaker {
    /// What clients call it.
    pub(crate) name: String,
    /// One line about it.
    pub(crate) description: String,
    /// Names of other voices that it stands in for.
    #[serde(default)]
    also: Vec<String>,
    /// What its sound is multiplied with.
    pub(crate) gain: f32,
    /// The middle of its pitch, in Hz.
    pub(crate) pitch_hz: f32,
}

/// The middle of the pitch of a voice that does not tell its own, in Hz.
const PITCH_HZ: f32 = 180.0;
const SPEAKERS_MAX: usize = 64;

impl VoiceConfig {
    /// Reads and checks the content of `config.json`.
    ///
    /// # Errors
    /// [`Error::Broken`] with what is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        let broken = |what: String| Error::Broken(format!("voice/config.json {what}"));
        let mut config: Self = serde_json::from_str(text).map_err(|error| broken(error.to_string()))?;
        let reads_speaker = !config.speakers.is_empty();
        if !reads_speaker {
            config.speakers.push(config.only_speaker());
        }
        config.reads_speaker = reads_speaker;
        let endings = [(",", 1), (".", 2), ("?", 3), ("!", 4)];
        let checks = [
            (config.sample_rate == 24_000, "has a sample rate other than 24000"),
            ((1..=4800).contains(&config.hop), "has a hop outside 1 to 4800"),
            (
                config.speakers.iter().all(|speaker| speaker.gain > 0.0 && speaker.gain < 16.0),
                "has a gain outside 0 to 16",
            ),
            (
                config.speakers.iter().all(|speaker| (40.0..600.0).contains(&speaker.pitch_hz)),
                "has a pitch outside 40 to 600 Hz",
            ),
            (config.speakers.len() <= SPEAKERS_MAX, "has more than 64 speakers"),
            ((2..=64).contains(&config.phones.len()), "has a phone set outside 2 to 64"),
            (config.look_ahead_frames <= 16 && config.lead_frames <= 16, "looks too far ahead"),
            (config.vocoder_delay_samples <= 8 * config.hop, "has a vocoder delay above 8 hops"),
            (
                endings.iter().all(|(mark, kind)| config.endings.get(*mark) == Some(kind)),
                "numbers its clauses otherwise",
            ),
        ];
        match checks.into_iter().find(|(holds, _)| !holds) {
            Some((_, what)) => Err(broken(what.into())),
            None => Ok(config),
        }
    }

    /// The voice of a package that lists none.
    fn only_speaker(&self) -> Speaker {
        Speaker {
            name: self.name.clone(),
            description: self.description.clone(),
            also: Vec::new(),
            gain: self.gain,
            pitch_hz: PITCH_HZ,
        }
    }

    /// Who speaks, the default voice first; never empty.
    pub(crate) fn speakers(&self) -> &[Speaker] {
        &self.speakers
    }

    /// The number of the speaker called `name`, in any case, or who stands in for it; the default one's when nobody does.
    pub(crate) fn speaker(&self, name: &str) -> usize {
        let named = |speaker: &Speaker| speaker.name.eq_ignore_ascii_case(name);
        let stands_in = |speaker: &Speaker| speaker.also.iter().any(|other| other.eq_ignore_ascii_case(name));
        let speakers = self.speakers.iter();
        speakers.clone().position(named).or_else(|| speakers.clone().position(stands_in)).unwrap_or(0)
    }

    /// Is this phone a vowel?
    pub(crate) fn is_vowel(&self, phone: u8) -> bool {
        self.phones.get(usize::from(phone)).is_some_and(|name| name.starts_with(['a', 'e', 'i', 'o', 'u']))
    }

    /// The number of a kind of words; that of content words when it is not known.
    pub(crate) fn word_kind(&self, name: &str) -> i64 {
        let at = self.word_kinds.iter().position(|kind| kind == name).unwrap_or(1);
        i64::try_from(at).unwrap_or(1)
    }
}
