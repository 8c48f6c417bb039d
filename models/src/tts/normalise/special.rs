//! What takes a look around: Roman numerals, mixed fractions, feet and inches, telephone numbers in groups.

use super::{
    Around, Words,
    numbers::{self, digits_of, is_digits},
    words,
};

/// After these a Roman numeral is a number, even a single letter.
const COUNTED: &[&str] = &[
    "chapter", "part", "war", "volume", "book", "act", "scene", "phase", "type", "level", "section", "stage",
    "episode", "title", "article", "appendix", "class", "grade", "round",
];
/// After these it is a place in a row of rulers.
const RULERS: &[&str] = &[
    "henry",
    "louis",
    "elizabeth",
    "george",
    "charles",
    "edward",
    "william",
    "james",
    "richard",
    "philip",
    "pius",
    "john",
    "paul",
    "benedict",
    "francis",
    "alexander",
    "nicholas",
    "catherine",
    "peter",
    "frederick",
    "mary",
    "otto",
    "leopold",
    "napoleon",
    "gregory",
    "ivan",
    "ramses",
    "rudolf",
];
/// The signs of Roman numerals, largest first.
const ROMAN: &[(&str, u32)] = &[("X", 10), ("IX", 9), ("V", 5), ("IV", 4), ("I", 1)];
/// Lines of a picture that are read like a year.
const LINES: &[&str] = &["480", "720", "1080", "1440", "2160", "4320"];
/// Numbers to call, said digit by digit.
const CALLS: &[&str] = &["call", "dial", "dialed", "called", "calling", "phone", "ring"];

