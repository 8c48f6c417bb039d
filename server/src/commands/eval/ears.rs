//! Word error rate of the ears.

use std::collections::BTreeMap;

use hearth_models::Models;
use serde::Deserialize;

use super::{Args, Figure, Goal, lines, spoken::Spoken};
use crate::commands::{say::progress, transcribe::transcribe, wer::WordErrors};

/// A held-out sentence and how it is spoken.
#[derive(Deserialize)]
struct Line {
    set: String,
    text: String,
    command: Vec<String>,
}

/// Speaks, listens and compares, set by set.
pub(super) async fn evaluate(args: &Args, models: &Models) -> Result<Vec<Figure>, String> {
    let lines: Vec<Line> = lines(&args.sentences.join("ears_home.jsonl"), args.limit)?;
    let spoken = Spoken::new(args.work.join("ears"))?;
    let bar = progress(lines.len(), "ears");
    let mut sets: BTreeMap<String, (WordErrors, usize)> = BTreeMap::new();
    let mut heard = String::new();
    for (number, line) in lines.iter().enumerate() {
        let samples = spoken.say(number + 1, &line.command)?;
        let transcript = transcribe(models, &samples).await?;
        let set = sets.entry(line.set.clone()).or_default();
        set.0 += WordErrors::between(&line.text, &transcript.text);
        set.1 += 1;
        heard.push_str(&format!("{}\t{}\t{}\n", line.set, line.text, transcript.text));
        bar.inc(1);
    }
    bar.finish_and_clear();
    let path = args.work.join("ears.tsv");
    std::fs::write(&path, heard).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(sets.into_iter().map(|(set, (errors, count))| figure(&set, &errors, count)).collect())
}

fn figure(set: &str, errors: &WordErrors, count: usize) -> Figure {
    let (what, goal) = match set {
        "home" => ("home sentences", Goal::AtMost(20.0)),
        "phrasings" => ("phrasings never seen", Goal::None),
        "kept_out" => ("a voice never heard", Goal::None),
        other => (other, Goal::None),
    };
    let what = format!("words wrong, {what}");
    Figure { part: "ears", what, percent: 100.0 * errors.rate(), count, goal }
}
