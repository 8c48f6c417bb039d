//! `hearth bench turn`: how soon an answer is heard, and whether it ever stutters.
#![allow(clippy::print_stdout, reason = "a command speaks to a person")]

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use comfy_table::{Cell, CellAlignment, Table, presets::UTF8_BORDERS_ONLY};
use hearth_models::Models;
use hearth_session::Policy;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::{net::TcpListener, task::JoinSet};

use super::{
    apart::{self, flag},
    figures::Spread,
    home,
    stages::{self, Stage},
};
use crate::{
    Failure,
    commands::{
        caller::{CALL_RATE, Caller, Manner, Question},
        say::speak,
        serve::load_models,
        sound,
        turn::Turn,
    },
    house::House,
    http,
    metrics::Metrics,
    settings::CommonSettings,
};

/// Longest pause of a person between an answer and the next question.
const PAUSE_MAX: Duration = Duration::from_millis(1_500);

/// Status of an answer that reached its longest length.
const CUT: &str = "incomplete: max_output_tokens";
/// Longest answer, in tokens: a voice at home is brief.
const ANSWER_TOKENS_MAX: u32 = 100;

/// How soon an answer is heard, and whether it ever stutters.
///
/// A server with the real models is started inside this process, and people made of sound files talk to it over
/// WebSocket on the loopback device, in real time: the whole pipeline is measured, and what the people themselves cost is
/// part of it. The questions are spoken by the package's own voice unless --in gives others.
#[derive(Debug, clap::Parser)]
#[command(after_help = "What the figures mean:
  TTFA       from the end of the user's turn, as the server decided it, to the first sound of the answer at the caller
  TTFT       the same to the first word, or the first call of a tool
  RTF        real-time factor: time of work over time of sound; of the core over its spoken answer
  slack      how far ahead of its playing time the tightest piece of sound came; below 0 the answer stuttered

Examples:
  hearth bench turn                                1 conversation on 1 core, then 20 on 2 cores
  hearth bench turn --sessions 5 --cores 1 --seconds 30
  hearth bench turn --json > turn.json")]
pub struct Args {
    /// Conversations at once; give it again for more rows [default: 1 and 20]
    #[arg(long, value_name = "COUNT")]
    sessions: Vec<usize>,
    /// Cores to use, for all rows [default: 1 for one conversation, 2 for more]
    #[arg(long, value_name = "COUNT")]
    cores: Option<usize>,
    /// How long each row is measured
    #[arg(long, value_name = "SECONDS", default_value_t = 45)]
    seconds: u64,
    /// Spoken questions to ask instead; give it again for more
    #[arg(long = "in", value_name = "FILE")]
    input: Vec<PathBuf>,
    /// Figures as JSON
    #[arg(long)]
    json: bool,
    /// Measure one row in this very process, without choosing cores
    #[arg(long, hide = true)]
    here: bool,
}

/// One row of the table.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Row {
    sessions: usize,
    cores: usize,
    turns: usize,
    failed: usize,
    first_failure: Option<String>,
    /// Answers that needed no tool.
    ttfa_ms: Option<Spread>,
    /// Answers after the call of a tool: two answers of the core, and the way to the caller and back.
    ttfa_tool_ms: Option<Spread>,
    ttft_ms: Option<Spread>,
    /// Answers of more than one piece, and how many of them stuttered.
    answers: usize,
    underruns: usize,
    slack_ms_min: Option<f64>,
    stages: Vec<Stage>,
}

/// Measures and prints.
///
/// # Errors
/// [`Failure`] for the person.
pub async fn run(args: Args, settings: &CommonSettings) -> Result<(), Failure> {
    let sessions = if args.sessions.is_empty() { vec![1, 20] } else { args.sessions.clone() };
    if args.here {
        let models = load_models(settings).await?;
        let row = measure(&args, sessions[0], models).await.map_err(Failure::new)?;
        println!("{}", json!(row));
        return Ok(());
    }
    let mut rows = Vec::new();
    for sessions in sessions {
        let cores = args.cores.unwrap_or(if sessions == 1 { 1 } else { 2 });
        rows.push(measure_apart(&args, settings, sessions, cores).map_err(Failure::new)?);
    }
    if args.json {
        println!("{}", json!(rows));
    } else {
        print(&rows);
    }
    Ok(())
}

/// Measures a row in a process of its own, which may use only the first `cores` cores.
fn measure_apart(args: &Args, settings: &CommonSettings, sessions: usize, cores: usize) -> Result<Row, String> {
    let mut arguments = vec!["turn".into()];
    arguments.extend(flag("sessions", sessions.to_string()));
    arguments.extend(flag("seconds", args.seconds.to_string()));
    arguments.extend(args.input.iter().flat_map(|file| flag("in", file)));
    apart::measure(settings, cores, &arguments)
}

/// Measures one row here and now.
async fn measure(args: &Args, sessions: usize, models: Models) -> Result<Row, String> {
    let questions: Arc<[Vec<f32>]> = questions(args, &models).await?.into();
    let stages = if sessions == 1 { stages::measure(&models, &questions[0]).await? } else { Vec::new() };
    let house = Arc::new(House::new(models, Metrics::default(), Policy::default(), sessions + 1));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(|error| error.to_string())?;
    let address = listener.local_addr().map_err(|error| error.to_string())?.to_string();
    let server = tokio::spawn(http::serve(listener, Arc::clone(&house), None));
    // One turn before the clock runs, so that everything is loaded.
    converse(&address, &questions, 0, Instant::now()).await?;
    let until = Instant::now() + Duration::from_secs(args.seconds);
    let mut people = JoinSet::new();
    for person in 0..sessions {
        let (address, questions) = (address.clone(), Arc::clone(&questions));
        people.spawn(async move { converse(&address, &questions, person, until).await });
    }
    let talks = people.join_all().await;
    house.stopping.cancel();
    let _ = server.await;
    Ok(row(sessions, talks, stages))
}

