//! What a careless or hostile client sends: a clear error or the documented tolerance, and nobody else notices.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails loudly")]

mod line;

use futures_util::SinkExt as _;
use line::{Line, Server, silence, voice};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{
    Message,
    protocol::frame::{
        Frame,
        coding::{CloseCode, Data, OpCode},
    },
};

const CHATTER: &str = "[[answer]]\nsays = \"Good morning to you.\"";

async fn still_talks(line: &mut Line) {
    line.say("hello").await;
    line.send(json!({ "type": "response.create" })).await;
    assert_eq!(line.wait("response.done").await["response"]["status"], "completed");
}

#[tokio::test]
async fn wrong_fields_are_named() {
    let server = Server::play(CHATTER).await;
    let mut line = Line::open_text(&server).await;
    let message = |content: Value| json!({ "type": "conversation.item.create", "item": { "type": "message", "role": "user", "content": content } });
    let session = |session: Value| json!({ "type": "session.update", "session": session });
    for (event, code, param) in [
        (json!({}), "missing_required_parameter", "type"),
        (json!({ "type": 7 }), "invalid_type", "type"),
        (json!({ "type": "hearth.sing" }), "unknown_event", "type"),
        (json!({ "type": "input_audio_buffer.append" }), "missing_required_parameter", "audio"),
        (json!({ "type": "input_audio_buffer.append", "audio": 5 }), "invalid_type", "audio"),
        (json!({ "type": "input_audio_buffer.append", "audio": "?*#!" }), "invalid_value", "audio"),
        (session(json!("loud")), "invalid_type", "session"),
        (session(json!({ "tools": "all" })), "invalid_type", "session.tools"),
        (session(json!({ "tools": [{ "type": "function" }] })), "missing_required_parameter", "session.tools[0].name"),
        (session(json!({ "instructions": 5 })), "invalid_type", "session.instructions"),
        (session(json!({ "max_output_tokens": 0 })), "invalid_value", "session.max_output_tokens"),
        (
            session(json!({ "audio": { "input": { "format": { "type": "audio/mp3" } } } })),
            "invalid_value",
            "session.audio.input.format.type",
        ),
        (
            session(json!({ "audio": { "input": { "turn_detection": { "type": "server_vad", "threshold": 2 } } } })),
            "invalid_value",
            "session.audio.input.turn_detection.threshold",
        ),
        (message(json!(1)), "invalid_type", "item.content"),
        (message(json!([{ "type": "input_text", "text": 1 }])), "invalid_type", "item.content[0].text"),
        (message(json!([{ "type": "input_audio", "audio": "?" }])), "invalid_value", "item.content[0].audio"),
        (
            message(json!([{ "type": "input_image", "image_url": "http://x/y.png" }])),
            "invalid_value",
            "item.content[0].image_url",
        ),
        (
            message(json!([{ "type": "input_image", "image_url": "data:image/png;base64,AAAA" }])),
            "invalid_image",
            "item",
        ),
        (
            json!({ "type": "conversation.item.create", "item": { "type": "function_call_output", "call_id": "nobody", "output": "" } }),
            "invalid_tool_call_id",
            "item.call_id",
        ),
        (
            json!({ "type": "conversation.item.truncate", "item_id": "x", "content_index": 0, "audio_end_ms": "soon" }),
            "invalid_type",
            "audio_end_ms",
        ),
        (
            json!({ "type": "conversation.item.truncate", "item_id": "x", "content_index": 0, "audio_end_ms": 5 }),
            "item_truncate_invalid_item_id",
            "item_id",
        ),
        (json!({ "type": "conversation.item.delete", "item_id": "x" }), "item_delete_invalid_item_id", "item_id"),
        (
            json!({ "type": "response.create", "response": { "conversation": "other" } }),
            "invalid_value",
            "response.conversation",
        ),
        (json!({ "type": "response.create", "response": { "metadata": 5 } }), "invalid_type", "response.metadata"),
    ] {
        let error = line.refused(event.clone()).await;
        assert_eq!((&error["code"], &error["param"]), (&json!(code), &json!(param)), "{event}: {error}");
    }
    still_talks(&mut line).await;
}

