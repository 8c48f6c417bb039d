//! Spoken words to the numbers that the acoustic model reads.

use std::ops::Range;

use super::{
    config::VoiceConfig,
    homographs,
    lexicon::{Lexicon, Phone},
    normalise::Stop,
    phrase::Phrase,
};

/// Columns of a row.
pub(crate) const COLUMNS: usize = 5;
/// Offset of clauses that go on with a sentence.
const CONTINUES: i64 = 5;
/// Phones of a clause; what is longer is cut.
pub(crate) const PHONES_MAX: usize = 400;

/// A phrase as the acoustic model reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Clause {
    /// Phone, stress, place in the word, kind of word, kind of clause; first and last is a pause.
    pub(crate) rows: Vec<[i64; COLUMNS]>,
    /// Which rows each piece of the phrase is heard in; empty for a piece that is not spoken.
    pub(crate) spans: Vec<Range<usize>>,
}

/// Words of a closed class, as festival's `guess_pos` has them, in the order of `word_kinds` from `in` on.
const KINDS: &[(&str, &[&str])] = &[
    (
        "in",
        &[
            "of", "for", "in", "on", "that", "with", "by", "at", "from", "as", "if", "against", "about", "before",
            "because", "under", "after", "over", "into", "while", "without", "through", "new", "between", "among",
            "until", "per", "up", "down",
        ],
    ),
    ("to", &["to"]),
    (
        "det",
        &[
            "the", "a", "an", "no", "some", "this", "each", "another", "those", "every", "all", "any", "these", "both",
            "neither", "many",
        ],
    ),
    ("md", &["will", "may", "would", "can", "could", "should", "must", "ought", "might"]),
    ("cc", &["and", "but", "or", "plus", "yet", "nor"]),
    ("wp", &["who", "what", "where", "how", "when"]),
    ("pps", &["her", "his", "their", "its", "our", "mine"]),
    ("aux", &["is", "am", "are", "was", "were", "has", "have", "had", "be"]),
];

/// The rows of a phrase; `None` when nothing in it is spoken.
pub(crate) fn clause(phrase: &Phrase, lexicon: &Lexicon, config: &VoiceConfig) -> Option<Clause> {
    let kind = clause_kind(phrase);
    let pause = [0, 0, 0, 0, kind];
    let mut rows = vec![pause];
    let mut spans = Vec::with_capacity(phrase.pieces.len());
    let words: Vec<&str> = phrase.pieces.iter().flat_map(|piece| &piece.words).map(String::as_str).collect();
    let mut at = 0;
    for piece in &phrase.pieces {
        let start = rows.len();
        for _ in &piece.words {
            let (spelling, verb) = homographs::meant(&words, at);
            let said = lexicon.say(spelling, verb);
            let room = PHONES_MAX.saturating_sub(rows.len());
            rows.extend(word_rows(&said[..said.len().min(room)], words[at], kind, config));
            at += 1;
        }
        spans.push(start..rows.len());
    }
    rows.push(pause);
    (rows.len() > 2).then_some(Clause { rows, spans })
}

fn clause_kind(phrase: &Phrase) -> i64 {
    let ending = match phrase.stop {
        Stop::Flow => 0,
        Stop::Comma => 1,
        Stop::Period => 2,
        Stop::Question => 3,
        Stop::Exclamation => 4,
    };
    ending + if phrase.continues { CONTINUES } else { 0 }
}

fn word_rows(said: &[Phone], word: &str, clause: i64, config: &VoiceConfig) -> Vec<[i64; COLUMNS]> {
    let last = said.len().saturating_sub(1);
    let kind = word_kind(word, config);
    let row = |(at, phone): (usize, &Phone)| {
        let stress = if config.is_vowel(phone.index) { 1 + i64::from(phone.stressed) } else { 0 };
        let place = match (at == 0, at == last) {
            (true, true) => 1,
            (true, false) => 2,
            (false, false) => 3,
            (false, true) => 4,
        };
        [i64::from(phone.index), stress, place, kind, clause]
    };
    said.iter().enumerate().map(row).collect()
}

fn word_kind(word: &str, config: &VoiceConfig) -> i64 {
    let kind = KINDS.iter().find(|(_, words)| words.contains(&word)).map_or("content", |(kind, _)| kind);
    config.word_kind(kind)
}
