//! Text that comes in small pieces to phrases that can be spoken.

use super::{
    normalise::{self, Piece, Stop},
    style::Style,
    tags::{Part, Tag, TagReader},
};

/// A stretch of text that is spoken in one breath.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Phrase {
    /// Its text, with how it is said.
    pub(crate) pieces: Vec<Piece>,
    /// The pause after it.
    pub(crate) stop: Stop,
    /// It goes on with a sentence that an earlier phrase began.
    pub(crate) continues: bool,
    /// How it is spoken.
    pub(crate) style: Style,
    /// Silence after it, in milliseconds.
    pub(crate) gap_ms: u32,
}

/// Without punctuation the first phrase may end from this many words on, so that sound comes early.
const FIRST_WORDS_MIN: usize = 5;
/// The same for later phrases.
const LATER_WORDS_MIN: usize = 10;
/// A phrase ends after so many words, wherever it stands.
const PHRASE_WORDS_MAX: usize = 20;
/// Words that a phrase without punctuation may end before.
const BREAK_BEFORE: &[&str] = &[
    "and", "or", "but", "because", "which", "who", "when", "while", "if", "after", "before", "until", "so", "then",
    "with", "for", "from", "in", "at", "where", "unless", "although",
];

/// Collects text and gives phrases.
#[derive(Debug)]
pub(crate) struct Phraser {
    tags: TagReader,
    /// Text that waits to be spoken, up to the next tag.
    waiting: String,
    /// The tag behind the waiting text.
    tag: Option<(String, Tag)>,
    ended: bool,
    begun: bool,
    inside: bool,
    style: Style,
    /// The style of the beginning, to come back to.
    own: Style,
}

impl Default for Phraser {
    fn default() -> Self {
        Self {
            tags: TagReader::default(),
            waiting: String::new(),
            tag: None,
            ended: false,
            begun: false,
            inside: false,
            style: Style::PLAIN,
            own: Style::PLAIN,
        }
    }
}

impl Phraser {
    /// More text.
    pub(crate) fn push(&mut self, text: &str) {
        self.tags.push(text);
    }

    /// No more text comes.
    pub(crate) fn end(&mut self) {
        self.ended = true;
    }

    /// The next phrase, when enough text is there to know how it is said. A token is only read when white space follows
    /// it or the text has ended, and a full stop only when the next token shows what it was. A tag is a phrase of its own,
    /// in which nothing is spoken.
    pub(crate) fn next(&mut self) -> Option<Phrase> {
        while self.tag.is_none() {
            match self.tags.next(self.ended) {
                Some(Part::Text(text)) => self.waiting.push_str(&text),
                Some(Part::Tag(text, tag)) => self.tag = Some((text, tag)),
                None => break,
            }
        }
        let Some((end, stop)) = self.break_point() else { return self.take_tag() };
        let text: String = self.waiting.drain(..end).collect();
        let pieces = if self.style.spelled { normalise::spelled(&text) } else { normalise::pieces(&text) };
        let continues = std::mem::replace(&mut self.inside, stop < Stop::Period);
        self.begun = self.begun || pieces.iter().any(|piece| !piece.words.is_empty());
        Some(Phrase { pieces, stop, continues, style: self.style, gap_ms: 0 })
    }

    /// Obeys the tag that comes next.
    fn take_tag(&mut self) -> Option<Phrase> {
        let (text, tag) = self.tag.take()?;
        let gap_ms = if let Tag::Pause(pause) = tag { pause } else { 0 };
        match tag {
            Tag::Style(style) => {
                self.style = style;
                self.own = if self.begun { self.own } else { style };
            }
            Tag::Back => self.style = self.own,
            Tag::Pause(_) | Tag::Unknown => {}
        }
        let piece = Piece { text, words: Vec::new(), stop: Stop::Flow };
        Some(Phrase { pieces: vec![piece], stop: Stop::Flow, continues: self.inside, style: self.style, gap_ms })
    }

    /// Where the next phrase ends, in bytes, and the pause there.
    fn break_point(&self) -> Option<(usize, Stop)> {
        let written = normalise::split(&self.waiting);
        let closed = self.ended || self.tag.is_some();
        let complete = if closed { written.len() } else { written.len().saturating_sub(1) };
        let words_min = if self.begun { LATER_WORDS_MIN } else { FIRST_WORDS_MIN };
        let (mut end, mut words, mut soft) = (0, 0, None);
        for (index, piece) in written[..complete].iter().enumerate() {
            let next = written.get(index + 1).copied().unwrap_or("");
            end += piece.len();
            words += 1 + piece.len() / 12;
            let stop = normalise::stop(piece, next);
            // A comma needs a breath before it: "yes, sir" is one phrase unless it is the very first.
            if stop >= Stop::Period || stop == Stop::Comma && (words > 1 || !self.begun) {
                return Some((end, stop));
            }
            // Letters one by one are words of their own.
            if self.style.spelled && words > 0 && piece.ends_with(char::is_whitespace) {
                return Some((end, Stop::Comma));
            }
            if words >= words_min && soft.is_none() && self.may_break_before(next, index + 1 < complete) {
                soft = Some((end, stop));
            }
            if words >= PHRASE_WORDS_MAX {
                return Some(soft.unwrap_or((end, stop)));
            }
        }
        match soft {
            Some(point) if !closed && !self.begun => Some(point),
            // The text before a tag goes on after it.
            _ if closed && end > 0 => Some((end, if self.tag.is_some() { Stop::Comma } else { Stop::Period })),
            _ => None,
        }
    }

