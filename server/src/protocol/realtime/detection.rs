//! Who ends the user's turn, and how, as a client configured it.

use std::time::Duration;

use serde_json::{Value, json};

use super::{error::Refusal, fields::Fields};

/// Most sound that is kept from before speech.
pub const PREFIX_PADDING_MS_MAX: u64 = 2_000;
/// Who decides that the user's turn began and ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TurnDetection {
    /// How the end is found.
    pub kind: DetectionKind,
    /// Whether an answer begins by itself.
    pub create_response: bool,
    /// Whether speech of the user stops an answer.
    pub interrupt_response: bool,
}

/// How the end of a turn is found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum DetectionKind {
    /// A pause of fixed length.
    ServerVad {
        /// Score that counts as speech, 0 to 1.
        threshold: f32,
        /// Sound kept from before the speech.
        prefix_padding: Duration,
        /// Pause that ends the turn.
        silence: Duration,
        /// Silence after an answer that makes the model speak up.
        idle_timeout: Option<Duration>,
    },
    /// A pause whose length depends on what was said.
    SemanticVad(Eagerness),
}

/// How long a `semantic_vad` waits at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Eagerness {
    /// Up to 8 s.
    Low,
    /// Up to 4 s.
    Medium,
    /// Up to 2 s.
    High,
    /// As medium.
    Auto,
}

impl Default for TurnDetection {
    fn default() -> Self {
        let kind = DetectionKind::ServerVad {
            threshold: 0.5,
            prefix_padding: Duration::from_millis(300),
            silence: Duration::from_millis(500),
            idle_timeout: None,
        };
        Self { kind, create_response: true, interrupt_response: true }
    }
}

impl TurnDetection {
    pub(super) fn parse(fields: &Fields<'_>) -> Result<Self, Refusal> {
        let kind = match fields.maybe_text("type")?.unwrap_or("server_vad") {
            "server_vad" => Self::parse_server_vad(fields)?,
            "semantic_vad" => DetectionKind::SemanticVad(Self::parse_eagerness(fields)?),
            _ => return Err(Refusal::wrong_value(fields.path_of("type"), "'server_vad' or 'semantic_vad'")),
        };
        Ok(Self {
            kind,
            create_response: fields.maybe_truth("create_response")?.unwrap_or(true),
            interrupt_response: fields.maybe_truth("interrupt_response")?.unwrap_or(true),
        })
    }

    fn parse_server_vad(fields: &Fields<'_>) -> Result<DetectionKind, Refusal> {
        let threshold = fields.maybe_number("threshold")?.unwrap_or(0.5);
        if !(0.0..=1.0).contains(&threshold) {
            return Err(Refusal::wrong_value(fields.path_of("threshold"), "0.0 to 1.0"));
        }
        let millis = |name: &str, default: u64, max: u64| -> Result<Duration, Refusal> {
            let millis = fields.maybe_count(name)?.unwrap_or(default);
            if millis > max {
                return Err(Refusal::wrong_value(fields.path_of(name), &format!("at most {max}")));
            }
            Ok(Duration::from_millis(millis))
        };
        Ok(DetectionKind::ServerVad {
            threshold: threshold as f32,
            prefix_padding: millis("prefix_padding_ms", 300, PREFIX_PADDING_MS_MAX)?,
            silence: millis("silence_duration_ms", 500, 10_000)?,
            idle_timeout: if fields.value("idle_timeout_ms").is_some() {
                Some(millis("idle_timeout_ms", 0, 600_000)?)
            } else {
                None
            },
        })
    }

    fn parse_eagerness(fields: &Fields<'_>) -> Result<Eagerness, Refusal> {
        match fields.maybe_text("eagerness")?.unwrap_or("auto") {
            "low" => Ok(Eagerness::Low),
            "medium" => Ok(Eagerness::Medium),
            "high" => Ok(Eagerness::High),
            "auto" => Ok(Eagerness::Auto),
            _ => Err(Refusal::wrong_value(fields.path_of("eagerness"), "'low', 'medium', 'high' or 'auto'")),
        }
    }

    pub(super) fn to_json(self) -> Value {
        let Self { kind, create_response, interrupt_response } = self;
        match kind {
            DetectionKind::ServerVad { threshold, prefix_padding, silence, idle_timeout } => json!({
                "type": "server_vad",
                "threshold": (f64::from(threshold) * 1e6).round() / 1e6,
                "prefix_padding_ms": prefix_padding.as_millis() as u64,
                "silence_duration_ms": silence.as_millis() as u64,
                "idle_timeout_ms": idle_timeout.map(|timeout| timeout.as_millis() as u64),
                "create_response": create_response,
                "interrupt_response": interrupt_response,
            }),
            DetectionKind::SemanticVad(eagerness) => json!({
                "type": "semantic_vad",
                "eagerness": match eagerness {
                    Eagerness::Low => "low",
                    Eagerness::Medium => "medium",
                    Eagerness::High => "high",
                    Eagerness::Auto => "auto",
                },
                "create_response": create_response,
                "interrupt_response": interrupt_response,
            }),
        }
    }
}
