//! Conversations with a real server and the real pocket models, by a client of our own.
//!
//! The unmodified OpenAI client has its tests in tests/python.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails loudly")]

use std::time::{Duration, Instant};

use hearth_tests::{Line, Server, spoken_16_khz};
use serde_json::json;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

#[tokio::test]
async fn a_spoken_turn_at_16_khz_is_heard_and_answered_aloud() {
    let server = Server::start(&[]).await;
    let mut line = Line::open(server.port).await;
    line.configure(json!({"audio": {"input": {
        "format": {"type": "audio/pcm", "rate": 16_000}, "transcription": {"model": "pocket"}}}}))
        .await;
    line.append(&spoken_16_khz("turn on the kitchen light")).await;
    line.wait("input_audio_buffer.speech_started").await;
    let done = line.wait("response.done").await;
    assert_eq!(done["response"]["status"], "completed");
    let heard = line.seen.iter().find(|event| event["type"] == "conversation.item.input_audio_transcription.completed");
    let words = heard.expect("a transcript")["transcript"].as_str().unwrap().to_lowercase();
    assert!(words.contains("kitchen") || words.contains("light"), "{words}");
    assert!(line.kinds().contains(&"response.output_audio.delta"));
    server.stop().await;
}

#[tokio::test]
async fn conversations_at_once_do_not_mix() {
    let server = Server::start(&[]).await;
    let mut lines = Vec::new();
    for name in ["one", "two", "three"] {
        let mut line = Line::open(server.port).await;
        line.configure(json!({"instructions": name, "output_modalities": ["text"]})).await;
        line.tell("good morning").await;
        line.send(json!({"type": "response.create", "response": {"metadata": {"name": name}}})).await;
        lines.push((name, line));
    }
    let mut answers = std::collections::HashSet::new();
    for (name, mut line) in lines {
        let done = line.wait("response.done").await;
        assert_eq!(done["response"]["metadata"]["name"], name);
        assert_eq!(done["response"]["status"], "completed");
        assert_eq!(line.kinds().iter().filter(|kind| **kind == "response.done").count(), 1);
        assert!(answers.insert(done["response"]["id"].to_string()), "every answer has an id of its own");
    }
    server.stop().await;
}

#[tokio::test]
async fn the_same_question_gets_the_same_answer_alone_and_in_company() {
    let server = Server::start(&[]).await;
    let ask = async |port| {
        let mut line = Line::open(port).await;
        line.configure(json!({"output_modalities": ["text"]})).await;
        line.tell("what can you do").await;
        line.answer().await["output"][0]["content"][0]["text"].to_string()
    };
    let alone = ask(server.port).await;
    let port = server.port;
    let company = futures_util::future::join_all((0..4).map(|_| ask(port))).await;
    assert!(company.iter().all(|answer| *answer == alone), "{alone} but {company:?}");
    server.stop().await;
}

#[tokio::test]
async fn a_browser_brings_its_key_as_a_subprotocol() {
    let server = Server::start(&["--api-key", "sesame"]).await;
    let name = "sec-websocket-protocol";
    let (_, response) = Line::dial(server.port, &[(name, "realtime, openai-insecure-api-key.sesame")]).await.unwrap();
    assert_eq!(response.headers()[name], "realtime");
    assert!(Line::dial(server.port, &[(name, "realtime, openai-insecure-api-key.wrong")]).await.is_err());
    assert!(Line::dial(server.port, &[]).await.is_err());
    server.stop().await;
}

#[tokio::test]
async fn a_stopping_server_says_good_bye_to_its_callers() {
    let server = Server::start(&[]).await;
    let mut line = Line::open(server.port).await;
    line.tell("good morning").await;
    line.answer().await;
    let began = Instant::now();
    server.terminate();
    assert_eq!(line.hangup().await, Some(CloseCode::Away));
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    drop(line);
}
