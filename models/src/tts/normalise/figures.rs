//! Tokens with digits: times, dates, money, ranges, units, codes.

use super::{
    Around, Words,
    numbers::{self, Figure, digits_of, is_digits},
    speak as speak_token, tables, words,
};

/// After these a number of four digits is a year.
const BEFORE_YEARS: &[&str] = &[
    "in", "since", "until", "till", "by", "year", "of", "from", "before", "after", "around", "early", "late", "summer",
    "winter", "spring", "fall", "autumn", "circa",
];
/// A number of four digits before these counts something.
const BEFORE_YEARS_NOT: &[&str] = &["of", "from", "by", "before", "after", "around"];

type Reader = fn(&str, Around<'_>, &mut Words) -> bool;

/// The first reader that knows a token says it.
const READERS: &[Reader] =
    &[time, iso_date, slashed, money, ordinal, vulgar, dotted, decade, telephone, range, number, measure];

/// Says a token with digits.
pub(super) fn speak(token: &str, around: Around<'_>, out: &mut Words) {
    let bare = token.strip_prefix(['#', '~', '≈']).unwrap_or(token);
    if bare.len() < token.len() {
        out.push(if token.starts_with('#') { "number" } else { "about" }.into());
    }
    if !READERS.iter().any(|reader| reader(bare, around, out)) {
        code(bare, out);
    }
}

/// A time of day or a duration with colons.
struct Clock<'a> {
    hour: u32,
    minute: u32,
    second: Option<u32>,
    /// "am" or "pm", glued to it.
    half: &'a str,
}

impl<'a> Clock<'a> {
    fn parse(token: &'a str) -> Option<Self> {
        let (hour, rest) = two_digits(token, 1)?;
        let (minute, rest) = two_digits(rest.strip_prefix(':')?, 2)?;
        let (second, half) = match rest.strip_prefix(':').and_then(|rest| two_digits(rest, 2)) {
            Some((second, rest)) => (Some(second), rest),
            None => (None, rest),
        };
        let fits = hour < 25 && minute < 60 && second.is_none_or(|second| second < 60);
        (fits && (half.is_empty() || is_half(half))).then_some(Self { hour, minute, second, half })
    }

    fn say(&self, half_follows: bool, out: &mut Words) {
        out.extend(numbers::cardinal_words(self.hour.into()));
        match self.minute {
            0 if half_follows || !self.half.is_empty() || self.second.is_some() => {}
            0 if (1..=12).contains(&self.hour) => out.push("o'clock".into()),
            0 => out.push("hundred".into()),
            1..10 => out.push("oh".into()),
            _ => {}
        }
        if self.minute > 0 {
            out.extend(numbers::cardinal_words(self.minute.into()));
        }
        if let Some(second) = self.second {
            out.push("and".into());
            counted(second, "second", "seconds", out);
        }
        words::letters(self.half, out);
    }
}

fn two_digits(text: &str, least: usize) -> Option<(u32, &str)> {
    let digits = digits_of(text);
    (least..=2).contains(&digits.len()).then_some(())?;
    Some((digits.parse().ok()?, &text[digits.len()..]))
}

fn is_half(text: &str) -> bool {
    matches!(text.to_ascii_lowercase().as_str(), "am" | "pm" | "a.m" | "p.m" | "a.m." | "p.m.")
}

fn counted(value: u32, one: &str, many: &str, out: &mut Words) {
    out.extend(numbers::cardinal_words(value.into()));
    out.push(if value == 1 { one } else { many }.into());
}

/// "7:05", "19:30:15", "7:30pm", and "7pm".
fn time(token: &str, around: Around<'_>, out: &mut Words) -> bool {
    if let Some(clock) = Clock::parse(token) {
        clock.say(is_half(around.after), out);
        return true;
    }
    let (digits, half) = (digits_of(token), &token[digits_of(token).len()..]);
    let hour = matches!(digits.len(), 1 | 2) && is_half(half);
    if hour {
        numbers::cardinal(digits, out);
        words::letters(half, out);
    }
    hour
}

/// "2026-11-21".
fn iso_date(token: &str, _: Around<'_>, out: &mut Words) -> bool {
    let parts: Vec<&str> = token.split('-').collect();
    let [year, month, day] = parts[..] else { return false };
    let sized = year.len() == 4 && month.len() == 2 && day.len() == 2;
    sized && parts.iter().all(|part| is_digits(part)) && say_date(year, month, day, out)
}

