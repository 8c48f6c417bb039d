//! `hearth bench core`: tokens per second of the core.
#![allow(clippy::print_stdout, reason = "a command speaks to a person")]

use std::{path::PathBuf, process::Command, time::Instant};

use comfy_table::{Cell, CellAlignment, Table, presets::UTF8_BORDERS_ONLY};
use hearth_models::{CoreContext, GenerateOptions, Generated, Models, Prompt, Usage};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::task::JoinSet;

use super::{
    apart::{self, flag},
    home,
    stages::question,
};
use crate::{Failure, commands::serve::load_models, settings::CommonSettings};

/// Longest answer that is measured, in tokens.
const ANSWER_TOKENS_MAX: u32 = 64;

/// Tokens per second of the core, alone and for many sessions at once, beside transformers on the same weights.
///
/// Every session reads a prompt with tools that nobody read before (prompt tokens), then answers the same prompt over and
/// over while the core still knows it (answer tokens).
#[derive(Debug, clap::Parser)]
#[command(after_help = "Examples:
  hearth bench core
  hearth bench core --python .venv/bin/python      beside transformers, which that Python has
  hearth bench core --cores 4 --sessions 64

The peer gets the same weights, a prompt as long, the same number of sessions as a batch, and the same cores.")]
pub struct Args {
    /// Sessions at once; give it again for more rows [default: 1, 4 and 16]
    #[arg(long, value_name = "COUNT")]
    sessions: Vec<usize>,
    /// Cores to use; our core is one thread, that of the peer has as many threads as cores
    #[arg(long, value_name = "COUNT", default_value_t = 1)]
    cores: usize,
    /// How often each session answers
    #[arg(long, value_name = "COUNT", default_value_t = 10)]
    rounds: usize,
    /// A Python with torch and transformers, for the peer
    #[arg(long, value_name = "PROGRAM", default_value = "third_party/venv/bin/python")]
    python: PathBuf,
    /// The script of the peer
    #[arg(long, value_name = "FILE", default_value = "scripts/bench_core_peer.py")]
    peer: PathBuf,
    /// Figures as JSON
    #[arg(long)]
    json: bool,
    /// Measure in this very process, without choosing cores
    #[arg(long, hide = true)]
    here: bool,
}

/// One row of the table.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Row {
    who: String,
    sessions: usize,
    prompt_tokens_per_second: f64,
    answer_tokens_per_second: f64,
}

/// What was measured, and why not beside a peer.
#[derive(Debug, Serialize, Deserialize)]
struct Figures {
    rows: Vec<Row>,
    no_peer: Option<String>,
}

/// Measures and prints.
///
/// # Errors
/// [`Failure`] for the person.
pub async fn run(args: Args, settings: &CommonSettings) -> Result<(), Failure> {
    if args.here {
        println!("{}", json!(measure_all(&args, settings).await?));
        return Ok(());
    }
    let figures = measure_apart(&args, settings).map_err(Failure::new)?;
    if args.json {
        println!("{}", json!(figures));
    } else {
        print(&figures, args.cores);
    }
    Ok(())
}

/// Measures in a process of its own, on the cores that were asked for; the peer is a child of it.
fn measure_apart(args: &Args, settings: &CommonSettings) -> Result<Figures, String> {
    let mut arguments = vec!["core".into()];
    arguments.extend(flag("rounds", args.rounds.to_string()));
    arguments.extend(flag("python", &args.python));
    arguments.extend(flag("peer", &args.peer));
    arguments.extend(args.sessions.iter().flat_map(|sessions| flag("sessions", sessions.to_string())));
    apart::measure(settings, args.cores, &arguments)
}

async fn measure_all(args: &Args, settings: &CommonSettings) -> Result<Figures, Failure> {
    let sessions = if args.sessions.is_empty() { vec![1, 4, 16] } else { args.sessions.clone() };
    let models = load_models(settings).await?;
    let mut rows = Vec::new();
    for &sessions in &sessions {
        rows.push(measure(&models, sessions, args.rounds).await.map_err(Failure::new)?);
    }
    let no_peer = match peer(args, settings, &sessions) {
        Ok(peers) => {
            rows.extend(peers);
            None
        }
        Err(why) => Some(why),
    };
    Ok(Figures { rows, no_peer })
}

