//! `POST /v1/audio/transcriptions` with a script for ears.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails loudly")]

mod line;

use std::f32::consts::TAU;

use hearth_audio::SampleRate;
use hearth_codecs::wav;
use line::{
    Server,
    request::{Reply, form, send},
};
use serde_json::json;

const PATH: &str = "/v1/audio/transcriptions";
const WORDS: &str = "hears = [\"turn it on\", \"and off again\"]";

/// Two loud stretches with silence between them, at 8 kHz: 1 s, 3 s of nothing, 1 s.
fn talk() -> Vec<u8> {
    let tone = |from: usize| (from..from + 8_000).map(|at| 0.3 * (at as f32 * 300.0 / 8_000.0 * TAU).sin());
    let silence = std::iter::repeat_n(0.0, 24_000);
    let samples: Vec<f32> = tone(0).chain(silence).chain(tone(0)).collect();
    wav::encode(SampleRate::HZ_8000, &samples)
}

async fn transcribe(server: &Server, fields: &[(&str, &str)], file: Option<(&str, &[u8])>) -> Reply {
    let (kind, body) = form(fields, file);
    send(server.port, "POST", PATH, &[("content-type", &kind)], &body).await
}

#[tokio::test]
async fn the_words_come_in_every_format() {
    let server = Server::play(WORDS).await;
    let file = talk();
    let ask = async |format: &str| {
        transcribe(&server, &[("model", "whisper-1"), ("response_format", format)], Some(("talk.wav", &file))).await
    };
    let plain = ask("json").await.json();
    assert_eq!(plain["text"], "turn it on and off again");
    assert_eq!(plain["usage"]["type"], "duration");
    assert!((plain["usage"]["seconds"].as_f64().unwrap() - 5.0).abs() < 0.01, "{plain}");
    let text = ask("text").await;
    assert_eq!(text.header("content-type"), Some("text/plain; charset=utf-8"));
    assert_eq!(text.body, b"turn it on and off again\n");
    let srt = String::from_utf8(ask("srt").await.body).unwrap();
    assert!(srt.starts_with("1\n00:00:00,000 --> 00:00:01,") && srt.contains("\n\n2\n00:00:03,"), "{srt}");
    let vtt = String::from_utf8(ask("vtt").await.body).unwrap();
    assert!(vtt.starts_with("WEBVTT\n\n00:00:00.000 --> 00:00:01.") && vtt.contains("\nand off again\n"), "{vtt}");
    let verbose = ask("verbose_json").await.json();
    assert_eq!((&verbose["task"], &verbose["segments"][1]["text"]), (&json!("transcribe"), &json!("and off again")));
    let start = verbose["segments"][1]["start"].as_f64().unwrap();
    assert!((3.5..4.0).contains(&start) && verbose["segments"][0]["no_speech_prob"].as_f64().unwrap() < 0.3);
    assert!(verbose.get("words").is_none());
}

#[tokio::test]
async fn it_is_told_while_it_is_heard() {
    let server = Server::play(WORDS).await;
    let reply = transcribe(&server, &[("stream", "true")], Some(("talk.wav", &talk()))).await;
    assert_eq!(reply.header("content-type"), Some("text/event-stream; charset=utf-8"));
    let (events, _) = reply.events();
    let usage = json!({ "type": "tokens", "input_tokens": 63, "output_tokens": 6, "total_tokens": 69 });
    assert_eq!(
        events,
        [
            json!({ "type": "transcript.text.delta", "delta": "turn it on" }),
            json!({ "type": "transcript.text.delta", "delta": " and off again" }),
            json!({ "type": "transcript.text.done", "text": "turn it on and off again", "usage": usage }),
        ]
    );
}

#[tokio::test]
async fn fields_may_come_before_the_file() {
    let server = Server::play(WORDS).await;
    let (kind, file_last) = form(&[], Some(("talk.wav", &talk())));
    let mut body = b"--BOUND\r\ncontent-disposition: form-data; name=\"response_format\"\r\n\r\ntext\r\n".to_vec();
    body.extend(file_last);
    let reply = send(server.port, "POST", PATH, &[("content-type", &kind)], &body).await;
    assert_eq!((reply.status, reply.body.as_slice()), (200, &b"turn it on and off again\n"[..]));
}

