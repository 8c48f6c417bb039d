//! Ways of speaking: what their names do to speed, pitch, loudness, brightness and voicing.

/// How a stretch of text is spoken; [`Style::PLAIN`] changes nothing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Style {
    /// Divides all durations.
    pub(crate) speed: f32,
    /// Level of the pitch, in semitones above the speaker's own.
    pub(crate) semitones: f32,
    /// How far the pitch moves around its level, as a factor.
    pub(crate) range: f32,
    /// Loudness, in decibels above the speaker's own.
    pub(crate) energy_db: f32,
    /// Brightness, in decibels per octave around 1 kHz.
    pub(crate) tilt_db: f32,
    /// Without the voice: breath only.
    pub(crate) whisper: bool,
    /// Letter by letter.
    pub(crate) spelled: bool,
}

/// What a style may be made of: the end of a long answer stays intelligible.
const SPEEDS: std::ops::RangeInclusive<f32> = 0.5..=2.0;

/// The styles, by all their names.
const STYLES: &[(&[&str], Style)] = &[
    (&["fast", "faster", "quick", "quickly"], Style { speed: 1.4, ..Style::PLAIN }),
    (&["slow", "slower", "slowly"], Style { speed: 0.7, ..Style::PLAIN }),
    (
        &["happy", "cheerful", "joyful", "excited"],
        Style { speed: 1.06, semitones: 2.0, range: 1.5, energy_db: 1.5, tilt_db: 0.8, ..Style::PLAIN },
    ),
    (
        &["sad", "sorrowful", "unhappy"],
        Style { speed: 0.84, semitones: -1.5, range: 0.55, energy_db: -3.0, tilt_db: -1.2, ..Style::PLAIN },
    ),
    (
        &["calm", "relaxed", "gentle", "soothing"],
        Style { speed: 0.9, semitones: -0.7, range: 0.75, energy_db: -2.5, tilt_db: -0.6, ..Style::PLAIN },
    ),
    (
        &["angry", "furious", "stern"],
        Style { speed: 1.1, semitones: 1.0, range: 1.35, energy_db: 6.0, tilt_db: 1.8, ..Style::PLAIN },
    ),
    (&["whisper", "whispering", "whispered"], Style { speed: 0.92, energy_db: -3.0, whisper: true, ..Style::PLAIN }),
    (&["loud", "louder", "loudly", "shout"], Style { semitones: 0.8, energy_db: 4.5, tilt_db: 1.0, ..Style::PLAIN }),
    (&["soft", "softer", "softly", "quiet", "quietly"], Style { energy_db: -6.0, tilt_db: -1.0, ..Style::PLAIN }),
    (&["higher", "high", "high pitched"], Style { semitones: 3.0, ..Style::PLAIN }),
    (&["lower", "low", "deep", "low pitched"], Style { semitones: -3.0, ..Style::PLAIN }),
    (
        &["spelled out", "spelled", "spell", "spell out", "spelling", "letter by letter"],
        Style { speed: 0.8, spelled: true, ..Style::PLAIN },
    ),
    (&["normal", "neutral", "plain", "default"], Style::PLAIN),
];

/// Words that say nothing beside a style.
const FILLERS: &[&str] = &["and", "a", "in", "with", "voice", "tone", "very", "voiced", "speech", "style"];

impl Style {
    /// The speaker's own way.
    pub(crate) const PLAIN: Self =
        Self { speed: 1.0, semitones: 0.0, range: 1.0, energy_db: 0.0, tilt_db: 0.0, whisper: false, spelled: false };

    /// The style that `text` ("happy, fast", "speed 1.5") names, and its words that name none.
    pub(crate) fn parse(text: &str) -> (Self, Vec<String>) {
        let lower = text.to_lowercase().replace(['-', '_'], " ");
        let words: Vec<&str> = lower.split([' ', ',', ';', '/', '\n', '\t']).filter(|word| !word.is_empty()).collect();
        let (mut style, mut unknown, mut at) = (Self::PLAIN, Vec::new(), 0);
        while at < words.len() {
            match Self::at(&words[at..]) {
                Some((named, length)) => {
                    style = style.with(&named);
                    at += length;
                }
                None => {
                    unknown.push(words[at].to_owned());
                    at += 1;
                }
            }
        }
        (style, unknown)
    }

