//! What a careless or hostile client does, and what comes of it: a clear error or the documented tolerance, the other
//! sessions undisturbed, nothing leaked.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails loudly")]

use std::time::Duration;

use hearth_tests::{Line, Server, to_base64};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{CloseCode, Data, OpCode};

const SESSIONS: &str = "hearth_sessions";
const GROWTH_BYTES_MAX: u64 = 200 << 20;

/// Messages that are answered with one error; those with an event id get it back.
fn refused() -> Vec<(&'static str, String)> {
    let event = |name: &'static str, event: Value| {
        let mut event = event;
        event["event_id"] = json!(name);
        (name, event.to_string())
    };
    let message = |content: Value| json!({"type": "message", "role": "user", "content": content});
    vec![
        ("", "this is not JSON".into()),
        ("", "{\"type\": \"response.create\"".into()),
        ("", "[1, 2, 3]".into()),
        ("", r#"{"type": "conversation.item.create", "event_id": "half", "x": "\ud83d"}"#.into()),
        event("no type", json!({"hello": "world"})),
        event("type is a number", json!({"type": 7})),
        event("unknown type", json!({"type": "hearth.sing"})),
        event("audio is a number", json!({"type": "input_audio_buffer.append", "audio": 5})),
        event("no audio", json!({"type": "input_audio_buffer.append"})),
        event("not base64", json!({"type": "input_audio_buffer.append", "audio": "?*#!"})),
        event("commit of nothing", json!({"type": "input_audio_buffer.commit"})),
        event("session is a text", json!({"type": "session.update", "session": "loud"})),
        event("tools is a text", json!({"type": "session.update", "session": {"type": "realtime", "tools": "all"}})),
        event("item is a list", json!({"type": "conversation.item.create", "item": []})),
        event("content is a number", json!({"type": "conversation.item.create", "item": message(json!(1))})),
        event(
            "not an image",
            json!({"type": "conversation.item.create",
            "item": message(json!([{"type": "input_image", "image_url": "data:image/png;base64,AAAA"}]))}),
        ),
        event("retrieve nothing", json!({"type": "conversation.item.retrieve", "item_id": "nobody"})),
        event("delete nothing", json!({"type": "conversation.item.delete", "item_id": "nobody"})),
        event(
            "truncate nothing",
            json!({"type": "conversation.item.truncate", "item_id": "nobody",
            "content_index": 0, "audio_end_ms": 5}),
        ),
        event(
            "time is a text",
            json!({"type": "conversation.item.truncate", "item_id": "nobody",
            "content_index": 0, "audio_end_ms": "soon"}),
        ),
        event("cancel nothing", json!({"type": "response.cancel"})),
        event(
            "result for an unknown call",
            json!({"type": "conversation.item.create",
            "item": {"type": "function_call_output", "call_id": "nobody", "output": "{}"}}),
        ),
    ]
}

#[tokio::test]
async fn what_makes_no_sense_is_told_and_the_call_goes_on() {
    let server = Server::start(&[]).await;
    let mut line = Line::open(server.port).await;
    for (name, message) in refused() {
        line.send_raw(Message::text(message.clone())).await.unwrap();
        let fault = line.wait("error").await["error"].clone();
        assert!(!fault["message"].as_str().unwrap_or_default().is_empty(), "{message}: {fault}");
        if !name.is_empty() {
            assert_eq!(fault["event_id"], name, "{message}: {fault}");
        }
    }
    let faults = line.kinds().iter().filter(|kind| **kind == "error").count();
    assert_eq!(faults, refused().len(), "one error for each");
    line.tell("good morning").await;
    assert_eq!(line.answer().await["status"], "completed");
    server.stop().await;
}

#[tokio::test]
async fn an_odd_number_of_bytes_keeps_the_half_sample_for_the_next_append() {
    let server = Server::start(&[]).await;
    let mut line = Line::open(server.port).await;
    line.configure(json!({"audio": {"input": {"turn_detection": null}}})).await;
    for size in [4801, 4799, 1, 1] {
        line.send(json!({"type": "input_audio_buffer.append", "audio": to_base64(&vec![0; size])})).await;
    }
    line.send(json!({"type": "input_audio_buffer.commit"})).await;
    line.wait("input_audio_buffer.committed").await;
    assert!(!line.kinds().contains(&"error"));
    server.stop().await;
}