fn say_date(year: &str, month: &str, day: &str, out: &mut Words) -> bool {
    let month = month.parse().ok().and_then(tables::month_number);
    let (Some(month), Ok(1..=31)) = (month, day.parse::<u32>()) else { return false };
    out.push(month.into());
    numbers::ordinal(day, out);
    if let Ok(year) = year.parse() {
        numbers::year(year, out);
    }
    true
}

/// "11/21/2026", "3/4", "24/7", "120/80".
fn slashed(token: &str, _: Around<'_>, out: &mut Words) -> bool {
    let parts: Vec<&str> = token.split(['/', '⁄']).collect();
    if !parts.iter().all(|part| is_digits(part) && part.len() <= 4) {
        return false;
    }
    match parts[..] {
        [month, day, year] if year.len() == 4 || year.len() == 2 => {
            let year = if year.len() == 2 { format!("20{year}") } else { year.to_owned() };
            say_date(&year, month, day, out)
        }
        ["24", "7"] => {
            out.extend(["twenty", "four", "seven"].map(String::from));
            true
        }
        [above, below] => {
            let (above_value, below_value) = (above.parse().unwrap_or(0), below.parse().unwrap_or(0));
            match numbers::fraction(above_value, below_value).filter(|_| above_value < below_value) {
                Some(words) => out.extend(words),
                None => {
                    numbers::cardinal(above, out);
                    out.push("over".into());
                    numbers::cardinal(below, out);
                }
            }
            true
        }
        _ => false,
    }
}

/// "$5", "$5.50", "-€3", "5€", "$1.5M", "$3" before "million".
fn money(token: &str, around: Around<'_>, out: &mut Words) -> bool {
    let (minus, unsigned) = match token.strip_prefix(['-', '−']) {
        Some(rest) => (true, rest),
        None => (false, token),
    };
    let sign = unsigned.chars().next().and_then(tables::currency).zip(unsigned.chars().next());
    let (names, text) = match sign {
        Some((names, sign)) => (names, &unsigned[sign.len_utf8()..]),
        None => match unsigned.chars().last().and_then(|sign| tables::currency(sign).zip(Some(sign))) {
            Some((names, sign)) => (names, &unsigned[..unsigned.len() - sign.len_utf8()]),
            None => return false,
        },
    };
    let Some(figure) = Figure::parse(text) else { return false };
    let Some(scale) = scale(figure.rest) else { return false };
    let minus = minus || figure.negative;
    out.extend(minus.then(|| "minus".to_owned()));
    say_money(&Figure { negative: false, ..figure }, names, scale, around.after, out);
    true
}

fn scale(rest: &str) -> Option<&'static str> {
    Some(match rest {
        "" => "",
        "k" | "K" => "thousand",
        "m" | "M" | "mn" => "million",
        "b" | "B" | "bn" => "billion",
        "T" | "tn" => "trillion",
        _ => return None,
    })
}

fn say_money(figure: &Figure<'_>, names: [&str; 4], scale: &str, after: &str, out: &mut Words) {
    let scale = match after {
        "hundred" | "thousand" | "million" | "billion" | "trillion" => after,
        _ => scale,
    };
    match figure.fraction {
        Some(cents) if cents.len() == 2 && scale.is_empty() => {
            let cents: u32 = cents.parse().unwrap_or(0);
            let nothing = figure.whole.bytes().all(|digit| digit == b'0');
            if !nothing || cents == 0 {
                numbers::cardinal(&figure.whole, out);
                out.push(names[usize::from(figure.whole != "1")].into());
            }
            if cents > 0 {
                out.extend((!nothing).then(|| "and".to_owned()));
                counted(cents, names[2], names[3], out);
            }
        }
        _ => {
            figure.say(out);
            out.extend(Some(scale).filter(|scale| !scale.is_empty()).map(String::from));
            out.push(names[usize::from(!figure.is_one() || !scale.is_empty())].into());
        }
    }
}

