//! Answers as the wire says them: whole, or in chunks.

use std::collections::VecDeque;

use hearth_models::{FinishReason, ToolCall, Usage};
use serde_json::{Value, json};

use super::{
    answer::{Answer, Piece},
    wish::Wish,
};
use crate::{
    http::{Door, exchange::Place, refusal::HttpRefusal, sound, sound::SoundWriter, speech::broken},
    ids,
    protocol::realtime::items::encode_base64,
    voice::VOICE_RATE,
};

/// What every part of one answer repeats.
pub(super) struct Frame {
    id: String,
    created: u64,
    door: Door,
}

impl Frame {
    pub(super) fn new(door: Door) -> Self {
        Self { id: ids::name("chatcmpl"), created: crate::house::unix_seconds(), door }
    }

    fn envelope(&self, object: &str, choices: &Value) -> Value {
        json!({
            "id": self.id,
            "object": object,
            "created": self.created,
            "model": self.door.house.loaded.model,
            "choices": choices,
        })
    }

    fn chunk(&self, delta: &Value, finish: Option<&str>) -> Value {
        let choice = json!({ "index": 0, "delta": delta, "logprobs": null, "finish_reason": finish });
        self.envelope("chat.completion.chunk", &json!([choice]))
    }

    /// Counts how the answer ended.
    fn finished(&self, reason: FinishReason) {
        let kind = if reason == FinishReason::Length { "incomplete" } else { "completed" };
        self.door.house.metrics.answered(kind);
    }

    fn spoke(&self, samples: usize) {
        self.door.house.metrics.spoke(VOICE_RATE.duration_of(samples as u64));
    }

    /// The name of the sound. It is not kept: it expires when it is made.
    fn sound_id(&self) -> String {
        self.id.replacen("chatcmpl", "audio", 1)
    }
}

fn finish_reason(reason: FinishReason, called: bool) -> &'static str {
    match reason {
        FinishReason::Length => "length",
        FinishReason::Stop if called => "tool_calls",
        FinishReason::Stop => "stop",
    }
}

fn usage_of(usage: Usage) -> Value {
    let read = usage.input_text_tokens + usage.input_audio_tokens + usage.input_image_tokens;
    json!({
        "prompt_tokens": read,
        "completion_tokens": usage.output_tokens,
        "total_tokens": read + usage.output_tokens,
        "prompt_tokens_details": { "audio_tokens": usage.input_audio_tokens, "cached_tokens": usage.cached_tokens },
        "completion_tokens_details": { "audio_tokens": 0, "reasoning_tokens": 0 },
    })
}

fn call_of(call: &ToolCall) -> Value {
    json!({ "id": call.id, "type": "function", "function": { "name": call.name, "arguments": call.arguments } })
}

/// Waits for all of the answer.
///
/// # Errors
/// What went wrong in the making of it.
pub(super) async fn whole(frame: &Frame, mut answer: Answer, wish: &Wish) -> Result<Value, HttpRefusal> {
    let (mut text, mut samples, mut calls) = (String::new(), Vec::new(), Vec::new());
    let (reason, usage) = loop {
        match answer.next().await? {
            Piece::Text(piece) => text.push_str(&piece),
            Piece::Sound { samples: piece, words } => {
                frame.spoke(piece.len());
                samples.extend_from_slice(&piece);
                text.push_str(&words);
            }
            Piece::Call(call) if wish.as_json => text = call.arguments,
            Piece::Call(call) if calls.is_empty() || !wish.one_call => calls.push(call_of(&call)),
            Piece::Call(_) => {}
            Piece::Done { reason, usage } => break (reason, usage),
        }
    };
    frame.finished(reason);
    let said = !text.is_empty();
    let mut message = json!({ "role": "assistant", "content": said.then_some(text.as_str()), "refusal": null });
    if let Some((_, kind)) = wish.spoken.as_ref().filter(|_| said) {
        let bytes = sound::whole(*kind, &samples).map_err(|error| broken(&error))?;
        message["content"] = Value::Null;
        message["audio"] = json!({
            "id": frame.sound_id(),
            "data": encode_base64(&bytes),
            "transcript": text,
            "expires_at": frame.created,
        });
    }
    let finish = finish_reason(reason, !calls.is_empty());
    if !calls.is_empty() {
        message["tool_calls"] = Value::Array(calls);
    }
    let choice = json!({ "index": 0, "message": message, "logprobs": null, "finish_reason": finish });
    let mut reply = frame.envelope("chat.completion", &json!([choice]));
    reply["usage"] = usage_of(usage);
    Ok(reply)
}

