//! Rust seen by its letters: what is code, what is a comment, what is in a string. Enough for rules about names.

/// A Rust file taken apart. `code` and `comments` have the lines of the file, with spaces where the other is.
#[derive(Clone)]
pub(crate) struct Source {
    /// Code, without the insides of strings and characters.
    pub(crate) code: String,
    /// Comments.
    pub(crate) comments: String,
    /// Line (the first is 1) and inside of every string.
    pub(crate) strings: Vec<(usize, String)>,
}

/// One function.
pub(crate) struct Function {
    /// Its name.
    pub(crate) name: String,
    /// Its first line; the file's first is 1.
    pub(crate) line: usize,
    /// Lines with code in them.
    pub(crate) lines: usize,
}

impl Source {
    /// All of a file.
    pub(crate) fn new(text: &str) -> Self {
        Reader {
            rest: text,
            line: 1,
            source: Self { code: String::new(), comments: String::new(), strings: Vec::new() },
        }
        .read()
    }

    /// A file without its test modules and test functions.
    pub(crate) fn product(text: &str) -> Self {
        let mut source = Self::new(text);
        for mark in ["#[cfg(test)]", "#[test]"] {
            while let Some(at) = source.code.find(mark) {
                let end = item_end(&source.code, at + mark.len());
                let lines = line_of(&source.code, at)..=line_of(&source.code, end);
                source.strings.retain(|(line, _)| !lines.contains(line));
                blank(&mut source.code, at, end);
            }
        }
        source
    }

    /// Every function with a body.
    pub(crate) fn functions(&self) -> Vec<Function> {
        let code = &self.code;
        let starts = code.match_indices("fn ").map(|(at, _)| at).filter(|at| !is_name(code[..*at].chars().next_back()));
        starts.filter_map(|at| self.function(at)).collect()
    }

    fn function(&self, at: usize) -> Option<Function> {
        let name: String = self.code[at + 3..].chars().take_while(|letter| is_name(Some(*letter))).collect();
        let end = item_end(&self.code, at);
        let body = &self.code[at..end];
        let lines = body.lines().filter(|line| !line.trim().is_empty()).count();
        (!name.is_empty() && body.contains('{')).then(|| Function { name, line: line_of(&self.code, at), lines })
    }
}

/// Whether a letter may be part of a name.
pub(crate) fn is_name(letter: Option<char>) -> bool {
    letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '_')
}

/// Whether `code` has `word` in it, not as a part of a longer name.
pub(crate) fn has_word(code: &str, word: &str) -> bool {
    code.match_indices(word)
        .any(|(at, _)| !is_name(code[..at].chars().next_back()) && !is_name(code[at + word.len()..].chars().next()))
}

/// Just behind the item that begins at `from`: its closing brace, or its semicolon.
fn item_end(code: &str, from: usize) -> usize {
    let (mut braces, mut others) = (0, 0);
    for (at, letter) in code[from..].char_indices() {
        match letter {
            '(' | '[' => others += 1,
            ')' | ']' => others -= 1,
            '{' => braces += 1,
            '}' if braces <= 1 => return from + at + 1,
            '}' => braces -= 1,
            ';' if braces == 0 && others == 0 => return from + at + 1,
            _ => {}
        }
    }
    code.len()
}

fn line_of(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

fn blank(text: &mut String, from: usize, to: usize) {
    let blanks: String = text[from..to].chars().map(|letter| if letter == '\n' { '\n' } else { ' ' }).collect();
    text.replace_range(from..to, &blanks);
}

struct Reader<'a> {
    rest: &'a str,
    line: usize,
    source: Source,
}

impl Reader<'_> {
    fn read(mut self) -> Source {
        while let Some(letter) = self.rest.chars().next() {
            if self.rest.starts_with("//") {
                self.comment(self.rest.find('\n').unwrap_or(self.rest.len()));
            } else if self.rest.starts_with("/*") {
                self.comment(block_length(self.rest));
            } else if let Some(quote) = Quote::at(self.rest, self.source.code.chars().next_back()) {
                self.string(&quote);
            } else {
                match character_length(self.rest) {
                    Some(length) => self.character(length),
                    None => self.letter(letter),
                }
            }
        }
        self.source
    }

    fn comment(&mut self, length: usize) {
        let text = self.take(length);
        self.source.code += &blanks(&text);
        self.source.comments += &text;
    }

    fn string(&mut self, quote: &Quote) {
        let line = self.line;
        self.quotes(quote.open);
        let inside = self.take(quote.inside(self.rest));
        self.source.code += &blanks(&inside);
        self.source.comments += &blanks(&inside);
        self.source.strings.push((line, inside));
        self.quotes(quote.close.min(self.rest.len()));
    }

    fn quotes(&mut self, length: usize) {
        let text = self.take(length);
        self.source.comments += &blanks(&text);
        self.source.code += &text;
    }

    fn character(&mut self, length: usize) {
        let text = self.take(length);
        self.source.comments += &blanks(&text);
        self.source.code += &blanks(&text);
    }

    fn letter(&mut self, letter: char) {
        self.rest = &self.rest[letter.len_utf8()..];
        self.line += usize::from(letter == '\n');
        self.source.code.push(letter);
        self.source.comments.push(if letter == '\n' { '\n' } else { ' ' });
    }

    fn take(&mut self, length: usize) -> String {
        let (taken, rest) = self.rest.split_at(length);
        self.line += taken.matches('\n').count();
        self.rest = rest;
        taken.into()
    }
}

fn blanks(text: &str) -> String {
    text.chars().map(|letter| if letter == '\n' { '\n' } else { ' ' }).collect()
}

fn block_length(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < text.len() {
        if text[at..].starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if text[at..].starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return at;
            }
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// How a string begins and ends.
struct Quote {
    /// Length of its opening.
    open: usize,
    /// Length of its closing.
    close: usize,
    /// Whether backslashes mean themselves.
    raw: bool,
}

impl Quote {
    /// The string that begins with `text`, if one does.
    fn at(text: &str, before: Option<char>) -> Option<Self> {
        let prefix = ["br", "cr", "b", "c", "r", ""].into_iter().find(|prefix| text.starts_with(prefix))?;
        let (rest, raw) = (&text[prefix.len()..], prefix.ends_with('r'));
        let hashes = rest.chars().take_while(|letter| *letter == '#').count();
        let begins = rest[hashes..].starts_with('"') && (raw || hashes == 0) && (prefix.is_empty() || !is_name(before));
        begins.then(|| Self { open: prefix.len() + hashes + 1, close: hashes + 1, raw })
    }

    /// Length of the inside.
    fn inside(&self, rest: &str) -> usize {
        if self.raw {
            return rest.find(&format!("\"{}", "#".repeat(self.close - 1))).unwrap_or(rest.len());
        }
        let mut escaped = false;
        let end = rest.find(|letter| {
            let ends = letter == '"' && !escaped;
            escaped = letter == '\\' && !escaped;
            ends
        });
        end.unwrap_or(rest.len())
    }
}

/// Length of a character literal, if one begins here and not a lifetime.
fn character_length(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('\'')?;
    if let Some(escape) = inside.strip_prefix('\\') {
        let first = escape.chars().next()?.len_utf8();
        return Some(3 + first + escape[first..].find('\'')?);
    }
    let first = inside.chars().next()?.len_utf8();
    inside[first..].starts_with('\'').then_some(first + 2)
}
