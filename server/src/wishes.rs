//! What clients wish, done.

use std::{sync::Arc, time::Duration};

use hearth_audio::{Resampler, SampleRate};
use hearth_models::{Error, Prompt};
use hearth_session::{Event, TurnId};
use tokio::sync::oneshot;

use crate::{
    agent,
    call::{Call, millis},
    conversation::{self, Body, Content, Position, Sound, Speaker, StoreError},
    playout::Answer,
    protocol::realtime::{
        client::{InputItem, ResponseWish, Wish},
        config::AudioFormat,
        error::{ItemVerb, Refusal},
        items::{self, NewItem},
        server::{FRAME_BYTES_MAX, ServerEvent},
    },
    senses::{self, Order},
    shared::SharedConversation,
    understanding::{Understood, build_item},
    voice,
};

impl ResponseWish {
    /// Whether the answer is to something else than the conversation as it stands.
    #[must_use]
    pub(crate) fn reads_something_else(&self) -> bool {
        self.input.is_some() || self.instructions.is_some() || self.tools.is_some()
    }
}

impl Call {
    /// Does what the client wishes; what the session decides about is returned.
    pub(crate) fn hear_wish(&mut self, wish: Wish, understood: Vec<Understood>, at: Duration) -> Option<Event> {
        let done = match wish {
            Wish::UpdateSession(patch) => return self.update_session(&patch),
            Wish::CommitInput => return Some(Event::UtteranceCommitted { at }),
            Wish::ClearInput => {
                self.out.tell(&ServerEvent::InputCleared {});
                return Some(Event::UtteranceCleared { at });
            }
            Wish::CreateResponse(wish) => return self.create_response(wish, understood),
            Wish::CancelResponse { response } => return self.cancel_response(response),
            Wish::TruncateItem { item, audio_end_ms, content_index } => {
                return self.truncate_item(&item, content_index, audio_end_ms);
            }
            // We play nothing ourselves, so there is nothing to clear.
            Wish::ClearOutput => Ok(()),
            Wish::CreateItem { item, previous } => self.create_item(*item, previous, understood),
            Wish::RetrieveItem { item } => self.retrieve_item(&item),
            Wish::DeleteItem { item } => self.delete_item(item),
        };
        if let Err(refusal) = done {
            self.refuse(refusal);
        }
        None
    }

    fn update_session(&mut self, patch: &serde_json::Map<String, serde_json::Value>) -> Option<Event> {
        let updated = self.config.updated(patch, &self.house.loaded).and_then(|config| {
            let speaks_otherwise = config.voice != self.config.voice && self.spoke;
            let code = "cannot_update_voice";
            let message = "Cannot update a conversation's voice if assistant audio is present.";
            if speaks_otherwise {
                Err(Refusal::new(code, message).at("session.audio.output.voice"))
            } else {
                Ok(config)
            }
        });
        match updated {
            Ok(config) => {
                self.config = config;
                self.out.tell(&ServerEvent::SessionUpdated { session: self.describe() });
                self.order(Order::Listen(self.listening()));
                Some(Event::PolicyChanged(self.policy()))
            }
            Err(refusal) => {
                self.refuse(refusal);
                None
            }
        }
    }

    fn create_item(
        &mut self,
        item: NewItem,
        previous: Option<String>,
        understood: Vec<Understood>,
    ) -> Result<(), Refusal> {
        let item = build_item(item, &mut understood.into_iter());
        if let Body::CallOutput { call_id, .. } = &item.body
            && !self.conversation.lock().knows_call(call_id)
        {
            let message = format!("Tool call ID '{call_id}' not found in conversation.");
            return Err(Refusal::new("invalid_tool_call_id", message).at("item.call_id"));
        }
        let id = item.id.clone();
        let position = match previous {
            None => Position::End,
            Some(root) if root == "root" => Position::Root,
            Some(previous) => Position::After(previous),
        };
        self.add_item(item, &position).map_err(|error| match (error, &position) {
            (StoreError::Missing, Position::After(previous)) => {
                Refusal::no_such_item(ItemVerb::Place, previous).at("previous_item_id")
            }
            _ => Refusal::duplicate_item(&id),
        })
    }

    fn retrieve_item(&self, id: &str) -> Result<(), Refusal> {
        let format = self.config.input_format;
        let conversation = self.conversation.lock();
        let item = conversation.find(id).ok_or_else(|| Refusal::no_such_item(ItemVerb::Retrieve, id))?;
        let output = self.config.output_format;
        let audio = |part: &Content| {
            sound_of(part).and_then(|sound| match part {
                Content::Speech(_) => write_sound(&sound, output),
                _ => write_sound(&sound, format),
            })
        };
        self.out.tell(&ServerEvent::ItemRetrieved { item: items::to_json(item, Some(&audio)) });
        Ok(())
    }

    fn delete_item(&self, id: String) -> Result<(), Refusal> {
        match self.conversation.lock().delete(&id) {
            Ok(_) => {
                self.out.tell(&ServerEvent::ItemDeleted { item_id: id });
                Ok(())
            }
            Err(_) => Err(Refusal::no_such_item(ItemVerb::Delete, &id)),
        }
    }