#[tokio::test]
async fn audio_may_come_before_any_setting() {
    let server = Server::start(&[]).await;
    let (mut line, _) = Line::dial(server.port, &[]).await.unwrap();
    line.append(&[0; 9600]).await;
    line.wait("session.created").await;
    line.configure(json!({"instructions": "hello"})).await;
    assert!(!line.kinds().contains(&"error"));
    server.stop().await;
}

#[tokio::test]
async fn half_a_character_ends_the_call_with_1007() {
    let server = Server::start(&[]).await;
    let mut neighbour = Line::open(server.port).await;
    let mut line = Line::open(server.port).await;
    let half = Frame::message(b"{\"type\": \"\xf0\x9f".to_vec(), OpCode::Data(Data::Text), true);
    line.send_raw(Message::Frame(half)).await.unwrap();
    assert!(matches!(line.hangup().await, Some(CloseCode::Invalid) | None));
    still_talks(&mut neighbour).await;
    server.stop().await;
}

#[tokio::test]
async fn a_message_of_20_mib_is_refused_and_the_neighbour_talks_on() {
    let server = Server::start(&[]).await;
    let mut neighbour = Line::open(server.port).await;
    let mut line = Line::open(server.port).await;
    let huge = json!({"type": "input_audio_buffer.append", "audio": "A".repeat(20 << 20)}).to_string();
    // The server may hang up before the last byte is sent.
    let _ = line.send_raw(Message::text(huge)).await;
    assert!(matches!(line.hangup().await, Some(CloseCode::Size) | None));
    still_talks(&mut neighbour).await;
    drop(line);
    server.wait_for_metric(SESSIONS, 1.0).await;
    server.stop().await;
}

#[tokio::test]
async fn ten_thousand_items_are_borne_or_refused_but_never_crash() {
    let server = Server::start(&[]).await;
    let mut line = Line::open(server.port).await;
    let before = server.resident_bytes();
    for _ in 0..100 {
        for _ in 0..100 {
            line.tell("one more thing").await;
        }
        for _ in 0..100 {
            while !matches!(line.next().await.unwrap()["type"].as_str(), Some("conversation.item.done" | "error")) {}
        }
    }
    still_talks(&mut line).await;
    assert!(server.resident_bytes() < before + GROWTH_BYTES_MAX, "{} bytes more", server.resident_bytes() - before);
    server.stop().await;
}

#[tokio::test]
async fn a_client_that_never_reads_is_hung_up_on() {
    let server = Server::start(&[]).await;
    let mut neighbour = Line::open(server.port).await;
    let mut deaf = Line::open(server.port).await;
    let before = server.resident_bytes();
    let update = json!({"type": "session.update", "session": {"type": "realtime", "instructions": "x".repeat(60_000)}});
    let refused = tokio::time::timeout(Duration::from_secs(60), async {
        while deaf.send_raw(Message::text(update.to_string())).await.is_ok() {}
    });
    refused.await.expect("the server stops listening to who does not listen");
    still_talks(&mut neighbour).await;
    assert!(server.resident_bytes() < before + GROWTH_BYTES_MAX);
    server.wait_for_metric(SESSIONS, 1.0).await;
    server.stop().await;
}

#[tokio::test]
async fn a_client_that_vanishes_mid_turn_leaves_nothing_behind() {
    let server = Server::start(&[]).await;
    let mut neighbour = Line::open(server.port).await;
    for _ in 0..8 {
        let mut line = Line::open(server.port).await;
        line.tell("tell me what you can do").await;
        line.send(json!({"type": "response.create"})).await;
        line.wait("response.created").await;
    }
    still_talks(&mut neighbour).await;
    server.wait_for_metric(SESSIONS, 1.0).await;
    server.stop().await;
}

async fn still_talks(line: &mut Line) {
    line.configure(json!({"output_modalities": ["text"]})).await;
    line.tell("good morning").await;
    assert_eq!(line.answer().await["status"], "completed");
}
