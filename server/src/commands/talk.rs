//! `hearth talk`: a talk with a server over sound files.
#![allow(clippy::print_stdout, reason = "a command speaks to a person")]

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use clap::Parser;
use owo_colors::{OwoColorize as _, Style};
use serde_json::{Map, Value, json};

use super::{
    caller::{CALL_RATE, Caller, Manner, Question},
    sound, timeline,
    turn::Turn,
};
use crate::{Failure, settings};

/// Pause between two answers in the sound that is written.
const PAUSE_SAMPLES: usize = 7_200;

/// Talk to a server over sound files, and see the time line of each turn.
///
/// Each --in is one spoken turn, in order; each --text one written turn after them. The sound files may be of any kind
/// (WAV, MP3, FLAC, Ogg, M4A). Between the turns the microphone stays open, as in a room.
#[derive(Debug, Parser)]
#[command(after_help = "Examples:
  hearth say 'turn on the kitchen light' -o question.wav     make a question
  hearth talk --in question.wav --out answer.wav             ask it
  hearth talk --in q1.wav --in q2.wav --tools tools.json --tool-results results.json
  hearth talk --in q1.wav --in q2.wav --interrupt-after-ms 800   q2 breaks into the answer to q1
  hearth talk --text 'what can you do' --json                written, told as JSON

