//! `hearth eval`: how well the models hear, think and speak.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command speaks to a person")]

mod disturb;
mod ears;
mod figure;
mod mind;
mod peer;
mod spoken;
mod voice;

use std::path::{Path, PathBuf};

use figure::{Figure, Goal, Hits, as_json, table};
use serde::de::DeserializeOwned;

use super::serve::load_models;
use crate::{Failure, settings::CommonSettings};

/// How well the models hear, think and speak, on sentences they never saw.
///
/// ears: word error rate on sentences of a home and general ones, spoken by flite, festival, espeak-ng and our own voice; the
/// same in noise and through a telephone; what is heard where nobody speaks; pocketsphinx beside. mind: the right tools with exactly the right
/// arguments, from text and from the same words spoken. voice: two hundred sentences spoken by us and by the voices that taught
/// ours, all understood by pocketsphinx; pitch, durations and sound beside the teachers; what styles do; how text is read; speed.
/// All models run as they do in a session.
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
        keep(voice::evaluate(&args, &models, &settings.models).await);
    }
    if args.json {
        println!("{}", as_json(&figures));
    } else {
        println!("{}", table(&figures));
    }
    if failures.is_empty() { Ok(()) } else { Err(Failure::new(failures.join("\n"))) }
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
