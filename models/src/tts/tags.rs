//! Finds tags in text that comes in small pieces: `<style>happy</style>` and `(whisper)` before the first word, `[pause]`
//! and `[slow]` anywhere. Text between tags passes on at once; what may become a tag waits for its end.

use super::style::Style;

/// A tag is no longer, in bytes; a bracket that stays open longer is text.
const TAG_BYTES_MAX: usize = 64;
const OPEN: &str = "<style>";
const CLOSE: &str = "</style>";
/// Text after which a bracket that is still open is none.
const OPEN_BYTES_MAX: usize = OPEN.len() + TAG_BYTES_MAX + CLOSE.len();
const PAUSE_MS: u32 = 500;
/// Pauses by all their names, in milliseconds.
const PAUSES: &[(&[&str], u32)] = &[
    (&["pause", "break", "silence"], PAUSE_MS),
    (&["short pause", "breath", "breathe", "beat"], 250),
    (&["long pause", "long break"], 1000),
];
/// Words of a tag in square brackets; more are text.
const TAG_WORDS_MAX: usize = 5;

/// What a tag asks for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Tag {
    /// Silence, in milliseconds.
    Pause(u32),
    /// Another way to speak from here on.
    Style(Style),
    /// Back to the way of the beginning.
    Back,
    /// A tag that names nothing known.
    Unknown,
}

/// A stretch of the text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Part {
    /// To be spoken.
    Text(String),
    /// The tag as it was written, and what it asks for.
    Tag(String, Tag),
}

/// What stands at the beginning of the waiting text.
enum Found {
    /// Text of so many bytes.
    Text(usize),
    /// A tag of so many bytes.
    Tag(usize, Tag),
    /// Perhaps a tag, when more comes.
    Open,
}

/// Collects text and gives its parts in order.
#[derive(Debug, Default)]
pub(crate) struct TagReader {
    waiting: String,
    /// Something was given that is spoken.
    begun: bool,
}

impl TagReader {
    /// More text.
    pub(crate) fn push(&mut self, text: &str) {
        self.waiting.push_str(text);
    }

    /// The next part; `ended` when no more text comes.
    pub(crate) fn next(&mut self, ended: bool) -> Option<Part> {
        if self.waiting.is_empty() {
            return None;
        }
        match self.found(ended) {
            Found::Text(bytes) => {
                let text: String = self.waiting.drain(..bytes).collect();
                self.begun = self.begun || !text.trim().is_empty();
                Some(Part::Text(text))
            }
            Found::Tag(bytes, tag) => Some(Part::Tag(self.waiting.drain(..bytes).collect(), tag)),
            Found::Open => None,
        }
    }

    fn found(&self, ended: bool) -> Found {
        let opens = |at: &usize| self.waiting[*at..].starts_with(['[', '<', '(']);
        let at = (0..self.waiting.len()).filter(|&at| self.waiting.is_char_boundary(at)).find(opens);
        match at {
            None => Found::Text(self.waiting.len()),
            Some(0) => self.bracket(ended),
            Some(at) => Found::Text(at),
        }
    }

    /// What the bracket is that the waiting text begins with.
    fn bracket(&self, ended: bool) -> Found {
        let text = &self.waiting;
        let first_only = Found::Text(1);
        let found = match text.as_bytes()[0] {
            b'(' if self.begun => return first_only,
            b'(' => closed(text, 1, ")").map(|(inner, bytes)| (leading(inner), bytes)),
            b'<' if !(text.starts_with(OPEN) || !ended && OPEN.starts_with(text.as_str())) => return first_only,
            b'<' => text
                .starts_with(OPEN)
                .then(|| closed(text, OPEN.len(), CLOSE).map(|(inner, bytes)| (Some(styled(inner)), bytes)))
                .flatten(),
            _ => match closed(text, 1, "]") {
                // Only the character behind it tells a tag from a link.
                Some((_, bytes)) if bytes == text.len() && !ended => return Found::Open,
                Some((_, bytes)) if text[bytes..].starts_with(['(', ':']) => return first_only,
                other => other.map(|(inner, bytes)| (inline(inner), bytes)),
            },
        };
        match found {
            Some((Some(tag), bytes)) => Found::Tag(bytes, tag),
            Some((None, _)) => first_only,
            None if ended || text.len() > OPEN_BYTES_MAX || text.contains('\n') => first_only,
            None => Found::Open,
        }
    }
}

/// What stands between the bracket of `open` bytes and `close`, and the bytes of it all.
fn closed<'a>(text: &'a str, open: usize, close: &str) -> Option<(&'a str, usize)> {
    let inner = text[open..].split_once(close)?.0;
    (inner.len() <= TAG_BYTES_MAX && !inner.contains('\n')).then_some((inner, open + inner.len() + close.len()))
}

/// `(happy, fast)` before the first word, when it names a style at all.
fn leading(inner: &str) -> Option<Tag> {
    let (style, unknown) = Style::parse(inner);
    let words = inner.split_whitespace().count();
    (unknown.len() < words && (style != Style::PLAIN || unknown.is_empty())).then(|| styled(inner))
}

/// A style by name; what is not known of it is told in the log.
fn styled(inner: &str) -> Tag {
    let (style, unknown) = Style::parse(inner);
    if !unknown.is_empty() {
        tracing::info!(unknown = unknown.join(" "), "a style of speaking that the voice does not know is ignored");
    }
    if style == Style::PLAIN && !unknown.is_empty() { Tag::Unknown } else { Tag::Style(style) }
}

