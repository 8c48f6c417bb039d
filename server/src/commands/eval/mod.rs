//! `hearth eval`: how well the models hear, think and speak.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command speaks to a person")]

mod ears;
mod mind;
mod spoken;
mod voice;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use comfy_table::{Cell, CellAlignment, Color, Table, presets::UTF8_BORDERS_ONLY};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::serve::load_models;
use crate::{Failure, settings::CommonSettings};

/// How well the models hear, think and speak, on sentences they never saw.
///
/// ears: word error rate on sentences of a home, spoken by flite and espeak-ng. mind: the right tools with exactly the right
/// arguments, from text and from the same words spoken. voice: a hundred sentences spoken by us and by the voice that taught
/// ours, both understood by pocketsphinx. All models run as they do in a session.
#[derive(Debug, clap::Parser)]
#[command(after_help = "Examples:
  hearth eval                                       everything (some minutes)
  hearth eval --part ears --limit 50                a quick look at the ears
  hearth eval --python .venv/bin/python             with the packages of models/recipe, scores the voice too")]
pub struct Args {
    /// Folder of the held-out sentences
    #[arg(long, value_name = "DIR", default_value = "models/eval")]
    sentences: PathBuf,
    /// What to evaluate: ears, mind or voice; give it again for more [default: all]
    #[arg(long, value_name = "PART", value_parser = ["ears", "mind", "voice"])]
    part: Vec<String>,
    /// At most so many sentences of each set
    #[arg(long, value_name = "COUNT")]
    limit: Option<usize>,
    /// Where the sound is kept
    #[arg(long, value_name = "DIR", default_value = "target/eval")]
    work: PathBuf,
    /// A Python with the packages of models/recipe, to score the voice with
    #[arg(long, value_name = "PROGRAM")]
    python: Option<PathBuf>,
    /// Figures as JSON
    #[arg(long)]
    json: bool,
}

/// One figure.
struct Figure {
    part: &'static str,
    what: String,
    percent: f64,
    /// Of how many.
    count: usize,
    /// What it has to be at least, or at most.
    goal: Goal,
}

#[derive(Clone, Copy)]
enum Goal {
    AtLeast(f64),
    AtMost(f64),
    None,
}

impl Goal {
    fn text(self) -> String {
        match self {
            Self::AtLeast(percent) => format!(">= {percent:.1} %"),
            Self::AtMost(percent) => format!("<= {percent:.1} %"),
            Self::None => String::new(),
        }
    }

    fn is_met(self, percent: f64) -> Option<bool> {
        match self {
            Self::AtLeast(goal) => Some(percent >= goal),
            Self::AtMost(goal) => Some(percent <= goal),
            Self::None => None,
        }
    }
}

/// Evaluates and prints.
///
/// # Errors
/// [`Failure`] for the person.
pub async fn run(args: Args, settings: &CommonSettings) -> Result<(), Failure> {
    let models = load_models(settings).await?;
    let wanted = |part: &str| args.part.is_empty() || args.part.iter().any(|wanted| wanted == part);
    let (mut figures, mut failures) = (Vec::new(), Vec::new());
    // One part that fails does not hide what the others found.
    let mut keep = |found: Result<Vec<Figure>, String>| match found {
        Ok(found) => figures.extend(found),
        Err(why) => failures.push(why),
    };
    if wanted("ears") {
        keep(ears::evaluate(&args, &models).await);
    }
    if wanted("mind") {
        keep(mind::evaluate(&args, &models).await);
    }
    if wanted("voice") {
        keep(voice::evaluate(&args, &models).await);
    }
    if args.json {
        println!("{}", as_json(&figures));
    } else {
        println!("{}", table(&figures));
    }
    if failures.is_empty() { Ok(()) } else { Err(Failure::new(failures.join("\n"))) }
}

fn as_json(figures: &[Figure]) -> Value {
    let figures = figures.iter().map(|figure| {
        json!({"part": figure.part, "what": figure.what, "percent": figure.percent, "count": figure.count,
            "goal": figure.goal.text(), "met": figure.goal.is_met(figure.percent)})
    });
    figures.collect()
}

fn table(figures: &[Figure]) -> Table {
    let mut table = Table::new();
    table.load_preset(UTF8_BORDERS_ONLY).set_header(["part", "what", "figure", "sentences", "goal"]);
    for figure in figures {
        let goal = Cell::new(figure.goal.text());
        let goal = match figure.goal.is_met(figure.percent) {
            Some(true) => goal.fg(Color::Green),
            Some(false) => goal.fg(Color::Red),
            None => goal,
        };
        let number = Cell::new(format!("{:.1} %", figure.percent)).set_alignment(CellAlignment::Right);
        let count = Cell::new(figure.count).set_alignment(CellAlignment::Right);
        table.add_row([Cell::new(figure.part), Cell::new(&figure.what), number, count, goal]);
    }
    table
}

/// Right ones of how many, by name.
#[derive(Default)]
struct Hits(BTreeMap<&'static str, (usize, usize)>);

impl Hits {
    fn add(&mut self, name: &'static str, right: bool) {
        let (rights, count) = self.0.entry(name).or_default();
        *rights += usize::from(right);
        *count += 1;
    }

    fn figure(&self, name: &'static str, part: &'static str, what: &str, goal: Goal) -> Option<Figure> {
        let &(right, count) = self.0.get(name)?;
        Some(Figure { part, what: what.to_owned(), percent: 100.0 * right as f64 / count as f64, count, goal })
    }
}

/// The lines of a JSONL file, at most `limit`.
fn lines<T: DeserializeOwned>(path: &Path, limit: Option<usize>) -> Result<Vec<T>, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let lines = text.lines().filter(|line| !line.trim().is_empty()).take(limit.unwrap_or(usize::MAX));
    let parsed = lines.enumerate().map(|(number, line)| {
        serde_json::from_str(line).map_err(|error| format!("{}, line {}: {error}", path.display(), number + 1))
    });
    parsed.collect()
}
