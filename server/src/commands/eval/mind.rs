//! The right tools with exactly the right arguments, from text and from speech.

use hearth_models::{AudioPart, GenerateOptions, Generated, Message, Models, Part, Prompt, Role};
use serde::Deserialize;
use serde_json::Value;

use super::{Args, Figure, Goal, Hits, lines, spoken::Spoken};
use crate::commands::{bench::tools, say::progress, wer::WordErrors};

/// Voices that speak the user's sentences, in turn.
const VOICES: [&str; 3] = ["slt", "rms", "kal16"];

/// A held-out turn and what has to come of it.
#[derive(Deserialize)]
struct Line {
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
}

/// Calls, or none of them.
#[derive(Deserialize)]
struct Expect {
    #[serde(default)]
    calls: Vec<Call>,
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

/// Asks all questions twice: written, and spoken.
pub(super) async fn evaluate(args: &Args, models: &Models) -> Result<Vec<Figure>, String> {
    let lines: Vec<Line> = lines(&args.sentences.join("mind_text.jsonl"), args.limit)?;
    let spoken = Spoken::new(args.work.join("mind"))?;
    let bar = progress(2 * lines.len(), "mind");
    let (mut text, mut speech, mut understood) = (Hits::default(), Hits::default(), WordErrors::default());
    let mut log = String::new();
    for (number, line) in lines.iter().enumerate() {
        let answer = ask(models, &line.prompt(None)).await?;
        line.judge(&answer, &mut text);
        log.push_str(&line.log("text", &answer));
        bar.inc(1);
        let audio = line.speak(models, &spoken, number).await?;
        let answer = ask(models, &line.prompt(Some(audio))).await?;
        line.judge(&answer, &mut speech);
        understood += WordErrors::between(line.said(), &answer.heard);
        log.push_str(&line.log("speech", &answer));
        bar.inc(1);
    }
    bar.finish_and_clear();
    let path = args.work.join("mind.tsv");
    std::fs::write(&path, log).map_err(|error| format!("{}: {error}", path.display()))?;
    let what = "words wrong that it heard itself";
    let heard = Figure::percent("mind", what, 100.0 * understood.rate(), lines.len(), Goal::None);
    Ok(figures(&text, &speech).into_iter().chain([heard]).collect())
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

    /// Lets flite say what the user says, and the ears hear it.
    async fn speak(&self, models: &Models, spoken: &Spoken, number: usize) -> Result<AudioPart, String> {
        let voice = VOICES[number % VOICES.len()];
        let command = ["flite", "-voice", voice, "-t", self.said(), "-o"].map(str::to_owned);
        let samples = spoken.say(number + 1, &command)?;
        let mut stream = models.ears.open();
        let mut steps = stream.push(&samples).await.map_err(|error| format!("the ears: {error}"))?;
        let (rest, transcript) = stream.finish().await.map_err(|error| format!("the ears: {error}"))?;
        steps.extend(rest);
        let steps = steps.into_iter().map(|step| step.embedding).collect();
        // Ids far from those of sessions; each sound has one of its own.
        Ok(AudioPart { id: u64::MAX - number as u64, steps, transcript: Some(transcript.text) })
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
        Message { role, parts: vec![Part::Text(self.content.clone())] }
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
    fn a_line_becomes_a_prompt() {
        let prompt = line(r#"{"say": true}"#).prompt(None);
        assert_eq!(prompt.tools[0].name, "light");
        assert!(matches!(&prompt.messages[0].parts[0], Part::Text(text) if text == "light on"));
    }
}
