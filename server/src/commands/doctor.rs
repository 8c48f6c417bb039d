//! `hearth doctor`: what is missing on this machine, and how to mend it.
#![allow(clippy::print_stdout, reason = "a command speaks to a person")]

use std::{
    net::{SocketAddr, TcpListener},
    process::{Command, Stdio},
    time::Instant,
};

use comfy_table::{Cell, Color, ContentArrangement, Table, presets::UTF8_BORDERS_ONLY};
use hearth_models::Package;
use hearth_runtime::Library;
use serde_json::{Value, json};

use super::{say::speak, serve::load_models, transcribe::transcribe};
use crate::{Failure, settings::CommonSettings};

/// Least memory that a serving server wants to find, in MiB.
const MEMORY_MIB_MIN: u64 = 600;
/// What the voice says to the ears.
const WORDS: &str = "Turn on the kitchen light.";

/// What is missing on this machine, and how to mend it.
///
/// Looks at the processor, the memory, the ONNX Runtime library, every file of the models, the port, and whether the models
/// load and understand each other. The exit code is 1 when the server could not run.
#[derive(Debug, clap::Parser)]
#[command(after_help = "Examples:
  hearth doctor
  hearth doctor --models /srv/models/pocket --listen 0.0.0.0:9000
  hearth doctor --json")]
pub struct Args {
    /// The address that the server is to listen on
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// What was found as JSON
    #[arg(long)]
    json: bool,
}

/// What was found out about one thing.
struct Finding {
    what: &'static str,
    state: State,
    found: String,
    /// What to do about it; empty when nothing is to be done.
    mend: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Good,
    /// The server runs, but something is not as it could be.
    Fair,
    /// The server cannot run.
    Bad,
}

impl Finding {
    fn good(what: &'static str, found: impl Into<String>) -> Self {
        Self { what, state: State::Good, found: found.into(), mend: String::new() }
    }

    fn fair(what: &'static str, found: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { what, state: State::Fair, found: found.into(), mend: mend.into() }
    }

    fn bad(what: &'static str, found: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { what, state: State::Bad, found: found.into(), mend: mend.into() }
    }
}

/// Looks at everything and prints it.
///
/// # Errors
/// [`Failure`] when the server could not run.
pub async fn run(args: Args, settings: &CommonSettings) -> Result<(), Failure> {
    let mut findings = vec![processor(), memory(), port(args.listen)];
    findings.extend(library(settings));
    findings.extend(package(settings));
    // Loading says nothing new when its parts are not there.
    if findings.iter().all(|finding| finding.state != State::Bad) {
        findings.extend(at_work(settings).await);
    }
    findings.push(speakers());
    if args.json {
        println!("{}", as_json(&findings));
    } else {
        println!("{}", table(&findings));
    }
    let bad = findings.iter().filter(|finding| finding.state == State::Bad).count();
    if bad == 0 { Ok(()) } else { Err(Failure::new(format!("the server cannot run: {bad} of these must be mended"))) }
}

fn processor() -> Finding {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let (features, fast) = features();
    let found = format!("{cores} cores, {}, {features}", std::env::consts::ARCH);
    if fast {
        Finding::good("processor", found)
    } else {
        Finding::fair(
            "processor",
            found,
            "works, but slowly: AVX2 and FMA (x86-64) or NEON (aarch64) make the models fast",
        )
    }
}

#[cfg(target_arch = "x86_64")]
fn features() -> (String, bool) {
    let features = [
        ("AVX2", is_x86_feature_detected!("avx2")),
        ("FMA", is_x86_feature_detected!("fma")),
        ("AVX-512", is_x86_feature_detected!("avx512f")),
        ("VNNI", is_x86_feature_detected!("avx512vnni")),
    ];
    let there: Vec<&str> = features.iter().filter(|feature| feature.1).map(|feature| feature.0).collect();
    let words = if there.is_empty() { "no vector extensions".to_owned() } else { there.join(", ") };
    (words, features[0].1 && features[1].1)
}

#[cfg(not(target_arch = "x86_64"))]
fn features() -> (String, bool) {
    ("vector extensions as built for".to_owned(), true)
}

fn memory() -> Finding {
    let text = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let Some(free) = memory_available_mib(&text) else { return Finding::good("memory", "not told by this system") };
    let found = format!("{free} MiB available");
    if free >= MEMORY_MIB_MIN {
        Finding::good("memory", found)
    } else {
        Finding::fair(
            "memory",
            found,
            format!("a server with many sessions wants {MEMORY_MIB_MIN} MiB; close something"),
        )
    }
}

fn memory_available_mib(text: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    Some(line.trim().trim_end_matches("kB").trim().parse::<u64>().ok()? / 1024)
}

fn port(listen: SocketAddr) -> Finding {
    match TcpListener::bind(listen) {
        Ok(_) => Finding::good("port", format!("{listen} is free")),
        Err(error) => {
            let mend = "fine if that is Hearth already; otherwise choose another with hearth serve --listen";
            Finding::fair("port", format!("{listen}: {error}"), mend)
        }
    }
}