    /// Cuts what was not heard. A cut past the end is no error: the client is told the real length.
    fn truncate_item(&mut self, id: &str, content_index: u64, audio_end_ms: u64) -> Option<Event> {
        match self.cut(id, audio_end_ms) {
            Ok((kept, answer)) => {
                let audio_end_ms = millis(kept);
                self.out.tell(&ServerEvent::ItemTruncated { item_id: id.to_owned(), content_index, audio_end_ms });
                answer.checked_sub(1).map(|turn| Event::PlayoutFinished { turn: TurnId(turn) })
            }
            Err(refusal) => {
                self.refuse(refusal);
                None
            }
        }
    }

    fn cut(&self, id: &str, audio_end_ms: u64) -> Result<(Duration, u64), Refusal> {
        let mut conversation = self.conversation.lock();
        let item = conversation.find_mut(id).ok_or_else(|| Refusal::no_such_item(ItemVerb::Truncate, id))?;
        let ours = matches!(item.body, Body::Call(_) | Body::Message { speaker: Speaker::Assistant, .. });
        if !ours {
            let message = "Only model output audio messages can be truncated.";
            return Err(Refusal::new("invalid_value", message).at("item_id"));
        }
        let kept =
            item.speech_mut().map_or(Duration::ZERO, |speech| speech.truncate(Duration::from_millis(audio_end_ms)));
        Ok((kept, item.answer))
    }

    fn create_response(&mut self, mut wish: Box<ResponseWish>, understood: Vec<Understood>) -> Option<Event> {
        let mut understood = understood.into_iter();
        for input in wish.input.iter_mut().flatten() {
            if let InputItem::New(item) = input {
                let whole = build_item(std::mem::take(item.as_mut()), &mut understood);
                *input = InputItem::Whole(Box::new(whole));
            }
        }
        if wish.out_of_band {
            if let Err(refusal) = self.answer_out_of_band(&wish) {
                self.refuse(refusal);
            }
            return None;
        }
        self.wish = Some(wish);
        Some(Event::AnswerRequested)
    }

    fn answer_out_of_band(&mut self, wish: &ResponseWish) -> Result<(), Refusal> {
        if !self.playout.has_room() {
            return Err(Refusal::new(
                "too_many_responses",
                "Too many responses are in progress. Wait until one is done.",
            ));
        }
        let (asked, generation) = oneshot::channel();
        let prompt = self
            .prompt_of(wish)
            .map_err(|error| Refusal::new("invalid_value", error.to_string()).at("response.input"))?;
        let answer = self.agent.answer_aside(&prompt, &self.options(wish));
        // The answer holds the other end until it is over.
        let _ = asked.send(answer);
        let answer = Answer {
            turn: None,
            frame: self.frame(wish, None),
            speed: self.config.speed,
            generation,
            turn_ended: None,
            conversation: SharedConversation::default(),
        };
        self.playout.begin(answer);
        Ok(())
    }

    /// What a response with wishes of its own reads.
    pub(crate) fn prompt_of(&self, wish: &ResponseWish) -> Result<Prompt, Error> {
        let conversation = self.conversation.lock();
        let messages = match &wish.input {
            None => conversation::messages(conversation.items()),
            Some(input) => {
                let items = input.iter().map(|input| match input {
                    InputItem::Whole(item) => Ok(&**item),
                    InputItem::Reference(id) => {
                        conversation.find(id).ok_or_else(|| Error::Malformed(format!("there is no item '{id}'")))
                    }
                    InputItem::New(_) => Err(Error::Malformed("an item that was not understood".into())),
                });
                conversation::messages(items.collect::<Result<Vec<_>, _>>()?)
            }
        };
        let mut prompt = agent::prompt(&self.config, messages);
        if let Some(instructions) = &wish.instructions {
            prompt.instructions.clone_from(instructions);
        }
        if let Some(tools) = &wish.tools {
            prompt.tools = Arc::clone(tools);
        }
        Ok(prompt)
    }

    fn cancel_response(&mut self, response: Option<String>) -> Option<Event> {
        let Some(response) = response else { return Some(Event::AnswerCancelRequested { turn: None }) };
        if self.playout.cancel_out_of_band(&response) {
            return None;
        }
        match self.playout.turn_of(&response) {
            Some(turn) => Some(Event::AnswerCancelRequested { turn: Some(turn) }),
            None => {
                self.refuse(Refusal::nothing_to_cancel());
                None
            }
        }
    }
}

fn sound_of(part: &Content) -> Option<Sound> {
    match part {
        Content::UserSound(user) => user.sound.clone(),
        Content::Speech(speech) if !speech.samples.is_empty() => {
            Some(Sound { rate: SampleRate::HZ_24000, samples: speech.samples.as_slice().into() })
        }
        _ => None,
    }
}

/// Kept sound as base64; `None` when it would not fit a frame.
fn write_sound(sound: &Sound, format: AudioFormat) -> Option<String> {
    let seconds = sound.samples.len() as u64 / u64::from(sound.rate.hz());
    let bytes = seconds * u64::from(format.rate().hz()) * format.sample_bytes() as u64;
    if bytes * 4 / 3 > FRAME_BYTES_MAX as u64 * 9 / 10 {
        return None;
    }
    let frame = senses::frame_of(sound);
    let mut resampler = Resampler::new(sound.rate, format.rate()).ok()?;
    let mut samples = Vec::new();
    resampler.push(&frame.samples, &mut samples);
    resampler.flush(&mut samples);
    let mut written = Vec::new();
    voice::encode(format, &samples, &mut written);
    Some(items::encode_base64(&written))
}
