//! The right tools with exactly the right arguments, from text and from speech; and sensible words where no tool fits.

use hearth_models::{AudioPart, GenerateOptions, Generated, Message, Models, Part, Prompt, Role, ToolCall};
use serde::Deserialize;
use serde_json::Value;

use super::{Args, Figure, Goal, Hits, lines, spoken::Spoken};
use crate::commands::{bench::tools, say::progress, wer::WordErrors};

/// Voices that the models learned from; they speak the user's sentences in turn.
const VOICES: [&str; 3] = ["slt", "rms", "kal16"];

/// Sentences of the first version, asked both ways.
const FIRST: &str = "mind_text.jsonl";
/// Sentences that are asked in writing only, except those of [`SPOKEN_ROWS`].
const FILES: [&str; 5] =
    ["mind_calls.jsonl", "mind_families.jsonl", "mind_several.jsonl", "mind_turns.jsonl", "mind_says.jsonl"];
/// Rows that are also spoken, by voices that are known and by voices that are not.
const SPOKEN_ROWS: [&str; 2] = ["fillings", "phrasings"];
/// Rows of [`FILES`], what they are called, and what they have to reach.
const ROWS: [(&str, &str, Goal); 7] = [
    ("fillings", "exact calls, unseen sentences of seen phrasings", Goal::AtLeast(98.0)),
    ("phrasings", "exact calls, unseen phrasings", Goal::AtLeast(92.0)),
    ("families", "exact calls, kinds of tools never seen", Goal::AtLeast(85.0)),
    ("several", "exact calls, two to four from one sentence", Goal::AtLeast(88.0)),
    ("turns", "exact calls, second and third turns", Goal::AtLeast(88.0)),
    ("nothing", "no call and a sensible sentence where nothing fits", Goal::AtLeast(92.0)),
    ("reckoned", "sums, days and times", Goal::None),
];
const KNOWN_VOICES: &str = "exact calls from speech, training voices";
const UNKNOWN_VOICES: &str = "exact calls from speech, voices never heard";

/// A held-out turn and what has to come of it.
#[derive(Deserialize)]
struct Line {
    /// One of [`ROWS`]; empty in the first file.
    #[serde(default)]
    row: String,
    tools: Value,
    instructions: Option<String>,
    messages: Vec<Written>,
    new_names: bool,
    expect: Expect,
}

#[derive(Deserialize)]
struct Written {
    role: String,
    content: String,
    #[serde(default)]
    tool_calls: Vec<WrittenCall>,
}

#[derive(Deserialize)]
struct WrittenCall {
    function: WrittenFunction,
}

#[derive(Deserialize)]
struct WrittenFunction {
    name: String,
    arguments: String,
}

