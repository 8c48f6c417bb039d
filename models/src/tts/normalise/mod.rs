//! Written text to spoken words: numbers, times, dates, money, units, addresses, short forms.
//!
//! Text is cut at its white space into pieces; each piece knows the words it is spoken as (lower-case letters and
//! apostrophes only) and the pause after it. Pieces joined give the text back. No input makes this fail or run long.

mod figures;
mod numbers;
mod special;
mod tables;
mod web;
mod words;

/// Spoken words.
type Words = Vec<String>;

/// Longer runs without white space are cut here, in bytes.
const PIECE_BYTES_MAX: usize = 240;
/// No piece is spoken as more words.
const PIECE_WORDS_MAX: usize = 120;

/// The pause after a piece, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stop {
    /// None.
    Flow,
    /// Within a sentence.
    Comma,
    /// End of a statement.
    Period,
    /// End of a question.
    Question,
    /// End of an exclamation.
    Exclamation,
}

/// A piece of text and how it is spoken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    /// The piece as it was written, with the white space after it.
    pub(crate) text: String,
    /// How it is spoken; empty when it is not.
    pub(crate) words: Words,
    /// The pause after it.
    pub(crate) stop: Stop,
}

/// What stands around a token.
#[derive(Debug, Clone, Copy, Default)]
struct Around<'a> {
    /// The token two before, without punctuation around it.
    earlier: &'a str,
    /// The token before.
    before: &'a str,
    /// The token after.
    after: &'a str,
    /// A dot stands right behind the token.
    dotted: bool,
    /// The punctuation behind the token.
    behind: &'a str,
    /// Nothing stands before the token in its piece.
    bare: bool,
}

/// The pieces of `text`.
pub(crate) fn pieces(text: &str) -> Vec<Piece> {
    let written = split(text);
    let cores: Vec<&str> = written.iter().map(|piece| core(piece)).collect();
    let at = |index: Option<usize>| index.and_then(|index| cores.get(index)).copied().unwrap_or("");
    let mut pieces: Vec<Piece> = Vec::with_capacity(written.len());
    for (index, piece) in written.iter().enumerate() {
        let around = Around {
            earlier: at(index.checked_sub(2)),
            before: at(index.checked_sub(1)),
            after: at(Some(index + 1)),
            dotted: behind(piece).starts_with('.'),
            behind: behind(piece),
            bare: piece.starts_with(|c: char| c.is_ascii_digit()),
        };
        let mut words = Words::new();
        speak(cores[index], around, &mut words);
        words.truncate(PIECE_WORDS_MAX);
        let next = written.get(index + 1).copied().unwrap_or("");
        pieces.push(Piece { text: (*piece).to_owned(), words, stop: stop(piece, next) });
    }
    pieces
}

/// The pieces of `text`, spoken letter by letter, digit by digit.
pub(crate) fn spelled(text: &str) -> Vec<Piece> {
    let written = split(text);
    let spell = |(index, piece): (usize, &&str)| {
        let mut words = Words::new();
        core(piece).chars().for_each(|c| spell(c, &mut words));
        words.truncate(PIECE_WORDS_MAX);
        Piece { text: (*piece).to_owned(), words, stop: stop(piece, written.get(index + 1).copied().unwrap_or("")) }
    };
    written.iter().enumerate().map(spell).collect()
}

/// The name of one character.
fn spell(c: char, out: &mut Words) {
    match c {
        '.' => out.push("dot".into()),
        ',' => out.push("comma".into()),
        '-' => out.push("dash".into()),
        '_' => out.push("underscore".into()),
        ':' => out.push("colon".into()),
        '/' => out.push("slash".into()),
        '\'' | '’' => out.push("apostrophe".into()),
        '0'..='9' => numbers::digits(c.encode_utf8(&mut [0; 4]), out),
        c if c.is_ascii_alphabetic() => words::letters(c.encode_utf8(&mut [0; 4]), out),
        c => match (tables::plain(c), tables::sign(c.encode_utf8(&mut [0; 4]), false)) {
            (Some(letters), _) => words::letters(letters, out),
            (None, Some(name)) => out.extend(name.split(' ').map(String::from)),
            (None, None) => {}
        },
    }
}

