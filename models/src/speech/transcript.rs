//! From character likelihoods to words: CTC prefix beam search fused with the character n-gram.
//!
//! A hypothesis is a text so far. Its sound score is the mass of all ways to align the text with the sub-frames heard, as
//! CTC defines it (apart for those that end in a blank, since a letter doubles only across one); its text score comes from
//! the n-gram. Memory grows with the utterance: at most `width` letters of 20 bytes per sub-frame.

use std::sync::Arc;

use serde::Deserialize;

use super::{
    char_lm::{BOUNDARY, CharLm},
    confidence::{ConfidenceWeights, Evidence},
};
use crate::{Error, Transcript, Word};

/// No mass at all, as a logarithm that can still be added to.
const NOTHING: f32 = -1e30;
const BLANK: usize = 0;
const SPACE: u8 = 1;
/// Most hypotheses that are kept.
const WIDTH_MAX: usize = 256;
/// A letter's sub-frame moves to a likelier one at most this many later.
const PEAK_SUB_FRAMES: u32 = 3;
/// A word of two texts is the same when it is written alike and begins at most this much apart.
const SAME_PLACE_SUB_FRAMES: u32 = 6;
/// Logarithm of the least share that a word has.
const SHARE_MIN: f32 = -10.0;

/// How the search weighs and prunes. All scores are natural logarithms.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub(crate) struct BeamSettings {
    /// Hypotheses kept per sub-frame, 1 to 256.
    pub(crate) width: usize,
    /// Weight of the n-gram beside the sound, 0 and up.
    pub(crate) lm_weight: f32,
    /// Added per letter, against the n-gram's love of short texts.
    pub(crate) symbol_bonus: f32,
    /// Letters less likely than this in a sub-frame are not tried.
    pub(crate) symbol_floor: f32,
    /// Hypotheses this much worse than the best one are dropped.
    pub(crate) beam_floor: f32,
    /// Weight of the n-gram's sentence end, beside `lm_weight`.
    pub(crate) end_weight: f32,
}

/// What the sub-frames of an encoder mean.
#[derive(Debug)]
pub(crate) struct Alphabet {
    /// Texts of the symbols; the first is the blank, the second the space.
    pub(crate) symbols: Vec<String>,
    /// Milliseconds from one sub-frame to the next.
    pub(crate) sub_frame_ms: f32,
    /// Milliseconds from the beginning of a word to its first letter's sub-frame, on average.
    pub(crate) delay_ms: f32,
    /// Milliseconds from the end of a word to the end of its last letter's sub-frame, on average.
    pub(crate) end_delay_ms: f32,
    /// How the evidence for a word is weighed, if that was fitted.
    pub(crate) confidence: Option<ConfidenceWeights>,
}

/// A letter of some hypothesis, linked to the one before.
#[derive(Debug, Clone, Copy)]
struct Letter {
    before: u32,
    symbol: u8,
    sub_frame: u32,
    log_prob: f32,
    /// Score of the text up to it.
    text_score: f32,
}

#[derive(Debug, Clone, Copy)]
struct Hypothesis {
    /// Its last letter; 0 is the empty text.
    letter: u32,
    symbol: u8,
    /// Fingerprint of its text: no two live hypotheses have the same.
    print: u64,
    /// Fingerprint of its text without the last letter.
    print_before: u64,
    node: u32,
    text_score: f32,
    /// Mass of the alignments that end in a blank, and of the others.
    blank: f32,
    other: f32,
    /// Both masses with the text score; set when a sub-frame is complete.
    score: f32,
    /// For a hypothesis of this sub-frame that has no letter of its own yet: it goes one symbol beyond `letter`.
    grown: bool,
}

impl Hypothesis {
    fn total(&self) -> f32 {
        add(self.blank, self.other) + self.text_score
    }
}

/// A live text and one more letter, before the n-gram is asked about it.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    /// The live text.
    from: usize,
    symbol: u8,
    mass: f32,
    /// What its score will be at most.
    most: f32,
}

/// One utterance in the making: sub-frames in, the likeliest text out.
#[derive(Debug)]
pub(crate) struct Beam {
    lm: Arc<CharLm>,
    alphabet: Arc<Alphabet>,
    settings: BeamSettings,
    letters: Vec<Letter>,
    live: Vec<Hypothesis>,
    sub_frame: u32,
    /// Kept from one sub-frame to the next only for their room.
    next: Vec<Hypothesis>,
    candidates: Vec<Candidate>,
    heard: Vec<(u8, f32)>,
}