type Reader = fn(&str, Around<'_>, &mut Words) -> bool;
const READERS: &[Reader] = &[roman, mixed, feet, grouped_call, emergency, lines, even, aircraft];

/// Says `token` when it is one of these; tells whether it was.
pub(super) fn speak(token: &str, around: Around<'_>, out: &mut Words) -> bool {
    READERS.iter().any(|reader| reader(token, around, out))
}

/// "Chapter IV", "World War II", "Henry VIII".
fn roman(token: &str, around: Around<'_>, out: &mut Words) -> bool {
    let Some(value) = roman_value(token) else { return false };
    let before = around.before.to_ascii_lowercase();
    let named = around.before.starts_with(|c: char| c.is_ascii_uppercase());
    let counted = COUNTED.contains(&before.as_str());
    if RULERS.contains(&before.as_str()) && (token.len() > 1 || token != "I") {
        out.push("the".into());
        numbers::ordinal(&value.to_string(), out);
        return true;
    }
    if counted || named && token.len() > 1 {
        numbers::cardinal(&value.to_string(), out);
        return true;
    }
    false
}

/// The value of a Roman numeral up to 39, written as it should be.
fn roman_value(token: &str) -> Option<u32> {
    let fits = (1..=7).contains(&token.len()) && token.bytes().all(|byte| b"IVX".contains(&byte));
    (1..40).find(|&value| fits && roman_of(value) == token)
}

fn roman_of(mut value: u32) -> String {
    let mut written = String::new();
    for (sign, worth) in ROMAN {
        while value >= *worth {
            written.push_str(sign);
            value -= worth;
        }
    }
    written
}

/// The fraction behind a whole number: "2 1/2".
fn mixed(token: &str, around: Around<'_>, out: &mut Words) -> bool {
    let Some((above, below)) = token.split_once(['/', '⁄']) else { return false };
    let fits = is_digits(around.before) && around.before.len() < 4 && is_digits(above) && is_digits(below);
    let (above, below) = (above.parse().unwrap_or(0), below.parse().unwrap_or(0));
    if !fits || !matches!(below, 2..=16) || above >= below {
        return false;
    }
    let Some(part) = numbers::fraction(above, below) else { return false };
    out.push("and".into());
    out.extend(part.into_iter().map(|word| if above == 1 && word == "one" { "a".to_owned() } else { word }));
    true
}

/// 5'10", 6', 12".
fn feet(token: &str, around: Around<'_>, out: &mut Words) -> bool {
    let (whole, rest) = (digits_of(token), &token[digits_of(token).len()..]);
    if whole.is_empty() || !around.bare {
        return false;
    }
    if let Some(inches) = rest.strip_prefix(['\'', '’', '′']).filter(|inches| is_digits(inches) && inches.len() < 3)
    {
        measured(whole, "foot", "feet", out);
        measured(inches, "inch", "inches", out);
        return true;
    }
    let named = around.after.starts_with(|c: char| c.is_ascii_lowercase());
    match around.behind.chars().next() {
        Some('\'' | '′') if rest.is_empty() => measured(whole, "foot", "feet", out),
        // An inch that describes a thing stands in the singular: a 12" screen.
        Some('"' | '″') if rest.is_empty() => measured(whole, "inch", if named { "inch" } else { "inches" }, out),
        _ => return false,
    }
    true
}

fn measured(number: &str, one: &str, many: &str, out: &mut Words) {
    numbers::cardinal(number, out);
    out.push(if number == "1" { one } else { many }.into());
}

/// The groups of "(202) 555-0147" and "+44 20 7946 0958".
fn grouped_call(token: &str, around: Around<'_>, out: &mut Words) -> bool {
    let digits = token.strip_prefix('+').unwrap_or(token);
    let abroad = |token: &str| token.len() > 1 && token.strip_prefix('+').is_some_and(is_digits);
    let area = around.behind.starts_with(')') && digits.len() == 3 && around.after.contains('-');
    let group = abroad(around.before) || abroad(around.earlier) || abroad(token) && is_digits(around.after);
    let call = is_digits(digits) && (area && around.after.len() == 8 || group);
    if call {
        out.extend((digits.len() < token.len()).then(|| "plus".to_owned()));
        numbers::digits(digits, out);
    }
    call
}

/// "911", and "112" when it is called.
fn emergency(token: &str, around: Around<'_>, out: &mut Words) -> bool {
    let called = CALLS.contains(&around.before.to_ascii_lowercase().as_str());
    let call = token == "911" || is_digits(token) && token.len() == 3 && called;
    let many = around.after.starts_with(|c: char| c.is_ascii_lowercase()) && around.after.ends_with('s');
    if call && !many {
        numbers::digits(token, out);
    }
    call && !many
}

/// "1080p".
fn lines(token: &str, _: Around<'_>, out: &mut Words) -> bool {
    let Some(number) = token.strip_suffix(['p', 'i']).filter(|number| LINES.contains(number)) else { return false };
    let (hundreds, rest) = number.split_at(number.len() - 2);
    numbers::cardinal(hundreds, out);
    numbers::cardinal(rest, out);
    words::letters(&token[number.len()..], out);
    true
}

/// "50/50".
fn even(token: &str, _: Around<'_>, out: &mut Words) -> bool {
    let Some((one, other)) = token.split_once('/') else { return false };
    let same = is_digits(one) && one == other && one.len() < 4;
    if same {
        numbers::cardinal(one, out);
        numbers::cardinal(other, out);
    }
    same
}

/// "Boeing 747".
fn aircraft(token: &str, around: Around<'_>, out: &mut Words) -> bool {
    let kind = matches!(around.before, "Boeing" | "Airbus") && is_digits(token) && token.len() == 3;
    if kind {
        numbers::cardinal(&token[..1], out);
        numbers::cardinal(&token[1..], out);
    }
    kind
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_roman_numerals_as_they_should_be_written() {
        let cases = [("I", 1), ("IV", 4), ("VIII", 8), ("IX", 9), ("XIV", 14), ("XXXIX", 39)];
        assert!(cases.iter().all(|(token, value)| roman_value(token) == Some(*value)));
        assert!(
            ["", "IIII", "VV", "IXX", "IC", "XL", "IVI", "abc", "VIV"].iter().all(|token| roman_value(token).is_none())
        );
    }
}
