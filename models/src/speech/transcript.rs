//! From character likelihoods to words: CTC prefix beam search fused with the character n-gram.
//!
//! A hypothesis is a text so far. Its sound score is the mass of all ways to align the text with the sub-frames heard, as
//! CTC defines it (apart for those that end in a blank, since a letter doubles only across one); its text score comes from
//! the n-gram. Memory grows with the utterance: at most `width` letters of 16 bytes per sub-frame.

use std::sync::Arc;

use serde::Deserialize;

use super::char_lm::{BOUNDARY, CharLm};
use crate::{Error, Transcript, Word};

/// No mass at all, as a logarithm that can still be added to.
const NOTHING: f32 = -1e30;
const BLANK: usize = 0;
const SPACE: u8 = 1;
/// A letter's sub-frame moves to a likelier one at most this many later.
const PEAK_SUB_FRAMES: u32 = 3;

/// How the search weighs and prunes. All scores are natural logarithms.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub(crate) struct BeamSettings {
    /// Hypotheses kept per sub-frame, 1 to 64.
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
}

/// A letter of some hypothesis, linked to the one before.
#[derive(Debug, Clone, Copy)]
struct Letter {
    before: u32,
    symbol: u8,
    sub_frame: u32,
    log_prob: f32,
}

#[derive(Debug, Clone, Copy)]
struct Hypothesis {
    /// Its last letter; 0 is the empty text.
    letter: u32,
    symbol: u8,
    /// Fingerprint of its text: no two live hypotheses have the same.
    print: u64,
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

/// One utterance in the making: sub-frames in, the likeliest text out.
#[derive(Debug)]
pub(crate) struct Beam {
    lm: Arc<CharLm>,
    alphabet: Arc<Alphabet>,
    settings: BeamSettings,
    letters: Vec<Letter>,
    live: Vec<Hypothesis>,
    sub_frame: u32,
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
        if !(1..=64).contains(&settings.width) {
            return Err(Error::Broken(format!("a beam of width {} is not within 1 to 64", settings.width)));
        }
        let mut beam = Self { lm, alphabet, settings, letters: Vec::new(), live: Vec::new(), sub_frame: 0 };
        beam.restart();
        Ok(beam)
    }