impl Beam {
    /// An utterance that has not begun.
    ///
    /// # Errors
    /// [`Error::Broken`] when n-gram and alphabet differ or the settings make no sense.
    pub(crate) fn new(lm: Arc<CharLm>, alphabet: Arc<Alphabet>, settings: BeamSettings) -> Result<Self, Error> {
        if lm.symbols() != alphabet.symbols.len() || lm.symbols() > usize::from(u8::MAX) {
            return Err(Error::Broken("lm.bin and the encoder's vocabulary differ".into()));
        }
        if !(1..=WIDTH_MAX).contains(&settings.width) {
            return Err(Error::Broken(format!("a beam of width {} is not within 1 to {WIDTH_MAX}", settings.width)));
        }
        let mut beam = Self {
            lm,
            alphabet,
            settings,
            letters: Vec::new(),
            live: Vec::new(),
            sub_frame: 0,
            next: Vec::new(),
            candidates: Vec::new(),
            heard: Vec::new(),
        };
        beam.restart();
        Ok(beam)
    }

    fn restart(&mut self) {
        let node = self.lm.start();
        self.sub_frame = 0;
        self.letters.clear();
        self.letters.push(Letter { before: 0, symbol: BOUNDARY, sub_frame: 0, log_prob: 0.0, text_score: 0.0 });
        self.live.clear();
        self.live.push(Hypothesis {
            letter: 0,
            symbol: BOUNDARY,
            print: 0,
            print_before: u64::MAX,
            node,
            text_score: 0.0,
            blank: 0.0,
            other: NOTHING,
            score: 0.0,
            grown: false,
        });
    }

    /// Takes the log-likelihoods of all symbols in the next sub-frame.
    ///
    /// # Errors
    /// [`Error::Malformed`] when their number is not that of the alphabet.
    pub(crate) fn push(&mut self, log_probs: &[f32]) -> Result<(), Error> {
        if log_probs.len() != self.alphabet.symbols.len() {
            return Err(Error::Malformed(format!("{} likelihoods in a sub-frame", log_probs.len())));
        }
        self.stay(log_probs);
        self.reach(log_probs);
        self.choose();
        let mut next = std::mem::take(&mut self.next);
        for hypothesis in next.iter_mut().filter(|hypothesis| hypothesis.grown) {
            self.write(hypothesis, log_probs);
        }
        self.next = std::mem::replace(&mut self.live, next);
        self.sub_frame += 1;
        Ok(())
    }

    /// Every live text as it is, one sub-frame later.
    fn stay(&mut self, log_probs: &[f32]) {
        self.next.clear();
        for hypothesis in &self.live {
            let mut later = *hypothesis;
            later.blank = add(hypothesis.blank, hypothesis.other) + log_probs[BLANK];
            later.other = NOTHING;
            if hypothesis.letter != 0 {
                let again = log_probs[usize::from(hypothesis.symbol)];
                later.other = hypothesis.other + again;
                let letter = &mut self.letters[hypothesis.letter as usize];
                if again > letter.log_prob && self.sub_frame - letter.sub_frame <= PEAK_SUB_FRAMES {
                    (letter.log_prob, letter.sub_frame) = (again, self.sub_frame);
                }
            }
            self.next.push(later);
        }
    }

    /// Every live text with one more letter: mass that leads to a text that is live itself goes there, the others are
    /// candidates.
    fn reach(&mut self, log_probs: &[f32]) {
        self.candidates.clear();
        self.heard.clear();
        let likely = |&(_, log_prob): &(u8, f32)| log_prob > self.settings.symbol_floor;
        let worst = self.next.iter().map(Hypothesis::total).fold(NOTHING, f32::max) + self.settings.beam_floor;
        self.heard.extend((0_u8..).zip(log_probs.iter().copied()).skip(1).filter(likely));
        for (number, from) in self.live.iter().enumerate() {
            let both = add(from.blank, from.other);
            let is_after = |live: &Hypothesis| live.print_before == from.print;
            let first_after = self.live.iter().position(is_after);
            let live_after = |symbol| {
                let alike = |live: &Hypothesis| is_after(live) && live.symbol == symbol;
                first_after.and_then(|first| Some(first + self.live[first..].iter().position(alike)?))
            };
            for &(symbol, log_prob) in &self.heard {
                let doubles = from.letter != 0 && from.symbol == symbol;
                let mass = if doubles { from.blank } else { both };
                if mass <= NOTHING / 2.0 || (symbol == SPACE && (from.letter == 0 || doubles)) {
                    continue;
                }
                let mass = mass + log_prob;
                match live_after(symbol) {
                    Some(at) => self.next[at].other = add(self.next[at].other, mass),
                    None => {
                        let most = mass + from.text_score + self.settings.symbol_bonus;
                        if most > worst {
                            self.candidates.push(Candidate { from: number, symbol, mass, most });
                        }
                    }
                }
            }
        }
    }

