//! A response as the wire says it, from `response.created` to `response.done`.

use hearth_models::Usage;
use serde_json::{Value, json};

use super::config::{AudioFormat, Modality};

/// What stays the same about a response from its beginning to its end.
#[derive(Debug, Clone)]
pub struct ResponseFrame {
    /// Its name on the wire.
    pub id: String,
    /// Of the conversation it belongs to; `None` out of band.
    pub conversation_id: Option<String>,
    /// What it is made of.
    pub modality: Modality,
    /// Most tokens, `None` is as many as fit.
    pub tokens_max: Option<u32>,
    /// The client's own notes.
    pub metadata: Option<Value>,
    /// How it is spoken.
    pub voice: String,
    /// How its sound is written.
    pub format: AudioFormat,
}

/// How a response is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResponseStatus {
    /// Being made.
    InProgress,
    /// Whole.
    Completed,
    /// Stopped because the user took the floor.
    TurnDetected,
    /// Stopped because the client said so, or the session ended.
    ClientCancelled,
    /// Ended by its own bound.
    Incomplete,
    /// Broken off.
    Failed {
        /// Machine-readable.
        code: &'static str,
        /// For people.
        message: String,
    },
}

impl ResponseFrame {
    /// The response as `response.created` and `response.done` carry it.
    #[must_use]
    pub fn to_json(&self, status: &ResponseStatus, output: &[Value], usage: Option<Usage>) -> Value {
        let (name, details) = status.to_json();
        json!({
            "object": "realtime.response",
            "id": self.id,
            "conversation_id": self.conversation_id,
            "status": name,
            "status_details": details,
            "output_modalities": self.modality.to_json(),
            "max_output_tokens": self.tokens_max.map_or_else(|| json!("inf"), |tokens| json!(tokens)),
            "audio": { "output": { "format": self.format.to_json(), "voice": self.voice } },
            "metadata": self.metadata,
            "output": output,
            "usage": usage.map(usage_to_json),
        })
    }
}

impl ResponseStatus {
    fn to_json(&self) -> (&'static str, Value) {
        match self {
            Self::InProgress => ("in_progress", Value::Null),
            Self::Completed => ("completed", Value::Null),
            Self::TurnDetected => ("cancelled", json!({ "type": "cancelled", "reason": "turn_detected" })),
            Self::ClientCancelled => ("cancelled", json!({ "type": "cancelled", "reason": "client_cancelled" })),
            Self::Incomplete => ("incomplete", json!({ "type": "incomplete", "reason": "max_output_tokens" })),
            Self::Failed { code, message } => (
                "failed",
                json!({ "type": "failed", "error": { "type": "server_error", "code": code, "message": message } }),
            ),
        }
    }
}

/// Our tokens are words on the way in and out; sound out is made of them and costs none of its own.
fn usage_to_json(usage: Usage) -> Value {
    let Usage { input_text_tokens, input_audio_tokens, input_image_tokens, cached_tokens, output_tokens } = usage;
    let input_tokens = input_text_tokens + input_audio_tokens + input_image_tokens;
    json!({
        "total_tokens": input_tokens + output_tokens,
        "input_tokens": input_tokens,
        "output_tokens": output_tokens,
        "input_token_details": {
            "text_tokens": input_text_tokens,
            "audio_tokens": input_audio_tokens,
            "image_tokens": input_image_tokens,
            "cached_tokens": cached_tokens,
        },
        "output_token_details": { "text_tokens": output_tokens, "audio_tokens": 0 },
    })
}