/// `[pause]`, `[pause 2s]`, `[happy]`, `[/happy]`; `None` for what is text.
fn inline(inner: &str) -> Option<Tag> {
    let words: Vec<String> = inner.split_whitespace().map(str::to_lowercase).collect();
    let lettered = inner.trim().trim_start_matches('/').starts_with(|c: char| c.is_ascii_alphabetic());
    let plain = |c: char| c.is_ascii_alphanumeric() || " ,./=-:'".contains(c);
    if !lettered || inner.trim().len() < 3 || words.len() > TAG_WORDS_MAX || !inner.chars().all(plain) {
        return None;
    }
    if inner.trim_start().starts_with('/') {
        return Some(Tag::Back);
    }
    let name = words.join(" ");
    let named = PAUSES.iter().find(|(names, _)| names.contains(&name.as_str())).map(|(_, pause)| *pause);
    Some(named.or_else(|| timed_pause(&name)).map_or_else(|| styled(inner), Tag::Pause))
}

/// "pause 2s", "pause 300 ms", "pause=1.5": at most five seconds.
fn timed_pause(name: &str) -> Option<u32> {
    let rest = name.strip_prefix("pause")?.trim_start_matches([' ', ':', '=']);
    let (number, scale) = match rest.strip_suffix("ms") {
        Some(number) => (number, 1.0),
        None => (rest.trim_end_matches("seconds").trim_end_matches("sec").trim_end_matches('s'), 1000.0),
    };
    let length: f32 = number.trim().parse().ok()?;
    length.is_finite().then(|| (length * scale).clamp(0.0, 5000.0) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(pieces: &[&str]) -> Vec<Part> {
        let (mut reader, mut made) = (TagReader::default(), Vec::new());
        for piece in pieces {
            reader.push(piece);
            made.extend(std::iter::from_fn(|| reader.next(false)));
        }
        made.extend(std::iter::from_fn(|| reader.next(true)));
        // Neighbouring texts as one.
        let mut joined: Vec<Part> = Vec::new();
        for part in made {
            match (joined.last_mut(), part) {
                (Some(Part::Text(before)), Part::Text(text)) => before.push_str(&text),
                (_, part) => joined.push(part),
            }
        }
        joined
    }

    fn text(text: &str) -> Part {
        Part::Text(text.into())
    }

    fn tag(text: &str, tag: Tag) -> Part {
        Part::Tag(text.into(), tag)
    }

    #[test]
    fn reads_styles_at_the_beginning() {
        let fast = Tag::Style(Style::parse("fast").0);
        assert_eq!(parts(&["<style>fast</style>Hi"]), [tag("<style>fast</style>", fast.clone()), text("Hi")]);
        assert_eq!(parts(&["<sty", "le>fast</st", "yle>Hi"]), [tag("<style>fast</style>", fast.clone()), text("Hi")]);
        assert_eq!(parts(&[" (fast) Hi (fast)"]), [text(" "), tag("(fast)", fast), text(" Hi (fast)")]);
        assert_eq!(parts(&["(It is cold) yes"]), [text("(It is cold) yes")]);
        let unknown = tag("<style>purple</style>", Tag::Unknown);
        assert_eq!(parts(&["<style>purple</style>Hi"]), [unknown, text("Hi")]);
    }

    #[test]
    fn reads_tags_inside() {
        let made = parts(&["One [pa", "use] two [long pause] three [pause 2s][/x] end"]);
        let wanted = [
            text("One "),
            tag("[pause]", Tag::Pause(500)),
            text(" two "),
            tag("[long pause]", Tag::Pause(1000)),
            text(" three "),
            tag("[pause 2s]", Tag::Pause(2000)),
            tag("[/x]", Tag::Back),
            text(" end"),
        ];
        assert_eq!(made[..5], wanted[..5]);
        assert_eq!(parts(&["[happy] yes"])[0], tag("[happy]", Tag::Style(Style::parse("happy").0)));
        assert_eq!(parts(&["well [laughs] yes"])[1], tag("[laughs]", Tag::Unknown));
        assert_eq!(parts(&["go [pause 300 ms] on"])[1], tag("[pause 300 ms]", Tag::Pause(300)));
    }

    #[test]
    fn leaves_other_brackets_alone() {
        for plain in [
            "[1] and a[0]",
            "[link](http://a.com) x",
            "- [x] done",
            "a < b",
            "1 <style",
            "[open",
            "x [a b c d e f] y",
            "(",
        ] {
            assert_eq!(parts(&[plain]), [text(plain)], "{plain}");
        }
    }

    #[test]
    fn nothing_is_lost_however_it_comes() {
        let pieces =
            ["[", "]", "(", ")", "<style>", "</style>", "pause", "happy", " ", "\n", "a", "é", "[/", "<", "x:"];
        let mut random = fastrand::Rng::with_seed(4);
        for _ in 0..5_000 {
            let chosen: Vec<&str> = (0..random.usize(0..14)).map(|_| pieces[random.usize(0..pieces.len())]).collect();
            let told = |parts: Vec<Part>| {
                let text = |part| match part {
                    Part::Text(text) | Part::Tag(text, _) => text,
                };
                parts.into_iter().map(text).collect::<String>()
            };
            let whole = chosen.concat();
            assert_eq!(told(parts(&chosen)), whole);
            assert_eq!(parts(&chosen), parts(&[&whole]), "{whole:?}");
        }
    }
}