    /// The best of what stays and of the candidates. The n-gram, which takes most of the time, is asked only about those
    /// that can still be among them: it never makes a candidate better.
    fn choose(&mut self) {
        let Self { next, candidates, settings, live, lm, .. } = self;
        next.iter_mut().for_each(|hypothesis| hypothesis.score = hypothesis.total());
        next.sort_unstable_by(|a, b| b.score.total_cmp(&a.score));
        candidates.sort_unstable_by(|a, b| b.most.total_cmp(&a.most));
        for candidate in candidates.iter() {
            let best = next.first().map_or(NOTHING, |best| best.score);
            let last = next.get(settings.width - 1).map_or(NOTHING, |last| last.score);
            if candidate.most < last.max(best + settings.beam_floor) {
                break;
            }
            let hypothesis = grown(lm, settings, &live[candidate.from], candidate);
            let place = next.partition_point(|other| other.score > hypothesis.score);
            if place < settings.width {
                next.truncate(settings.width - 1);
                next.insert(place, hypothesis);
            }
        }
        next.truncate(settings.width);
        let floor = next.first().map_or(NOTHING, |best| best.score) + settings.beam_floor;
        next.retain(|hypothesis| hypothesis.score >= floor);
    }

    fn write(&mut self, hypothesis: &mut Hypothesis, log_probs: &[f32]) {
        let Ok(number) = u32::try_from(self.letters.len()) else { return };
        self.letters.push(Letter {
            before: hypothesis.letter,
            symbol: hypothesis.symbol,
            sub_frame: self.sub_frame,
            log_prob: log_probs[usize::from(hypothesis.symbol)],
            text_score: hypothesis.text_score,
        });
        (hypothesis.letter, hypothesis.grown) = (number, false);
    }

    /// The likeliest text so far; what follows may still change its end.
    pub(crate) fn partial(&self) -> String {
        let letters = self.live.first().map_or_else(Vec::new, |best| self.spelled(best.letter));
        let text: String = letters.iter().map(|letter| self.text_of(letter)).collect();
        text.trim_end().to_owned()
    }

    /// The likeliest whole sentence, with the times of its words; nothing when it is too unsure to be speech. The beam is fresh
    /// afterwards.
    pub(crate) fn finish(&mut self) -> Transcript {
        let weight = self.settings.lm_weight * self.settings.end_weight;
        let whole = |hypothesis: &Hypothesis| hypothesis.score + weight * self.lm.read(hypothesis.node, BOUNDARY).0;
        let mut ends: Vec<(f32, Vec<Vec<Letter>>)> =
            self.live.iter().map(|hypothesis| (whole(hypothesis), self.spoken(hypothesis.letter))).collect();
        ends.sort_by(|a, b| b.0.total_cmp(&a.0));
        let words: Vec<Word> = match ends.first() {
            Some((_, best)) => best.iter().map(|letters| self.word(letters, share(letters, &ends))).collect(),
            None => Vec::new(),
        };
        let text = words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
        self.restart();
        let transcript = Transcript { text, words };
        let least = self.alphabet.confidence.map_or(0.0, |weights| weights.least);
        if transcript.confidence() < least { Transcript::default() } else { transcript }
    }

    /// The letters of a text, word by word.
    fn spoken(&self, last: u32) -> Vec<Vec<Letter>> {
        let letters = self.spelled(last);
        let words = letters.split(|letter| letter.symbol == SPACE).filter(|letters| !letters.is_empty());
        words.map(<[Letter]>::to_vec).collect()
    }

    fn spelled(&self, last: u32) -> Vec<Letter> {
        let mut letters = Vec::new();
        let mut at = last;
        while at != 0 {
            let letter = self.letters[at as usize];
            letters.push(letter);
            at = letter.before;
        }
        letters.reverse();
        letters
    }