    fn restart(&mut self) {
        let node = self.lm.start();
        self.sub_frame = 0;
        self.letters.clear();
        self.letters.push(Letter { before: 0, symbol: BOUNDARY, sub_frame: 0, log_prob: 0.0 });
        self.live.clear();
        self.live.push(Hypothesis {
            letter: 0,
            symbol: BOUNDARY,
            print: 0,
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
        let mut next = self.stay(log_probs);
        self.grow(log_probs, &mut next);
        next.iter_mut().for_each(|hypothesis| hypothesis.score = hypothesis.total());
        next.sort_unstable_by(|a, b| b.score.total_cmp(&a.score));
        next.truncate(self.settings.width);
        let floor = next.first().map_or(NOTHING, |best| best.score) + self.settings.beam_floor;
        next.retain(|hypothesis| hypothesis.score >= floor);
        for hypothesis in next.iter_mut().filter(|hypothesis| hypothesis.grown) {
            self.write(hypothesis, log_probs);
        }
        self.live = next;
        self.sub_frame += 1;
        Ok(())
    }

    /// Every live text as it is, one sub-frame later.
    fn stay(&mut self, log_probs: &[f32]) -> Vec<Hypothesis> {
        let mut next = Vec::with_capacity(8 * self.live.len());
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
            next.push(later);
        }
        next
    }

    /// Every live text with one more letter; mass that leads to a text that is live itself goes there.
    fn grow(&self, log_probs: &[f32], next: &mut Vec<Hypothesis>) {
        for (symbol, &log_prob) in (0_u8..).zip(log_probs).skip(1) {
            if log_prob <= self.settings.symbol_floor {
                continue;
            }
            for from in &self.live {
                let doubles = from.letter != 0 && from.symbol == symbol;
                let mass = if doubles { from.blank } else { add(from.blank, from.other) };
                if mass <= NOTHING / 2.0 || (symbol == SPACE && (from.letter == 0 || doubles)) {
                    continue;
                }
                let print = fingerprint(from.print, symbol);
                match self.live.iter().position(|live| live.print == print) {
                    Some(at) => next[at].other = add(next[at].other, mass + log_prob),
                    None => next.push(self.grown(from, symbol, mass + log_prob)),
                }
            }
        }
    }

    fn grown(&self, from: &Hypothesis, symbol: u8, mass: f32) -> Hypothesis {
        let (score, node) = self.lm.read(from.node, symbol);
        let text_score = from.text_score + self.settings.lm_weight * score + self.settings.symbol_bonus;
        let print = fingerprint(from.print, symbol);
        Hypothesis {
            letter: from.letter,
            symbol,
            print,
            node,
            text_score,
            blank: NOTHING,
            other: mass,
            score: NOTHING,
            grown: true,
        }
    }

    fn write(&mut self, hypothesis: &mut Hypothesis, log_probs: &[f32]) {
        let Ok(number) = u32::try_from(self.letters.len()) else { return };
        self.letters.push(Letter {
            before: hypothesis.letter,
            symbol: hypothesis.symbol,
            sub_frame: self.sub_frame,
            log_prob: log_probs[usize::from(hypothesis.symbol)],
        });
        (hypothesis.letter, hypothesis.grown) = (number, false);
    }

    /// The likeliest text so far; what follows may still change its end.
    pub(crate) fn partial(&self) -> String {
        let letters = self.live.first().map_or_else(Vec::new, |best| self.spelled(best.letter));
        let text: String = letters.iter().map(|letter| self.text_of(letter)).collect();
        text.trim_end().to_owned()
    }

    /// The likeliest whole sentence, with the times of its words. The beam is fresh afterwards.
    pub(crate) fn finish(&mut self) -> Transcript {
        let weight = self.settings.lm_weight * self.settings.end_weight;
        let whole = |hypothesis: &Hypothesis| hypothesis.score + weight * self.lm.read(hypothesis.node, BOUNDARY).0;
        let best = self.live.iter().max_by(|a, b| whole(a).total_cmp(&whole(b)));
        let letters = best.map_or_else(Vec::new, |best| self.spelled(best.letter));
        let words: Vec<Word> = letters
            .split(|letter| letter.symbol == SPACE)
            .filter(|letters| !letters.is_empty())
            .map(|letters| self.word(letters))
            .collect();
        let text = words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
        self.restart();
        Transcript { text, words }
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

    fn word(&self, letters: &[Letter]) -> Word {
        let since = |sub_frame: u32, delay_ms: f32| (sub_frame as f32 * self.alphabet.sub_frame_ms - delay_ms).max(0.0);
        let (first, last) = (letters.first().map_or(0, |l| l.sub_frame), letters.last().map_or(0, |l| l.sub_frame));
        let log_prob: f32 = letters.iter().map(|letter| letter.log_prob).sum();
        Word {
            text: letters.iter().map(|letter| self.text_of(letter)).collect(),
            start_ms: since(first, self.alphabet.delay_ms) as u32,
            end_ms: since(last + 1, self.alphabet.end_delay_ms) as u32,
            confidence: (log_prob / letters.len().max(1) as f32).exp().clamp(0.0, 1.0),
        }
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
        let alphabet = Alphabet { symbols, sub_frame_ms: 20.0, delay_ms: 10.0, end_delay_ms: 5.0 };
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
    fn a_finished_beam_is_fresh() {
        let mut beam = beam(SETTINGS);
        push(&mut beam, A);
        assert_eq!(beam.finish().text, "a");
        assert_eq!((beam.partial().as_str(), beam.finish()), ("", Transcript::default()));
    }

    #[test]
    fn wrong_sizes_are_refused() {
        assert!(matches!(beam(SETTINGS).push(&[0.0; 3]), Err(Error::Malformed(_))));
        let alphabet = Arc::new(Alphabet { symbols: Vec::new(), sub_frame_ms: 1.0, delay_ms: 0.0, end_delay_ms: 0.0 });
        let lm = Arc::new(CharLm::parse(&toy()).unwrap());
        assert!(Beam::new(Arc::clone(&lm), alphabet, SETTINGS).is_err());
        assert!(Beam::new(lm, beam(SETTINGS).alphabet, BeamSettings { width: 0, ..SETTINGS }).is_err());
    }
}
