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
        // What no eye saw, or what was forgotten, is not there for the core.
        Content::Picture(picture) => picture.seen.iter().cloned().map(Part::Image).collect(),
        Content::Speech(speech) => {
            let said = speech.heard_transcript();
            if said.is_empty() { Vec::new() } else { vec![Part::Text(said)] }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use hearth_models::{AudioPart, ImageEmbedding, ImagePart, ToolCall, WordMark};

    use super::*;
    use crate::conversation::{Picture, Speech, Status, UserSound};

    fn message(speaker: Speaker, content: Content) -> Item {
        Item::whole("i".into(), Body::Message { speaker, content: vec![content] })
    }

    fn speech() -> Speech {
        let word = |text: &str, start, end| WordMark { text: text.into(), start, end };
        let words = vec![word("It ", 0, 4_800), word("is ", 4_800, 9_600), word("on.", 9_600, 14_400)];
        Speech { samples: vec![0; 14_400], length: 14_400, words, ..Speech::default() }
    }

    fn shown(messages: &[Message]) -> Vec<String> {
        messages.iter().map(|message| format!("{:?} {:?}", message.role, message.parts)).collect()
    }

    #[test]
    fn what_was_not_heard_is_not_read() {
        let mut speech = speech();
        let read = |speech: &Speech| shown(&messages([&message(Speaker::Assistant, Content::Speech(speech.clone()))]));
        assert_eq!(read(&speech), ["Assistant [Text(\"It is on.\")]"]);
        speech.heard = Some(9_700);
        assert_eq!(read(&speech), ["Assistant [Text(\"It is\")]"]);
        assert_eq!(speech.truncate(Duration::from_millis(300)), Duration::from_millis(300));
        assert_eq!((speech.transcript().as_str(), speech.samples.len(), speech.closed), ("It ", 7_200, true));
        assert_eq!(speech.truncate(Duration::from_secs(9)), Duration::from_millis(300), "past the end changes nothing");
        assert_eq!(read(&speech), ["Assistant [Text(\"It\")]"]);
        speech.truncate(Duration::ZERO);
        assert_eq!(read(&speech), Vec::<String>::new());
    }

    #[test]
    fn pictures_are_read_as_they_were_seen() {
        let shown = |seen| Content::Picture(Picture { url: "data:".into(), detail: None, frame: None, seen });
        let embeddings: [ImageEmbedding; 1] = [[0.5].into()];
        let seen = ImagePart { id: 9, embeddings: embeddings.into() };
        assert_eq!(messages([&message(Speaker::User, shown(None))]).iter().flat_map(|one| &one.parts).count(), 0);
        let messages = messages([&message(Speaker::User, shown(Some(seen)))]);
        assert!(matches!(&messages[0].parts[..], [Part::Image(image)] if image.id == 9 && image.embeddings.len() == 1));
    }

    #[test]
    fn one_answer_is_one_message() {
        let call = |id: &str| ToolCall { id: id.into(), name: "f".into(), arguments: "{}".into() };
        let of_answer = |answer, item: Item| Item { answer, ..item };
        let output = |id: &str| Item::whole(id.into(), Body::CallOutput { call_id: id.into(), output: "1".into() });
        let said = Item { heard: Some("on".into()), ..message(Speaker::Assistant, Content::Text("yes".into())) };
        let items = [
            message(
                Speaker::User,
                Content::UserSound(UserSound {
                    parts: vec![AudioPart { id: 1, steps: vec![[0.0].into()], transcript: None }],
                    ..UserSound::default()
                }),
            ),
            message(Speaker::User, Content::UserSound(UserSound::default())),
            of_answer(1, said),
            of_answer(1, Item { status: Status::Completed, ..Item::whole("c".into(), Body::Call(call("a"))) }),
            of_answer(1, Item::whole("d".into(), Body::Call(call("b")))),
            output("a"),
            output("b"),
            of_answer(2, message(Speaker::Assistant, Content::Text("done".into()))),
            of_answer(3, message(Speaker::Assistant, Content::Text("more".into()))),
        ];
        let messages = messages(&items);
        let roles: Vec<_> = messages.iter().map(|message| (message.role, message.parts.len())).collect();
        let expected =
            [(Role::User, 1), (Role::Assistant, 4), (Role::Tool, 2), (Role::Assistant, 1), (Role::Assistant, 1)];
        assert_eq!(roles, expected);
        assert!(matches!(&messages[1].parts[0], Part::Heard(heard) if heard == "on"));
    }
}