/// An answer on its way to the client, chunk by chunk.
pub(super) struct Telling {
    frame: Frame,
    answer: Answer,
    wish: Wish,
    writer: Option<SoundWriter>,
    calls: usize,
    /// Chunks that were made and not taken yet.
    ready: VecDeque<Value>,
    ended: bool,
    _place: Place,
}

impl Telling {
    /// # Errors
    /// Those of the encoder of the sound.
    pub(super) fn begin(frame: Frame, answer: Answer, wish: Wish, place: Place) -> Result<Self, HttpRefusal> {
        let writer = wish.spoken.as_ref().map(|(_, kind)| SoundWriter::new(*kind)).transpose();
        let mut telling = Self {
            writer: writer.map_err(|error| broken(&error))?,
            ready: VecDeque::new(),
            frame,
            answer,
            wish,
            calls: 0,
            ended: false,
            _place: place,
        };
        let mut delta = json!({ "role": "assistant", "content": "" });
        if telling.writer.is_some() {
            delta = json!({ "role": "assistant", "audio": { "id": telling.frame.sound_id() } });
        }
        telling.tell(&delta);
        Ok(telling)
    }

    /// Makes the next chunk, if there is one that is not yet.
    ///
    /// # Errors
    /// What went wrong in the making of the answer.
    pub(super) async fn prepare(&mut self) -> Result<(), HttpRefusal> {
        // Greetings alone tell nothing.
        while !self.ended && self.ready.len() < 2 {
            let piece = self.answer.next().await?;
            self.take(piece)?;
        }
        Ok(())
    }

    /// The next chunk.
    pub(super) async fn next(&mut self) -> Option<Result<Value, HttpRefusal>> {
        while self.ready.is_empty() && !self.ended {
            let taken = match self.answer.next().await {
                Ok(piece) => self.take(piece),
                Err(error) => Err(error.into()),
            };
            if let Err(refusal) = taken {
                self.ended = true;
                self.frame.door.house.metrics.answered("failed");
                return Some(Err(refusal));
            }
        }
        self.ready.pop_front().map(Ok)
    }

    fn tell(&mut self, delta: &Value) {
        self.ready.push_back(self.frame.chunk(delta, None));
    }

    fn take(&mut self, piece: Piece) -> Result<(), HttpRefusal> {
        match piece {
            Piece::Text(text) => self.tell(&json!({ "content": text })),
            Piece::Sound { samples, words } => {
                self.frame.spoke(samples.len());
                let bytes = self.writer.as_mut().map_or(Ok(Vec::new()), |writer| writer.write(&samples));
                self.tell_sound(&bytes.map_err(|error| broken(&error))?, &words);
            }
            Piece::Call(call) if self.wish.as_json => self.tell(&json!({ "content": call.arguments })),
            Piece::Call(call) if self.calls == 0 || !self.wish.one_call => self.tell_call(&call),
            Piece::Call(_) => {}
            Piece::Done { reason, usage } => self.tell_end(reason, usage)?,
        }
        Ok(())
    }

    fn tell_sound(&mut self, bytes: &[u8], words: &str) {
        if !words.is_empty() {
            self.tell(&json!({ "audio": { "id": self.frame.sound_id(), "transcript": words } }));
        }
        if !bytes.is_empty() {
            self.tell(&json!({ "audio": { "id": self.frame.sound_id(), "data": encode_base64(bytes) } }));
        }
    }

    /// First the name, then the arguments, as others do.
    fn tell_call(&mut self, call: &ToolCall) {
        let (index, mut begun) = (self.calls, call_of(call));
        self.calls += 1;
        begun["index"] = json!(index);
        begun["function"]["arguments"] = json!("");
        self.tell(&json!({ "tool_calls": [begun] }));
        self.tell(&json!({ "tool_calls": [{ "index": index, "function": { "arguments": call.arguments } }] }));
    }

    fn tell_end(&mut self, reason: FinishReason, usage: Usage) -> Result<(), HttpRefusal> {
        if let Some(writer) = self.writer.take() {
            let rest = writer.finish().map_err(|error| broken(&error))?;
            self.tell_sound(&rest, "");
            self.tell(&json!({ "audio": { "id": self.frame.sound_id(), "expires_at": self.frame.created } }));
        }
        let finish = finish_reason(reason, self.calls > 0);
        self.ready.push_back(self.frame.chunk(&json!({}), Some(finish)));
        if self.wish.tells_usage {
            let mut last = self.frame.envelope("chat.completion.chunk", &json!([]));
            last["usage"] = usage_of(usage);
            self.ready.push_back(last);
        }
        self.ready.push_back(json!("[DONE]"));
        self.frame.finished(reason);
        self.ended = true;
        Ok(())
    }
}
