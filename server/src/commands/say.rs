//! `hearth say`: only the voice.
#![allow(clippy::print_stderr, reason = "a command speaks to a person")]

use std::{
    io::{IsTerminal as _, Read as _, Write as _},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use clap::Parser;
use futures_util::StreamExt as _;
use hearth_audio::SampleRate;
use hearth_codecs::{pcm, wav};
use hearth_models::Tts;
use indicatif::{ProgressBar, ProgressStyle};

use super::{serve::load_models, sound};
use crate::{Failure, settings::CommonSettings};

/// What the voice speaks at.
const VOICE_RATE: SampleRate = SampleRate::HZ_24000;
/// Most that is read from standard input, in bytes.
const STDIN_BYTES_MAX: u64 = 1 << 20;

/// Speak text into a WAV file, with the voice alone: no server, no core.
#[derive(Debug, Parser)]
#[command(after_help = "Examples:
  hearth say 'good morning' -o morning.wav
  echo 'It is half past seven.' | hearth say -o time.wav
  hearth say 'hello' -o - | aplay                            hear it while it is made
  hearth say --batch sentences.txt -o spoken/%03d.wav        001.wav, 002.wav, ... for the lines")]
pub struct Args {
    /// What to say; without it (and without --batch) standard input is read
    text: Option<String>,
    /// The WAV file to write, mono 24 kHz; - is standard output; with --batch a pattern with %d or %03d in it
    #[arg(short, long, value_name = "FILE")]
    out: PathBuf,
    /// Name of the voice; an unknown one falls back to the default
    #[arg(long, default_value = "")]
    voice: String,
    /// How fast, 0.25 to 4
    #[arg(long, default_value_t = 1.0)]
    speed: f32,
    /// A file with a text on each line, each spoken into a file of its own; - is standard input
    #[arg(long, value_name = "FILE", conflicts_with = "text")]
    batch: Option<PathBuf>,
}

/// One spoken text.
pub struct Spoken {
    /// Mono 24 kHz.
    pub samples: Vec<f32>,
    /// From the text to the first sound.
    pub first_sound: Duration,
    /// From the text to the last sound.
    pub whole: Duration,
}

/// Speaks, and tells on standard error how long it took.
///
/// # Errors
/// [`Failure`] for the person.
pub async fn run(args: Args, common: &CommonSettings) -> Result<(), Failure> {
    if !(0.25..=4.0).contains(&args.speed) {
        return Err(Failure::new("--speed must be 0.25 to 4"));
    }
    let models = load_models(common).await?;
    let voice = models.voice.as_ref();
    match (&args.batch, &args.text) {
        (Some(batch), _) => batch_of(&args, voice, &read(batch).map_err(Failure::new)?).await,
        (None, Some(text)) => once(&args, voice, text).await,
        (None, None) => once(&args, voice, &read(Path::new("-")).map_err(Failure::new)?).await,
    }
    .map_err(Failure::new)
}

async fn once(args: &Args, voice: &dyn Tts, text: &str) -> Result<(), String> {
    let to_stdout = args.out == Path::new("-");
    if to_stdout {
        write_stdout(&wav::header(VOICE_RATE, None))?;
    }
    let mut bytes = Vec::new();
    let spoken = speak(voice, &args.voice, args.speed, text, |samples| {
        if to_stdout {
            bytes.clear();
            pcm::encode(samples, &mut bytes);
            write_stdout(&bytes)?;
        }
        Ok(())
    })
    .await?;
    if !to_stdout {
        sound::save(&args.out, VOICE_RATE, &spoken.samples)?;
    }
    let length = VOICE_RATE.duration_of(spoken.samples.len() as u64);
    eprintln!(
        "{:.2} s of speech in {:.0} ms, the first sound after {:.0} ms",
        length.as_secs_f64(),
        1_000.0 * spoken.whole.as_secs_f64(),
        1_000.0 * spoken.first_sound.as_secs_f64()
    );
    Ok(())
}

async fn batch_of(args: &Args, voice: &dyn Tts, texts: &str) -> Result<(), String> {
    let lines: Vec<&str> = texts.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    if number_in(&args.out, 0).is_none() {
        return Err("with --batch, -o needs a number pattern such as spoken/%03d.wav".to_owned());
    }
    let progress = progress(lines.len(), "speaking");
    for (number, line) in lines.iter().enumerate() {
        let spoken = speak(voice, &args.voice, args.speed, line, |_| Ok(())).await?;
        let path = number_in(&args.out, number + 1).unwrap_or_default();
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        }
        sound::save(&path, VOICE_RATE, &spoken.samples)?;
        progress.inc(1);
    }
    progress.finish_and_clear();
    Ok(())
}

/// Speaks `text`; `each` gets every piece as it is made.
///
/// # Errors
/// A sentence that says why the voice fell silent.
pub async fn speak(
    voice: &dyn Tts,
    name: &str,
    speed: f32,
    text: &str,
    mut each: impl FnMut(&[f32]) -> Result<(), String>,
) -> Result<Spoken, String> {
    let (sender, receiver) = async_channel::bounded(1);
    let began = Instant::now();
    sender.try_send(text.to_owned()).map_err(|error| error.to_string())?;
    drop(sender);
    let mut chunks = voice.speak(name, speed, receiver);
    let mut spoken = Spoken { samples: Vec::new(), first_sound: Duration::ZERO, whole: Duration::ZERO };
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|error| format!("the voice: {error}"))?;
        if spoken.samples.is_empty() {
            spoken.first_sound = began.elapsed();
        }
        each(&chunk.samples)?;
        spoken.samples.extend_from_slice(&chunk.samples);
    }
    spoken.whole = began.elapsed();
    Ok(spoken)
}

/// A bar on standard error, when somebody looks.
#[must_use]
pub fn progress(length: usize, what: &'static str) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{msg} {bar:40.cyan/dim} {pos}/{len} {eta}");
    let bar = ProgressBar::new(length as u64).with_message(what);
    style.map_or(bar.clone(), |style| bar.with_style(style))
}

/// `pattern` with `number` in place of its `%d` or `%03d`; `None` when it has no such place.
fn number_in(pattern: &Path, number: usize) -> Option<PathBuf> {
    let pattern = pattern.to_str()?;
    let (before, rest) = pattern.split_once('%')?;
    let (width, after) = rest.split_once('d')?;
    let width: usize = if width.is_empty() { 1 } else { width.parse().ok().filter(|&width| width <= 9)? };
    Some(format!("{before}{number:0width$}{after}").into())
}

fn read(path: &Path) -> Result<String, String> {
    if path != Path::new("-") {
        return std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()));
    }
    let mut text = String::new();
    let read = std::io::stdin().take(STDIN_BYTES_MAX).read_to_string(&mut text);
    read.map_err(|error| format!("standard input: {error}"))?;
    Ok(text)
}

fn write_stdout(bytes: &[u8]) -> Result<(), String> {
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(bytes).and_then(|()| stdout.flush()).map_err(|error| format!("standard output: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_number_files() {
        let of = |pattern: &str| number_in(Path::new(pattern), 7).map(|path| path.display().to_string());
        assert_eq!(of("out-%03d.wav").as_deref(), Some("out-007.wav"));
        assert_eq!(of("a/%d.wav").as_deref(), Some("a/7.wav"));
        assert_eq!(of("out.wav"), None);
        assert_eq!(of("100%.wav"), None);
        assert_eq!(of("%99d.wav"), None);
    }
}