    /// The style that the first of `words` name, and how many of them.
    fn at(words: &[&str]) -> Option<(Self, usize)> {
        let known = |name: &str| STYLES.iter().find(|(names, _)| names.contains(&name)).map(|(_, style)| *style);
        let joined = (2..=3_usize.min(words.len())).rev().find_map(|length| {
            let name = words[..length].join(" ");
            known(&name).or_else(|| speed_of(&name)).map(|style| (style, length))
        });
        let first = words.first().copied().unwrap_or_default();
        let single = || known(first).or_else(|| speed_of(first)).map(|style| (style, 1));
        joined.or_else(single).or_else(|| FILLERS.contains(&first).then_some((Self::PLAIN, 1)))
    }

    /// Both at once.
    fn with(self, other: &Self) -> Self {
        Self {
            speed: (self.speed * other.speed).clamp(*SPEEDS.start(), *SPEEDS.end()),
            semitones: (self.semitones + other.semitones).clamp(-9.0, 9.0),
            range: (self.range * other.range).clamp(0.2, 2.5),
            energy_db: (self.energy_db + other.energy_db).clamp(-15.0, 8.0),
            tilt_db: (self.tilt_db + other.tilt_db).clamp(-4.0, 4.0),
            whisper: self.whisper || other.whisper,
            spelled: self.spelled || other.spelled,
        }
    }
}

/// "speed 1.5", "1.5x", "speed=.8": a speed of its own, within bounds.
fn speed_of(name: &str) -> Option<Style> {
    let number = match name.strip_prefix("speed") {
        Some(rest) => rest.trim_start_matches([' ', '=', ':']),
        None => name.strip_suffix('x').or_else(|| name.strip_suffix(" times"))?,
    };
    let speed: f32 = number.trim_end_matches('x').parse().ok()?;
    speed.is_finite().then(|| Style { speed: speed.clamp(*SPEEDS.start(), *SPEEDS.end()), ..Style::PLAIN })
}

/// Mel bands of a frame.
const BANDS: usize = 80;
/// Where the brightness turns, in Hz.
const TURN_HZ: f32 = 1000.0;
/// ln F0 that the vocoder can follow.
const LN_PITCHES: std::ops::RangeInclusive<f32> = 3.95..=6.25;
/// ln power of a decibel.
const LN_OF_DB: f32 = std::f32::consts::LN_10 / 10.0;

/// Changes of frames that make a style of a speaker.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Shaper {
    style: Style,
    /// ln F0 that the speaker's pitch moves around.
    level: f32,
    /// What is added to every band, in ln power.
    bands: [f32; BANDS],
    /// What is added beside where the voice is taken away.
    unvoiced: [f32; BANDS],
}

impl Shaper {
    /// For `style` and a speaker whose pitch is `pitch_hz` in the middle.
    pub(crate) fn new(style: Style, pitch_hz: f32) -> Self {
        let db = |band: usize| style.energy_db + style.tilt_db * (band_hz(band) / TURN_HZ).log2().clamp(-3.0, 3.0);
        let bands = std::array::from_fn(|band| db(band) * LN_OF_DB);
        // Breath has little below the second formant: what the larynx gave there is missing.
        let lost_db = |band: usize| (band_hz(band) / 1500.0).log2().clamp(-3.0, 0.0) * 6.0;
        let unvoiced = std::array::from_fn(|band| lost_db(band) * LN_OF_DB);
        Self { style, level: pitch_hz.ln(), bands, unvoiced }
    }

    /// Changes a frame: 80 ln mel powers, ln F0, voicing (0 to 1).
    pub(crate) fn shape(&self, frame: &mut [f32]) {
        if self.style == Style::PLAIN {
            return;
        }
        let [bands @ .., pitch, voicing] = frame else { return };
        bands.iter_mut().zip(&self.bands).for_each(|(band, change)| *band += change);
        let moved = self.level + (*pitch - self.level) * self.style.range;
        let shift = self.style.semitones * std::f32::consts::LN_2 / 12.0;
        *pitch = (moved + shift).clamp(*LN_PITCHES.start(), *LN_PITCHES.end());
        if self.style.whisper {
            let voiced = voicing.clamp(0.0, 1.0);
            bands.iter_mut().zip(&self.unvoiced).for_each(|(band, change)| *band += change * voiced);
            *voicing = 0.0;
        }
    }
}

