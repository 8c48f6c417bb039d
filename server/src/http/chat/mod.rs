//! `POST /v1/chat/completions`: one turn, with all of its conversation in the request.

mod answer;
mod messages;
mod reply;
mod wish;

use std::{sync::Arc, time::Duration};

use axum::{
    Json,
    extract::{State, rejection::BytesRejection},
    http::HeaderMap,
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use futures_util::stream;
use hearth_audio::SampleRate;
use hearth_models::{Message, Models, Prompt};

use self::{
    answer::Answer,
    reply::{Frame, Telling},
    wish::Wish,
};
use super::{Door, exchange, refusal::HttpRefusal};
use crate::{
    conversation::{self, Body, Item},
    protocol::realtime::{
        config::{AudioFormat, INSTRUCTIONS_DEFAULT},
        items::NewItem,
    },
    understanding,
};

/// Answers.
pub(super) async fn complete(
    State(door): State<Door>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, HttpRefusal> {
    let place = exchange::admit(&door)?;
    let mut wish = Wish::parse(&exchange::json_object(&headers, body)?, &door.house.loaded)?;
    let models = &door.house.models;
    let chat = std::mem::take(&mut wish.chat);
    let answer = match chat.last_words().filter(|_| wish.spoken.is_some()) {
        // Words of the assistant with nobody after them are to be spoken, not answered.
        Some(text) => Answer::say(models, text, &wish),
        None => {
            let messages = understand(models, chat.items).await?;
            let instructions = chat.instructions.unwrap_or_else(|| INSTRUCTIONS_DEFAULT.to_owned());
            let tools = Arc::clone(&wish.tools);
            Answer::ask(models, &Prompt { instructions, tools, messages }, &wish)?
        }
    };
    let frame = Frame::new(door.clone());
    if !wish.streams {
        let reply = reply::whole(&frame, answer, &wish).await;
        return reply.map(|reply| Json(reply).into_response());
    }
    let mut telling = Telling::begin(frame, answer, wish, place)?;
    // What goes wrong before the first words has a status of its own.
    telling.prepare().await?;
    Ok(exchange::events(stream::unfold(telling, |mut telling| async { Some((telling.next().await?, telling)) })))
}

/// The items as the core reads them, their sounds and pictures understood.
async fn understand(models: &Models, items: Vec<(u64, NewItem)>) -> Result<Vec<Message>, HttpRefusal> {
    let format = AudioFormat::Pcm(SampleRate::HZ_24000);
    let mut built: Vec<Item> = Vec::with_capacity(items.len());
    for (answer, mut item) in items {
        let mut understood = Vec::new();
        understanding::understand(models, format, Duration::ZERO, &mut item, &mut understood)
            .await
            .map_err(|refusal| refusal.at("messages"))?;
        let item = understanding::build_item(item, &mut understood.into_iter());
        if let Body::CallOutput { call_id, .. } = &item.body
            && !built.iter().any(|one| matches!(&one.body, Body::Call(call) if call.id == *call_id))
        {
            let message = format!("No message before it has a call '{call_id}'.");
            return Err(HttpRefusal::at("messages", "invalid_tool_call_id", message));
        }
        built.push(Item { answer, ..item });
    }
    Ok(conversation::messages(&built))
}