#[tokio::test]
async fn silence_has_no_words() {
    let server = Server::play(WORDS).await;
    let silence = wav::encode(SampleRate::HZ_16000, &[0.0; 32_000]);
    let reply = transcribe(&server, &[], Some(("silence.wav", &silence))).await;
    assert_eq!((reply.status, reply.json()["text"].as_str()), (200, Some("")));
}

#[tokio::test]
async fn a_wav_that_lies_about_its_size_is_read_as_far_as_it_goes() {
    let server = Server::play(WORDS).await;
    for lie in [u32::MAX, 0x7fff_0000, 1_000_000] {
        let mut file = talk();
        file[4..8].copy_from_slice(&lie.to_le_bytes());
        file[40..44].copy_from_slice(&lie.saturating_sub(36).to_le_bytes());
        let reply = transcribe(&server, &[], Some(("talk.wav", &file))).await;
        assert_eq!((reply.status, &reply.json()["text"]), (200, &json!("turn it on and off again")), "{lie}");
    }
    let mut contradiction = talk();
    contradiction[40..44].copy_from_slice(&1_000_000u32.to_le_bytes());
    let reply = transcribe(&server, &[], Some(("talk.wav", &contradiction))).await;
    assert_eq!(reply.error(), (400, "invalid_audio".into()));
}

#[tokio::test]
async fn what_is_no_sound_is_refused() {
    let server = Server::play(WORDS).await;
    let noise: Vec<u8> = (0..100_000u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let picture = include_bytes!("../../docs/page.png");
    let header_only = &talk()[..44];
    for (name, bytes) in
        [("noise.mp3", &noise[..]), ("page.png", picture), ("x.wav", header_only), ("x.wav", b""), ("x.txt", b"hello")]
    {
        let reply = transcribe(&server, &[], Some((name, bytes))).await;
        let (status, code) = reply.error();
        assert!(status == 400 && (code == "invalid_audio" || code == "unsupported_audio"), "{name}: {reply:?}");
        assert_eq!(reply.json()["error"]["param"], "file");
    }
}

#[tokio::test]
async fn what_cannot_be_asked_is_named() {
    let server = Server::play(WORDS).await;
    let file = talk();
    for (field, value, code) in [
        ("response_format", "diarized_json", "invalid_value"),
        ("timestamp_granularities[]", "letter", "invalid_value"),
        ("stream", "maybe", "invalid_value"),
    ] {
        let reply = transcribe(&server, &[(field, value)], Some(("talk.wav", &file))).await;
        assert_eq!(reply.error(), (400, code.to_owned()), "{field}");
    }
    let long = "x".repeat(70_000);
    assert_eq!(transcribe(&server, &[("prompt", &long)], None).await.error(), (400, "invalid_value".into()));
    assert_eq!(transcribe(&server, &[], None).await.error(), (400, "missing_required_parameter".into()));
    let form = [("content-type", "multipart/form-data; boundary=BOUND")];
    let torn = send(server.port, "POST", PATH, &form, b"--BOUND\r\ncontent-disp").await;
    assert_eq!(torn.error(), (400, "invalid_body".into()));
    let json = [("content-type", "application/json")];
    assert_eq!(send(server.port, "POST", PATH, &json, b"{}").await.error(), (415, "unsupported_content_type".into()));
    let translation = send(server.port, "POST", "/v1/audio/translations", &form, b"").await;
    assert_eq!(translation.error(), (400, "unsupported_endpoint".into()));
}

#[tokio::test]
async fn an_upload_that_says_it_is_huge_is_not_waited_for() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let server = Server::play(WORDS).await;
    let mut socket = tokio::net::TcpStream::connect(("127.0.0.1", server.port)).await.unwrap();
    let head = format!(
        "POST {PATH} HTTP/1.1\r\nhost: x\r\ncontent-type: multipart/form-data; boundary=B\r\ncontent-length: 999999999999\r\n\r\n"
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    let mut answer = vec![0; 400];
    let length = socket.read(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer[..length]).into_owned();
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
}