    fn text_of(&self, letter: &Letter) -> &str {
        &self.alphabet.symbols[usize::from(letter.symbol)]
    }

    /// `share`: logarithm of the share of the texts that have this word here.
    fn word(&self, letters: &[Letter], share: f32) -> Word {
        let since = |sub_frame: u32, delay_ms: f32| (sub_frame as f32 * self.alphabet.sub_frame_ms - delay_ms).max(0.0);
        let (first, last) = (letters.first().map_or(0, |l| l.sub_frame), letters.last().map_or(0, |l| l.sub_frame));
        Word {
            text: letters.iter().map(|letter| self.text_of(letter)).collect(),
            start_ms: since(first, self.alphabet.delay_ms) as u32,
            end_ms: since(last + 1, self.alphabet.end_delay_ms) as u32,
            confidence: self.evidence(letters, share).confidence(self.alphabet.confidence),
        }
    }

    fn evidence(&self, letters: &[Letter], share: f32) -> Evidence {
        let count = letters.len().max(1) as f32;
        let before = letters.first().map_or(0.0, |first| self.letters[first.before as usize].text_score);
        Evidence {
            letters: letters.iter().map(|letter| letter.log_prob).sum::<f32>() / count,
            worst: letters.iter().map(|letter| letter.log_prob).fold(0.0, f32::min),
            text: letters.last().map_or(0.0, |last| last.text_score - before) / count - self.settings.symbol_bonus,
            share,
        }
    }
}

/// Logarithm of the share that texts with the word `letters` in its place have of all `ends`, each with its score.
fn share(letters: &[Letter], ends: &[(f32, Vec<Vec<Letter>>)]) -> f32 {
    let alike = |other: &Vec<Letter>| {
        other.len() == letters.len()
            && other[0].sub_frame.abs_diff(letters[0].sub_frame) <= SAME_PLACE_SUB_FRAMES
            && other.iter().zip(letters).all(|(a, b)| a.symbol == b.symbol)
    };
    let best = ends.first().map_or(0.0, |end| end.0);
    let (mut with, mut all) = (0.0, 0.0);
    for (score, words) in ends {
        let mass = (score - best).exp();
        all += mass;
        if words.iter().any(alike) {
            with += mass;
        }
    }
    (with / all).ln().max(SHARE_MIN)
}

/// A candidate with what the n-gram thinks of it.
fn grown(lm: &CharLm, settings: &BeamSettings, from: &Hypothesis, candidate: &Candidate) -> Hypothesis {
    let (score, node) = lm.read(from.node, candidate.symbol);
    let text_score = from.text_score + settings.lm_weight * score + settings.symbol_bonus;
    Hypothesis {
        letter: from.letter,
        symbol: candidate.symbol,
        print: fingerprint(from.print, candidate.symbol),
        print_before: from.print,
        node,
        text_score,
        blank: NOTHING,
        other: candidate.mass,
        score: candidate.mass + text_score,
        grown: true,
    }
}

/// Fingerprint of a text and one more symbol.
fn fingerprint(before: u64, symbol: u8) -> u64 {
    (before ^ (u64::from(symbol) + 1)).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29)
}

/// The logarithm of the sum of two numbers given by their logarithms.
fn add(a: f32, b: f32) -> f32 {
    let (high, low) = if a > b { (a, b) } else { (b, a) };
    if low < high - 16.0 { high } else { high + (low - high).exp().ln_1p() }
}

#[cfg(test)]
mod tests {
    use super::super::char_lm::tests::toy;
    use super::*;

    const SETTINGS: BeamSettings = BeamSettings {
        width: 8,
        lm_weight: 0.0,
        symbol_bonus: 0.0,
        symbol_floor: -20.0,
        beam_floor: -40.0,
        end_weight: 1.0,
    };

    /// Blank, space, `a`, `b`.
    fn beam(settings: BeamSettings) -> Beam {
        let symbols = ["<blank>", " ", "a", "b"].map(String::from).to_vec();
        let alphabet = Alphabet { symbols, sub_frame_ms: 20.0, delay_ms: 10.0, end_delay_ms: 5.0, confidence: None };
        Beam::new(Arc::new(CharLm::parse(&toy()).unwrap()), Arc::new(alphabet), settings).unwrap()
    }

