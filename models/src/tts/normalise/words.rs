//! Tokens of letters: words, compounds, short forms, letters one by one.

use super::{Around, Words, numbers, tables};

/// No word is longer; the rest is a word of its own.
const WORD_LETTERS_MAX: usize = 40;

/// Says a token without digits.
pub(super) fn speak(token: &str, around: Around<'_>, out: &mut Words) {
    let scale = matches!(token, "hundred" | "thousand" | "million" | "billion" | "trillion");
    if scale && around.before.starts_with(['$', '€', '£', '¥', '₹']) {
        // Said already, before the currency.
        return;
    }
    if matches!(token, "am" | "pm" | "AM" | "PM") && around.before.ends_with(|c: char| c.is_ascii_digit()) {
        return letters(token, out);
    }
    if let Some(words) = unit_after_number(token, around) {
        return out.extend(words.split(' ').map(String::from));
    }
    if token == "No" && around.dotted && around.after.starts_with(|c: char| c.is_ascii_digit()) {
        return out.push("number".into());
    }
    if let Some(month) = tables::month(token) {
        return out.push(month.into());
    }
    if let Some(full) = tables::abbreviation(token, around.dotted) {
        let street = token == "St" && around.before.starts_with(|c: char| c.is_ascii_uppercase());
        return out.extend(if street { "street" } else { full }.split(' ').map(String::from));
    }
    if let Some(tag) = token.strip_prefix('#').filter(|tag| !tag.is_empty()) {
        out.push("hashtag".into());
        return compound(tag, around, out);
    }
    compound(token.strip_prefix('~').unwrap_or(token), around, out);
}

fn unit_after_number(token: &str, around: Around<'_>) -> Option<&'static str> {
    let figure = numbers::Figure::parse(around.before.trim_start_matches(['$', '€', '£']))?;
    let scaled = figure.rest.is_empty();
    let (one, many) = tables::unit(token, false).filter(|_| scaled)?;
    Some(if figure.is_one() { one } else { many })
}

/// Says the parts of a token that other signs join.
fn compound(token: &str, around: Around<'_>, out: &mut Words) {
    if is_dotted_letters(token) {
        return letters(token, out);
    }
    for part in token.split(|c: char| !c.is_alphabetic() && !is_apostrophe(c) && c != '&' && c != '+' && c != '@') {
        match part {
            "" => {}
            "&" => out.push("and".into()),
            _ => joined(part, token, around, out),
        }
    }
}

fn joined(part: &str, token: &str, around: Around<'_>, out: &mut Words) {
    for (index, piece) in part.split(['&', '+', '@']).enumerate() {
        if index > 0 {
            let sign = part.chars().find(|c| "&+@".contains(*c));
            out.push(
                match sign {
                    Some('&') => "and",
                    Some('+') => "plus",
                    _ => "at",
                }
                .into(),
            );
        }
        one(piece, token, around, out);
    }
}

/// "U.S", "a.m", "e.g": single letters between dots.
fn is_dotted_letters(token: &str) -> bool {
    let parts: Vec<&str> = token.split('.').collect();
    parts.len() > 1 && parts.iter().all(|part| part.len() == 1 && part.bytes().all(|b| b.is_ascii_alphabetic()))
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | 'ʼ')
}

/// Says one run of letters.
fn one(word: &str, token: &str, around: Around<'_>, out: &mut Words) {
    let capitals = |text: &str| text.len() > 1 && capitals_only(text);
    let (stem, ending) = plural_of_capitals(word);
    let slashed = word.len() == 1 && token.split('/').all(|part| part.len() == 1 && capitals_only(part));
    if slashed && word != token {
        letters(word, out);
    } else if word == "A" && word == token && !(around.before.is_empty() || around.before.ends_with('.')) {
        out.push("ay".into());
    } else if capitals(stem) && tables::is_spelled(stem) {
        letters(stem, out);
        if let Some(last) = out.last_mut().filter(|_| ending) {
            last.push_str("'s");
        }
    } else {
        camel(word, out);
    }
}

fn capitals_only(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// "TVs", "PC's": the capitals, and whether an ending follows.
fn plural_of_capitals(word: &str) -> (&str, bool) {
    let stem = word.strip_suffix('s').map(|stem| stem.trim_end_matches(is_apostrophe));
    match stem.filter(|stem| stem.len() > 1 && stem.bytes().all(|byte| byte.is_ascii_uppercase())) {
        Some(stem) => (stem, true),
        None => (word, false),
    }
}

/// "YouTube" and "MacBook" as two words, "McDonald" as one.
fn camel(word: &str, out: &mut Words) {
    let mut start = 0;
    let mut before = ' ';
    for (at, c) in word.char_indices() {
        if before.is_lowercase()
            && c.is_uppercase()
            && !(matches!(&word[start..at], "Mc" | "Mac") && &word[at..] != "Book")
        {
            plain(&word[start..at], out);
            start = at;
        }
        before = c;
    }
    plain(&word[start..], out);
}

/// One word: lower case, marks off, what is no Latin letter left out.
pub(super) fn plain(word: &str, out: &mut Words) {
    let mut spoken = String::new();
    for c in word.chars() {
        match c {
            c if c.is_ascii_alphabetic() => spoken.push(c.to_ascii_lowercase()),
            c if is_apostrophe(c) => spoken.push('\''),
            c => spoken.push_str(tables::plain(c).unwrap_or("")),
        }
        if spoken.len() >= WORD_LETTERS_MAX {
            out.push(std::mem::take(&mut spoken));
        }
    }
    let trimmed = spoken.trim_matches('\'');
    if !trimmed.is_empty() {
        out.push(if spoken.ends_with("s'") { format!("{trimmed}'") } else { trimmed.to_owned() });
    }
}

/// The names of letters, one by one; what is no letter is passed over.
pub(super) fn letters(text: &str, out: &mut Words) {
    let names = text.chars().filter(char::is_ascii_alphabetic).take(WORD_LETTERS_MAX);
    // The lexicon says "a" as the article, so the letter goes by its name.
    out.extend(
        names.map(|c| if c.eq_ignore_ascii_case(&'a') { "ay".to_owned() } else { c.to_ascii_lowercase().to_string() }),
    );
}