/// Calls, or none of them and words that hold one of `any`.
#[derive(Deserialize)]
struct Expect {
    #[serde(default)]
    calls: Vec<Call>,
    #[serde(default)]
    any: Vec<String>,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Call {
    name: String,
    arguments: Value,
}

/// What the core made of a prompt.
#[derive(Default)]
struct Answer {
    calls: Vec<Call>,
    heard: String,
    words: String,
}

/// Asks all questions: those of the first version written and spoken, then the rows.
pub(super) async fn evaluate(args: &Args, models: &Models) -> Result<Vec<Figure>, String> {
    let lines: Vec<Line> = lines(&args.sentences.join(FIRST), args.limit)?;
    let spoken = Spoken::new(args.work.join("mind"))?;
    let bar = progress(2 * lines.len(), "mind");
    let (mut text, mut speech, mut understood) = (Hits::default(), Hits::default(), WordErrors::default());
    let mut log = String::new();
    for (number, line) in lines.iter().enumerate() {
        let answer = ask(models, &line.prompt(None)).await?;
        line.judge(&answer, &mut text);
        log.push_str(&line.log("text", &answer));
        bar.inc(1);
        let audio = line.speak(models, &spoken, number, false).await?;
        let answer = ask(models, &line.prompt(Some(audio))).await?;
        line.judge(&answer, &mut speech);
        understood += WordErrors::between(line.said(), &answer.heard);
        log.push_str(&line.log("speech", &answer));
        bar.inc(1);
    }
    bar.finish_and_clear();
    let what = "words wrong that it heard itself";
    let heard = Figure::percent("mind", what, 100.0 * understood.rate(), lines.len(), Goal::None);
    let rows = ask_rows(args, models, &spoken, lines.len(), &mut log).await?;
    let path = args.work.join("mind.tsv");
    std::fs::write(&path, log).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(figures(&text, &speech).into_iter().chain([heard]).chain(row_figures(&rows)).collect())
}

/// The rows of [`FILES`]; their sound is numbered from `first`.
async fn ask_rows(
    args: &Args,
    models: &Models,
    spoken: &Spoken,
    first: usize,
    log: &mut String,
) -> Result<Hits, String> {
    let mut all: Vec<Line> = Vec::new();
    for file in FILES {
        all.extend(lines(&args.sentences.join(file), args.limit)?);
    }
    let bar = progress(all.len(), "mind, row by row");
    let mut hits = Hits::default();
    for (number, line) in all.iter().enumerate() {
        let Some(row) = ROWS.iter().map(|(row, ..)| *row).find(|row| *row == line.row) else {
            return Err(format!("there is no row `{}`", line.row));
        };
        let answer = ask(models, &line.prompt(None)).await?;
        hits.add(row, line.is_right(&answer));
        log.push_str(&line.log(row, &answer));
        if SPOKEN_ROWS.contains(&row) {
            for (how, unknown) in [(KNOWN_VOICES, false), (UNKNOWN_VOICES, true)] {
                let audio = line.speak(models, spoken, first + 2 * number + usize::from(unknown), unknown).await?;
                let answer = ask(models, &line.prompt(Some(audio))).await?;
                hits.add(how, line.is_right(&answer));
                log.push_str(&line.log(how, &answer));
            }
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(hits)
}

fn row_figures(rows: &Hits) -> Vec<Figure> {
    let written = ROWS.iter().map(|&(row, what, goal)| rows.figure(row, "mind", what, goal));
    let spoken = [(KNOWN_VOICES, 90.0), (UNKNOWN_VOICES, 82.0)];
    let spoken = spoken.map(|(what, goal)| rows.figure(what, "mind", what, Goal::AtLeast(goal)));
    written.chain(spoken).flatten().collect()
}

fn figures(text: &Hits, speech: &Hits) -> Vec<Figure> {
    let figures = [
        text.figure("calls", "mind", "exact tool calls, from text", Goal::AtLeast(85.0)),
        text.figure("new", "mind", "  of them tools with invented names", Goal::None),
        text.figure("says", "mind", "speaks when no tool is wanted, from text", Goal::None),
        speech.figure("calls", "mind", "exact tool calls, from speech", Goal::AtLeast(60.0)),
        speech.figure("new", "mind", "  of them tools with invented names", Goal::None),
        speech.figure("says", "mind", "speaks when no tool is wanted, from speech", Goal::None),
    ];
    figures.into_iter().flatten().collect()
}

async fn ask(models: &Models, prompt: &Prompt) -> Result<Answer, String> {
    let mut context = models.mind.open();
    let options = GenerateOptions { tokens_max: 256, ..GenerateOptions::default() };
    let mut generation = context.generate(prompt, &options).map_err(|error| format!("the core: {error}"))?;
    let mut answer = Answer::default();
    while let Some(piece) = generation.next().await {
        match piece.map_err(|error| format!("the core: {error}"))? {
            Generated::Heard(words) => answer.heard.push_str(&words),
            Generated::Text(words) => answer.words.push_str(&words),
            Generated::ToolCall(call) => {
                let arguments = serde_json::from_str(&call.arguments).unwrap_or(Value::String(call.arguments));
                answer.calls.push(Call { name: call.name, arguments });
            }
            Generated::Done { .. } => break,
        }
    }
    Ok(answer)
}

impl Line {
    /// What the user says, the last of the messages.
    fn said(&self) -> &str {
        self.messages.last().map_or("", |message| &message.content)
    }

    /// The prompt; with `audio` the last message is spoken.
    fn prompt(&self, audio: Option<AudioPart>) -> Prompt {
        let mut messages: Vec<Message> = self.messages.iter().map(Written::message).collect();
        if let (Some(audio), Some(last)) = (audio, messages.last_mut()) {
            last.parts = vec![Part::Audio(audio)];
        }
        Prompt { instructions: self.instructions.clone().unwrap_or_default(), tools: tools(&self.tools), messages }
    }

    /// Lets another program say what the user says, in a voice that the models learned from or an `unknown` one, and the
    /// ears hear it.
    async fn speak(&self, models: &Models, spoken: &Spoken, number: usize, unknown: bool) -> Result<AudioPart, String> {
        let command = match (unknown, number % 4 < 2) {
            (false, _) => vec!["flite", "-voice", VOICES[number % VOICES.len()], "-t", self.said(), "-o"],
            (true, true) => vec!["flite", "-voice", "awb", "-t", self.said(), "-o"],
            (true, false) => vec!["espeak-ng", "-v", "en-gb-scotland", self.said(), "-w"],
        };
        let command: Vec<String> = command.into_iter().map(str::to_owned).collect();
        let samples = spoken.say(number + 1, &command)?;
        let mut stream = models.ears.open();
        let mut steps = stream.push(&samples).await.map_err(|error| format!("the ears: {error}"))?;
        let (rest, transcript) = stream.finish().await.map_err(|error| format!("the ears: {error}"))?;
        steps.extend(rest);
        let steps = steps.into_iter().map(|step| step.embedding).collect();
        // Ids far from those of sessions; each sound has one of its own.
        Ok(AudioPart { id: u64::MAX - number as u64, steps, transcript: Some(transcript.text) })
    }

    /// Exactly the calls that were wanted; or none, and words that say what they have to.
    fn is_right(&self, answer: &Answer) -> bool {
        let words = answer.words.to_lowercase();
        let any = &self.expect.any;
        let sensible = any.is_empty() || any.iter().any(|part| words.contains(&part.to_lowercase()));
        answer.calls == self.expect.calls && (!self.expect.calls.is_empty() || sensible)
    }

    fn judge(&self, answer: &Answer, hits: &mut Hits) {
        if self.expect.calls.is_empty() {
            hits.add("says", answer.calls.is_empty());
            return;
        }
        let right = answer.calls == self.expect.calls;
        hits.add("calls", right);
        if self.new_names {
            hits.add("new", right);
        }
    }

    fn log(&self, how: &str, answer: &Answer) -> String {
        let right = answer.calls == self.expect.calls;
        let calls = |calls: &[Call]| {
            let calls: Vec<_> = calls.iter().map(|call| format!("{}({})", call.name, call.arguments)).collect();
            calls.join(" ")
        };
        let (wanted, made) = (calls(&self.expect.calls), calls(&answer.calls));
        format!("{how}\t{right}\t{}\t{}\t{wanted}\t{made}\t{}\n", self.said(), answer.heard, answer.words)
    }
}

impl Written {
    fn message(&self) -> Message {
        let role = match self.role.as_str() {
            "system" => Role::System,
            "assistant" => Role::Assistant,
            "tool" => Role::Tool,
            _ => Role::User,
        };
        let said = match role {
            Role::Tool => Some(Part::ToolResult { call_id: String::new(), output: self.content.clone() }),
            _ if self.content.is_empty() => None,
            _ => Some(Part::Text(self.content.clone())),
        };
        let calls = self.tool_calls.iter().map(|call| {
            let WrittenFunction { name, arguments } = &call.function;
            Part::ToolCall(ToolCall { id: String::new(), name: name.clone(), arguments: arguments.clone() })
        });
        Message { role, parts: said.into_iter().chain(calls).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(expect: &str) -> Line {
        let text = format!(
            r#"{{"tools": [{{"type": "function", "function": {{"name": "light", "parameters": {{}}}}}}], "instructions": null,
                "messages": [{{"role": "user", "content": "light on"}}], "new_names": true, "expect": {expect}}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    fn answer(calls: &[(&str, &str)]) -> Answer {
        let call = |&(name, arguments): &(&str, &str)| Call {
            name: name.into(),
            arguments: serde_json::from_str(arguments).unwrap(),
        };
        Answer { calls: calls.iter().map(call).collect(), ..Answer::default() }
    }

    #[test]
    fn a_call_counts_when_name_and_arguments_are_exact_and_their_order_does_not_matter() {
        let line = line(r#"{"calls": [{"name": "light", "arguments": {"on": true, "room": "den"}}]}"#);
        let mut hits = Hits::default();
        line.judge(&answer(&[("light", r#"{"room": "den", "on": true}"#)]), &mut hits);
        line.judge(&answer(&[("light", r#"{"room": "den", "on": "true"}"#)]), &mut hits);
        line.judge(&answer(&[("lamp", r#"{"room": "den", "on": true}"#)]), &mut hits);
        line.judge(&answer(&[("light", r#"{"room": "den", "on": true}"#), ("light", "{}")]), &mut hits);
        line.judge(&answer(&[]), &mut hits);
        assert_eq!((hits.0["calls"], hits.0["new"]), ((1, 5), (1, 5)));
    }

    #[test]
    fn speaking_counts_when_nothing_was_called() {
        let line = line(r#"{"say": true, "like": "Hello."}"#);
        let mut hits = Hits::default();
        line.judge(&answer(&[]), &mut hits);
        line.judge(&answer(&[("light", "{}")]), &mut hits);
        assert_eq!(hits.0["says"], (1, 2));
        assert!(!hits.0.contains_key("calls"));
    }

    #[test]
    fn where_nothing_fits_the_words_count_too() {
        let line = line(r#"{"say": true, "like": "Sorry, no.", "any": ["sorry", "cannot"]}"#);
        let says = |words: &str| Answer { words: words.into(), ..Answer::default() };
        assert!(line.is_right(&says("I CANNOT do that.")));
        assert!(!line.is_right(&says("Okay.")));
        assert!(!line.is_right(&Answer { words: "sorry".into(), ..answer(&[("light", "{}")]) }));
    }

    #[test]
    fn what_was_called_before_stands_in_the_prompt() {
        let text = r#"[{"role": "user", "content": "light on"},
            {"role": "assistant", "content": "", "tool_calls": [{"function": {"name": "light", "arguments": "{}"}}]},
            {"role": "tool", "content": "done"}]"#;
        let written: Vec<Written> = serde_json::from_str(text).unwrap();
        let messages: Vec<Message> = written.iter().map(Written::message).collect();
        assert!(matches!(&messages[1].parts[..], [Part::ToolCall(call)] if call.name == "light"));
        assert!(matches!(&messages[2].parts[..], [Part::ToolResult { output, .. }] if output == "done"));
    }

    #[test]
    fn a_line_becomes_a_prompt() {
        let prompt = line(r#"{"say": true}"#).prompt(None);
        assert_eq!(prompt.tools[0].name, "light");
        assert!(matches!(&prompt.messages[0].parts[0], Part::Text(text) if text == "light on"));
    }
}