    fn push(beam: &mut Beam, probabilities: [f32; 4]) {
        beam.push(&probabilities.map(f32::ln)).unwrap();
    }

    const A: [f32; 4] = [0.05, 0.01, 0.93, 0.01];
    const B: [f32; 4] = [0.05, 0.01, 0.01, 0.93];
    const GAP: [f32; 4] = [0.01, 0.97, 0.01, 0.01];
    const BLANKS: [f32; 4] = [0.97, 0.01, 0.01, 0.01];

    #[test]
    fn repeats_merge_and_a_blank_doubles() {
        for (frames, text) in [(vec![A, A, B], "ab"), (vec![A, BLANKS, A, B], "aab"), (vec![BLANKS; 3], "")] {
            let mut beam = beam(SETTINGS);
            frames.into_iter().for_each(|frame| push(&mut beam, frame));
            assert_eq!(beam.partial(), text);
            assert_eq!(beam.finish().text, text);
        }
    }

    #[test]
    fn the_mass_of_alignments_beats_the_best_path() {
        // Best path: two blanks, .36. But "a" has .24 + .24 + .16 = .64.
        let mut beam = beam(SETTINGS);
        (0..2).for_each(|_| push(&mut beam, [0.6 - 2e-6, 1e-6, 0.4, 1e-6]));
        assert_eq!(beam.partial(), "a");
        assert!((beam.live[0].score - 0.64_f32.ln()).abs() < 1e-3);
    }

    #[test]
    fn the_mass_is_that_of_all_alignments() {
        let frames: Vec<[f32; 4]> = (0..6)
            .map(|i| {
                let raw = [1.0, 0.3 + 0.1 * (i % 3) as f32, 0.2 * (1 + i) as f32, 0.9 - 0.1 * i as f32];
                raw.map(|x: f32| x / raw.iter().sum::<f32>())
            })
            .collect();
        let mut beam = beam(BeamSettings { width: 64, ..SETTINGS });
        frames.iter().for_each(|frame| push(&mut beam, *frame));
        let (best, text) = (beam.live[0].score, beam.partial());
        let mut total = 0.0_f64;
        for path in 0..4_usize.pow(6) {
            let symbols: Vec<usize> = (0..6).map(|i| path / 4_usize.pow(i) % 4).collect();
            let mut merged = symbols.clone();
            merged.dedup();
            let said: String = merged.into_iter().filter(|&s| s > 0).map(|s| [" ", "a", "b"][s - 1]).collect();
            if said == text {
                total += symbols.iter().zip(&frames).map(|(&s, frame)| f64::from(frame[s])).product::<f64>();
            }
        }
        assert!((f64::from(best) - total.ln()).abs() < 2e-2, "{text}: {best} is not {}", total.ln());
    }

    #[test]
    fn the_language_model_decides_what_sound_leaves_open() {
        let unclear = [0.02, 0.02, 0.47, 0.49];
        let heard = |lm_weight| {
            let mut beam = beam(BeamSettings { lm_weight, ..SETTINGS });
            [A, GAP, unclear].into_iter().for_each(|frame| push(&mut beam, frame));
            beam.finish().text
        };
        assert_eq!(heard(0.0), "a b");
        assert_eq!(heard(1.0), "a a", "after a space the toy model expects an a");
    }

    #[test]
    fn words_carry_times_and_confidence() {
        let mut beam = beam(SETTINGS);
        [BLANKS, A, A, GAP, B, BLANKS].into_iter().for_each(|frame| push(&mut beam, frame));
        let words = beam.finish().words;
        let times: Vec<_> = words.iter().map(|word| (word.text.as_str(), word.start_ms, word.end_ms)).collect();
        assert_eq!(times, [("a", 10, 35), ("b", 70, 95)]);
        assert!(words.iter().all(|word| (word.confidence - 0.93).abs() < 1e-3));
    }

    #[test]
    fn a_word_that_could_be_another_has_less_evidence() {
        let unclear = [0.02, 0.02, 0.44, 0.52];
        let mut beam = beam(SETTINGS);
        [A, BLANKS, GAP, unclear, BLANKS].into_iter().for_each(|frame| push(&mut beam, frame));
        let ends: Vec<_> = beam.live.iter().map(|live| (live.score, beam.spoken(live.letter))).collect();
        assert_eq!(beam.partial(), "a b");
        let (sure, unsure) = (share(&ends[0].1[0], &ends), share(&ends[0].1[1], &ends));
        assert!(sure > -0.2 && (unsure.exp() - 0.53).abs() < 0.05, "{sure} {unsure}");
        let words = &ends[0].1;
        let (clear, unclear) = (beam.evidence(&words[0], sure), beam.evidence(&words[1], unsure));
        assert!(clear.letters > unclear.letters && clear.worst > unclear.worst);
        let transcript = beam.finish();
        assert!(transcript.words[0].confidence > transcript.words[1].confidence);
        assert!(transcript.confidence() < transcript.words[0].confidence);
    }

