//! `hearth transcribe`: only the ears.
#![allow(clippy::print_stdout, reason = "a command speaks to a person")]

use std::{
    ops::Range,
    path::{Path, PathBuf},
    time::Instant,
};

use clap::Parser;
use hearth_audio::{GatePolicy, SampleRate, SpeechEdge, SpeechGate, WINDOW_SAMPLES};
use hearth_models::{Models, Transcript, Word};
use serde_json::json;

use super::{serve::load_models, sound};
use crate::{Failure, settings::CommonSettings};

/// What the ears hear at.
pub const EAR_RATE: SampleRate = SampleRate::HZ_16000;
/// Sound kept around each stretch of speech: 0.3 s before, as a session keeps, and after.
const MARGIN_SAMPLES: usize = 4_800;
/// Stretches closer than this are heard as one.
const GAP_SAMPLES: usize = 12_800;
/// Longest stretch that is heard as one, when there is a pause to cut at.
const STRETCH_SAMPLES_MAX: usize = 30 * 16_000;

/// Write down what is said in sound files of any kind (WAV, MP3, FLAC, Ogg, M4A), with the ears alone: no server, no core.
#[derive(Debug, Parser)]
#[command(after_help = "Examples:
  hearth transcribe memo.m4a
  hearth transcribe *.wav                     name and words, a line each
  hearth transcribe --words memo.m4a          one word on each line: from, to, how sure it is
  hearth transcribe --json memo.m4a           the same as JSON
  hearth transcribe --batch list.txt          the files that are named in list.txt, one on each line")]
pub struct Args {
    /// Sound files
    #[arg(value_name = "FILE", required_unless_present = "batch")]
    files: Vec<PathBuf>,
    /// A file with the name of a sound file on each line
    #[arg(long, value_name = "FILE")]
    batch: Option<PathBuf>,
    /// A JSON object on each line, with the words and their times
    #[arg(long)]
    json: bool,
    /// One word on each line: when it begins and ends, in seconds, how sure it is (0 to 1), the word
    #[arg(long, conflicts_with = "json")]
    words: bool,
}

/// Listens, and prints the words.
///
/// # Errors
/// [`Failure`] for the person.
pub async fn run(args: Args, common: &CommonSettings) -> Result<(), Failure> {
    let mut files = args.files.clone();
    if let Some(batch) = &args.batch {
        let list = std::fs::read_to_string(batch);
        let list = list.map_err(|error| Failure::new(format!("{}: {error}", batch.display())))?;
        files.extend(list.lines().map(str::trim).filter(|line| !line.is_empty()).map(PathBuf::from));
    }
    let models = load_models(common).await?;
    for file in &files {
        print(&args, &models, file, files.len() > 1).await.map_err(Failure::new)?;
    }
    Ok(())
}

async fn print(args: &Args, models: &Models, file: &Path, several: bool) -> Result<(), String> {
    let samples = sound::load(file, EAR_RATE)?;
    let began = Instant::now();
    let transcript = transcribe(models, &samples).await?;
    let name = file.display();
    if args.json {
        let seconds = samples.len() as f64 / f64::from(EAR_RATE.hz());
        let words = transcript.words.iter().map(|word| {
            json!({"word": word.text, "start_ms": word.start_ms, "end_ms": word.end_ms, "confidence": word.confidence})
        });
        let words: Vec<_> = words.collect();
        let factor = began.elapsed().as_secs_f64() / seconds;
        println!(
            "{}",
            json!({"file": name.to_string(), "text": transcript.text, "seconds": seconds,
            "real_time_factor": factor, "confidence": transcript.confidence(), "words": words})
        );
    } else if args.words {
        if several {
            println!("# {name}");
        }
        transcript.words.iter().for_each(|word| println!("{}", word_line(word)));
    } else if several {
        println!("{name}\t{}", transcript.text);
    } else {
        println!("{}", transcript.text);
    }
    Ok(())
}

/// A word with its times in seconds and its confidence.
fn word_line(word: &Word) -> String {
    let seconds = |ms: u32| f64::from(ms) / 1000.0;
    format!("{:8.3} {:8.3}  {:.2}  {}", seconds(word.start_ms), seconds(word.end_ms), word.confidence, word.text)
}

/// The words in `samples`, mono 16 kHz of any length.
///
/// # Errors
/// A sentence that says why the ears failed.
pub async fn transcribe(models: &Models, samples: &[f32]) -> Result<Transcript, String> {
    let mut whole = Transcript::default();
    for stretch in stretches(models, samples).await? {
        let offset_ms = (stretch.start / 16) as u32;
        let heard = listen(models, &samples[stretch]).await?;
        if !whole.text.is_empty() && !heard.text.is_empty() {
            whole.text.push(' ');
        }
        whole.text.push_str(&heard.text);
        whole.words.extend(heard.words.into_iter().map(|mut word| {
            (word.start_ms, word.end_ms) = (word.start_ms + offset_ms, word.end_ms + offset_ms);
            word
        }));
    }
    Ok(whole)
}

