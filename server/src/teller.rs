//! Tells one response in the order the protocol wants, and writes what was told into the conversation.

use hearth_models::{ToolCall, Usage, WordMark};
use serde_json::{Value, json};

use crate::{
    conversation::{Body, Content, Item, Position, Speaker, Speech, Status},
    ids,
    outbox::Outbox,
    protocol::realtime::{
        config::Modality,
        items,
        response::{ResponseFrame, ResponseStatus},
        server::{Place, ServerEvent},
    },
    shared::SharedConversation,
};

/// Tells one response.
pub(crate) struct Teller {
    /// What stays the same about it.
    pub frame: ResponseFrame,
    out: Outbox,
    /// Where its items live: the conversation, or one of its own when it is out of band.
    conversation: SharedConversation,
    /// Shared by all of its items.
    answer: u64,
    /// Its items as they ended.
    output: Vec<Value>,
    /// The item that is being told, as it was told to begin.
    begun: Value,
    /// The message that is being told.
    message: Option<Message>,
    /// What the core wrote down of the sound, until an item takes it.
    heard: Option<String>,
}

/// A message that is being told.
struct Message {
    id: String,
    /// Its words so far. The item may already hold less: clients cut while we still tell.
    words: String,
}

/// Whether there is still somebody who wants to be told more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// Go on.
    Welcome,
    /// The client cut the item or took it out: what follows would not be heard.
    Unwanted,
}

impl Teller {
    /// A response whose items share the number `answer`.
    #[must_use]
    pub(crate) fn new(frame: ResponseFrame, answer: u64, out: Outbox, conversation: SharedConversation) -> Self {
        Self { frame, out, conversation, answer, output: Vec::new(), begun: Value::Null, message: None, heard: None }
    }

    fn in_band(&self) -> bool {
        self.frame.conversation_id.is_some()
    }

    /// It began.
    pub(crate) fn created(&self) {
        let response = self.frame.to_json(&ResponseStatus::InProgress, &[], None);
        self.out.tell(&ServerEvent::ResponseCreated { response });
    }

    /// The core wrote down what it heard.
    pub(crate) fn heard(&mut self, text: String) {
        self.heard = Some(text);
    }

    /// Id of the message that is being told.
    #[must_use]
    pub(crate) fn message(&self) -> Option<&str> {
        self.message.as_ref().map(|message| message.id.as_str())
    }

    /// Begins a message, unless one is begun.
    pub(crate) fn begin_message(&mut self) -> Place {
        let modality = self.frame.modality;
        if let Some(message) = &self.message {
            return self.place(message.id.clone());
        }
        let item = Item {
            id: ids::name("item"),
            status: Status::InProgress,
            body: Body::Message { speaker: Speaker::Assistant, content: Vec::new() },
            heard: self.heard.take(),
            answer: self.answer,
        };
        let id = item.id.clone();
        self.add(item);
        let content = match modality {
            Modality::Audio => Content::Speech(Speech::default()),
            Modality::Text => Content::Text(String::new()),
        };
        self.change(&id, |item| {
            if let Body::Message { content: parts, .. } = &mut item.body {
                parts.push(content);
            }
        });
        self.message = Some(Message { id: id.clone(), words: String::new() });
        let place = self.place(id);
        let part = match modality {
            Modality::Audio => json!({ "type": "audio", "transcript": "" }),
            Modality::Text => json!({ "type": "text", "text": "" }),
        };
        self.out.tell(&ServerEvent::ContentPartAdded { place: place.clone(), part });
        place
    }

    /// Written words.
    pub(crate) fn text(&mut self, delta: String) {
        let place = self.begin_message();
        self.change(&place.item_id, |item| {
            if let Body::Message { content, .. } = &mut item.body
                && let Some(Content::Text(text)) = content.first_mut()
            {
                text.push_str(&delta);
            }
        });
        self.note(&delta);
        self.out.tell(&ServerEvent::TextDelta { place, delta });
    }

    /// Spoken words: `samples` at 24 kHz, as kept; `delta`, as the client wants them.
    pub(crate) fn speech(&mut self, samples: &[i16], words: Vec<WordMark>, delta: String) -> Told {
        let place = self.begin_message();
        let transcript: String = words.iter().map(|word| word.text.as_str()).collect();
        let welcome = self.change(&place.item_id, |item| match item.speech_mut() {
            Some(speech) if !speech.closed => {
                speech.samples.extend_from_slice(samples);
                speech.length += samples.len() as u64;
                speech.words.extend(words);
                true
            }
            _ => false,
        });
        if welcome != Some(true) {
            return Told::Unwanted;
        }
        if !transcript.is_empty() {
            self.note(&transcript);
            self.out.tell(&ServerEvent::TranscriptDelta { place: place.clone(), delta: transcript });
        }
        if !delta.is_empty() {
            self.out.tell(&ServerEvent::AudioDelta { place, delta });
        }
        Told::Welcome
    }

