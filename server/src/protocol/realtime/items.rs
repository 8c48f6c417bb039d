//! Conversation items: as clients write them, and as they are told.

use base64::{Engine as _, engine::DecodePaddingMode, engine::general_purpose::GeneralPurposeConfig};
use hearth_models::ToolCall;
use serde_json::{Map, Value, json};

use super::{error::Refusal, fields::Fields};
use crate::conversation::{Body, Content, Item, Speaker, Status};

/// Most bytes of text in one item, so that an echo of it fits a frame.
pub const TEXT_BYTES_MAX: usize = 128 * 1024;
/// Most bytes of the `data:` addresses of pictures that are shown again.
const URL_BYTES_MAX: usize = 640 * 1024;
/// Longest name of an item, a call or a function.
const NAME_BYTES_MAX: usize = 256;
/// Most parts of one message.
pub(crate) const PARTS_MAX: usize = 64;

/// Base64 as clients write it: with padding or without.
const BASE64: base64::engine::GeneralPurpose = base64::engine::GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Appends the bytes that `text` stands for to `bytes`.
///
/// # Errors
/// A [`Refusal`] that names `param` when `text` is not base64.
pub fn decode_base64(text: &str, param: &str, bytes: &mut Vec<u8>) -> Result<(), Refusal> {
    let start = bytes.len();
    BASE64.decode_vec(text, bytes).map_err(|error| {
        bytes.truncate(start);
        Refusal::wrong_value(param.to_owned(), &format!("base64 ({error})"))
    })
}

/// `bytes` as base64.
#[must_use]
pub fn encode_base64(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

/// An item of a client, before its sound and pictures are understood.
#[derive(Debug, Default)]
pub struct NewItem {
    /// The client's own name for it.
    pub id: Option<String>,
    /// What it holds.
    pub body: NewBody,
}

/// What an item of a client holds.
#[derive(Debug)]
pub enum NewBody {
    /// Something said.
    Message {
        /// By whom.
        speaker: Speaker,
        /// What, in order.
        content: Vec<NewContent>,
    },
    /// A call the model is to believe it made.
    Call(ToolCall),
    /// What a function gave back.
    CallOutput {
        /// Of which call.
        call_id: String,
        /// Mostly JSON.
        output: String,
    },
}

impl Default for NewBody {
    fn default() -> Self {
        Self::Message { speaker: Speaker::User, content: Vec::new() }
    }
}

/// One part of a message of a client.
#[derive(Debug)]
pub enum NewContent {
    /// Written words.
    Text(String),
    /// Sound in the input format of the session.
    Sound {
        /// The bytes.
        bytes: Vec<u8>,
        /// What the client says is said in it.
        transcript: Option<String>,
    },
    /// Sound in a file of its own.
    SoundFile {
        /// The file.
        bytes: Vec<u8>,
        /// What its name would end in.
        extension: Option<String>,
    },
    /// A picture.
    Picture {
        /// The address, with the bytes in it.
        url: String,
        /// The encoded picture.
        bytes: Vec<u8>,
        /// How closely to look.
        detail: Option<String>,
    },
}

impl NewContent {
    fn text_bytes(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Sound { transcript, .. } => transcript.as_ref().map_or(0, String::len),
            Self::SoundFile { .. } => 0,
            Self::Picture { detail, .. } => detail.as_ref().map_or(0, String::len),
        }
    }
}

/// Reads an item of a client.
pub(crate) fn parse(fields: &Fields<'_>) -> Result<NewItem, Refusal> {
    let id = fields.maybe_text("id")?.filter(|id| !id.is_empty());
    let id = id.map(|id| name_of(fields, "id", id)).transpose()?;
    let body = match fields.text("type")? {
        "message" => parse_message(fields)?,
        "function_call" => NewBody::Call(ToolCall {
            id: name_of(fields, "call_id", fields.maybe_text("call_id")?.unwrap_or_default())?,
            name: name_of(fields, "name", fields.text("name")?)?,
            arguments: bounded(fields, "arguments", fields.text("arguments")?)?,
        }),
        "function_call_output" => NewBody::CallOutput {
            call_id: name_of(fields, "call_id", fields.text("call_id")?)?,
            output: bounded(fields, "output", fields.text("output")?)?,
        },
        _ => {
            let known = "'message', 'function_call' or 'function_call_output'";
            return Err(Refusal::wrong_value(fields.path_of("type"), known));
        }
    };
    Ok(NewItem { id, body })
}

fn parse_message(fields: &Fields<'_>) -> Result<NewBody, Refusal> {
    let speaker = match fields.text("role")? {
        "system" | "developer" => Speaker::System,
        "user" => Speaker::User,
        "assistant" => Speaker::Assistant,
        _ => return Err(Refusal::wrong_value(fields.path_of("role"), "'system', 'user' or 'assistant'")),
    };
    let parts = fields.maybe_objects("content")?.ok_or_else(|| Refusal::missing(fields.path_of("content")))?;
    if parts.len() > PARTS_MAX {
        return Err(Refusal::wrong_value(fields.path_of("content"), &format!("at most {PARTS_MAX} parts")));
    }
    let content = parts.iter().map(|part| parse_part(part, speaker)).collect::<Result<Vec<_>, _>>()?;
    if content.iter().map(NewContent::text_bytes).sum::<usize>() > TEXT_BYTES_MAX {
        return Err(Refusal::wrong_value(
            fields.path_of("content"),
            &format!("at most {TEXT_BYTES_MAX} bytes of text"),
        ));
    }
    Ok(NewBody::Message { speaker, content })
}