#[tokio::test]
async fn what_is_no_json_is_an_error() {
    let server = Server::play(CHATTER).await;
    let mut line = Line::open_text(&server).await;
    for frame in
        ["this is not JSON", "{\"type\": \"response.create\"", "[1, 2, 3]", "", r#"{"type": "x", "y": "\ud83d"}"#]
    {
        line.socket.send(Message::text(frame)).await.unwrap();
        assert_eq!(line.wait("error").await["error"]["code"], "invalid_json", "{frame}");
    }
    line.socket.send(Message::binary(vec![1, 2, 3])).await.unwrap();
    assert_eq!(line.wait("error").await["error"]["code"], "invalid_json");
    still_talks(&mut line).await;
}

#[tokio::test]
async fn unknown_fields_are_ignored() {
    let server = Server::play(CHATTER).await;
    let mut line = Line::open_text(&server).await;
    line.configure(json!({ "shine": true, "audio": { "smell": 5 } })).await;
    still_talks(&mut line).await;
}

#[tokio::test]
async fn nothing_cannot_be_committed() {
    let server = Server::play(CHATTER).await;
    let mut line = Line::open_text(&server).await;
    let commit = json!({ "type": "input_audio_buffer.commit" });
    assert_eq!(line.refused(commit.clone()).await["code"], "input_audio_buffer_commit_empty");
    line.hear(&silence(50)).await;
    assert_eq!(line.refused(commit.clone()).await["code"], "input_audio_buffer_commit_empty");
    line.hear(&voice(300)).await;
    line.send(json!({ "type": "input_audio_buffer.clear" })).await;
    line.wait("input_audio_buffer.cleared").await;
    assert_eq!(line.refused(commit).await["code"], "input_audio_buffer_commit_empty");
}

#[tokio::test]
async fn half_a_sample_waits_for_the_other_half() {
    let server = Server::play(CHATTER).await;
    let mut line = Line::open_text(&server).await;
    let sound = voice(300);
    for piece in [&sound[..4801], &sound[4801..4802], &sound[4802..]] {
        line.hear(piece).await;
    }
    line.send(json!({ "type": "input_audio_buffer.commit" })).await;
    let item = line.wait("input_audio_buffer.committed").await["item_id"].clone();
    line.send(json!({ "type": "response.create" })).await;
    line.wait("response.done").await;
    line.send(json!({ "type": "conversation.item.retrieve", "item_id": item })).await;
    let item = line.wait("conversation.item.retrieved").await["item"].clone();
    let bytes = item["content"][0]["audio"].as_str().unwrap().len() * 3 / 4;
    assert!(bytes.abs_diff(300 * 48) < 200, "{bytes}");
}

#[tokio::test]
async fn sound_may_come_before_everything_else() {
    let server = Server::play(CHATTER).await;
    let mut line = Line::dial(&server).await;
    line.speak().await;
    line.wait("session.created").await;
    line.wait("response.done").await;
}

#[tokio::test]
async fn ten_thousand_items_push_out_the_oldest() {
    let server = Server::play(CHATTER).await;
    let mut line = Line::open_text(&server).await;
    for at in 0..100 {
        for within in 0..100 {
            let item = json!({ "id": format!("i{at}_{within}"), "type": "message", "role": "user", "content": [{ "type": "input_text", "text": "x" }] });
            line.send(json!({ "type": "conversation.item.create", "item": item })).await;
        }
        let last = format!("i{at}_99");
        while line.wait("conversation.item.done").await["item"]["id"] != last.as_str() {}
        line.log.truncate(3_000);
    }
    line.send(json!({ "type": "conversation.item.retrieve", "item_id": "i99_0" })).await;
    line.wait("conversation.item.retrieved").await;
    let error = line.refused(json!({ "type": "conversation.item.retrieve", "item_id": "i0_0" })).await;
    assert_eq!(error["code"], "item_retrieve_invalid_item_id");
    still_talks(&mut line).await;
}

#[tokio::test]
async fn a_message_of_20_mib_ends_the_line_with_1009() {
    let server = Server::play(CHATTER).await;
    let mut neighbour = Line::open_text(&server).await;
    let mut line = Line::open(&server).await;
    let huge = json!({ "type": "input_audio_buffer.append", "audio": "A".repeat(20 << 20) });
    line.send(huge).await;
    let frame = line.hangup().await.expect("a reason");
    assert_eq!(frame.code, CloseCode::Size);
    assert!(frame.reason.contains("16 MiB"));
    still_talks(&mut neighbour).await;
}

#[tokio::test]
async fn half_a_character_ends_the_line_with_1007() {
    let server = Server::play(CHATTER).await;
    let mut line = Line::open(&server).await;
    let half = Frame::message(b"{\"type\": \"\xf0\x9f".to_vec(), OpCode::Data(Data::Text), true);
    line.socket.send(Message::Frame(half)).await.unwrap();
    assert_eq!(line.hangup().await.map(|frame| frame.code), Some(CloseCode::Invalid));
}

#[tokio::test]
async fn a_client_that_vanishes_leaves_nothing_behind() {
    let long = format!("token_ms = 5\n[[answer]]\nsays = \"{}\"", "word ".repeat(500));
    let server = Server::play(&long).await;
    for _ in 0..8 {
        let mut line = Line::open(&server).await;
        line.speak().await;
        line.wait("response.output_audio.delta").await;
    }
    server.emptied().await;
}

#[tokio::test]
async fn what_would_not_fit_an_echo_is_refused() {
    let server = Server::play(CHATTER).await;
    let mut line = Line::open_text(&server).await;
    let text = |count: usize| Value::Array(vec![json!({ "type": "input_text", "text": "x".repeat(100_000) }); count]);
    let message = |content: Value| json!({ "type": "conversation.item.create", "item": { "type": "message", "role": "user", "content": content } });
    assert_eq!(line.refused(message(text(2))).await["param"], "item.content");
    let tool = json!({ "type": "function", "name": "f", "parameters": { "type": "object", "description": "x".repeat(100_000) } });
    let tools = vec![tool; 6];
    assert_eq!(
        line.refused(json!({ "type": "session.update", "session": { "tools": tools } })).await["param"],
        "session"
    );
    let error = line.refused(json!({ "type": "x".repeat(2_000_000) })).await;
    assert_eq!(error["code"], "unknown_event");
    line.send(json!({ "type": "nothing", "event_id": "x".repeat(2_000_000) })).await;
    assert_eq!(line.wait("error").await["error"]["event_id"], Value::Null);
    still_talks(&mut line).await;
}