async fn questions(args: &Args, models: &Models) -> Result<Vec<Vec<f32>>, String> {
    if !args.input.is_empty() {
        return args.input.iter().map(|path| sound::load(path, CALL_RATE)).collect();
    }
    let mut questions = Vec::new();
    for text in home::QUESTIONS {
        questions.push(speak(models.voice.as_ref(), "", 1.0, text, |_| Ok(())).await?.samples);
    }
    Ok(questions)
}

/// One person: at least one turn, then turn after turn until the time is over.
async fn converse(address: &str, questions: &[Vec<f32>], person: usize, until: Instant) -> Result<Vec<Turn>, String> {
    let mut random = fastrand::Rng::with_seed(person as u64);
    let manner = Manner { tool_results: home::tool_results(), ..Manner::default() };
    let pause = |random: &mut fastrand::Rng| tokio::time::sleep(PAUSE_MAX.mul_f64(random.f64()));
    pause(&mut random).await;
    let mut caller = Caller::connect(address, None, manner).await?;
    let session = json!({"type": "realtime", "instructions": home::INSTRUCTIONS, "tools": home::tools(),
        "max_output_tokens": ANSWER_TOKENS_MAX});
    caller.configure(session).await?;
    let mut turns = Vec::new();
    loop {
        let question = &questions[(person + turns.len()) % questions.len()];
        turns.push(caller.turn(Question::Spoken(question), None).await?);
        if Instant::now() >= until {
            return Ok(turns);
        }
        pause(&mut random).await;
    }
}

fn row(sessions: usize, talks: Vec<Result<Vec<Turn>, String>>, stages: Vec<Stage>) -> Row {
    let failures: Vec<String> = talks.iter().filter_map(|talk| talk.as_ref().err().cloned()).collect();
    let turns: Vec<Turn> = talks.into_iter().flatten().flatten().collect();
    let ms = |duration: Duration| 1_000.0 * duration.as_secs_f64();
    let slacks: Vec<f64> = turns.iter().filter_map(|turn| turn.slack_ms_min(CALL_RATE)).collect();
    let ttfa = |tool: bool| {
        let turns = turns.iter().filter(|turn| turn.calls.is_empty() != tool);
        Spread::of(turns.filter_map(Turn::ttfa).map(ms).collect())
    };
    let unfinished = turns.iter().filter(|turn| !["completed", CUT].contains(&turn.status.as_str())).count();
    Row {
        sessions,
        cores: std::thread::available_parallelism().map_or(1, usize::from),
        turns: turns.len(),
        failed: failures.len() + unfinished,
        first_failure: failures.first().cloned(),
        ttfa_ms: ttfa(false),
        ttfa_tool_ms: ttfa(true),
        ttft_ms: Spread::of(turns.iter().filter_map(Turn::ttft).map(ms).collect()),
        answers: slacks.len(),
        underruns: slacks.iter().filter(|&&slack| slack < 0.0).count(),
        slack_ms_min: slacks.iter().copied().reduce(f64::min),
        stages,
    }
}

fn print(rows: &[Row]) {
    let mut table = Table::new();
    table.load_preset(UTF8_BORDERS_ONLY).set_header(["what", "measured", "p50", "p95", "p99", "max", "count"]);
    for row in rows {
        let what = format!("{} at once, {} core{}", row.sessions, row.cores, if row.cores == 1 { "" } else { "s" });
        add(&mut table, &what, "TTFA after the end of turn, ms", row.ttfa_ms, 1);
        add(&mut table, &what, "TTFA, with a tool call between", row.ttfa_tool_ms, 1);
        add(&mut table, &what, "TTFT after the end of turn, ms", row.ttft_ms, 1);
    }
    for stage in rows.iter().flat_map(|row| &row.stages) {
        let digits = if stage.measure == stages::RTF { 4 } else { 1 };
        add(&mut table, &stage.name, &stage.measure, Some(stage.spread), digits);
    }
    println!("{table}");
    for row in rows {
        let slack = row.slack_ms_min.map_or_else(|| "-".to_owned(), |slack| format!("{slack:.0} ms"));
        println!(
            "{} at once on {}: {} turns, {} failed; {} of {} spoken answers stuttered, the tightest piece came {slack} ahead",
            row.sessions, row.cores, row.turns, row.failed, row.underruns, row.answers
        );
        if let Some(failure) = &row.first_failure {
            println!("  the first failure: {failure}");
        }
    }
}

fn add(table: &mut Table, what: &str, measure: &str, spread: Option<Spread>, digits: usize) {
    let Some(spread) = spread else { return };
    let number = |value: f64| Cell::new(format!("{value:.digits$}")).set_alignment(CellAlignment::Right);
    table.add_row([
        Cell::new(what),
        Cell::new(measure),
        number(spread.p50),
        number(spread.p95),
        number(spread.p99),
        number(spread.max),
        Cell::new(spread.count).set_alignment(CellAlignment::Right),
    ]);
}
