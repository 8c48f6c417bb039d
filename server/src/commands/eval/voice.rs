//! How well the voice is understood.

use std::process::{Command, Stdio};

use hearth_audio::SampleRate;
use hearth_models::Models;
use serde_json::Value;

use super::{Args, Figure, Goal};
use crate::commands::{
    say::{progress, speak},
    sound,
};

/// What may be wrong more than with the voice that taught ours, in percent of all words.
const MARGIN: f64 = 8.0;

/// Speaks all sentences into files and lets the recogniser of the recipe score them.
#[allow(clippy::print_stderr, reason = "a command speaks to a person")]
pub(super) async fn evaluate(args: &Args, models: &Models) -> Result<Vec<Figure>, String> {
    let path = args.sentences.join("voice_sentences.txt");
    let sentences = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let folder = args.work.join("voice/ours");
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let bar = progress(sentences.lines().count(), "voice");
    let (mut heard, mut took) = (0, 0.0);
    for (number, sentence) in sentences.lines().enumerate() {
        let spoken = speak(models.voice.as_ref(), "", 1.0, sentence, |_| Ok(())).await?;
        heard += spoken.samples.len() as u64;
        took += spoken.whole.as_secs_f64();
        sound::save(&folder.join(format!("{:04}.wav", number + 1)), SampleRate::HZ_24000, &spoken.samples)?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    let seconds = SampleRate::HZ_24000.duration_of(heard).as_secs_f64();
    eprintln!("voice: {seconds:.0} s of speech, real-time factor {:.3}", took / seconds.max(1e-3));
    let Some(python) = &args.python else {
        eprintln!("voice: not scored; give --python a Python with the packages of models/recipe");
        return Ok(Vec::new());
    };
    let mut scorer = Command::new(python);
    scorer.args(["models/recipe/run.py", "voice.evaluate", "--wavs"]).arg(&folder);
    scorer.env("HEARTH_RECIPE_WORK", &args.work);
    scorer.stderr(Stdio::inherit());
    let output = scorer.output().map_err(|error| format!("{}: {error}", python.display()))?;
    if !output.status.success() {
        return Err(format!("the voice could not be scored with {}", python.display()));
    }
    figures(&String::from_utf8_lossy(&output.stdout))
}

/// Reads the last line of what the scorer printed.
fn figures(printed: &str) -> Result<Vec<Figure>, String> {
    let line = printed.lines().rev().find(|line| line.starts_with('{')).unwrap_or_default();
    let scores: Value = serde_json::from_str(line).map_err(|error| format!("the scores of the voice: {error}"))?;
    let (Some(ours), Some(source)) = (scores["wer_percent"].as_f64(), scores["source_wer_percent"].as_f64()) else {
        return Err(format!("the scores of the voice are not there: {line}"));
    };
    let count = scores["sentences"].as_u64().unwrap_or_default() as usize;
    let figure = |what: &str, percent, goal| Figure::percent("voice", what, percent, count, goal);
    Ok(vec![
        figure("words not understood, our voice", ours, Goal::AtMost(source + MARGIN)),
        figure("words not understood, the voice that taught it", source, Goal::None),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_goal_is_the_source_and_eight_points() {
        let figures =
            figures("some line\n{\"sentences\": 100, \"wer_percent\": 15.5, \"source_wer_percent\": 9.0}\n").unwrap();
        assert_eq!((figures[0].value, figures[0].count), (15.5, 100));
        assert_eq!(figures[0].goal.is_met(figures[0].value), Some(true));
        assert_eq!(figures[0].goal.is_met(17.1), Some(false));
    }

    #[test]
    fn missing_scores_are_an_error() {
        assert!(figures("nothing").is_err());
        assert!(figures("{\"wer_percent\": 1.0}").is_err());
    }
}
