//! Figures, how sure they are, and how they are shown.

use std::collections::BTreeMap;

use comfy_table::{Cell, CellAlignment, Color, Table, presets::UTF8_BORDERS_ONLY};
use serde_json::{Value, json};

/// Rounds of drawing sentences anew.
const DRAWS: usize = 1000;
/// Standard deviations on either side that hold 95 % of a normal distribution.
const DEVIATIONS: f64 = 1.959_964;

/// One figure.
#[derive(Debug, Clone)]
pub(super) struct Figure {
    pub(super) part: &'static str,
    pub(super) what: String,
    /// In `unit`.
    pub(super) value: f64,
    pub(super) unit: Unit,
    /// Of how many sentences.
    pub(super) count: usize,
    /// What it would be for 95 % of all such sets of sentences.
    pub(super) between: Option<(f64, f64)>,
    /// What it has to be at least, or at most.
    pub(super) goal: Goal,
}

/// What a figure counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Percent,
    /// A number of words.
    Words,
    /// A ratio.
    Ratio,
    Milliseconds,
    /// Hundredths of a semitone.
    Cents,
}

impl Unit {
    fn text(self, value: f64) -> String {
        match self {
            Self::Percent => format!("{value:.1} %"),
            Self::Words => format!("{value:.0}"),
            Self::Ratio => format!("{value:.3}"),
            Self::Milliseconds => format!("{value:.1} ms"),
            Self::Cents => format!("{value:.0} cents"),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Percent => "percent",
            Self::Words => "words",
            Self::Ratio => "ratio",
            Self::Milliseconds => "ms",
            Self::Cents => "cents",
        }
    }
}

/// What a figure has to be, in its unit.
#[derive(Debug, Clone, Copy)]
pub(super) enum Goal {
    AtLeast(f64),
    AtMost(f64),
    None,
}

impl Goal {
    fn text(self, unit: Unit) -> String {
        match self {
            Self::AtLeast(least) => format!(">= {}", unit.text(least)),
            Self::AtMost(most) => format!("<= {}", unit.text(most)),
            Self::None => String::new(),
        }
    }

    /// Whether `value` is as wanted; `None` without a goal.
    pub(super) fn is_met(self, value: f64) -> Option<bool> {
        match self {
            Self::AtLeast(goal) => Some(value >= goal),
            Self::AtMost(goal) => Some(value <= goal),
            Self::None => None,
        }
    }
}

impl Figure {
    /// A share of `count`, in percent, of which nothing more is known.
    pub(super) fn percent(part: &'static str, what: &str, value: f64, count: usize, goal: Goal) -> Self {
        Self { part, what: what.to_owned(), value, unit: Unit::Percent, count, between: None, goal }
    }

    fn bounds(&self) -> String {
        self.between.map_or_else(String::new, |(low, high)| format!("{low:.1} to {high:.1}"))
    }

    fn as_json(&self) -> Value {
        json!({"part": self.part, "what": self.what, "value": self.value, "unit": self.unit.name(), "count": self.count,
            "low": self.between.map(|between| between.0), "high": self.between.map(|between| between.1),
            "goal": self.goal.text(self.unit), "met": self.goal.is_met(self.value)})
    }
}

/// All figures as one JSON array.
pub(super) fn as_json(figures: &[Figure]) -> Value {
    figures.iter().map(Figure::as_json).collect()
}

/// All figures as a table for a person.
pub(super) fn table(figures: &[Figure]) -> Table {
    let mut table = Table::new();
    table.load_preset(UTF8_BORDERS_ONLY).set_header(["part", "what", "figure", "95 %", "sentences", "goal"]);
    for figure in figures {
        let goal = Cell::new(figure.goal.text(figure.unit));
        let goal = match figure.goal.is_met(figure.value) {
            Some(true) => goal.fg(Color::Green),
            Some(false) => goal.fg(Color::Red),
            None => goal,
        };
        let right = |text: String| Cell::new(text).set_alignment(CellAlignment::Right);
        let number = right(figure.unit.text(figure.value));
        let (bounds, count) = (right(figure.bounds()), right(figure.count.to_string()));
        table.add_row([Cell::new(figure.part), Cell::new(&figure.what), number, bounds, count, goal]);
    }
    table
}

