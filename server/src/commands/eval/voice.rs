//! How well the voice is understood, how near it is to who taught it, what its styles do, and how fast it is.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use hearth_audio::SampleRate;
use hearth_models::{Models, tts::spoken_words};
use serde::Deserialize;

use super::{
    Args,
    figure::{Figure, Goal, Unit, wilson},
};
use crate::commands::{
    say::{progress, speak},
    sound,
};

const PART: &str = "voice";
/// Of the whole chain on one core, as a share of the sound's length.
const REAL_TIME_FACTOR_MAX: f64 = 0.04;
const FIRST_SOUND_MS_MAX: f64 = 12.0;
const WORDS_PERCENT_MIN: f64 = 99.0;
/// The styles that are measured, each beside the plain voice.
const STYLES: &[&str] = &[
    "normal",
    "speed 0.5",
    "speed 2",
    "happy",
    "sad",
    "calm",
    "angry",
    "whisper",
    "loud",
    "soft",
    "higher",
    "lower",
    "spelled out",
];
const STYLE_SENTENCES: &[&str] = &[
    "The washing machine will be ready in a few minutes.",
    "Somebody is waiting for you at the garden gate.",
    "I have never heard anything like it before.",
    "You may open all the windows now.",
];
/// Clock ticks of a second in `/proc`.
const TICKS: f64 = 100.0;

/// Speaks all sentences, the voices in turn, and some in every style; the recipe's Python scores them.
#[allow(clippy::print_stderr, reason = "a command speaks to a person")]
pub(super) async fn evaluate(args: &Args, models: &Models, package: &Path) -> Result<Vec<Figure>, String> {
    let mut figures = vec![normalised(&args.sentences.join("voice_words.tsv"))?];
    let folder = args.work.join("voice/spoken");
    let _ = std::fs::remove_dir_all(&folder);
    let path = args.sentences.join("voice_sentences.txt");
    let sentences = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let sentences: Vec<&str> = sentences.lines().take(args.limit.unwrap_or(usize::MAX)).collect();
    figures.extend(all_sentences(models, &sentences, &folder).await?);
    all_styles(models, &folder.join("styles")).await?;
    let Some(python) = &args.python else {
        eprintln!("voice: not scored; give --python a Python with the packages of models/recipe");
        return Ok(figures);
    };
    figures.extend(scored(args, python, package, &folder)?);
    Ok(figures)
}

/// The share of cases that are read as they should be.
fn normalised(path: &Path) -> Result<Figure, String> {
    let cases = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let cases: Vec<(&str, &str)> = cases.lines().filter_map(|line| line.split_once('\t')).collect();
    let right = cases.iter().filter(|(written, spoken)| spoken_words(written).join(" ") == *spoken).count();
    let percent = 100.0 * right as f64 / cases.len().max(1) as f64;
    let figure =
        Figure::percent(PART, "text read as it should be", percent, cases.len(), Goal::AtLeast(WORDS_PERCENT_MIN));
    Ok(Figure { between: Some(wilson(right, cases.len())), ..figure })
}