/// Cuts at white space, after dashes, and where a piece grows too long.
pub(crate) fn split(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut start, mut blank) = (0, false);
    for (at, c) in text.char_indices() {
        let long = at - start >= PIECE_BYTES_MAX;
        if at > start && ((blank && !c.is_whitespace()) || long) {
            pieces.push(&text[start..at]);
            start = at;
        }
        blank = c.is_whitespace() || c == '—' || c == '…';
    }
    if start < text.len() {
        pieces.push(&text[start..]);
    }
    pieces
}

const OPENING: &[char] =
    &['(', '[', '{', '"', '\'', '“', '‘', '”', '’', '«', '„', '*', '_', '`', '¿', '¡', '>', '|', '#', '~'];
const CLOSING: &[char] = &[
    '.', ',', ';', ':', '!', '?', ')', ']', '}', '"', '\'', '“', '”', '’', '»', '*', '_', '`', '…', '—', '|', '~',
    '。', '、', '！', '？',
];

/// The token of a piece without the punctuation around it; signs that are spoken stay.
fn core(piece: &str) -> &str {
    let piece = piece.trim();
    if piece.chars().count() == 1 {
        return if CLOSING.contains(&piece.chars().next().unwrap_or(' ')) && piece != "*" && piece != "~" {
            ""
        } else {
            piece
        };
    }
    let inner = piece.trim_end_matches(CLOSING);
    // "#5" is a number, "~5" is about five, "'90s" and "# title" are not.
    let told = inner.strip_prefix(['#', '~']).is_some_and(|rest| rest.starts_with(|c: char| c.is_alphanumeric()));
    if told { inner } else { inner.trim_start_matches(OPENING) }
}

/// The punctuation behind the token.
fn behind(piece: &str) -> &str {
    let piece = piece.trim_end();
    &piece[piece.trim_end_matches(CLOSING).len()..]
}

/// The pause after `piece` when `next` follows; an empty `next` is the end of the text.
pub(crate) fn stop(piece: &str, next: &str) -> Stop {
    let behind = behind(piece);
    if behind.contains(['?', '？']) {
        Stop::Question
    } else if behind.contains(['!', '！']) {
        Stop::Exclamation
    } else if piece.contains('\n') || behind.contains(['…', '。']) || ends_sentence(piece, behind, next) {
        Stop::Period
    } else if (behind.contains([',', ';', ':', '—', ')', '、']) && !joins_numbers(piece, next)) || is_dash(piece) {
        Stop::Comma
    } else {
        Stop::Flow
    }
}

/// Is the dot behind the token the end of a sentence, not of a short form?
fn ends_sentence(piece: &str, behind: &str, next: &str) -> bool {
    let goes_on = core(next).starts_with(|c: char| c.is_lowercase());
    behind.contains('.') && (next.is_empty() || !(goes_on || tables::keeps_its_dot(core(piece))))
}

/// "November 21, 2026": the comma inside a date is no pause.
fn joins_numbers(piece: &str, next: &str) -> bool {
    behind(piece) == "," && ends_in_digit(core(piece)) && next.starts_with(|c: char| c.is_ascii_digit())
}

fn is_dash(piece: &str) -> bool {
    matches!(piece.trim(), "-" | "–" | "—" | "--")
}

/// Says one token.
fn speak(token: &str, around: Around<'_>, out: &mut Words) {
    if token.is_empty() {
        return;
    }
    if let Some((label, _)) = token.split_once("](") {
        // A link of Markdown is said by its label.
        return speak(core(label), around, out);
    }
    let numbers = ends_in_digit(around.before) && around.after.starts_with(|c: char| c.is_ascii_digit());
    if let Some(name) = tables::sign(token, numbers) {
        return out.extend(name.split(' ').map(String::from));
    }
    if web::speak(token, out) || special::speak(token, around, out) {
        return;
    }
    if token.contains(|c: char| c.is_ascii_digit() || "½¼¾⅓⅔⅛".contains(c)) {
        figures::speak(token, around, out);
    } else {
        words::speak(token, around, out);
    }
}

fn ends_in_digit(token: &str) -> bool {
    token.ends_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests;
