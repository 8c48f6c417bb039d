//! The other end of the Realtime dialect: what a caller says and is told. `hearth talk` and the benches speak it.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use hearth_codecs::pcm;
use serde_json::{Value, json};

/// What a caller says.
#[derive(Debug, Clone, PartialEq)]
pub enum Say<'a> {
    /// Changes the session: the content of `session`.
    Configure(Value),
    /// The next sound of the microphone, mono 24 kHz.
    Sound(&'a [f32]),
    /// What was said so far is the turn.
    Commit,
    /// A written turn.
    Text(&'a str),
    /// What a tool answered.
    ToolResult {
        /// The call it answers.
        call_id: &'a str,
        /// Mostly JSON.
        output: &'a str,
    },
    /// Asks for an answer.
    Answer,
    /// Only this much of an answer was heard.
    Truncate {
        /// The message that was being spoken.
        item_id: &'a str,
        /// How much of it was played.
        audio_end_ms: u64,
    },
}

impl Say<'_> {
    /// The text frame that says it.
    #[must_use]
    pub fn frame(&self) -> String {
        match self {
            // By hand: this is sent fifty times a second, and base64 needs no escaping.
            Self::Sound(samples) => {
                let mut bytes = Vec::with_capacity(samples.len() * 2);
                pcm::encode(samples, &mut bytes);
                let audio = BASE64_STANDARD.encode(bytes);
                format!(r#"{{"type":"input_audio_buffer.append","audio":"{audio}"}}"#)
            }
            other => other.event().to_string(),
        }
    }

    fn event(&self) -> Value {
        match self {
            Self::Configure(session) => json!({"type": "session.update", "session": session}),
            Self::Sound(_) => json!({"type": "input_audio_buffer.append", "audio": ""}),
            Self::Commit => json!({"type": "input_audio_buffer.commit"}),
            Self::Text(text) => json!({"type": "conversation.item.create", "item": {
                "type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}}),
            Self::ToolResult { call_id, output } => json!({"type": "conversation.item.create", "item": {
                "type": "function_call_output", "call_id": call_id, "output": output}}),
            Self::Answer => json!({"type": "response.create"}),
            Self::Truncate { item_id, audio_end_ms } => json!({"type": "conversation.item.truncate",
                "item_id": item_id, "content_index": 0, "audio_end_ms": audio_end_ms}),
        }
    }
}

/// What a caller is told.
#[derive(Debug, Clone, PartialEq)]
pub enum Told {
    /// The session is there; the model that answers.
    Opened {
        /// Name of the model.
        model: String,
    },
    /// The session is as it was asked to be.
    Configured,
    /// We were heard to speak.
    SpeechStarted,
    /// We were heard to stop.
    SpeechStopped,
    /// Our turn is over.
    Committed,
    /// What we said, as it was understood.
    Heard(String),
    /// An answer begins.
    Began {
        /// The answer.
        response_id: String,
    },
    /// A written piece of the answer, or the words of the spoken one.
    Text(String),
    /// A spoken piece of the answer, mono 24 kHz.
    Sound {
        /// The message that is spoken.
        item_id: String,
        /// Samples.
        samples: Vec<f32>,
    },
    /// The model wants a tool called.
    ToolCall {
        /// Ties the result to it.
        call_id: String,
        /// Which tool.
        name: String,
        /// A JSON object.
        arguments: String,
    },
    /// An answer is over.
    Done {
        /// `completed`, `cancelled`, `incomplete` or `failed`.
        status: String,
        /// Why, if it was not completed.
        reason: Option<String>,
        /// Tokens read and written.
        tokens: (u64, u64),
    },
    /// Something was wrong with what we said.
    Error(String),
    /// Anything else.
    Other,
}

impl Told {
    /// Reads a text frame; what is not understood is [`Told::Other`], as new events may come at any time.
    #[must_use]
    pub fn read(frame: &str) -> Self {
        let event: Value = serde_json::from_str(frame).unwrap_or_default();
        let text = |name: &str| event[name].as_str().unwrap_or_default().to_owned();
        match event["type"].as_str().unwrap_or_default() {
            "session.created" => Self::Opened { model: event["session"]["model"].as_str().unwrap_or("?").to_owned() },
            "session.updated" => Self::Configured,
            "input_audio_buffer.speech_started" => Self::SpeechStarted,
            "input_audio_buffer.speech_stopped" => Self::SpeechStopped,
            "input_audio_buffer.committed" => Self::Committed,
            "conversation.item.input_audio_transcription.completed" => Self::Heard(text("transcript")),
            "response.created" => {
                Self::Began { response_id: event["response"]["id"].as_str().unwrap_or_default().into() }
            }
            "response.output_text.delta" | "response.output_audio_transcript.delta" => Self::Text(text("delta")),
            "response.output_audio.delta" => {
                Self::Sound { item_id: text("item_id"), samples: samples_of(&event["delta"]) }
            }
            "response.function_call_arguments.done" => {
                Self::ToolCall { call_id: text("call_id"), name: text("name"), arguments: text("arguments") }
            }
            "response.done" => done(&event["response"]),
            "error" => Self::Error(event["error"]["message"].as_str().unwrap_or("?").to_owned()),
            _ => Self::Other,
        }
    }
}

fn done(response: &Value) -> Told {
    let details = &response["status_details"];
    let reason = details["error"]["message"].as_str().or(details["reason"].as_str());
    let tokens = |side: &str| response["usage"][side].as_u64().unwrap_or_default();
    Told::Done {
        status: response["status"].as_str().unwrap_or("?").to_owned(),
        reason: reason.map(str::to_owned),
        tokens: (tokens("input_tokens"), tokens("output_tokens")),
    }
}

fn samples_of(delta: &Value) -> Vec<f32> {
    let bytes = BASE64_STANDARD.decode(delta.as_str().unwrap_or_default()).unwrap_or_default();
    let mut samples = Vec::with_capacity(bytes.len() / 2);
    pcm::PcmDecoder::default().push(&bytes, &mut samples);
    samples
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_json_of_the_dialect() {
        let frame: Value = serde_json::from_str(&Say::Sound(&[0.5, -0.5]).frame()).unwrap();
        assert_eq!(frame, json!({"type": "input_audio_buffer.append", "audio": "AEAAwA=="}));
        let frame: Value = serde_json::from_str(&Say::Text("say \"hi\"").frame()).unwrap();
        assert_eq!(frame["item"]["content"][0]["text"], "say \"hi\"");
    }

    #[test]
    fn what_is_told_is_read_and_the_unknown_passed_over() {
        let told = Told::read(r#"{"type":"response.output_audio.delta","item_id":"item_1","delta":"AEAAwA=="}"#);
        assert_eq!(told, Told::Sound { item_id: "item_1".into(), samples: vec![0.5, -0.5] });
        let told = Told::read(
            r#"{"type":"response.done","response":{"status":"cancelled","status_details":{"reason":"turn_detected"}}}"#,
        );
        let reason = Some("turn_detected".to_owned());
        assert_eq!(told, Told::Done { status: "cancelled".into(), reason, tokens: (0, 0) });
        assert_eq!(Told::read(r#"{"type":"something.new"}"#), Told::Other);
        assert_eq!(Told::read("not json"), Told::Other);
    }
}
