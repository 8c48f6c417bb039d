//! Word error rate of the ears.

use std::{collections::BTreeMap, path::PathBuf, time::Instant};

use hearth_audio::SampleRate;
use hearth_models::Models;
use serde::Deserialize;

use super::{
    Args, disturb,
    figure::{Figure, Goal, Unit, bootstrap},
    lines, peer,
    spoken::Spoken,
};
use crate::{
    commands::{
        say::{progress, speak},
        sound,
        transcribe::{listen, transcribe},
        wer::WordErrors,
    },
    senses::EAR_RATE,
};

/// Set of the sentences that are also heard in noise and through a telephone.
const DISTURBED: &str = "home";
const NOISE_DB: f32 = 10.0;
/// Sentences of each set that the peer hears; it takes its time.
const PEER_SENTENCES: usize = 60;
const WORDLESS_SECONDS: usize = 60;

/// The rows of word error rates in the order of the table: name of the tally, what it is, goal.
const ROWS: [(&str, &str, Goal); 14] = [
    ("home", "words wrong, home sentences", Goal::AtMost(6.0)),
    ("phrasings", "words wrong, phrasings never seen", Goal::AtMost(6.0)),
    ("kept_out", "words wrong, voices never heard", Goal::AtMost(12.0)),
    ("kept_out/espeak-ng", "  of them an accent of espeak-ng", Goal::None),
    ("kept_out/festival", "  festival's kal", Goal::None),
    ("kept_out/hearth", "  our own voice", Goal::None),
    ("general", "words wrong, general English", Goal::AtMost(30.0)),
    ("noise", "words wrong, home sentences, noise at 10 dB", Goal::AtMost(20.0)),
    ("telephone", "words wrong, home sentences, G.711", Goal::AtMost(15.0)),
    ("peer", "pocketsphinx beside it, on some of each", Goal::None),
    ("peer/home", "  home sentences", Goal::None),
    ("peer/phrasings", "  phrasings", Goal::None),
    ("peer/kept_out", "  voices we never heard", Goal::None),
    ("peer/general", "  general English", Goal::None),
];

/// A held-out sentence and how it is spoken; without a command by our own voice.
#[derive(Debug, Clone, Deserialize)]
struct Line {
    set: String,
    text: String,
    /// Who speaks: the program, a colon, and more about it.
    voice: String,
    command: Vec<String>,
}

/// A line that was spoken.
struct Sentence {
    line: Line,
    samples: Vec<f32>,
    wav: PathBuf,
}

/// Errors and words of each sentence, by the name of the row; what was heard; how long it took.
#[derive(Default)]
struct Tallies {
    rows: BTreeMap<String, Vec<(usize, usize)>>,
    log: String,
    /// Seconds of sound, seconds of work.
    heard_s: f64,
    took_s: f64,
}

impl Tallies {
    fn add(&mut self, row: &str, said: &str, heard: &str) {
        let errors = WordErrors::between(said, heard);
        self.rows.entry(row.to_owned()).or_default().push((errors.errors(), errors.words));
        self.log.push_str(&format!("{row}\t{said}\t{heard}\n"));
    }

    async fn hear(&mut self, models: &Models, row: &str, said: &str, samples: &[f32]) -> Result<(), String> {
        let began = Instant::now();
        let transcript = transcribe(models, samples).await?;
        self.took_s += began.elapsed().as_secs_f64();
        self.heard_s += samples.len() as f64 / f64::from(EAR_RATE.hz());
        self.add(row, said, &transcript.text);
        Ok(())
    }

    fn figures(&self) -> Vec<Figure> {
        let figures = ROWS.iter().filter_map(|&(name, what, goal)| {
            let sentences = self.rows.get(name)?;
            let errors: usize = sentences.iter().map(|sentence| sentence.0).sum();
            let words: usize = sentences.iter().map(|sentence| sentence.1).sum();
            let rate = 100.0 * errors as f64 / words.max(1) as f64;
            let figure = Figure::percent("ears", what, rate, sentences.len(), goal);
            Some(Figure { between: bootstrap(sentences), ..figure })
        });
        figures.collect()
    }
}

