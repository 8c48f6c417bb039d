//! What a client says: text frames to [`ClientEvent`]s.

use std::{borrow::Cow, sync::Arc};

use hearth_models::{Tool, ToolChoice};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::conversation::Item;

use super::{
    config::{self, AudioFormat, Modality},
    error::Refusal,
    fields::Fields,
    items::{self, NewItem},
};

/// What one text frame turned out to be.
#[derive(Debug)]
pub enum Spoken<'a> {
    /// Sound, base64, straight from the frame: the one event that comes all the time.
    Append {
        /// The client's id of the event.
        event_id: Option<Cow<'a, str>>,
        /// The sound in the input format of the session, base64.
        audio: Cow<'a, str>,
    },
    /// Everything else.
    Event(ClientEvent),
}

/// One event of the client, parsed.
#[derive(Debug)]
pub struct ClientEvent {
    /// The client's id of it; comes back in an error.
    pub event_id: Option<String>,
    /// What it wishes.
    pub wish: Wish,
}

/// What a client wishes.
#[derive(Debug)]
pub enum Wish {
    /// Merge this into the configuration.
    UpdateSession(Map<String, Value>),
    /// The sound so far is a whole utterance.
    CommitInput,
    /// Forget the sound so far.
    ClearInput,
    /// Stop playing (meant for transports that play for the client).
    ClearOutput,
    /// Put an item into the conversation.
    CreateItem {
        /// The item.
        item: Box<NewItem>,
        /// After which one: an id, `root`, or at the end.
        previous: Option<String>,
    },
    /// Show an item with its sound.
    RetrieveItem {
        /// Which.
        item: String,
    },
    /// Cut the sound of an item to what was heard.
    TruncateItem {
        /// Which.
        item: String,
        /// Which part of it.
        content_index: u64,
        /// How much was heard.
        audio_end_ms: u64,
    },
    /// Take an item out.
    DeleteItem {
        /// Which.
        item: String,
    },
    /// Answer.
    CreateResponse(Box<ResponseWish>),
    /// Stop answering.
    CancelResponse {
        /// Which response, if it matters.
        response: Option<String>,
    },
}

/// How one response differs from the session.
#[derive(Debug, Default)]
pub struct ResponseWish {
    /// Outside the conversation, beside whatever goes on in it.
    pub out_of_band: bool,
    /// Read these instead of the conversation.
    pub input: Option<Vec<InputItem>>,
    /// Instead of those of the session.
    pub instructions: Option<String>,
    /// Instead of those of the session.
    pub tools: Option<Arc<[Tool]>>,
    /// Instead of that of the session.
    pub tool_choice: Option<ToolChoice>,
    /// Instead of that of the session.
    pub modality: Option<Modality>,
    /// Instead of that of the session; `Some(None)` is as many as fit.
    pub tokens_max: Option<Option<u32>>,
    /// The client's own notes; they come back as they are.
    pub metadata: Option<Value>,
    /// Instead of that of the session.
    pub voice: Option<String>,
    /// Instead of that of the session.
    pub format: Option<AudioFormat>,
}

/// One entry of a response's own input.
#[derive(Debug)]
pub enum InputItem {
    /// An item of the conversation, by its id.
    Reference(String),
    /// A new one, for this response only.
    New(Box<NewItem>),
    /// The same, with its sounds and pictures understood.
    Whole(Box<Item>),
}

/// A frame that was refused, with the id to echo.
#[derive(Debug)]
pub struct Refused {
    /// Why.
    pub refusal: Refusal,
    /// The client's id of the event.
    pub event_id: Option<String>,
}

#[derive(Deserialize)]
struct Quick<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow, default)]
    event_id: Option<Text<'a>>,
    #[serde(borrow, default)]
    audio: Option<Text<'a>>,
}

/// A text that stays where it is unless it has escapes in it.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// Reads one text frame.
///
/// # Errors
/// [`Refused`] when the frame is no JSON object, its type is unknown, or a field is wrong.
pub fn parse(frame: &str) -> Result<Spoken<'_>, Refused> {
    // The event that comes fifty times a second is read without a tree and without a copy.
    if let Ok(Quick { kind, event_id, audio: Some(Text(audio)) }) = serde_json::from_str::<Quick<'_>>(frame)
        && kind == "input_audio_buffer.append"
    {
        return Ok(Spoken::Append { event_id: event_id.map(|Text(id)| id), audio });
    }
    let map: Map<String, Value> = serde_json::from_str(frame)
        .map_err(|error| Refused { refusal: Refusal::not_json(&error.to_string()), event_id: None })?;
    let event_id = map.get("event_id").and_then(Value::as_str).map(str::to_owned);
    match parse_wish(&Fields::top(&map)) {
        Ok(wish) => Ok(Spoken::Event(ClientEvent { event_id, wish })),
        Err(refusal) => Err(Refused { refusal, event_id }),
    }
}