/// One stretch of speech, at most two minutes, through the ears alone.
///
/// # Errors
/// A sentence that says why the ears failed.
pub async fn listen(models: &Models, samples: &[f32]) -> Result<Transcript, String> {
    let mut stream = models.ears.open();
    // A second at a time, as it would come from a microphone.
    for piece in samples.chunks(EAR_RATE.hz() as usize) {
        stream.push(piece).await.map_err(|error| format!("the ears: {error}"))?;
    }
    let (_, transcript) = stream.finish().await.map_err(|error| format!("the ears: {error}"))?;
    Ok(transcript)
}

/// Where somebody speaks, as the VAD hears it. All of it when the VAD hears nobody.
async fn stretches(models: &Models, samples: &[f32]) -> Result<Vec<Range<usize>>, String> {
    let mut vad = models.vad.open();
    let mut gate = SpeechGate::new(GatePolicy::default());
    let mut edges = Vec::new();
    for window in samples.chunks_exact(WINDOW_SAMPLES) {
        let score = vad.score(window).await.map_err(|error| format!("the voice activity detection: {error}"))?;
        edges.extend(gate.push(score));
    }
    edges.extend(gate.close());
    Ok(joined(&edges, samples.len()))
}

/// Edges to stretches with margins; close ones are one, as long as that is not too long.
fn joined(edges: &[SpeechEdge], length: usize) -> Vec<Range<usize>> {
    let mut stretches: Vec<Range<usize>> = Vec::new();
    for pair in edges.chunks(2) {
        let [SpeechEdge::Started { at }, SpeechEdge::Paused { at: end }] = pair else { continue };
        let (start, end) = (EAR_RATE.samples_in(*at) as usize, EAR_RATE.samples_in(*end) as usize);
        let (start, end) = (start.saturating_sub(MARGIN_SAMPLES), (end + MARGIN_SAMPLES).min(length));
        let over = match stretches.last_mut() {
            Some(last) if start < last.end + GAP_SAMPLES && end - last.start <= STRETCH_SAMPLES_MAX => {
                last.end = end;
                continue;
            }
            last => last.map_or(0, |last| last.end),
        };
        stretches.push(start.max(over)..end);
    }
    if stretches.is_empty() { std::iter::once(0..length).collect() } else { stretches }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn edges(seconds: &[(f64, f64)]) -> Vec<SpeechEdge> {
        let at = Duration::from_secs_f64;
        let pairs =
            seconds.iter().map(|&(from, to)| [SpeechEdge::Started { at: at(from) }, SpeechEdge::Paused { at: at(to) }]);
        pairs.flatten().collect()
    }

    #[test]
    fn close_stretches_are_one_and_far_ones_are_not() {
        let found = joined(&edges(&[(1.0, 2.0), (2.5, 3.0), (10.0, 11.0)]), 16_000 * 20);
        assert_eq!(found, [11_200..52_800, 155_200..180_800]);
    }

    #[test]
    fn a_long_talk_is_cut_at_its_pauses_and_loses_nothing() {
        let talk: Vec<(f64, f64)> = (0..30).map(|n| (f64::from(n) * 4.0, f64::from(n) * 4.0 + 3.7)).collect();
        let found = joined(&edges(&talk), 16_000 * 121);
        assert!(found.len() > 3 && found.iter().all(|stretch| stretch.len() <= STRETCH_SAMPLES_MAX));
        assert!(found.windows(2).all(|pair| pair[0].end <= pair[1].start));
        for (from, to) in talk {
            let (from, to) = ((from * 16_000.0) as usize, (to * 16_000.0) as usize);
            let inside: usize =
                found.iter().map(|stretch| to.min(stretch.end).saturating_sub(from.max(stretch.start))).sum();
            assert_eq!(inside, to - from);
        }
    }

    #[test]
    fn a_word_has_its_times_and_how_sure_it_is() {
        let word = Word { text: "kitchen".into(), start_ms: 1040, end_ms: 1520, confidence: 0.876 };
        assert_eq!(word_line(&word).split_whitespace().collect::<Vec<_>>(), ["1.040", "1.520", "0.88", "kitchen"]);
    }

    #[test]
    fn where_nobody_is_heard_all_of_it_is() {
        assert_eq!(joined(&[], 5), std::iter::once(0..5).collect::<Vec<_>>());
    }
}