/// Speaks every sentence with the next voice; how fast that was.
async fn all_sentences(models: &Models, sentences: &[&str], folder: &Path) -> Result<Vec<Figure>, String> {
    let bar = progress(sentences.len(), PART);
    let (mut heard, mut first) = (0, Vec::new());
    let (mut took, mut took_exactly) = (Duration::ZERO, processor_seconds().map(|_| 0.0));
    for (number, sentence) in sentences.iter().enumerate() {
        let voices = models.voice.voices();
        let name = &voices[number % voices.len()].name;
        let before = processor_seconds();
        let spoken = speak(models.voice.as_ref(), name, 1.0, sentence, |_| Ok(())).await?;
        took += spoken.whole;
        took_exactly = took_exactly.zip(before).zip(processor_seconds()).map(|((sum, from), to)| sum + to - from);
        heard += spoken.samples.len() as u64;
        first.push(1_000.0 * spoken.first_sound.as_secs_f64());
        save(&folder.join(name), number, &spoken.samples)?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    let seconds = SampleRate::HZ_24000.duration_of(heard).as_secs_f64().max(1e-3);
    let figure = |what: &str, value, unit, goal| {
        let (part, what, count, between) = (PART, what.to_owned(), sentences.len(), None);
        Figure { part, what, value, unit, count, between, goal: Goal::AtMost(goal) }
    };
    let factor = took_exactly.unwrap_or(took.as_secs_f64()) / seconds;
    Ok(vec![
        figure("processor time as a share of the sound", factor, Unit::Ratio, REAL_TIME_FACTOR_MAX),
        figure("first sound after the first clause", median(&mut first), Unit::Milliseconds, FIRST_SOUND_MS_MAX),
    ])
}

/// Speaks some sentences in every style.
async fn all_styles(models: &Models, folder: &Path) -> Result<(), String> {
    for voice in models.voice.voices() {
        for style in STYLES {
            for (number, sentence) in STYLE_SENTENCES.iter().enumerate() {
                let text = format!("<style>{style}</style>{sentence}");
                let spoken = speak(models.voice.as_ref(), &voice.name, 1.0, &text, |_| Ok(())).await?;
                save(&folder.join(&voice.name).join(style), number, &spoken.samples)?;
            }
        }
    }
    Ok(())
}

fn save(folder: &Path, number: usize, samples: &[f32]) -> Result<(), String> {
    std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    sound::save(&folder.join(format!("{:04}.wav", number + 1)), SampleRate::HZ_24000, samples)
}

/// Processor time of this program so far, in seconds, where the system tells it.
fn processor_seconds() -> Option<f64> {
    let told = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name in brackets may hold anything; user and system time are the 12th and 13th field behind it.
    let mut fields = told.rsplit_once(')')?.1.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<f64>().ok();
    Some((ticks()? + ticks()?) / TICKS)
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Lets the recipe score what was spoken.
fn scored(args: &Args, python: &Path, package: &Path, folder: &Path) -> Result<Vec<Figure>, String> {
    let mut scorer = Command::new(python);
    scorer.args(["models/recipe/run.py", "voice.evaluate", "--spoken"]).arg(folder);
    scorer.arg("--package").arg(package.join("voice"));
    scorer.env("HEARTH_RECIPE_WORK", absolute(&args.work)).stderr(Stdio::inherit());
    let output = scorer.output().map_err(|error| format!("{}: {error}", python.display()))?;
    if !output.status.success() {
        return Err(format!("the voice could not be scored with {}", python.display()));
    }
    scores(&String::from_utf8_lossy(&output.stdout))
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// One figure as the scorer prints it.
#[derive(Deserialize)]
struct Score {
    what: String,
    value: f64,
    unit: String,
    count: usize,
    low: Option<f64>,
    high: Option<f64>,
    goal: Option<(String, f64)>,
}

impl Score {
    fn figure(self) -> Figure {
        let unit = match self.unit.as_str() {
            "ratio" => Unit::Ratio,
            "ms" => Unit::Milliseconds,
            "cents" => Unit::Cents,
            _ => Unit::Percent,
        };
        let goal = match self.goal {
            Some((side, value)) if side == "<=" => Goal::AtMost(value),
            Some((_, value)) => Goal::AtLeast(value),
            None => Goal::None,
        };
        let (value, count, between) = (self.value, self.count, self.low.zip(self.high));
        Figure { part: PART, what: self.what, value, unit, count, between, goal }
    }
}

/// Reads the last line of what the scorer printed.
fn scores(printed: &str) -> Result<Vec<Figure>, String> {
    let line = printed.lines().rev().find(|line| line.starts_with('[')).unwrap_or_default();
    let scores: Vec<Score> = serde_json::from_str(line).map_err(|error| format!("the scores of the voice: {error}"))?;
    Ok(scores.into_iter().map(Score::figure).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_scorer_prints() {
        let line = r#"[{"what": "pitch", "value": 41.5, "unit": "cents", "count": 40, "low": 38, "high": 44, "goal": ["<=", 45]},
            {"what": "words", "value": 9.0, "unit": "percent", "count": 200, "low": null, "high": null, "goal": null}]"#;
        let figures = scores(&format!("some line\n{}\n", line.replace('\n', ""))).unwrap();
        assert_eq!((figures[0].value, figures[0].unit, figures[0].between), (41.5, Unit::Cents, Some((38.0, 44.0))));
        assert_eq!(figures[0].goal.is_met(figures[0].value), Some(true));
        assert_eq!(figures[0].goal.is_met(45.1), Some(false));
        assert_eq!((figures[1].unit, figures[1].goal.is_met(9.0)), (Unit::Percent, None));
        assert!(scores("nothing").is_err());
        assert!(scores("[{\"value\": 1.0}]").is_err());
    }

    #[test]
    fn processor_time_passes() {
        let before = processor_seconds().unwrap();
        let mut sum = 0_u64;
        while processor_seconds().unwrap() < before + 0.03 {
            sum = std::hint::black_box(sum + 1);
        }
        assert!(sum > 0);
        assert_eq!(median(&mut [3.0, 1.0, 2.0]), 2.0);
    }
}