fn library(settings: &CommonSettings) -> Vec<Finding> {
    match Library::open(settings.ort_lib.as_deref(), settings.ort_named.as_deref()) {
        Ok(library) => vec![
            Finding::good("ONNX Runtime", format!("{}\n{}", library.path().display(), library.build())),
            Finding::good("runs on", library.provider_note()),
        ],
        Err(error) => {
            vec![Finding::bad("ONNX Runtime", error.to_string(), "make setup, or name the library with --ort-lib FILE")]
        }
    }
}

fn package(settings: &CommonSettings) -> Vec<Finding> {
    let package = match Package::open(&settings.models) {
        Ok(package) => package,
        Err(error) => return vec![broken("models", &error)],
    };
    let folder = settings.models.display();
    let mut findings = vec![Finding::good("models", format!("{} {}, in {folder}", package.name(), package.version()))];
    findings.push(match package.verify() {
        Ok(()) => Finding::good("model files", "all there, SHA-256 of each as it should be"),
        Err(error) => broken("model files", &error),
    });
    findings
}

/// An error of the models carries its remedy after a semicolon.
fn broken(what: &'static str, error: &hearth_models::Error) -> Finding {
    let text = error.to_string();
    let (found, mend) = text.split_once("; ").unwrap_or((&text, "make setup"));
    Finding::bad(what, found, mend)
}

/// Loads everything, lets the voice speak and the ears listen.
async fn at_work(settings: &CommonSettings) -> Vec<Finding> {
    let began = Instant::now();
    let models = match load_models(settings).await {
        Ok(models) => models,
        Err(failure) => return vec![Finding::bad("loading", failure.to_string(), "make setup")],
    };
    let mut findings = vec![Finding::good("loading", format!("{:.1} s", began.elapsed().as_secs_f64()))];
    let heard = async {
        let spoken = speak(models.voice.as_ref(), "", 1.0, WORDS, |_| Ok(())).await?;
        let mut resampler =
            hearth_audio::Resampler::new(hearth_audio::SampleRate::HZ_24000, hearth_audio::SampleRate::HZ_16000)
                .map_err(|error| error.to_string())?;
        let mut samples = Vec::new();
        resampler.push(&spoken.samples, &mut samples);
        resampler.flush(&mut samples);
        transcribe(&models, &samples).await
    };
    findings.push(match heard.await {
        Ok(transcript) => Finding::good("voice to ears", format!("said: {WORDS}\nheard: {}", transcript.text)),
        Err(why) => Finding::bad("voice to ears", why, "hearth doctor --log debug tells more"),
    });
    findings
}

/// Programs that only the demo, the tests and the evaluation need.
fn speakers() -> Finding {
    let missing: Vec<&str> = ["flite", "espeak-ng"].into_iter().filter(|program| !is_installed(program)).collect();
    if missing.is_empty() {
        return Finding::good("for make demo, test and eval", "flite and espeak-ng are there");
    }
    let names = missing.join(" ");
    Finding::fair("for make demo, test and eval", format!("missing: {names}"), format!("apt-get install {names}"))
}

fn is_installed(program: &str) -> bool {
    let quiet = Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    quiet.is_ok()
}

fn as_json(findings: &[Finding]) -> Value {
    let findings = findings.iter().map(|finding| {
        let state = match finding.state {
            State::Good => "good",
            State::Fair => "fair",
            State::Bad => "bad",
        };
        json!({"what": finding.what, "state": state, "found": finding.found, "mend": finding.mend})
    });
    findings.collect()
}

fn table(findings: &[Finding]) -> Table {
    let mut table = Table::new();
    table.load_preset(UTF8_BORDERS_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["", "what", "found", "what to do"]);
    for finding in findings {
        let (mark, colour) = match finding.state {
            State::Good => ("\u{2713}", Color::Green),
            State::Fair => ("!", Color::Yellow),
            State::Bad => ("\u{2717}", Color::Red),
        };
        let mark = Cell::new(mark).fg(colour);
        table.add_row([mark, Cell::new(finding.what), Cell::new(&finding.found), Cell::new(&finding.mend)]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_told_and_a_free_one_too() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap();
        let finding = port(address);
        assert!(finding.state == State::Fair && finding.mend.contains("--listen"));
        drop(taken);
        assert!(port(address).state == State::Good);
    }

    #[test]
    fn memory_is_read_from_what_the_kernel_says() {
        assert_eq!(memory_available_mib("MemTotal: 1 kB\nMemAvailable:    2097152 kB\n"), Some(2048));
        assert_eq!(memory_available_mib(""), None);
    }

    #[test]
    fn an_error_is_split_into_what_was_found_and_what_to_do() {
        let finding = broken("models", &hearth_models::Error::Broken("x.onnx: gone; restore it".into()));
        assert!(finding.state == State::Bad && finding.found.contains("x.onnx: gone") && finding.mend == "restore it");
    }
}