fn parse_wish(fields: &Fields<'_>) -> Result<Wish, Refusal> {
    fields.maybe_text("event_id")?;
    Ok(match fields.text("type")? {
        "session.update" => Wish::UpdateSession(fields.object("session")?.map().clone()),
        "input_audio_buffer.append" => return Err(Refusal::missing_or_not_text(fields, "audio")),
        "input_audio_buffer.commit" => Wish::CommitInput,
        "input_audio_buffer.clear" => Wish::ClearInput,
        "output_audio_buffer.clear" => Wish::ClearOutput,
        "conversation.item.create" => Wish::CreateItem {
            item: Box::new(items::parse(&fields.object("item")?)?),
            previous: fields.maybe_text("previous_item_id")?.map(str::to_owned),
        },
        "conversation.item.retrieve" => Wish::RetrieveItem { item: fields.text("item_id")?.to_owned() },
        "conversation.item.truncate" => Wish::TruncateItem {
            item: fields.text("item_id")?.to_owned(),
            content_index: fields.maybe_count("content_index")?.unwrap_or(0),
            audio_end_ms: fields.count("audio_end_ms")?,
        },
        "conversation.item.delete" => Wish::DeleteItem { item: fields.text("item_id")?.to_owned() },
        "response.create" => Wish::CreateResponse(Box::new(match fields.maybe_object("response")? {
            Some(response) => parse_response(&response)?,
            None => ResponseWish::default(),
        })),
        "response.cancel" => Wish::CancelResponse { response: fields.maybe_text("response_id")?.map(str::to_owned) },
        unknown => return Err(Refusal::unknown_event(unknown)),
    })
}

fn parse_response(fields: &Fields<'_>) -> Result<ResponseWish, Refusal> {
    let output = fields.maybe_object("audio")?.map(|audio| audio.maybe_object("output")).transpose()?.flatten();
    let format = output.as_ref().map(|output| output.maybe_object("format")).transpose()?.flatten();
    Ok(ResponseWish {
        out_of_band: parse_conversation(fields)?,
        input: parse_input(fields)?,
        instructions: config::parse_instructions(fields)?,
        tools: config::parse_tools(fields)?,
        tool_choice: config::parse_tool_choice(fields)?,
        modality: Modality::parse(fields)?,
        tokens_max: config::parse_tokens_max(fields)?,
        metadata: parse_metadata(fields)?,
        voice: config::parse_voice(output.as_ref())?.map(str::to_owned),
        format: format.map(|format| AudioFormat::parse(Some(&format))).transpose()?,
    })
}

/// Whether the response stays outside the conversation.
fn parse_conversation(fields: &Fields<'_>) -> Result<bool, Refusal> {
    match fields.maybe_text("conversation")?.unwrap_or("auto") {
        "auto" => Ok(false),
        "none" => Ok(true),
        _ => Err(Refusal::wrong_value(fields.path_of("conversation"), "'auto' or 'none'")),
    }
}

fn parse_input(fields: &Fields<'_>) -> Result<Option<Vec<InputItem>>, Refusal> {
    let Some(list) = fields.maybe_objects("input")? else { return Ok(None) };
    let items = list.iter().map(|item| match item.maybe_text("type")? {
        Some("item_reference") => Ok(InputItem::Reference(item.text("id")?.to_owned())),
        _ => Ok(InputItem::New(Box::new(items::parse(item)?))),
    });
    items.collect::<Result<_, _>>().map(Some)
}

/// Most bytes of the client's own notes on a response.
const METADATA_BYTES_MAX: usize = 64 * 1024;

fn parse_metadata(fields: &Fields<'_>) -> Result<Option<Value>, Refusal> {
    let Some(metadata) = fields.maybe_object("metadata")? else { return Ok(None) };
    let value = Value::Object(metadata.map().clone());
    if value.to_string().len() > METADATA_BYTES_MAX {
        return Err(Refusal::wrong_value(fields.path_of("metadata"), &format!("at most {METADATA_BYTES_MAX} bytes")));
    }
    Ok(Some(value))
}

impl Refusal {
    /// Why the text `name`, which must be there, could not be read.
    fn missing_or_not_text(fields: &Fields<'_>, name: &str) -> Self {
        match fields.text(name) {
            Err(refusal) => refusal,
            Ok(_) => Self::wrong_value(fields.path_of(name), "a string"),
        }
    }
}
