//! The messages of a chat as items of a conversation.

use hearth_models::ToolCall;

use crate::{
    conversation::Speaker,
    http::refusal::HttpRefusal,
    protocol::realtime::{
        error::Refusal,
        fields::Fields,
        items::{self, NewBody, NewContent, NewItem, PARTS_MAX},
    },
};

/// Most messages of a chat.
const MESSAGES_MAX: usize = 2_000;
/// Most calls in one message.
const CALLS_MAX: usize = 64;

/// A chat, before its sounds and pictures are understood.
#[derive(Debug, Default)]
pub(super) struct Chat {
    /// What the system said before anybody else did; `None` when it said nothing.
    pub(super) instructions: Option<String>,
    /// The rest; items of one message of the assistant share a number that is not zero.
    pub(super) items: Vec<(u64, NewItem)>,
}

impl Chat {
    /// Reads `messages`.
    ///
    /// # Errors
    /// A refusal that names the field.
    pub(super) fn parse(top: &Fields<'_>) -> Result<Self, HttpRefusal> {
        let messages = top.maybe_objects("messages")?.ok_or_else(|| Refusal::missing("messages".into()))?;
        if messages.is_empty() || messages.len() > MESSAGES_MAX {
            return Err(Refusal::wrong_value("messages".into(), &format!("1 to {MESSAGES_MAX} messages")).into());
        }
        let mut chat = Self::default();
        for (number, message) in messages.iter().enumerate() {
            chat.take(number as u64 + 1, message)?;
        }
        Ok(chat)
    }

    /// The text of the last message, if it is the assistant's: there is nothing to answer then.
    pub(super) fn last_words(&self) -> Option<String> {
        let NewBody::Message { speaker: Speaker::Assistant, content } = &self.items.last()?.1.body else { return None };
        let texts = content
            .iter()
            .filter_map(|part| if let NewContent::Text(text) = part { Some(text.as_str()) } else { None });
        Some(texts.collect::<Vec<_>>().join(" "))
    }

    fn take(&mut self, number: u64, message: &Fields<'_>) -> Result<(), HttpRefusal> {
        match message.text("role")? {
            "system" | "developer" if self.items.is_empty() => {
                let text = texts(message)?;
                let instructions = self.instructions.get_or_insert_default();
                if !instructions.is_empty() {
                    instructions.push('\n');
                }
                instructions.push_str(&text);
            }
            "system" | "developer" => {
                let content = vec![NewContent::Text(texts(message)?)];
                self.add(0, NewBody::Message { speaker: Speaker::System, content });
            }
            "user" => {
                let content = content(message)?;
                self.add(0, NewBody::Message { speaker: Speaker::User, content });
            }
            "assistant" => self.take_answer(number, message)?,
            "tool" => {
                let call_id = items::name_of(message, "tool_call_id", message.text("tool_call_id")?)?;
                let output = texts(message)?;
                self.add(0, NewBody::CallOutput { call_id, output });
            }
            _ => {
                let roles = "'system', 'developer', 'user', 'assistant' or 'tool'";
                return Err(Refusal::wrong_value(message.path_of("role"), roles).into());
            }
        }
        Ok(())
    }

    fn take_answer(&mut self, number: u64, message: &Fields<'_>) -> Result<(), HttpRefusal> {
        if message.maybe_object("audio")?.is_some() && message.value("content").is_none() {
            let reason = "Spoken answers are not kept here. Send the words of this one as 'content'.";
            return Err(Refusal::new("unsupported_value", reason).at(message.path_of("audio")).into());
        }
        let calls = message.maybe_objects("tool_calls")?.unwrap_or_default();
        if calls.len() > CALLS_MAX {
            return Err(
                Refusal::wrong_value(message.path_of("tool_calls"), &format!("at most {CALLS_MAX} calls")).into()
            );
        }
        let text = if message.value("content").is_some() { texts(message)? } else { String::new() };
        if !text.is_empty() {
            self.add(number, NewBody::Message { speaker: Speaker::Assistant, content: vec![NewContent::Text(text)] });
        }
        for call in &calls {
            let function = call.object("function")?;
            self.add(
                number,
                NewBody::Call(ToolCall {
                    id: items::name_of(call, "id", call.text("id")?)?,
                    name: items::name_of(&function, "name", function.text("name")?)?,
                    arguments: items::bounded(&function, "arguments", function.text("arguments")?)?,
                }),
            );
        }
        Ok(())
    }

    fn add(&mut self, answer: u64, body: NewBody) {
        self.items.push((answer, NewItem { id: None, body }));
    }
}

/// Content that is only text.
fn texts(message: &Fields<'_>) -> Result<String, HttpRefusal> {
    let mut all = String::new();
    for part in content(message)? {
        let NewContent::Text(text) = part else {
            return Err(Refusal::wrong_value(message.path_of("content"), "only text in a message of this role").into());
        };
        all.push_str(&text);
    }
    Ok(all)
}

fn content(message: &Fields<'_>) -> Result<Vec<NewContent>, HttpRefusal> {
    if let Some(text) = message.value("content").and_then(serde_json::Value::as_str) {
        return Ok(vec![NewContent::Text(items::bounded(message, "content", text)?)]);
    }
    let parts = message.maybe_objects("content")?.ok_or_else(|| Refusal::missing(message.path_of("content")))?;
    if parts.len() > PARTS_MAX {
        return Err(Refusal::wrong_value(message.path_of("content"), &format!("at most {PARTS_MAX} parts")).into());
    }
    parts.iter().map(part).collect()
}

fn part(part: &Fields<'_>) -> Result<NewContent, HttpRefusal> {
    match part.text("type")? {
        "text" => Ok(NewContent::Text(items::bounded(part, "text", part.text("text")?)?)),
        "refusal" => Ok(NewContent::Text(items::bounded(part, "refusal", part.text("refusal")?)?)),
        "image_url" => {
            let image = part.object("image_url")?;
            let (url, param) = (image.text("url")?, image.path_of("url"));
            refuse_remote(url, &param)?;
            Ok(items::picture(url, param, image.maybe_text("detail")?)?)
        }
        "input_audio" => sound(&part.object("input_audio")?),
        _ => {
            let kinds = "'text', 'image_url' or 'input_audio'";
            Err(Refusal::wrong_value(part.path_of("type"), kinds).into())
        }
    }
}

/// A sound file in base64, bare or as a `data:` address.
fn sound(audio: &Fields<'_>) -> Result<NewContent, HttpRefusal> {
    let (text, param) = (audio.text("data")?, audio.path_of("data"));
    refuse_remote(text, &param)?;
    let (kind, base64) = match text.strip_prefix("data:").and_then(|rest| rest.split_once(";base64,")) {
        Some((kind, base64)) => (kind.strip_prefix("audio/"), base64),
        None => (None, text),
    };
    let extension = audio.maybe_text("format")?.or(kind).map(str::to_owned);
    let mut bytes = Vec::new();
    items::decode_base64(base64, &param, &mut bytes)?;
    Ok(NewContent::SoundFile { bytes, extension })
}

/// Nothing is fetched from elsewhere on behalf of a stranger.
fn refuse_remote(address: &str, param: &str) -> Result<(), HttpRefusal> {
    if !address.starts_with("http://") && !address.starts_with("https://") {
        return Ok(());
    }
    let message = "Remote addresses are not fetched. Send what is there in a 'data:' address.";
    Err(HttpRefusal::at(param, "unsupported_url", message))
}