    fn may_break_before(&self, next: &str, complete: bool) -> bool {
        complete && BREAK_BEFORE.contains(&next.trim().to_ascii_lowercase().as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phrases(chunks: &[&str]) -> Vec<(String, Stop, bool)> {
        let mut phraser = Phraser::default();
        let mut made = Vec::new();
        let mut collect = |phraser: &mut Phraser| {
            while let Some(phrase) = phraser.next() {
                let text = phrase.pieces.iter().map(|piece| piece.text.as_str()).collect();
                made.push((text, phrase.stop, phrase.continues));
            }
        };
        for chunk in chunks {
            phraser.push(chunk);
            collect(&mut phraser);
        }
        phraser.end();
        collect(&mut phraser);
        made
    }

    fn texts(chunks: &[&str]) -> Vec<String> {
        phrases(chunks).into_iter().map(|(text, ..)| text).collect()
    }

    #[test]
    fn ends_phrases_at_punctuation() {
        let made = phrases(&["Okay, I turned it on. Is that ", "right? Good"]);
        let wanted = [
            ("Okay, ", Stop::Comma, false),
            ("I turned it on. ", Stop::Period, true),
            ("Is that right? ", Stop::Question, false),
            ("Good", Stop::Period, false),
        ];
        assert_eq!(made, wanted.map(|(text, stop, inside)| (text.to_owned(), stop, inside)));
    }

    #[test]
    fn holds_back_what_is_not_complete() {
        let mut phraser = Phraser::default();
        phraser.push("It is 3.");
        assert_eq!(phraser.next(), None);
        phraser.push("5 degrees.");
        assert_eq!(phraser.next(), None, "the full stop may be the start of more");
        phraser.push(" ");
        assert_eq!(phraser.next(), None, "what follows tells a full stop from a short form");
        phraser.push("Y");
        let words: Vec<String> = phraser.next().unwrap().pieces.into_iter().flat_map(|piece| piece.words).collect();
        assert_eq!(words.join(" "), "it is three point five degrees");
    }

    #[test]
    fn keeps_dates_and_short_forms_whole() {
        assert_eq!(texts(&["On May 5, 2026 Dr. Who came at 7 p.m. to tea. Yes."]).len(), 2);
    }

    #[test]
    fn breaks_long_text_without_punctuation() {
        let long = "word ".repeat(100);
        let made = texts(&[&long]);
        assert!(made.len() >= 5);
        assert_eq!(made.concat(), long);
        let early = texts(&["The light in the big kitchen and the one", " in the hall are on now."]);
        assert_eq!(early[0], "The light in the big kitchen ");
    }

    #[test]
    fn any_chunking_gives_the_text_back() {
        let text = "Hi… the 3.5 °C (cold!) — at 7:30 p.m., no?\n- €5,000.50\t日本 a.b@c.de 😀 Dr. X";
        for size in 1..9 {
            let letters: Vec<char> = text.chars().collect();
            let chunks: Vec<String> = letters.chunks(size).map(|chunk| chunk.iter().collect()).collect();
            let chunks: Vec<&str> = chunks.iter().map(String::as_str).collect();
            assert_eq!(texts(&chunks).concat(), text);
        }
    }

    fn told(text: &str) -> Vec<Phrase> {
        let mut phraser = Phraser::default();
        phraser.push(text);
        phraser.end();
        std::iter::from_fn(|| phraser.next()).collect()
    }

    #[test]
    fn tags_change_the_style_and_make_pauses() {
        let made = told("<style>slow</style>Hello there. [pause 1s] [whisper] Be quiet. [/whisper] Good.");
        let text: String = made.iter().flat_map(|phrase| &phrase.pieces).map(|piece| piece.text.as_str()).collect();
        assert_eq!(text, "<style>slow</style>Hello there. [pause 1s] [whisper] Be quiet. [/whisper] Good.");
        let find = |word: &str| made.iter().find(|phrase| phrase.pieces.iter().any(|piece| piece.text.contains(word)));
        assert_eq!(made.iter().map(|phrase| phrase.gap_ms).sum::<u32>(), 1000);
        assert!(find("Hello").unwrap().style.speed < 1.0);
        assert!(find("quiet").unwrap().style.whisper);
        assert!(!find("Good").unwrap().style.whisper && find("Good").unwrap().style.speed < 1.0);
    }

    #[test]
    fn tags_come_as_they_may_and_are_not_spoken() {
        let whole = told("(happy) Yes, 3 [pause] 4 lamps [laughs] here.");
        for cut in 1..40 {
            let text = "(happy) Yes, 3 [pause] 4 lamps [laughs] here.";
            let mut phraser = Phraser::default();
            let mut made = Vec::new();
            for part in [&text[..cut], &text[cut..]] {
                phraser.push(part);
                made.extend(std::iter::from_fn(|| phraser.next()));
            }
            phraser.end();
            made.extend(std::iter::from_fn(|| phraser.next()));
            assert_eq!(made, whole, "cut at {cut}");
        }
        let words: Vec<&str> =
            whole.iter().flat_map(|p| &p.pieces).flat_map(|p| &p.words).map(String::as_str).collect();
        assert_eq!(words, ["yes", "three", "four", "lamps", "here"]);
    }

    #[test]
    fn spells_letter_by_letter() {
        let made = told("<style>spelled out</style>Cab 42-é");
        let words: Vec<&str> = made.iter().flat_map(|p| &p.pieces).flat_map(|p| &p.words).map(String::as_str).collect();
        assert_eq!(words, ["c", "ay", "b", "four", "two", "dash", "e"]);
        assert_eq!(made.last().map(|phrase| phrase.stop), Some(Stop::Period));
    }
}