/// "1st", "22nd".
fn ordinal(token: &str, _: Around<'_>, out: &mut Words) -> bool {
    let Some(figure) = Figure::parse(token).filter(|figure| figure.fraction.is_none() && !figure.negative) else {
        return false;
    };
    let is_ordinal = matches!(figure.rest.to_ascii_lowercase().as_str(), "st" | "nd" | "rd" | "th");
    if is_ordinal {
        numbers::ordinal(&figure.whole, out);
    }
    is_ordinal
}

/// "½", "2½".
fn vulgar(token: &str, _: Around<'_>, out: &mut Words) -> bool {
    const SIGNS: &[(char, u32, u32)] = &[('½', 1, 2), ('¼', 1, 4), ('¾', 3, 4), ('⅓', 1, 3), ('⅔', 2, 3), ('⅛', 1, 8)];
    let digits = digits_of(token);
    let mut rest = token[digits.len()..].chars();
    let known = rest.next().and_then(|c| SIGNS.iter().find(|(sign, ..)| *sign == c));
    let Some(&(_, above, below)) = known.filter(|_| rest.next().is_none()) else { return false };
    if digits.is_empty() {
        out.extend(numbers::fraction(above, below).unwrap_or_default());
        return true;
    }
    numbers::cardinal(digits, out);
    out.push("and".into());
    let part = numbers::fraction(above, below).unwrap_or_default();
    let single = above == 1;
    out.extend(part.into_iter().map(|word| if single && word == "one" { "a".to_owned() } else { word }));
    true
}

/// Versions and addresses with two dots or more: "1.2.3", "192.168.0.1".
fn dotted(token: &str, _: Around<'_>, out: &mut Words) -> bool {
    let bare = token.strip_prefix('v').unwrap_or(token);
    let parts: Vec<&str> = bare.split('.').collect();
    if parts.len() < 3 || !parts.iter().all(|part| is_digits(part)) {
        return false;
    }
    out.extend((bare.len() < token.len()).then(|| "version".to_owned()));
    let address = parts.len() == 4;
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            out.push(if address { "dot" } else { "point" }.into());
        }
        if part.len() > 2 { numbers::digits(part, out) } else { numbers::cardinal(part, out) }
    }
    true
}

/// "1990s", "90s", "'90s".
fn decade(token: &str, _: Around<'_>, out: &mut Words) -> bool {
    let Some(digits) = token.strip_suffix('s').map(|text| text.trim_end_matches(['\'', '’'])) else { return false };
    let fits = is_digits(digits) && digits.ends_with('0') && matches!(digits.len(), 2 | 4);
    let value = if fits { digits.parse().unwrap_or(0) } else { 0 };
    if value >= 20 {
        numbers::decade(value, out);
    }
    value >= 20
}

/// "555-1234", "+1-202-555-0143", "(0)30/1234": digits one by one.
fn telephone(token: &str, _: Around<'_>, out: &mut Words) -> bool {
    let plus = token.starts_with('+');
    let parts: Vec<&str> =
        token.trim_start_matches('+').split(['-', '/', ')', '(']).filter(|p| !p.is_empty()).collect();
    let digits = parts.iter().all(|part| is_digits(part));
    let long =
        parts.len() > 2 || plus && token.len() > 7 || matches!(parts[..], [a, b] if a.len() == 3 && b.len() == 4);
    if digits && long {
        out.extend(plus.then(|| "plus".to_owned()));
        parts.iter().for_each(|part| numbers::digits(part, out));
    }
    digits && long
}

/// "5-10", "7:00–8:30", "2019-2021", "$5-$10", "10-15%".
fn range(token: &str, around: Around<'_>, out: &mut Words) -> bool {
    let inner = |(at, c): &(usize, char)| *at > 0 && matches!(c, '-' | '–' | '—' | '−');
    let Some((at, dash)) = token.char_indices().find(inner) else { return false };
    let (from, to) = (&token[..at], &token[at + dash.len_utf8()..]);
    let begins = |text: &str| text.trim_start_matches(['$', '€', '£']).starts_with(|c: char| c.is_ascii_digit());
    let ends = from.ends_with(|c: char| c.is_ascii_digit() || "%°€$£CFm".contains(c));
    if !begins(from) || !begins(to) || !ends {
        return false;
    }
    let years = from.len() == 4 && (to.len() == 4 || to.len() == 2) && is_digits(from) && is_digits(to);
    let inside = Around { before: if years { "in" } else { "" }, ..Around::default() };
    speak_token(from, inside, out);
    out.push("to".into());
    speak_token(to, Around { after: around.after, ..inside }, out);
    true
}

