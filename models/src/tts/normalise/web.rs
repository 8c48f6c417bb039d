//! Addresses of pages and mail.

use super::{Words, numbers, words};

const ENDINGS: &[&str] = &[
    "com", "org", "net", "io", "de", "uk", "gov", "edu", "dev", "ai", "local", "info", "eu", "fr", "ch", "at", "app",
    "html", "php", "me", "tv", "us",
];

/// Says `token` when it is an address of a page or of mail; tells whether it was one.
pub(super) fn speak(token: &str, out: &mut Words) -> bool {
    let bare = token.split_once("://").map_or(token, |(_, rest)| rest);
    let address = bare.len() < token.len() || bare.starts_with("www.") || is_mail(bare) || is_host(bare);
    if address {
        say(bare.trim_end_matches('/'), out);
    }
    address
}

fn is_mail(token: &str) -> bool {
    token.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
}

fn is_host(token: &str) -> bool {
    let host = token.split(['/', ':']).next().unwrap_or("");
    let Some((name, ending)) = host.rsplit_once('.') else { return false };
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    let named = name.contains(|c: char| c.is_ascii_alphabetic()) && !name.starts_with('.') && name.chars().all(plain);
    named && ENDINGS.contains(&ending)
}

fn say(address: &str, out: &mut Words) {
    let mut run = String::new();
    for c in address.chars().chain(Some('\0')) {
        let same = run.chars().last().is_some_and(|last| last.is_ascii_digit() == c.is_ascii_digit());
        if c.is_alphanumeric() && (run.is_empty() || same) {
            run.push(c);
            continue;
        }
        say_run(&run, out);
        run.clear();
        match c {
            '.' => out.push("dot".into()),
            '/' => out.push("slash".into()),
            '@' => out.push("at".into()),
            '-' => out.push("dash".into()),
            '_' => out.push("underscore".into()),
            ':' => out.push("colon".into()),
            '?' | '&' | '=' | '#' | '%' => {}
            c if c.is_alphanumeric() => run.push(c),
            _ => {}
        }
    }
}

fn say_run(run: &str, out: &mut Words) {
    if numbers::is_digits(run) {
        numbers::digits(run, out);
    } else if run == "www" {
        out.extend(["w".into(), "w".into(), "w".into()]);
    } else if run.len() <= 3 && !ENDINGS[..3].contains(&run) && !run.bytes().any(|b| b"aeiou".contains(&b)) {
        words::letters(run, out);
    } else {
        words::plain(run, out);
    }
}
