//! From items to the messages a core reads.

use hearth_models::{Message, Part, Role};

use super::{Body, Content, Item, Speaker};

/// What a core reads of `items`. Words of ours that were never heard are not in it, and neither are pictures: no core
/// that is loaded can see.
pub fn messages<'a>(items: impl IntoIterator<Item = &'a Item>) -> Vec<Message> {
    let mut messages: Vec<Message> = Vec::new();
    let mut answer = 0;
    for item in items {
        let (role, parts) = read(item);
        if parts.is_empty() {
            continue;
        }
        // What one answer is made of, words and calls, is one message; so are the results of its calls.
        let joins = (role == Role::Assistant && item.answer != 0 && item.answer == answer) || role == Role::Tool;
        match messages.last_mut() {
            Some(last) if joins && last.role == role => last.parts.extend(parts),
            _ => messages.push(Message { role, parts }),
        }
        answer = item.answer;
    }
    messages
}

fn read(item: &Item) -> (Role, Vec<Part>) {
    let heard = item.heard.iter().cloned().map(Part::Heard);
    match &item.body {
        Body::Call(call) => (Role::Assistant, heard.chain([Part::ToolCall(call.clone())]).collect()),
        Body::CallOutput { call_id, output } => {
            (Role::Tool, vec![Part::ToolResult { call_id: call_id.clone(), output: output.clone() }])
        }
        Body::Message { speaker, content } => {
            let said = content.iter().flat_map(read_part);
            (role_of(*speaker), heard.chain(said).collect())
        }
    }
}

fn role_of(speaker: Speaker) -> Role {
    match speaker {
        Speaker::System => Role::System,
        Speaker::User => Role::User,
        Speaker::Assistant => Role::Assistant,
    }
}

fn read_part(part: &Content) -> Vec<Part> {
    match part {
        Content::Text(text) => vec![Part::Text(text.clone())],
        Content::UserSound(user) => {
            user.parts.iter().filter(|part| !part.steps.is_empty()).cloned().map(Part::Audio).collect()
        }
        Content::Picture(_) => Vec::new(),
        Content::Speech(speech) => {
            let said = speech.heard_transcript();
            if said.is_empty() { Vec::new() } else { vec![Part::Text(said)] }
        }
    }
}
