//! What a client is told when something it sent cannot be done.

use serde::Serialize;

/// Why an event was refused. The connection stays open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Machine-readable reason; clients key on some of them.
    pub code: &'static str,
    /// One sentence for people, with the remedy where there is one.
    pub message: String,
    /// The field that is wrong, as a path from the top of the event.
    pub param: Option<String>,
}

impl Refusal {
    /// A refusal without a field to blame. A long message is cut: it may quote what was sent.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: cut(message.into(), MESSAGE_BYTES_MAX), param: None }
    }

    /// The same, blaming the field at `param`.
    #[must_use]
    pub fn at(mut self, param: impl Into<String>) -> Self {
        self.param = Some(cut(param.into(), MESSAGE_BYTES_MAX));
        self
    }

    /// The frame is no JSON object.
    pub(crate) fn not_json(reason: &str) -> Self {
        Self::new("invalid_json", format!("The message is not a JSON object: {reason}."))
    }

    /// A field that must be there is not.
    pub(crate) fn missing(param: String) -> Self {
        Self::new("missing_required_parameter", format!("Missing required parameter: '{param}'.")).at(param)
    }

    /// A field has the wrong type.
    pub(crate) fn wrong_type(param: String, expected: &str) -> Self {
        Self::new("invalid_type", format!("Invalid type for '{param}': expected {expected}.")).at(param)
    }

    /// A field has the right type and a value that cannot be.
    pub(crate) fn wrong_value(param: String, expected: &str) -> Self {
        Self::new("invalid_value", format!("Invalid value for '{param}': expected {expected}.")).at(param)
    }

    /// An event nobody here knows.
    pub(crate) fn unknown_event(kind: &str) -> Self {
        Self::new("unknown_event", format!("Unknown event type: '{kind}'.")).at("type")
    }

    /// Cancel without a response to cancel. Clients match code and the first words.
    #[must_use]
    pub fn nothing_to_cancel() -> Self {
        Self::new("response_cancel_not_active", "Cancellation failed: no active response found")
    }

    /// A response is wanted while one is in progress.
    #[must_use]
    pub fn already_active(response: &str) -> Self {
        Self::new(
            "conversation_already_has_active_response",
            format!(
                "Conversation already has an active response in progress: {response}. Wait until it is done, or cancel it."
            ),
        )
    }

    /// Commit of an input buffer without speech.
    #[must_use]
    pub fn nothing_to_commit() -> Self {
        let message = "Error committing input audio buffer: buffer too small. Expected at least 100ms of audio.";
        Self::new("input_audio_buffer_commit_empty", message)
    }

    /// Retrieve, truncate or delete of an item that is not there. Clients match the code of retrieve.
    #[must_use]
    pub fn no_such_item(verb: ItemVerb, item: &str) -> Self {
        let (code, verb) = match verb {
            ItemVerb::Retrieve => ("item_retrieve_invalid_item_id", "retrieving"),
            ItemVerb::Truncate => ("item_truncate_invalid_item_id", "truncating"),
            ItemVerb::Delete => ("item_delete_invalid_item_id", "deleting"),
            ItemVerb::Place => ("item_create_invalid_previous_item_id", "creating"),
        };
        Self::new(code, format!("Error {verb} item: the item with id '{item}' does not exist.")).at("item_id")
    }

    /// An item id that is taken.
    #[must_use]
    pub fn duplicate_item(item: &str) -> Self {
        Self::new(
            "item_create_duplicate_item_id",
            format!("Error creating item: an item with id '{item}' already exists in the conversation."),
        )
        .at("item.id")
    }
}

/// Most bytes of a message: enough for a sentence and a name.
const MESSAGE_BYTES_MAX: usize = 500;
/// Longest id of a client's event that is echoed, in bytes.
const EVENT_ID_BYTES_MAX: usize = 1_024;

/// The beginning of `text`, at most `bytes_max` long.
fn cut(mut text: String, bytes_max: usize) -> String {
    if text.len() > bytes_max {
        text.truncate(text.floor_char_boundary(bytes_max));
    }
    text
}

/// What was to be done with an item that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemVerb {
    /// Show it.
    Retrieve,
    /// Cut its sound.
    Truncate,
    /// Take it out.
    Delete,
    /// Put another one after it.
    Place,
}

/// The body of an `error` event.
#[derive(Debug, Clone, Serialize)]
pub struct WireError {
    /// `invalid_request_error` when the client can mend it, `server_error` when it cannot.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// See [`Refusal::code`].
    pub code: &'static str,
    /// See [`Refusal::message`].
    pub message: String,
    /// See [`Refusal::param`].
    pub param: Option<String>,
    /// The client's own id of the event that failed.
    pub event_id: Option<String>,
}

impl WireError {
    /// The refusal of the client event `event_id`.
    #[must_use]
    pub fn refused(refusal: Refusal, event_id: Option<String>) -> Self {
        let Refusal { code, message, param } = refusal;
        let event_id = event_id.filter(|id| id.len() <= EVENT_ID_BYTES_MAX);
        Self { kind: "invalid_request_error", code, message, param, event_id }
    }

    /// Something of ours failed.
    #[must_use]
    pub fn server(code: &'static str, message: impl Into<String>) -> Self {
        Self { kind: "server_error", code, message: message.into(), param: None, event_id: None }
    }
}