    #[test]
    fn what_is_too_unsure_is_not_heard() {
        let heard = |least: f32| {
            let weights =
                format!(r#"{{"bias": 0, "letters": 1, "worst": 0, "text": 0, "share": 0, "least": {least}}}"#);
            let mut beam = beam(SETTINGS);
            let Alphabet { symbols, sub_frame_ms, delay_ms, end_delay_ms, .. } = &*beam.alphabet;
            beam.alphabet = Arc::new(Alphabet {
                symbols: symbols.clone(),
                sub_frame_ms: *sub_frame_ms,
                delay_ms: *delay_ms,
                end_delay_ms: *end_delay_ms,
                confidence: Some(serde_json::from_str(&weights).unwrap()),
            });
            push(&mut beam, A);
            beam.finish().text
        };
        assert_eq!((heard(0.4).as_str(), heard(0.6).as_str()), ("a", ""));
    }

    /// What a trained encoder says, roughly: mostly blanks, a clear letter every third sub-frame, several likely ones in
    /// every ninth.
    fn speech(number: usize) -> Vec<f32> {
        let mut row = vec![-11.0_f32; 29];
        match number % 9 {
            0 | 3 => row[2 + number * 7 % 26] = -0.05,
            6 => (0..6).for_each(|other| row[1 + (number + other * 5) % 28] = -1.8),
            _ => row[0] = -0.01,
        }
        row[0] = row[0].max(-3.0);
        row
    }

    #[test]
    fn a_step_takes_less_than_a_fifth_of_a_millisecond() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("pocket/ears");
        let lm = Arc::new(CharLm::parse(&std::fs::read(folder.join("lm.bin")).unwrap()).unwrap());
        let symbols = (0..29).map(|symbol| symbol.to_string()).collect();
        let alphabet =
            Arc::new(Alphabet { symbols, sub_frame_ms: 26.7, delay_ms: 0.0, end_delay_ms: 0.0, confidence: None });
        let settings = BeamSettings {
            width: 16,
            lm_weight: 0.9,
            symbol_bonus: 2.0,
            symbol_floor: -9.0,
            beam_floor: -18.0,
            end_weight: 1.0,
        };
        let rows: Vec<Vec<f32>> = (0..3 * 100).map(speech).collect();
        // The best of some rounds: others may use the machine, too.
        let step_ms = (0..10).map(|_| {
            let mut beam = Beam::new(Arc::clone(&lm), Arc::clone(&alphabet), settings).unwrap();
            let began = std::time::Instant::now();
            rows.iter().for_each(|row| beam.push(row).unwrap());
            began.elapsed().as_secs_f64() * 1e3 / 100.0
        });
        let step_ms = step_ms.fold(f64::MAX, f64::min);
        assert!(step_ms < 0.2, "{step_ms} ms for 80 ms of sound");
    }

    #[test]
    fn a_finished_beam_is_fresh() {
        let mut beam = beam(SETTINGS);
        push(&mut beam, A);
        assert_eq!(beam.finish().text, "a");
        assert_eq!((beam.partial().as_str(), beam.finish()), ("", Transcript::default()));
    }

    #[test]
    fn wrong_sizes_are_refused() {
        assert!(matches!(beam(SETTINGS).push(&[0.0; 3]), Err(Error::Malformed(_))));
        let none =
            Alphabet { symbols: Vec::new(), sub_frame_ms: 1.0, delay_ms: 0.0, end_delay_ms: 0.0, confidence: None };
        let alphabet = Arc::new(none);
        let lm = Arc::new(CharLm::parse(&toy()).unwrap());
        assert!(Beam::new(Arc::clone(&lm), alphabet, SETTINGS).is_err());
        assert!(Beam::new(lm, beam(SETTINGS).alphabet, BeamSettings { width: 0, ..SETTINGS }).is_err());
    }
}