fn parse_part(part: &Fields<'_>, speaker: Speaker) -> Result<NewContent, Refusal> {
    match (part.text("type")?, speaker) {
        ("input_text" | "output_text" | "text", _) => Ok(NewContent::Text(bounded(part, "text", part.text("text")?)?)),
        ("output_audio" | "audio", Speaker::Assistant) => {
            // The model's own words from an earlier session: the words count, there is nobody left to hear the sound.
            Ok(NewContent::Text(bounded(part, "transcript", part.maybe_text("transcript")?.unwrap_or_default())?))
        }
        ("input_audio", Speaker::User) => {
            let mut bytes = Vec::new();
            decode_base64(part.text("audio")?, &part.path_of("audio"), &mut bytes)?;
            Ok(NewContent::Sound { bytes, transcript: part.maybe_text("transcript")?.map(str::to_owned) })
        }
        ("input_image", Speaker::User) => parse_picture(part),
        _ => Err(Refusal::wrong_value(part.path_of("type"), "a kind of content that goes with this role")),
    }
}

fn parse_picture(part: &Fields<'_>) -> Result<NewContent, Refusal> {
    picture(part.text("image_url")?, part.path_of("image_url"), part.maybe_text("detail")?)
}

/// The picture in the address `url`, found at `param`.
pub(crate) fn picture(url: &str, param: String, detail: Option<&str>) -> Result<NewContent, Refusal> {
    let Some((kind, base64)) = url.strip_prefix("data:image/").and_then(|rest| rest.split_once(',')) else {
        return Err(Refusal::wrong_value(param, "a 'data:image/...;base64,' address"));
    };
    if !kind.ends_with(";base64") {
        return Err(Refusal::wrong_value(param, "a 'data:image/...;base64,' address"));
    }
    let mut bytes = Vec::new();
    decode_base64(base64, &param, &mut bytes)?;
    Ok(NewContent::Picture { url: url.to_owned(), bytes, detail: detail.map(str::to_owned) })
}

/// A name that somebody else chose.
pub(crate) fn name_of(fields: &Fields<'_>, name: &str, text: &str) -> Result<String, Refusal> {
    if text.len() > NAME_BYTES_MAX {
        return Err(Refusal::wrong_value(fields.path_of(name), &format!("at most {NAME_BYTES_MAX} characters")));
    }
    Ok(text.to_owned())
}

/// A text, if it is not too long.
pub(crate) fn bounded(fields: &Fields<'_>, name: &str, text: &str) -> Result<String, Refusal> {
    if text.len() > TEXT_BYTES_MAX {
        return Err(Refusal::wrong_value(fields.path_of(name), &format!("at most {TEXT_BYTES_MAX} bytes")));
    }
    Ok(text.to_owned())
}

/// Turns the kept sound of a part into base64, when there is some and it fits a frame.
pub type WriteSound<'a> = &'a dyn Fn(&Content) -> Option<String>;

/// `item` as the wire says it, with its sound when `audio` can write it.
#[must_use]
pub fn to_json(item: &Item, audio: Option<WriteSound<'_>>) -> Value {
    let mut map = Map::new();
    map.insert("id".into(), json!(item.id));
    map.insert("object".into(), json!("realtime.item"));
    map.insert("type".into(), json!(kind(&item.body)));
    map.insert("status".into(), json!(status(item.status)));
    match &item.body {
        Body::Message { speaker, content } => {
            map.insert("role".into(), json!(role(*speaker)));
            let shows = content.iter().map(url_bytes).sum::<usize>() <= URL_BYTES_MAX;
            let parts = content.iter().map(|part| part_to_json(part, *speaker, shows, audio)).collect();
            map.insert("content".into(), Value::Array(parts));
        }
        Body::Call(call) => {
            map.insert("name".into(), json!(call.name));
            map.insert("call_id".into(), json!(call.id));
            map.insert("arguments".into(), json!(call.arguments));
        }
        Body::CallOutput { call_id, output } => {
            map.insert("call_id".into(), json!(call_id));
            map.insert("output".into(), json!(output));
        }
    }
    Value::Object(map)
}

fn part_to_json(part: &Content, speaker: Speaker, shows: bool, audio: Option<WriteSound<'_>>) -> Value {
    let sound = || audio.and_then(|encode| encode(part));
    let mut json = match part {
        Content::Text(text) => {
            json!({ "type": if speaker == Speaker::Assistant { "output_text" } else { "input_text" }, "text": text })
        }
        Content::UserSound(user) => json!({ "type": "input_audio", "transcript": user.transcript }),
        Content::Speech(speech) => json!({ "type": "output_audio", "transcript": speech.transcript() }),
        Content::Picture(picture) => {
            let mut shown = json!({ "type": "input_image" });
            if shows && !picture.url.is_empty() {
                shown["image_url"] = json!(&*picture.url);
            }
            if let Some(detail) = &picture.detail {
                shown["detail"] = json!(detail);
            }
            shown
        }
    };
    if let Some(sound) = sound() {
        json["audio"] = json!(sound);
    }
    json
}

fn url_bytes(part: &Content) -> usize {
    if let Content::Picture(picture) = part { picture.url.len() } else { 0 }
}

fn kind(body: &Body) -> &'static str {
    match body {
        Body::Message { .. } => "message",
        Body::Call(_) => "function_call",
        Body::CallOutput { .. } => "function_call_output",
    }
}

fn status(status: Status) -> &'static str {
    match status {
        Status::InProgress => "in_progress",
        Status::Completed => "completed",
        Status::Incomplete => "incomplete",
    }
}

fn role(speaker: Speaker) -> &'static str {
    match speaker {
        Speaker::System => "system",
        Speaker::User => "user",
        Speaker::Assistant => "assistant",
    }
}