/// Reads fresh prompts, then answers them over and over.
async fn measure(models: &Models, sessions: usize, rounds: usize) -> Result<Row, String> {
    let talks = (0..sessions).map(|number| Talk::open(models, number)).collect();
    let began = Instant::now();
    let (talks, usages) = all(talks, 1, 1).await?;
    let read: u32 = usages.iter().map(|usage| usage.input_text_tokens.saturating_sub(usage.cached_tokens)).sum();
    let prompt_tokens_per_second = f64::from(read) / began.elapsed().as_secs_f64();
    let began = Instant::now();
    let (_, usages) = all(talks, rounds, ANSWER_TOKENS_MAX).await?;
    let written: u32 = usages.iter().map(|usage| usage.output_tokens).sum();
    let answer_tokens_per_second = f64::from(written) / began.elapsed().as_secs_f64();
    Ok(Row { who: "hearth".to_owned(), sessions, prompt_tokens_per_second, answer_tokens_per_second })
}

/// One session: its place in the core, and what it is asked.
pub(super) struct Talk {
    context: Box<dyn CoreContext>,
    prompt: Prompt,
}

impl Talk {
    /// The `number`th of all sessions, which asks one of the home's questions.
    pub(super) fn open(models: &Models, number: usize) -> Self {
        let text = home::QUESTIONS[number % home::QUESTIONS.len()];
        Self { context: models.mind.open(), prompt: question(text) }
    }

    /// Answers in at most `tokens_max` tokens: what it took, and the words.
    pub(super) async fn answer(&mut self, tokens_max: u32) -> Result<(Usage, String), String> {
        let options = GenerateOptions { tokens_max, ..GenerateOptions::default() };
        let generation = self.context.generate(&self.prompt, &options);
        let mut generation = generation.map_err(|error| format!("the core: {error}"))?;
        let mut words = String::new();
        while let Some(piece) = generation.next().await {
            match piece.map_err(|error| format!("the core: {error}"))? {
                Generated::Text(text) => words.push_str(&text),
                Generated::Done { usage, .. } => return Ok((usage, words)),
                Generated::Heard(_) | Generated::ToolCall(_) => {}
            }
        }
        Err("the core: an answer without an end".to_owned())
    }
}

/// Lets all sessions answer at once, each `rounds` times.
async fn all(talks: Vec<Talk>, rounds: usize, tokens_max: u32) -> Result<(Vec<Talk>, Vec<Usage>), String> {
    let mut answering = JoinSet::new();
    for mut talk in talks {
        answering.spawn(async move {
            let mut usages = Vec::new();
            for _ in 0..rounds {
                usages.push(talk.answer(tokens_max).await?.0);
            }
            Ok::<_, String>((talk, usages))
        });
    }
    let (mut talks, mut usages) = (Vec::new(), Vec::new());
    for answered in answering.join_all().await {
        let (talk, its) = answered?;
        talks.push(talk);
        usages.extend(its);
    }
    Ok((talks, usages))
}

/// The same by transformers, or why not.
fn peer(args: &Args, settings: &CommonSettings, sessions: &[usize]) -> Result<Vec<Row>, String> {
    let prompt = json!({"instructions": home::INSTRUCTIONS, "tools": home::tools(), "question": home::QUESTIONS[0]});
    let mut command = Command::new(&args.python);
    command.arg(&args.peer).arg("--mind").arg(settings.models.join("mind")).args(["--prompt", &prompt.to_string()]);
    for count in sessions {
        command.args(["--sessions", &count.to_string()]);
    }
    let output = command.output().map_err(|error| format!("{}: {error}", args.python.display()))?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr);
        return Err(words.trim().lines().last().unwrap_or("it said nothing").to_owned());
    }
    serde_json::from_slice(&output.stdout).map_err(|error| format!("its figures cannot be read: {error}"))
}

fn print(figures: &Figures, cores: usize) {
    let mut table = Table::new();
    table.load_preset(UTF8_BORDERS_ONLY).set_header(["sessions at once", "who", "prompt tokens/s", "answer tokens/s"]);
    let mut rows: Vec<&Row> = figures.rows.iter().collect();
    rows.sort_by_key(|row| row.sessions);
    let number = |value: f64| Cell::new(format!("{value:.0}")).set_alignment(CellAlignment::Right);
    for row in rows {
        let sessions = Cell::new(row.sessions).set_alignment(CellAlignment::Right);
        let (prompt, answer) = (number(row.prompt_tokens_per_second), number(row.answer_tokens_per_second));
        table.add_row([sessions, Cell::new(&row.who), prompt, answer]);
    }
    println!("{table}");
    println!("On {cores} core{}.", if cores == 1 { "" } else { "s" });
    if let Some(why) = &figures.no_peer {
        println!("No peer beside it: {why}");
    }
}