tools.json holds an array of functions as in the Realtime API:
  [{\"type\": \"function\", \"name\": \"light_set\", \"description\": \"Switches a light\", \"parameters\": {...}}]
results.json holds what each tool answers, by name; a tool without one answers {\"ok\": true}:
  {\"light_set\": {\"done\": true}}")]
pub struct Args {
    /// A sound file with a spoken turn; give it again for more turns
    #[arg(long = "in", value_name = "FILE")]
    input: Vec<PathBuf>,
    /// A written turn, after the spoken ones; give it again for more turns
    #[arg(long, value_name = "WORDS")]
    text: Vec<String>,
    /// Where the answers are written to, one after the other, as WAV
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    reach: settings::Reach,
    /// Who the model is and how it behaves
    #[arg(long, value_name = "WORDS")]
    instructions: Option<String>,
    /// Tools the model may call: a JSON array
    #[arg(long, value_name = "FILE")]
    tools: Option<PathBuf>,
    /// What the tools answer: a JSON object, by name of the tool
    #[arg(long, value_name = "FILE")]
    tool_results: Option<PathBuf>,
    /// Name of the voice that answers
    #[arg(long)]
    voice: Option<String>,
    /// How fast the voice speaks, 0.25 to 1.5
    #[arg(long)]
    speed: Option<f32>,
    /// Break into the answer before the last turn, after so much of it was played
    #[arg(long, value_name = "MS")]
    interrupt_after_ms: Option<u64>,
    /// Silence after which the server takes a turn for over
    #[arg(long, value_name = "MS", default_value_t = 500)]
    silence_ms: u64,
    /// Say when a turn is over, instead of leaving it to the voice
    #[arg(long)]
    push_to_talk: bool,
    /// Speak as fast as a person does (this is so unless --fast is given)
    #[arg(long, conflicts_with = "fast")]
    realtime: bool,
    /// Speak twenty times faster, and do not wait for the answers to be played; for tests
    #[arg(long)]
    fast: bool,
    /// Tell what happened as one JSON object per turn
    #[arg(long)]
    json: bool,
}

/// Talks, and prints what was said.
///
/// # Errors
/// [`Failure`] for the person.
pub async fn run(args: Args) -> Result<(), Failure> {
    talk(&args).await.map_err(Failure::new)
}

async fn talk(args: &Args) -> Result<(), String> {
    let turns = args.input.len() + args.text.len();
    if turns == 0 {
        return Err("nothing to say: give --in FILE or --text WORDS".to_owned());
    }
    let sounds = args.input.iter().map(|path| sound::load(path, CALL_RATE)).collect::<Result<Vec<_>, _>>()?;
    let spoken = sounds.iter().map(|samples| Question::Spoken(samples));
    let questions: Vec<_> = spoken.chain(args.text.iter().map(|text| Question::Written(text))).collect();
    let manner = Manner { fast: args.fast, push_to_talk: args.push_to_talk, tool_results: args.tool_results()? };
    let mut caller = Caller::connect(&args.reach.server, args.reach.api_key.as_deref(), manner).await?;
    caller.configure(args.session()?).await?;
    let mut answers = Vec::new();
    for (number, question) in questions.into_iter().enumerate() {
        let breaks_in = args.interrupt_after_ms.filter(|_| number + 2 == turns).map(Duration::from_millis);
        let turn = caller.turn(question, breaks_in).await?;
        args.print(number + 1, question, &turn);
        answers.extend_from_slice(&turn.sound);
        answers.resize(answers.len() + PAUSE_SAMPLES, 0.0);
    }
    match &args.out {
        Some(path) => sound::save(path, CALL_RATE, &answers),
        None => Ok(()),
    }
}

impl Args {
    fn session(&self) -> Result<Value, String> {
        let turn_detection = if self.push_to_talk {
            Value::Null
        } else {
            json!({"type": "server_vad", "silence_duration_ms": self.silence_ms})
        };
        let format = json!({"type": "audio/pcm", "rate": CALL_RATE.hz()});
        let mut output = json!({"format": format});
        if let Some(voice) = &self.voice {
            output["voice"] = json!(voice);
        }
        if let Some(speed) = self.speed {
            output["speed"] = json!(speed);
        }
        let input = json!({"format": format, "transcription": {"model": "pocket"}, "turn_detection": turn_detection});
        let mut session = json!({"type": "realtime", "audio": {"input": input, "output": output}});
        if let Some(instructions) = &self.instructions {
            session["instructions"] = json!(instructions);
        }
        if let Some(path) = &self.tools {
            session["tools"] = read_json(path)?;
        }
        Ok(session)
    }

    fn tool_results(&self) -> Result<Map<String, Value>, String> {
        let Some(path) = &self.tool_results else { return Ok(Map::new()) };
        match read_json(path)? {
            Value::Object(results) => Ok(results),
            _ => Err(format!("{}: a JSON object is wanted, with what each tool answers", path.display())),
        }
    }

    fn print(&self, number: usize, question: Question<'_>, turn: &Turn) {
        if self.json {
            println!("{}", as_json(number, question, turn));
        } else {
            self.tell(number, question, turn);
        }
    }

    fn tell(&self, number: usize, question: Question<'_>, turn: &Turn) {
        let colour = settings::paints(&std::io::stdout());
        let paint = |text: &str, style: Style| if colour { text.style(style).to_string() } else { text.to_owned() };
        println!("{}", paint(&format!("turn {number}"), Style::new().bold()));
        let (source, words) = match question {
            Question::Spoken(_) => ("heard   ", turn.heard.as_str()),
            Question::Written(text) => ("written ", text),
        };
        println!("  {} {words}", paint(source, Style::new().cyan()));
        for call in &turn.calls {
            let output = call.output.as_deref().unwrap_or("(not answered)");
            println!("  {} {}({}) -> {output}", paint("tool    ", Style::new().magenta()), call.name, call.arguments);
        }
        println!("  {} {}", paint("answer  ", Style::new().green()), turn.answer);
        if turn.status != "completed" {
            println!("  {} {}", paint("status  ", Style::new().red()), turn.status);
        }
        println!("{}", timeline::draw(turn, CALL_RATE, colour));
    }
}

fn as_json(number: usize, question: Question<'_>, turn: &Turn) -> Value {
    let after = |instant: Option<tokio::time::Instant>| {
        instant.map(|instant| instant.saturating_duration_since(turn.began).as_millis() as u64)
    };
    let calls: Vec<Value> = turn
        .calls
        .iter()
        .map(|call| json!({"name": call.name, "arguments": call.arguments, "output": call.output}))
        .collect();
    json!({
        "turn": number,
        "written": if let Question::Written(text) = question { Some(text) } else { None },
        "heard": turn.heard,
        "answer": turn.answer,
        "tool_calls": calls,
        "status": turn.status,
        "answer_ms": CALL_RATE.duration_of(turn.sound.len() as u64).as_millis() as u64,
        "slack_ms_min": turn.slack_ms_min(CALL_RATE),
        "tokens": {"read": turn.tokens.0, "written": turn.tokens.1},
        "timeline_ms": {
            "speech_end": after(turn.speech_end), "turn_end": after(turn.turn_end), "first_token": after(turn.first_text),
            "first_audio": after(turn.first_sound), "done": after(turn.done),
        },
    })
}

fn read_json(path: &Path) -> Result<Value, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
}
