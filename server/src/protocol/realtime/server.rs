//! What the server says: one type per event, written out with an id of its own.

use serde::Serialize;
use serde_json::{Map, Value};

use super::error::WireError;

/// Every frame we send stays below this: some clients close the connection at 1 MiB.
pub const FRAME_BYTES_MAX: usize = 1_000_000;

/// One event on its way to the client.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type")]
#[allow(missing_docs, reason = "the names are those of the wire, described where each event is told")]
pub enum ServerEvent {
    #[serde(rename = "error")]
    Error { error: WireError },
    #[serde(rename = "session.created")]
    SessionCreated { session: Map<String, Value> },
    #[serde(rename = "session.updated")]
    SessionUpdated { session: Map<String, Value> },
    #[serde(rename = "input_audio_buffer.speech_started")]
    SpeechStarted { audio_start_ms: u64, item_id: String },
    #[serde(rename = "input_audio_buffer.speech_stopped")]
    SpeechStopped { audio_end_ms: u64, item_id: String },
    #[serde(rename = "input_audio_buffer.timeout_triggered")]
    TimeoutTriggered { audio_start_ms: u64, audio_end_ms: u64, item_id: String },
    #[serde(rename = "input_audio_buffer.committed")]
    InputCommitted { previous_item_id: Option<String>, item_id: String },
    #[serde(rename = "input_audio_buffer.cleared")]
    InputCleared {},
    #[serde(rename = "output_audio_buffer.cleared")]
    OutputCleared { response_id: String },
    #[serde(rename = "conversation.item.added")]
    ItemAdded { previous_item_id: Option<String>, item: Value },
    #[serde(rename = "conversation.item.done")]
    ItemDone { previous_item_id: Option<String>, item: Value },
    #[serde(rename = "conversation.item.retrieved")]
    ItemRetrieved { item: Value },
    #[serde(rename = "conversation.item.truncated")]
    ItemTruncated { item_id: String, content_index: u64, audio_end_ms: u64 },
    #[serde(rename = "conversation.item.deleted")]
    ItemDeleted { item_id: String },
    #[serde(rename = "conversation.item.input_audio_transcription.delta")]
    TranscriptionDelta { item_id: String, content_index: u64, delta: String },
    #[serde(rename = "conversation.item.input_audio_transcription.completed")]
    TranscriptionCompleted { item_id: String, content_index: u64, transcript: String, usage: Value },
    #[serde(rename = "conversation.item.input_audio_transcription.failed")]
    TranscriptionFailed { item_id: String, content_index: u64, error: Value },
    #[serde(rename = "response.created")]
    ResponseCreated { response: Value },
    #[serde(rename = "response.done")]
    ResponseDone { response: Value },
    #[serde(rename = "response.output_item.added")]
    OutputItemAdded { response_id: String, output_index: u64, item: Value },
    #[serde(rename = "response.output_item.done")]
    OutputItemDone { response_id: String, output_index: u64, item: Value },
    #[serde(rename = "response.content_part.added")]
    ContentPartAdded {
        #[serde(flatten)]
        place: Place,
        part: Value,
    },
    #[serde(rename = "response.content_part.done")]
    ContentPartDone {
        #[serde(flatten)]
        place: Place,
        part: Value,
    },
    #[serde(rename = "response.output_text.delta")]
    TextDelta {
        #[serde(flatten)]
        place: Place,
        delta: String,
    },
    #[serde(rename = "response.output_text.done")]
    TextDone {
        #[serde(flatten)]
        place: Place,
        text: String,
    },
    #[serde(rename = "response.output_audio_transcript.delta")]
    TranscriptDelta {
        #[serde(flatten)]
        place: Place,
        delta: String,
    },
    #[serde(rename = "response.output_audio_transcript.done")]
    TranscriptDone {
        #[serde(flatten)]
        place: Place,
        transcript: String,
    },
    #[serde(rename = "response.output_audio.delta")]
    AudioDelta {
        #[serde(flatten)]
        place: Place,
        delta: String,
    },
    #[serde(rename = "response.output_audio.done")]
    AudioDone {
        #[serde(flatten)]
        place: Place,
    },
    #[serde(rename = "response.function_call_arguments.delta")]
    ArgumentsDelta { response_id: String, item_id: String, output_index: u64, call_id: String, delta: String },
    #[serde(rename = "response.function_call_arguments.done")]
    ArgumentsDone {
        response_id: String,
        item_id: String,
        output_index: u64,
        call_id: String,
        name: String,
        arguments: String,
    },
    #[serde(rename = "rate_limits.updated")]
    RateLimitsUpdated { rate_limits: Vec<Value> },
}

/// Where in a response something belongs.
#[derive(Debug, Clone, Serialize)]
#[allow(missing_docs, reason = "the names are those of the wire")]
pub struct Place {
    pub response_id: String,
    pub item_id: String,
    pub output_index: u64,
    pub content_index: u64,
}

impl ServerEvent {
    /// The frame: the event with `event_id`. [`None`] when it cannot be written or would not fit a frame.
    #[must_use]
    pub fn to_frame(&self, event_id: &str) -> Option<String> {
        let mut frame = format!("{{\"event_id\":\"{event_id}\",");
        let body = serde_json::to_string(self).ok()?;
        frame.push_str(body.get(1..)?);
        (frame.len() < FRAME_BYTES_MAX).then_some(frame)
    }
}