/// Speaks, listens and compares, set by set.
pub(super) async fn evaluate(args: &Args, models: &Models) -> Result<Vec<Figure>, String> {
    let sentences = spoken(args, models).await?;
    let mut tallies = Tallies::default();
    let bar = progress(sentences.len(), "ears");
    for sentence in &sentences {
        let line = &sentence.line;
        tallies.hear(models, &line.set, &line.text, &sentence.samples).await?;
        if let Some((_, text, heard)) = last_line(&tallies.log).filter(|_| line.set == "kept_out") {
            tallies.add(&format!("kept_out/{}", family(&line.voice)), &text, &heard);
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    disturbed(models, &sentences, &mut tallies).await?;
    let speed = ratio("real-time factor of the ears, one stream", tallies.took_s, tallies.heard_s, sentences.len());
    let mut extra = wordless(models).await?;
    extra.push(speed);
    extra.extend(beside(args, &sentences, &mut tallies)?);
    let path = args.work.join("ears.tsv");
    std::fs::write(&path, &tallies.log).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(tallies.figures().into_iter().chain(extra).collect())
}

/// The last line of the log: row, said, heard.
fn last_line(log: &str) -> Option<(String, String, String)> {
    let mut fields = log.lines().last()?.split('\t').map(str::to_owned);
    Some((fields.next()?, fields.next()?, fields.next()?))
}

/// Who makes the sound of a voice: what is before the colon.
fn family(voice: &str) -> &str {
    voice.split(':').next().unwrap_or(voice)
}

/// The lines, at most `limit` of each set.
fn chosen(all: Vec<Line>, limit: Option<usize>) -> Vec<Line> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut wanted = |line: &Line| {
        let count = counts.entry(line.set.clone()).or_default();
        *count += 1;
        limit.is_none_or(|limit| *count <= limit)
    };
    all.into_iter().filter(|line| wanted(line)).collect()
}

async fn spoken(args: &Args, models: &Models) -> Result<Vec<Sentence>, String> {
    let lines = chosen(lines(&args.sentences.join("ears_home.jsonl"), None)?, args.limit);
    let spoken = Spoken::new(args.work.join("ears"))?;
    let bar = progress(lines.len(), "speaking");
    let mut sentences = Vec::new();
    for (number, line) in lines.into_iter().enumerate() {
        let wav = spoken.path(number + 1);
        let samples = if line.command.is_empty() {
            let own = speak(models.voice.as_ref(), "", 1.0, &line.text, |_| Ok(())).await?;
            sound::save(&wav, SampleRate::HZ_24000, &own.samples)?;
            disturb::resampled(&own.samples, SampleRate::HZ_24000, EAR_RATE)?
        } else {
            spoken.say(number + 1, &line.command)?
        };
        sentences.push(Sentence { line, samples, wav });
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(sentences)
}

/// The sentences of one set again, in noise and through a telephone.
async fn disturbed(models: &Models, sentences: &[Sentence], tallies: &mut Tallies) -> Result<(), String> {
    let chosen: Vec<&Sentence> = sentences.iter().filter(|sentence| sentence.line.set == DISTURBED).collect();
    let others: Vec<Vec<f32>> = chosen.iter().rev().take(20).map(|sentence| sentence.samples.clone()).collect();
    let bar = progress(chosen.len(), "ears, disturbed");
    for (number, sentence) in chosen.iter().enumerate() {
        let noisy = disturb::noisy(&sentence.samples, &others, number, NOISE_DB);
        tallies.hear(models, "noise", &sentence.line.text, &noisy).await?;
        let narrow = disturb::telephone(&sentence.samples)?;
        tallies.hear(models, "telephone", &sentence.line.text, &narrow).await?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(())
}

/// Words heard where there are none: by the ears alone, which in a session hear only what the VAD lets through.
async fn wordless(models: &Models) -> Result<Vec<Figure>, String> {
    let mut figures = Vec::new();
    for (name, samples) in disturb::wordless(WORDLESS_SECONDS) {
        let transcript = listen(models, &samples).await?;
        figures.push(Figure {
            part: "ears",
            what: format!("words heard in {WORDLESS_SECONDS} s of {name}, without the VAD"),
            value: transcript.words.len() as f64,
            unit: Unit::Words,
            count: 1,
            between: None,
            goal: Goal::AtMost(0.0),
        });
    }
    Ok(figures)
}

/// What the peer hears of the first sentences of each set; its speed.
#[allow(clippy::print_stderr, reason = "a command speaks to a person")]
fn beside(args: &Args, sentences: &[Sentence], tallies: &mut Tallies) -> Result<Option<Figure>, String> {
    let Some(python) = &args.python else {
        eprintln!("ears: no peer beside them; give --python a Python with the packages of models/recipe");
        return Ok(None);
    };
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut few = Vec::new();
    for sentence in sentences {
        // Every kept-out voice in its share.
        let voice = if sentence.line.set == "kept_out" { family(&sentence.line.voice) } else { "" };
        let most = if voice.is_empty() { PEER_SENTENCES } else { PEER_SENTENCES / 3 };
        let count = counts.entry(if voice.is_empty() { &sentence.line.set } else { voice }).or_default();
        *count += 1;
        if *count <= most {
            few.push(sentence);
        }
    }
    let wavs: Vec<PathBuf> = few.iter().map(|sentence| sentence.wav.clone()).collect();
    let peer = peer::listen(python, &args.work, &wavs)?;
    for (sentence, heard) in few.iter().zip(&peer.heard) {
        tallies.add("peer", &sentence.line.text, heard);
        tallies.add(&format!("peer/{}", sentence.line.set), &sentence.line.text, heard);
    }
    Ok(Some(ratio("real-time factor of pocketsphinx", peer.cpu_s, peer.seconds, few.len())))
}

fn ratio(what: &str, took: f64, seconds: f64, count: usize) -> Figure {
    let value = took / seconds.max(1e-3);
    Figure { part: "ears", what: what.into(), value, unit: Unit::Ratio, count, between: None, goal: Goal::None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(set: &str, voice: &str) -> Line {
        Line { set: set.into(), text: "a b".into(), voice: voice.into(), command: Vec::new() }
    }

    #[test]
    fn a_limit_is_one_for_each_set() {
        let all = vec![line("home", "slt"), line("home", "rms"), line("general", "slt"), line("home", "slt")];
        let few = chosen(all.clone(), Some(1));
        assert_eq!(few.iter().map(|line| line.set.as_str()).collect::<Vec<_>>(), ["home", "general"]);
        assert_eq!(chosen(all, None).len(), 4);
    }

    #[test]
    fn rows_come_in_order_with_their_rates() {
        let mut tallies = Tallies::default();
        tallies.add("general", "one two three four", "one two three five");
        tallies.add("home", "lights on", "lights on");
        let figures = tallies.figures();
        assert_eq!(figures.len(), 2);
        assert!(figures[0].what.contains("home") && figures[0].value.abs() < 1e-9);
        assert!((figures[1].value - 25.0).abs() < 1e-9 && figures[1].goal.is_met(figures[1].value) == Some(true));
        let (row, said, heard) = last_line(&tallies.log).unwrap();
        assert_eq!((row.as_str(), said.as_str(), heard.as_str()), ("home", "lights on", "lights on"));
        assert_eq!(family("espeak-ng:en+f1"), "espeak-ng");
    }
}
