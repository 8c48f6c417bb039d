//! `POST /v1/audio/speech` with tones for a voice.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails loudly")]

mod line;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hearth_codecs::{file, pcm};
use hearth_session::Policy;
use line::{
    Line, Server,
    request::{Reply, post, send},
};
use serde_json::{Value, json};

const SPEECH: &str = "/v1/audio/speech";

async fn speak(server: &Server, more: Value) -> Reply {
    let mut body = json!({ "model": "tts-1", "input": "one two three four", "voice": "alloy" });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    post(server.port, SPEECH, &body).await
}

#[tokio::test]
async fn every_format_is_the_same_sound() {
    let server = Server::play("").await;
    let raw = speak(&server, json!({ "response_format": "pcm" })).await;
    assert_eq!((raw.status, raw.header("content-type")), (200, Some("audio/pcm")));
    // A word of the scripted voice takes 200 ms, and every 100 ms leave at once.
    assert_eq!((raw.body.len(), raw.pieces), (4 * 200 * 48, 8));
    let mut samples = Vec::new();
    pcm::PcmDecoder::default().push(&raw.body, &mut samples);
    for (format, kind) in [("wav", "audio/wav"), ("flac", "audio/flac")] {
        let written = speak(&server, json!({ "response_format": format })).await;
        assert_eq!((written.status, written.header("content-type")), (200, Some(kind)));
        assert!(written.pieces > 3, "it comes while it is spoken");
        let sound = file::decode(written.body.into(), None).unwrap();
        assert_eq!(sound.rate.hz(), 24_000);
        assert_eq!(sound.samples, samples, "{format}");
    }
    let default = speak(&server, json!({})).await;
    assert_eq!(default.header("content-type"), Some("audio/wav"));
    assert_eq!(server.count("hearth_requests_total{route=\"speech\",status=\"200\"}"), 4.0);
}

#[tokio::test]
async fn speed_and_voice_are_heard() {
    let server = Server::play("").await;
    let fast = speak(&server, json!({ "response_format": "pcm", "speed": 2.0, "voice": { "id": "tones" } })).await;
    assert_eq!(fast.body.len(), 4 * 100 * 48);
}

#[tokio::test]
async fn as_events_it_ends_with_its_usage() {
    let server = Server::play("").await;
    let streamed = speak(&server, json!({ "stream_format": "sse", "response_format": "pcm" })).await;
    assert_eq!(streamed.header("content-type"), Some("text/event-stream; charset=utf-8"));
    let (events, done) = streamed.events();
    let (last, deltas) = events.split_last().unwrap();
    assert!(!done && deltas.iter().all(|event| event["type"] == "speech.audio.delta"));
    let sound: usize =
        deltas.iter().map(|event| STANDARD.decode(event["audio"].as_str().unwrap()).unwrap().len()).sum();
    assert_eq!(sound, 4 * 200 * 48);
    let usage = json!({ "input_tokens": 18, "output_tokens": 10, "total_tokens": 28 });
    assert_eq!(last, &json!({ "type": "speech.audio.done", "usage": usage }));
}

#[tokio::test]
async fn what_cannot_be_spoken_is_named() {
    let server = Server::play("").await;
    for (more, code, param) in [
        (json!({ "response_format": "mp3" }), "unsupported_format", "response_format"),
        (json!({ "response_format": 7 }), "invalid_type", "response_format"),
        (json!({ "voice": "darth" }), "unknown_voice", "voice"),
        (json!({ "voice": null }), "missing_required_parameter", "voice"),
        (json!({ "input": "" }), "invalid_value", "input"),
        (json!({ "input": "a".repeat(4_097) }), "invalid_value", "input"),
        (json!({ "input": null }), "missing_required_parameter", "input"),
        (json!({ "speed": 9 }), "invalid_value", "speed"),
        (json!({ "stream_format": "smoke" }), "invalid_value", "stream_format"),
    ] {
        let reply = speak(&server, more.clone()).await;
        assert_eq!(
            (reply.error(), reply.json()["error"]["param"].as_str()),
            ((400, code.into()), Some(param)),
            "{more}"
        );
    }
    let voices = speak(&server, json!({ "voice": "darth" })).await.json();
    assert!(voices["error"]["message"].as_str().unwrap().contains("tones"), "{voices}");
    let formats = speak(&server, json!({ "response_format": "opus" })).await.json();
    assert!(formats["error"]["message"].as_str().unwrap().contains("'flac'"), "{formats}");
}

#[tokio::test]
async fn requests_that_are_none_have_their_status() {
    let server = Server::open("", Policy::default(), 4, Some("sesame")).await;
    let json = [("content-type", "application/json"), ("authorization", "Bearer sesame")];
    for (method, path, headers, body, status, code) in [
        ("POST", SPEECH, &json[..1], &b"{}"[..], 401, "invalid_api_key"),
        ("POST", SPEECH, &json[1..], b"{}", 415, "unsupported_content_type"),
        ("POST", SPEECH, &json, b"not json", 400, "invalid_json"),
        ("POST", SPEECH, &json, b"[]", 400, "invalid_json"),
        ("POST", SPEECH, &json, &vec![b'['; 100_000], 400, "invalid_json"),
        ("POST", SPEECH, &json, &vec![b' '; 300_000], 413, "request_too_large"),
        ("GET", SPEECH, &json, b"", 405, "method_not_allowed"),
        ("POST", "/v1/audio/singing", &json, b"{}", 404, "not_found"),
    ] {
        let reply = send(server.port, method, path, headers, body).await;
        assert_eq!(reply.error(), (status, code.to_owned()), "{method} {path}");
    }
}

#[tokio::test]
async fn a_full_house_says_when_to_come_back() {
    let server = Server::open("", Policy::default(), 1, None).await;
    let session = Line::open(&server).await;
    let reply = speak(&server, json!({})).await;
    assert_eq!((reply.error(), reply.header("retry-after")), ((429, "rate_limit_exceeded".into()), Some("2")));
    drop(session);
    server.emptied().await;
    assert_eq!(speak(&server, json!({})).await.status, 200);
    server.house.stopping.cancel();
}

#[tokio::test]
async fn models_tell_how_much_they_read() {
    let server = Server::play("").await;
    let models = send(server.port, "GET", "/v1/models", &[], b"").await.json();
    assert_eq!(models["data"][0]["max_model_len"], 1 << 20);
}