/// A number and nothing else: days, years, identifiers, counts.
fn number(token: &str, around: Around<'_>, out: &mut Words) -> bool {
    let Some(figure) = Figure::parse(token).filter(|figure| figure.rest.is_empty()) else { return false };
    let small = figure.small().filter(|_| !figure.grouped);
    if let Some(day) = small.filter(|day| (1..=31).contains(day)) {
        if tables::month(around.before).is_some() {
            numbers::ordinal(&day.to_string(), out);
            return true;
        }
        if tables::month(around.after).is_some() {
            numbers::ordinal(&day.to_string(), out);
            out.push("of".into());
            return true;
        }
    }
    if let Some(year) = small.filter(|_| figure.whole.len() == 4 && is_year(&figure, around)) {
        numbers::year(year, out);
        return true;
    }
    out.extend(token.starts_with('+').then(|| "plus".to_owned()));
    figure.say(out);
    true
}

fn is_year(figure: &Figure<'_>, around: Around<'_>) -> bool {
    let value = figure.small().unwrap_or(0);
    let before = around.before.to_ascii_lowercase();
    let day_before = Figure::parse(around.before).is_some() && tables::month(around.earlier).is_some();
    let dated = tables::month(around.before).is_some() || day_before;
    let counts = around.after.starts_with(|c: char| c.is_ascii_lowercase()) && around.after.ends_with('s');
    let told = BEFORE_YEARS.contains(&before.as_str());
    let weak = BEFORE_YEARS_NOT.contains(&before.as_str());
    (1000..2100).contains(&value) && (dated || told && !(counts && weak || tables::unit(around.after, false).is_some()))
}

/// "21°C", "5kg", "50%", "3x".
fn measure(token: &str, _: Around<'_>, out: &mut Words) -> bool {
    let Some(figure) = Figure::parse(token) else { return false };
    let sign = figure.rest.trim_start_matches('-');
    let Some((one, many)) = tables::unit(sign, true).filter(|_| !is_letter_code(token, sign)) else { return false };
    figure.say(out);
    out.extend(if figure.is_one() { one } else { many }.split(' ').map(String::from));
    true
}

/// "4K", "5G", "2D": codes rather than amounts.
fn is_letter_code(token: &str, sign: &str) -> bool {
    sign == "K" && token.len() <= 3 || token.len() == 2 && matches!(sign, "B" | "F" | "C" | "A")
}

/// Everything else: runs of letters and of digits, one after the other.
fn code(token: &str, out: &mut Words) {
    let mut rest = token;
    while let Some(first) = rest.chars().next() {
        let digit = first.is_ascii_digit();
        let end = rest.find(|c: char| c.is_ascii_digit() != digit).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        rest = after;
        if !digit {
            say_letters(run, out);
        } else if let Some((figure, after)) = decimal(run, rest) {
            figure.say(out);
            rest = after;
        } else if run.len() > 4 || run.starts_with('0') {
            numbers::digits(run, out);
        } else {
            numbers::cardinal(run, out);
        }
    }
}

/// A run of digits that a fraction follows.
fn decimal<'a>(run: &str, rest: &'a str) -> Option<(Figure<'a>, &'a str)> {
    let fraction = rest.strip_prefix('.').map(digits_of).filter(|digits| !digits.is_empty())?;
    let whole = run.to_owned();
    let after = &rest[fraction.len() + 1..];
    Some((Figure { negative: false, whole, fraction: Some(fraction), grouped: false, rest: after }, after))
}

fn say_letters(run: &str, out: &mut Words) {
    for part in run.split(|c: char| !c.is_alphabetic() && !matches!(c, '\'' | '’' | '%' | '°' | '&' | '+' | '=')) {
        let capitals = part.bytes().all(|byte| byte.is_ascii_uppercase());
        match tables::sign(part, true) {
            Some(name) if !part.is_empty() && part != "x" => out.extend(name.split(' ').map(String::from)),
            _ if capitals && tables::is_spelled(part) || part.len() == 1 => words::letters(part, out),
            _ => words::plain(part, out),
        }
    }
}