    /// Ends the message, if one was begun.
    pub(crate) fn end_message(&mut self, status: Status) {
        let Some(Message { id, words }) = self.message.take() else { return };
        let place = self.place(id.clone());
        self.change(&id, |item| item.status = status);
        let part = match self.frame.modality {
            Modality::Audio => {
                self.out.tell(&ServerEvent::AudioDone { place: place.clone() });
                self.out.tell(&ServerEvent::TranscriptDone { place: place.clone(), transcript: words.clone() });
                json!({ "type": "audio", "transcript": words })
            }
            Modality::Text => {
                self.out.tell(&ServerEvent::TextDone { place: place.clone(), text: words.clone() });
                json!({ "type": "text", "text": words })
            }
        };
        self.out.tell(&ServerEvent::ContentPartDone { place, part });
        self.end_item(&id);
    }

    fn note(&mut self, words: &str) {
        if let Some(message) = &mut self.message {
            message.words.push_str(words);
        }
    }

    /// A whole tool call.
    pub(crate) fn call(&mut self, call: ToolCall) {
        let call = ToolCall { id: if call.id.is_empty() { ids::name("call") } else { call.id }, ..call };
        let ToolCall { id: call_id, name, arguments } = call.clone();
        let item = Item {
            id: ids::name("item"),
            status: Status::InProgress,
            body: Body::Call(ToolCall { arguments: String::new(), ..call }),
            heard: self.heard.take(),
            answer: self.answer,
        };
        let item_id = item.id.clone();
        let (response_id, output_index) = (self.frame.id.clone(), self.output.len() as u64);
        self.add(item);
        self.change(&item_id, |item| {
            item.status = Status::Completed;
            if let Body::Call(call) = &mut item.body {
                call.arguments.clone_from(&arguments);
            }
        });
        self.out.tell(&ServerEvent::ArgumentsDelta {
            response_id: response_id.clone(),
            item_id: item_id.clone(),
            output_index,
            call_id: call_id.clone(),
            delta: arguments.clone(),
        });
        let told = item_id.clone();
        self.out.tell(&ServerEvent::ArgumentsDone { response_id, item_id, output_index, call_id, name, arguments });
        self.end_item(&told);
    }

    /// It ended; nothing follows.
    pub(crate) fn done(&mut self, status: &ResponseStatus, usage: Option<Usage>) {
        let whole = matches!(status, ResponseStatus::Completed);
        self.end_message(if whole { Status::Completed } else { Status::Incomplete });
        let response = self.frame.to_json(status, &self.output, Some(usage.unwrap_or_default()));
        self.out.tell(&ServerEvent::ResponseDone { response });
        // There are no limits to report; clients wait for the event all the same.
        self.out.tell(&ServerEvent::RateLimitsUpdated { rate_limits: Vec::new() });
    }

    fn place(&self, item_id: String) -> Place {
        let output_index = self.output.len() as u64;
        Place { response_id: self.frame.id.clone(), item_id, output_index, content_index: 0 }
    }

    /// Puts `item` at the end of the conversation and tells so.
    fn add(&mut self, item: Item) {
        let json = items::to_json(&item, None);
        let added = self.conversation.lock().add(item, &Position::End).unwrap_or_default();
        self.begun = json.clone();
        self.out.tell(&ServerEvent::OutputItemAdded {
            response_id: self.frame.id.clone(),
            output_index: self.output.len() as u64,
            item: json.clone(),
        });
        if self.in_band() {
            self.out.tell(&ServerEvent::ItemAdded { previous_item_id: added.previous, item: json });
            for item_id in added.left {
                self.out.tell(&ServerEvent::ItemDeleted { item_id });
            }
        }
    }

    fn end_item(&mut self, id: &str) {
        let (json, previous_item_id, known) = {
            let conversation = self.conversation.lock();
            let item = conversation.find(id).map(|item| items::to_json(item, None));
            let known = item.is_some();
            // The client may have taken it out while it was told; what was opened is closed all the same.
            (item.unwrap_or_else(|| cut_short(&self.begun)), conversation.before(id), known)
        };
        if self.in_band() && known {
            self.out.tell(&ServerEvent::ItemDone { previous_item_id, item: json.clone() });
        }
        let (response_id, output_index) = (self.frame.id.clone(), self.output.len() as u64);
        self.out.tell(&ServerEvent::OutputItemDone { response_id, output_index, item: json.clone() });
        self.output.push(json);
    }

    fn change<T>(&self, id: &str, change: impl FnOnce(&mut Item) -> T) -> Option<T> {
        self.conversation.lock().find_mut(id).map(change)
    }
}

/// An item that ended before it was whole.
fn cut_short(begun: &Value) -> Value {
    let mut item = begun.clone();
    item["status"] = json!("incomplete");
    item
}
