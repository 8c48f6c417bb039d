//! Numbers as words: cardinals, ordinals, years, decimals, digits one by one.

use super::Words;

const ONES: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const SCALES: [&str; 6] = ["", "thousand", "million", "billion", "trillion", "quadrillion"];
/// Longer numbers are read digit by digit.
const CARDINAL_DIGITS_MAX: usize = 18;
/// Of a string of digits no more than these are read.
const DIGITS_MAX: usize = 40;

/// A number at the beginning of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Figure<'a> {
    /// A minus stands before it.
    pub(super) negative: bool,
    /// Digits before the point, separators of thousands left out; may be empty when there is a fraction.
    pub(super) whole: String,
    /// Digits after the point.
    pub(super) fraction: Option<&'a str>,
    /// Thousands were separated.
    pub(super) grouped: bool,
    /// What follows.
    pub(super) rest: &'a str,
}

impl<'a> Figure<'a> {
    /// Reads a sign, digits (with thousands separated or not) and a fraction from the start of `text`.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let (negative, unsigned) = match text.strip_prefix(['-', '−']) {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, grouped, rest) = whole_part(unsigned);
        let fraction = rest.strip_prefix('.').map(digits_of).filter(|digits| !digits.is_empty());
        if whole.is_empty() && fraction.is_none() {
            return None;
        }
        let rest = fraction.map_or(rest, |digits| &rest[digits.len() + 1..]);
        Some(Self { negative, whole, fraction, grouped, rest })
    }

    /// Exactly one, so that a unit stands in the singular.
    pub(super) fn is_one(&self) -> bool {
        self.whole == "1" && self.fraction.is_none()
    }

    /// The value, when it is a small whole number without a sign.
    pub(super) fn small(&self) -> Option<u32> {
        if self.negative || self.fraction.is_some() || self.whole.len() > 6 { None } else { self.whole.parse().ok() }
    }

    /// Says the number.
    pub(super) fn say(&self, out: &mut Words) {
        if self.negative {
            out.push("minus".into());
        }
        let identifier = self.whole.len() > 1 && self.whole.starts_with('0') && self.fraction.is_none();
        if identifier {
            digits(&self.whole, out);
        } else {
            cardinal(if self.whole.is_empty() { "0" } else { &self.whole }, out);
        }
        if let Some(fraction) = self.fraction {
            out.push("point".into());
            digits(fraction, out);
        }
    }
}

fn whole_part(text: &str) -> (String, bool, &str) {
    let first = digits_of(text);
    let mut whole = first.to_owned();
    let mut rest = &text[first.len()..];
    let mut grouped = false;
    if (1..=3).contains(&first.len()) {
        while let Some(group) = rest.strip_prefix(',').map(digits_of).filter(|group| group.len() == 3) {
            whole.push_str(group);
            rest = &rest[4..];
            grouped = true;
        }
    }
    (whole, grouped, rest)
}

/// The ASCII digits `text` begins with.
pub(super) fn digits_of(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    &text[..end]
}

/// Are these digits and nothing else, at least one?
pub(super) fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// "1204" as "one thousand two hundred four".
pub(super) fn cardinal(text: &str, out: &mut Words) {
    let trimmed = text.trim_start_matches('0');
    if text.len() > CARDINAL_DIGITS_MAX {
        return digits(text, out);
    }
    match trimmed.parse::<u64>() {
        Ok(value) => out.extend(cardinal_words(value)),
        Err(_) if text.is_empty() => {}
        Err(_) => out.push(ONES[0].into()),
    }
}

/// Words of a whole number.
pub(super) fn cardinal_words(value: u64) -> Words {
    if value == 0 {
        return vec![ONES[0].into()];
    }
    let mut out = Words::new();
    for (power, scale) in SCALES.iter().enumerate().rev() {
        let group = value / 1000_u64.pow(u32::try_from(power).unwrap_or(0)) % 1000;
        if group > 0 {
            hundreds(group, &mut out);
            out.extend(Some(*scale).filter(|scale| !scale.is_empty()).map(String::from));
        }
    }
    out
}

fn hundreds(value: u64, out: &mut Words) {
    if value >= 100 {
        out.extend([ONES[index(value / 100)].into(), "hundred".into()]);
    }
    match value % 100 {
        0 => {}
        low @ 1..20 => out.push(ONES[index(low)].into()),
        low => {
            out.push(TENS[index(low / 10)].into());
            out.extend((low % 10 > 0).then(|| ONES[index(low % 10)].into()));
        }
    }
}

fn index(value: u64) -> usize {
    usize::try_from(value).unwrap_or(0)
}

/// "21" as "twenty first".
pub(super) fn ordinal(text: &str, out: &mut Words) {
    let from = out.len();
    cardinal(text, out);
    if let Some(last) = out.get_mut(from..).and_then(<[String]>::last_mut) {
        *last = ordinal_of(last);
    }
}

fn ordinal_of(word: &str) -> String {
    match word {
        "one" => "first".into(),
        "two" => "second".into(),
        "three" => "third".into(),
        "five" => "fifth".into(),
        "eight" => "eighth".into(),
        "nine" => "ninth".into(),
        "twelve" => "twelfth".into(),
        _ => word.strip_suffix('y').map_or_else(|| format!("{word}th"), |stem| format!("{stem}ieth")),
    }
}

/// "1905" as "nineteen oh five", "2026" as "twenty twenty six", "2005" as "two thousand five".
pub(super) fn year(value: u32, out: &mut Words) {
    let (century, rest) = (value / 100, value % 100);
    if !(1000..10_000).contains(&value) || (century % 10 == 0 && rest < 10) {
        return out.extend(cardinal_words(value.into()));
    }
    out.extend(cardinal_words(century.into()));
    match rest {
        0 => out.push("hundred".into()),
        1..10 => out.extend(["oh".into(), ONES[rest as usize].into()]),
        _ => out.extend(cardinal_words(rest.into())),
    }
}

/// "1990" as "nineteen nineties", "90" as "nineties".
pub(super) fn decade(value: u32, out: &mut Words) {
    let from = out.len();
    if value < 100 {
        out.extend(cardinal_words(value.into()))
    } else {
        year(value, out)
    }
    if let Some(last) = out.get_mut(from..).and_then(<[String]>::last_mut) {
        *last = last.strip_suffix('y').map_or_else(|| format!("{last}s"), |stem| format!("{stem}ies"));
    }
}

/// Digits one by one; what is no digit is passed over.
pub(super) fn digits(text: &str, out: &mut Words) {
    let values = text.chars().filter_map(|c| c.to_digit(10)).take(DIGITS_MAX);
    out.extend(values.map(|value| ONES[value as usize].to_owned()));
}

/// "1/2" as "one half", "3/4" as "three quarters"; `None` when nobody would say it so.
pub(super) fn fraction(above: u32, below: u32) -> Option<Words> {
    if above == 0 || !(2..=100).contains(&below) || above >= 1000 {
        return None;
    }
    let mut out = cardinal_words(above.into());
    let name = match below {
        2 => "half".to_owned(),
        4 => "quarter".to_owned(),
        _ => {
            let mut words = Words::new();
            ordinal(&below.to_string(), &mut words);
            let last = words.pop()?;
            out.extend(words);
            last
        }
    };
    out.push(match (above, below) {
        (1, _) => name,
        (_, 2) => "halves".into(),
        _ => format!("{name}s"),
    });
    Some(out)
}