/// The middle of a mel band, in Hz: 80 bands from 40 Hz to 12 kHz.
fn band_hz(band: usize) -> f32 {
    let mel = |hz: f32| 2595.0 * (1.0 + hz / 700.0).log10();
    let at = mel(40.0) + (mel(12_000.0) - mel(40.0)) * (band as f32 + 1.0) / (BANDS as f32 + 1.0);
    700.0 * (10.0_f32.powf(at / 2595.0) - 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_styles_alone_and_together() {
        let (style, unknown) = Style::parse("fast");
        assert_eq!((style, unknown.len()), (Style { speed: 1.4, ..Style::PLAIN }, 0));
        let (style, unknown) = Style::parse("Happy, LOUDER and fast");
        assert!(unknown.is_empty());
        assert!(style.speed > 1.4 && style.semitones > 2.0 && style.energy_db > 4.5, "{style:?}");
        assert!(Style::parse("spelled-out").0.spelled && Style::parse("Letter by letter").0.spelled);
        assert!(Style::parse("in a whispering tone").0.whisper);
        assert_eq!(Style::parse("normal"), (Style::PLAIN, vec![]));
    }

    #[test]
    fn reads_speeds_within_bounds() {
        let speed = |text| Style::parse(text).0.speed;
        assert_eq!(speed("speed 1.5"), 1.5);
        assert_eq!(speed("speed=.8"), 0.8);
        assert_eq!(speed("1.25x"), 1.25);
        assert_eq!((speed("speed 99"), speed("0.01x"), speed("speed nan")), (2.0, 0.5, 1.0));
        assert_eq!(speed("slow slow slow slow"), 0.5);
    }

    #[test]
    fn tells_what_it_does_not_know() {
        let (style, unknown) = Style::parse("purple sad 1.2.3x");
        assert_eq!(unknown, ["purple", "1.2.3x"]);
        assert!(style.energy_db < 0.0);
        assert_eq!(Style::parse(""), (Style::PLAIN, vec![]));
    }

    fn shaped(text: &str) -> [f32; BANDS + 2] {
        let mut frame = [-5.0; BANDS + 2];
        frame[BANDS..].copy_from_slice(&[5.4, 1.0]);
        Shaper::new(Style::parse(text).0, 180.0).shape(&mut frame);
        frame
    }

    #[test]
    fn shapes_pitch_loudness_and_voicing() {
        let plain = shaped("normal");
        assert_eq!(plain[BANDS], 5.4);
        let shift = 3.0 * std::f32::consts::LN_2 / 12.0;
        assert!((shaped("higher")[BANDS] - 5.4 - shift).abs() < 1e-5);
        assert!((shaped("lower")[BANDS] - 5.4 + shift).abs() < 1e-5);
        // A pitch above the speaker's level is drawn nearer to it by a small range.
        let level = 180.0_f32.ln();
        assert!(shaped("sad")[BANDS] - level < 0.55 * (5.4 - level));
        assert!(shaped("soft").iter().zip(&plain).take(70).all(|(soft, plain)| soft < plain));
        assert!(shaped("loud")[40] > plain[40] + 1.0);
        let whisper = shaped("whisper");
        assert_eq!(whisper[BANDS + 1], 0.0);
        assert!(whisper[5] < whisper[60] - 2.0);
    }

    #[test]
    fn pitch_stays_where_the_vocoder_follows() {
        let mut frame = [0.0; BANDS + 2];
        frame[BANDS] = 9.0;
        Shaper::new(Style::parse("happy higher").0, 180.0).shape(&mut frame);
        assert!(LN_PITCHES.contains(&frame[BANDS]));
        Shaper::new(Style::parse("sad").0, 180.0).shape(&mut []);
    }
}
