//! `hearth transcribe`: only the ears.
#![allow(clippy::print_stdout, reason = "a command speaks to a person")]

use std::{
    path::{Path, PathBuf},
    time::Instant,
};

use clap::Parser;
use hearth_models::{Error, Models, Transcript, Word};
use serde_json::json;

use super::{serve::load_models, sound};
use crate::{Failure, hearing::Hearing, senses::EAR_RATE, settings::CommonSettings};

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

/// The words in `samples`, mono 16 kHz of any length. Where the VAD hears nobody, the ears hear all of it.
///
/// # Errors
/// A sentence that says why the ears failed.
pub async fn transcribe(models: &Models, samples: &[f32]) -> Result<Transcript, String> {
    let (mut hearing, mut heard) = (Hearing::new(models), Vec::new());
    hearing.push(samples, &mut heard).await.map_err(|error| failed(&error))?;
    hearing.finish(&mut heard).await.map_err(|error| failed(&error))?;
    if heard.is_empty() {
        return listen(models, samples).await;
    }
    let texts: Vec<&str> = heard.iter().map(|stretch| stretch.text.as_str()).collect();
    Ok(Transcript { text: texts.join(" "), words: heard.into_iter().flat_map(|stretch| stretch.words).collect() })
}

fn failed(error: &Error) -> String {
    format!("the ears: {error}")
}

/// One stretch of speech, at most two minutes, through the ears alone.
///
/// # Errors
/// A sentence that says why the ears failed.
pub async fn listen(models: &Models, samples: &[f32]) -> Result<Transcript, String> {
    let mut stream = models.ears.open();
    // A second at a time, as it would come from a microphone.
    for piece in samples.chunks(EAR_RATE.hz() as usize) {
        stream.push(piece).await.map_err(|error| failed(&error))?;
    }
    let (_, transcript) = stream.finish().await.map_err(|error| failed(&error))?;
    Ok(transcript)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_has_its_times_and_how_sure_it_is() {
        let word = Word { text: "kitchen".into(), start_ms: 1040, end_ms: 1520, confidence: 0.876 };
        assert_eq!(word_line(&word).split_whitespace().collect::<Vec<_>>(), ["1.040", "1.520", "0.88", "kitchen"]);
    }
}