/// Right ones of how many, by name.
#[derive(Default)]
pub(super) struct Hits(pub(super) BTreeMap<&'static str, (usize, usize)>);

impl Hits {
    pub(super) fn add(&mut self, name: &'static str, right: bool) {
        let (rights, count) = self.0.entry(name).or_default();
        *rights += usize::from(right);
        *count += 1;
    }

    pub(super) fn figure(&self, name: &'static str, part: &'static str, what: &str, goal: Goal) -> Option<Figure> {
        let &(right, count) = self.0.get(name)?;
        let figure = Figure::percent(part, what, 100.0 * right as f64 / count as f64, count, goal);
        Some(Figure { between: Some(wilson(right, count)), ..figure })
    }
}

/// Wilson's interval of 95 % around the share `right` of `count`, in percent.
pub(super) fn wilson(right: usize, count: usize) -> (f64, f64) {
    let (count, square) = (count.max(1) as f64, DEVIATIONS * DEVIATIONS);
    let share = right as f64 / count;
    let middle = share + square / (2.0 * count);
    let spread = DEVIATIONS * (share * (1.0 - share) / count + square / (4.0 * count * count)).sqrt();
    let at = |side: f64| (100.0 * (middle + side * spread) / (1.0 + square / count)).clamp(0.0, 100.0);
    (at(-1.0), at(1.0))
}

/// Interval of 95 % around an error rate in percent: `sentences` are (errors, words), which belong together, so whole
/// sentences are drawn again and again, always in the same way.
pub(super) fn bootstrap(sentences: &[(usize, usize)]) -> Option<(f64, f64)> {
    if sentences.is_empty() {
        return None;
    }
    let mut dice = Dice::new(1);
    let mut rates: Vec<f64> = (0..DRAWS).map(|_| drawn_rate(sentences, &mut dice)).collect();
    rates.sort_unstable_by(f64::total_cmp);
    Some((rates[DRAWS * 25 / 1000], rates[DRAWS * 975 / 1000 - 1]))
}

fn drawn_rate(sentences: &[(usize, usize)], dice: &mut Dice) -> f64 {
    let (mut errors, mut words) = (0, 0);
    for _ in 0..sentences.len() {
        let (wrong, all) = sentences[dice.below(sentences.len())];
        (errors, words) = (errors + wrong, words + all);
    }
    100.0 * errors as f64 / words.max(1) as f64
}

/// Numbers without an order that is easy to see, the same for the same seed (xorshift).
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// From 0 up to, not including, `bound`, which is not 0.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        (self.next() >> 11) as usize % bound
    }

    /// Evenly from -1 to 1.
    pub(super) fn swing(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1 << 23) as f32 - 1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wilson_gives_the_numbers_of_the_books() {
        let (low, high) = wilson(8, 10);
        assert!((low - 49.0).abs() < 0.1 && (high - 94.3).abs() < 0.1, "{low} to {high}");
        let (low, high) = wilson(0, 20);
        assert!(low.abs() < 1e-9 && (high - 16.1).abs() < 0.1, "{low} to {high}");
    }

    #[test]
    fn a_rate_lies_within_its_interval_and_more_sentences_make_it_narrow() {
        let set = |count: usize| (0..count).map(|n| (usize::from(n % 5 == 0), 2)).collect::<Vec<_>>();
        let (low, high) = bootstrap(&set(50)).unwrap();
        let (near, far) = bootstrap(&set(5000)).unwrap();
        assert!(low < 10.0 && 10.0 < high && near < 10.0 && 10.0 < far);
        assert!(far - near < (high - low) / 5.0);
        assert_eq!(bootstrap(&[(3, 10); 9]).unwrap(), (30.0, 30.0));
        assert!(bootstrap(&[]).is_none());
    }

    #[test]
    fn dice_fall_everywhere() {
        let mut dice = Dice::new(7);
        let mut seen = [0_usize; 6];
        (0..6000).for_each(|_| seen[dice.below(6)] += 1);
        assert!(seen.iter().all(|&count| (850..1150).contains(&count)), "{seen:?}");
        let swings: Vec<f32> = (0..1000).map(|_| dice.swing()).collect();
        assert!(swings.iter().all(|swing| swing.abs() <= 1.0) && swings.iter().sum::<f32>().abs() < 60.0);
    }

    #[test]
    fn goals_are_met_or_not() {
        assert_eq!(Goal::AtMost(6.0).is_met(6.0), Some(true));
        assert_eq!(Goal::AtLeast(6.0).is_met(5.9), Some(false));
        assert_eq!(Goal::None.is_met(1.0), None);
    }
}
