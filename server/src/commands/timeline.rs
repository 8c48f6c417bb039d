//! The time line of a turn, for people.

use std::{fmt::Write as _, time::Duration};

use hearth_audio::SampleRate;
use owo_colors::{OwoColorize as _, Style};
use tokio::time::Instant;

use super::turn::Turn;

/// Width of the bar, in characters.
const BAR: usize = 60;

/// One stretch of the bar.
struct Stretch {
    glyph: char,
    style: Style,
    from: Duration,
    to: Duration,
}

/// The time line of `turn`: a bar of who speaks and who waits, and below it when each thing happened after the end of
/// speech. With `colour`, in ANSI colours.
#[must_use]
pub fn draw(turn: &Turn, rate: SampleRate, colour: bool) -> String {
    let stretches = stretches(turn, rate);
    let Some(whole) = stretches.iter().map(|stretch| stretch.to).max().filter(|whole| !whole.is_zero()) else {
        return String::new();
    };
    let mut line = String::from("  ");
    let place = |at: Duration| (at.as_secs_f64() / whole.as_secs_f64() * BAR as f64).round() as usize;
    for stretch in &stretches {
        // Even the shortest wait is seen.
        let width = place(stretch.to).saturating_sub(place(stretch.from)).max(1);
        let piece = stretch.glyph.to_string().repeat(width);
        line.push_str(&paint(&piece, stretch.style, colour));
    }
    let _ = writeln!(line, " {:.1} s", whole.as_secs_f64());
    line + &marks(turn, colour)
}

fn stretches(turn: &Turn, rate: SampleRate) -> Vec<Stretch> {
    let at = |instant: Instant| instant.saturating_duration_since(turn.began);
    let mut stretches = Vec::new();
    let mut from = Duration::ZERO;
    let steps = [
        (turn.speech_end, '\u{2588}', Style::new().cyan()),
        (turn.turn_end, '\u{2591}', Style::new().dimmed()),
        (turn.first_text, '\u{2592}', Style::new().yellow()),
        (turn.first_sound, '\u{2593}', Style::new().yellow()),
    ];
    for (end, glyph, style) in steps {
        let Some(to) = end.map(at).filter(|&to| to > from) else { continue };
        stretches.push(Stretch { glyph, style, from, to });
        from = to;
    }
    if let Some(first) = turn.first_sound.map(at) {
        let to = first + rate.duration_of(turn.sound.len() as u64);
        stretches.push(Stretch { glyph: '\u{2588}', style: Style::new().green(), from, to });
    }
    stretches
}

fn marks(turn: &Turn, colour: bool) -> String {
    let Some(zero) = turn.speech_end else { return String::new() };
    let marks = [
        ("end of speech", Some(zero), Style::new().cyan()),
        ("end of turn", turn.turn_end, Style::new().dimmed()),
        ("first token", turn.first_text, Style::new().yellow()),
        ("first audio", turn.first_sound, Style::new().green()),
        ("answer complete", turn.done, Style::new().dimmed()),
    ];
    let mut text = String::new();
    for (name, instant, style) in marks {
        let Some(instant) = instant else { continue };
        let after = instant.saturating_duration_since(zero).as_millis();
        let name = paint(&format!("{name:<15}"), style, colour);
        let since = turn.turn_end.filter(|&end| instant > end).map(|end| (instant - end).as_millis());
        let since = since.map_or_else(String::new, |ms| format!("   {ms:>6} ms after the end of turn"));
        let _ = writeln!(text, "  {name} {after:>7} ms{since}");
    }
    text
}

fn paint(text: &str, style: Style, colour: bool) -> String {
    if colour { text.style(style).to_string() } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn() -> Turn {
        let began = Instant::now();
        let after = |ms| Some(began + Duration::from_millis(ms));
        let mut turn = Turn::begin(began);
        (turn.speech_end, turn.turn_end) = (after(1_000), after(1_500));
        (turn.first_text, turn.first_sound, turn.done) = (after(1_530), after(1_560), after(1_700));
        turn.sound = vec![0.0; 24_000];
        turn
    }

    #[test]
    fn the_line_tells_what_happened_when() {
        let drawn = draw(&turn(), SampleRate::HZ_24000, false);
        assert!(drawn.contains("2.6 s"), "{drawn}");
        assert!(drawn.contains("end of turn         500 ms\n"), "{drawn}");
        assert!(drawn.contains("first audio         560 ms       60 ms after the end of turn"), "{drawn}");
        let bar = drawn.lines().next().unwrap().trim();
        assert!((BAR..BAR + 14).contains(&bar.chars().count()), "{bar}");
        assert!(!drawn.contains('\u{1b}') && draw(&turn(), SampleRate::HZ_24000, true).contains('\u{1b}'));
    }

    #[test]
    fn a_turn_without_an_answer_has_a_line_too() {
        let mut turn = turn();
        (turn.first_text, turn.first_sound, turn.done) = (None, None, None);
        turn.sound.clear();
        assert!(!draw(&turn, SampleRate::HZ_24000, false).contains("first audio"));
        assert_eq!(draw(&Turn::begin(turn.began), SampleRate::HZ_24000, false), "");
    }
}
