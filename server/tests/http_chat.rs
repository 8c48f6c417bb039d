//! `POST /v1/chat/completions` with a script for a mind.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails loudly")]

mod line;

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hearth_audio::SampleRate;
use hearth_codecs::{file, wav};
use line::{
    Server,
    request::{Reply, begin, post},
    voice,
};
use serde_json::{Value, json};

const CHAT: &str = "/v1/chat/completions";
const HOME: &str = r#"
hears = ["turn on the light"]
[[answer]]
when = "light"
calls = [{ name = "light_set", arguments = '{"on":true}' }, { name = "light_set", arguments = '{"on":false}' }]
[[answer]]
when = "dark"
says = "I will see to it."
calls = [{ name = "light_set", arguments = '{"on":true}' }]
[[answer]]
when = "break"
fails = "the script says so"
[[answer]]
says = "Good morning to you."
"#;

async fn ask(server: &Server, content: Value, more: Value) -> Reply {
    let mut body = json!({ "model": "gpt-4o", "messages": [{ "role": "user", "content": content }] });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    post(server.port, CHAT, &body).await
}

fn tools() -> Value {
    let parameters = json!({ "type": "object", "properties": { "on": { "type": "boolean" } }, "required": ["on"] });
    json!([{ "type": "function", "function": { "name": "light_set", "parameters": parameters } }])
}

fn deltas(events: &[Value]) -> Vec<Value> {
    let choices = events.iter().filter_map(|event| event["choices"].get(0));
    choices.map(|choice| choice["delta"].clone()).collect()
}

#[tokio::test]
async fn text_is_answered() {
    let server = Server::play(HOME).await;
    let reply = ask(&server, json!("hello"), json!({})).await.json();
    assert_eq!((&reply["object"], &reply["model"]), (&json!("chat.completion"), &json!("scripted")));
    let choice = &reply["choices"][0];
    assert_eq!(
        (&choice["message"]["content"], &choice["finish_reason"]),
        (&json!("Good morning to you."), &json!("stop"))
    );
    assert_eq!(reply["usage"]["completion_tokens"], 4);
    let short = ask(&server, json!([{ "type": "text", "text": "hello" }]), json!({ "max_tokens": 2 })).await.json();
    assert_eq!(short["choices"][0]["message"]["content"], "Good morning ");
    assert_eq!(short["choices"][0]["finish_reason"], "length");
}

#[tokio::test]
async fn streamed_it_comes_in_chunks_and_ends_with_its_usage() {
    let server = Server::play(HOME).await;
    let options = json!({ "stream": true, "stream_options": { "include_usage": true } });
    let (events, done) = ask(&server, json!("hello"), options).await.events();
    assert!(done && events.iter().all(|event| event["object"] == "chat.completion.chunk"));
    let deltas = deltas(&events);
    assert_eq!(deltas[0]["role"], "assistant");
    let text: String = deltas.iter().filter_map(|delta| delta["content"].as_str()).collect();
    assert_eq!(text, "Good morning to you.");
    let [.., end, usage] = &events[..] else { panic!("{events:?}") };
    assert_eq!(end["choices"][0]["finish_reason"], "stop");
    assert_eq!((&usage["choices"], &usage["usage"]["completion_tokens"]), (&json!([]), &json!(4)));
}

#[tokio::test]
async fn tools_are_called_and_their_results_read() {
    let server = Server::play(HOME).await;
    let reply = ask(&server, json!("turn on the light"), json!({ "tools": tools() })).await.json();
    let choice = &reply["choices"][0];
    assert_eq!((&choice["finish_reason"], &choice["message"]["content"]), (&json!("tool_calls"), &Value::Null));
    let calls = choice["message"]["tool_calls"].as_array().unwrap();
    assert_eq!((calls.len(), &calls[0]["function"]["arguments"]), (2, &json!("{\"on\":true}")));
    let one = ask(&server, json!("light"), json!({ "tools": tools(), "parallel_tool_calls": false })).await.json();
    assert_eq!(one["choices"][0]["message"]["tool_calls"].as_array().unwrap().len(), 1);
    let messages = json!([
        { "role": "system", "content": "Be kind." },
        { "role": "user", "content": "turn it on" },
        choice["message"],
        { "role": "tool", "tool_call_id": calls[0]["id"], "content": "done" },
        { "role": "tool", "tool_call_id": calls[1]["id"], "content": [{ "type": "text", "text": "done, too" }] },
    ]);
    let next = post(server.port, CHAT, &json!({ "messages": messages, "tools": tools() })).await.json();
    assert_eq!(next["choices"][0]["message"]["content"], "Good morning to you.");
    let stray = json!([{ "role": "tool", "tool_call_id": "none", "content": "?" }]);
    let refused = post(server.port, CHAT, &json!({ "messages": stray })).await;
    assert_eq!(refused.error(), (400, "invalid_tool_call_id".into()));
}

#[tokio::test]
async fn calls_are_streamed_name_first() {
    let server = Server::play(HOME).await;
    let (events, _) = ask(&server, json!("light"), json!({ "tools": tools(), "stream": true })).await.events();
    let calls: Vec<Value> = deltas(&events).iter().filter_map(|delta| delta.get("tool_calls")).cloned().collect();
    assert_eq!((calls.len(), &calls[0][0]["function"]), (4, &json!({ "name": "light_set", "arguments": "" })));
    assert_eq!(calls[3], json!([{ "index": 1, "function": { "arguments": "{\"on\":false}" } }]));
    assert_eq!(events.last().unwrap()["choices"][0]["finish_reason"], "tool_calls");
}

#[tokio::test]
async fn what_is_spoken_is_heard() {
    let server = Server::play(HOME).await;
    let mut samples = Vec::new();
    hearth_codecs::pcm::PcmDecoder::default().push(&voice(800), &mut samples);
    let recording = STANDARD.encode(wav::encode(SampleRate::HZ_24000, &samples));
    for data in [recording.clone(), format!("data:audio/wav;base64,{recording}")] {
        let sound = json!([{ "type": "input_audio", "input_audio": { "data": data, "format": "wav" } }]);
        let reply = ask(&server, sound, json!({ "tools": tools() })).await.json();
        assert_eq!(reply["choices"][0]["message"]["tool_calls"][0]["function"]["name"], "light_set", "{reply}");
        assert_eq!(reply["usage"]["prompt_tokens_details"]["audio_tokens"], 10);
    }
}

#[tokio::test]
async fn pictures_are_taken_and_bombs_are_not() {
    let server = Server::play(HOME).await;
    let picture = |bytes: &[u8]| {
        let url = format!("data:image/png;base64,{}", STANDARD.encode(bytes));
        json!([{ "type": "image_url", "image_url": { "url": url, "detail": "low" } }, { "type": "text", "text": "?" }])
    };
    let page = include_bytes!("../../docs/page.png");
    assert_eq!(ask(&server, picture(page), json!({})).await.status, 200);
    let mut bomb = page.to_vec();
    bomb[16..24].copy_from_slice(&[0, 0, 234, 96, 0, 0, 234, 96]);
    assert_eq!(ask(&server, picture(&bomb), json!({})).await.error(), (400, "invalid_image".into()));
}

#[tokio::test]
async fn answers_are_spoken() {
    let server = Server::play(HOME).await;
    let audio = json!({ "modalities": ["text", "audio"], "audio": { "voice": "alloy", "format": "wav" } });
    let reply = ask(&server, json!("hello"), audio).await.json();
    let message = &reply["choices"][0]["message"];
    assert_eq!((&message["content"], &message["audio"]["transcript"]), (&Value::Null, &json!("Good morning to you.")));
    let sound = STANDARD.decode(message["audio"]["data"].as_str().unwrap()).unwrap();
    assert_eq!(file::decode(sound.into(), None).unwrap().samples.len(), 4 * 200 * 24);
    let audio =
        json!({ "stream": true, "modalities": ["text", "audio"], "audio": { "voice": "tones", "format": "pcm16" } });
    let (events, done) = ask(&server, json!("hello"), audio).await.events();
    let deltas: Vec<Value> = deltas(&events).into_iter().map(|delta| delta["audio"].clone()).collect();
    let words: String = deltas.iter().filter_map(|audio| audio["transcript"].as_str()).collect();
    let bytes: usize =
        deltas.iter().filter_map(|audio| audio["data"].as_str()).map(|data| STANDARD.decode(data).unwrap().len()).sum();
    assert_eq!((done, words.as_str(), bytes), (true, "Good morning to you.", 4 * 200 * 48));
}

#[tokio::test]
async fn what_is_said_before_a_call_is_said_first() {
    let server = Server::play(HOME).await;
    let audio = json!({ "tools": tools(), "audio": { "voice": "tones" } });
    let message = ask(&server, json!("it is dark"), audio).await.json()["choices"][0]["message"].clone();
    assert_eq!(message["audio"]["transcript"], "I will see to it.");
    assert_eq!(message["tool_calls"][0]["function"]["name"], "light_set");
}

#[tokio::test]
async fn words_of_the_assistant_are_only_spoken() {
    let server = Server::play(HOME).await;
    let messages = json!([{ "role": "user", "content": "happily" }, { "role": "assistant", "content": "one two" }]);
    let body = json!({ "messages": messages, "audio": { "voice": "tones", "format": "pcm16" } });
    let audio = post(server.port, CHAT, &body).await.json()["choices"][0]["message"]["audio"].clone();
    assert_eq!(audio["transcript"], "one two");
    assert_eq!(STANDARD.decode(audio["data"].as_str().unwrap()).unwrap().len(), 2 * 200 * 48);
}

#[tokio::test]
async fn a_schema_makes_the_answer_json() {
    let server = Server::play("[[answer]]\ncalls = [{ name = \"reply\", arguments = '{\"ok\":true}' }]").await;
    let schema = json!({ "type": "object", "properties": { "ok": { "type": "boolean" } }, "required": ["ok"] });
    let format = json!({ "type": "json_schema", "json_schema": { "name": "reply", "schema": schema } });
    let choice = ask(&server, json!("?"), json!({ "response_format": format })).await.json()["choices"][0].clone();
    assert_eq!((&choice["message"]["content"], &choice["finish_reason"]), (&json!("{\"ok\":true}"), &json!("stop")));
    assert!(choice["message"].get("tool_calls").is_none());
    let (events, _) = ask(&server, json!("?"), json!({ "response_format": format, "stream": true })).await.events();
    assert_eq!(deltas(&events)[1], json!({ "content": "{\"ok\":true}" }));
}

#[tokio::test]
async fn what_cannot_be_is_named() {
    let server = Server::play(HOME).await;
    let image = |url: &str| json!([{ "type": "image_url", "image_url": { "url": url } }]);
    let audio = |data: &str| json!([{ "type": "input_audio", "input_audio": { "data": data, "format": "wav" } }]);
    for (content, more, code) in [
        (image("https://example.org/cat.png"), json!({}), "unsupported_url"),
        (audio("http://example.org/cat.wav"), json!({}), "unsupported_url"),
        (image("data:image/png;base64,!!"), json!({}), "invalid_value"),
        (image("data:text/plain;base64,aGk="), json!({}), "invalid_value"),
        (audio("aGVsbG8="), json!({}), "invalid_audio"),
        (json!([{ "type": "video_url" }]), json!({}), "invalid_value"),
        (json!(7), json!({}), "invalid_type"),
        (json!("?"), json!({ "n": 2 }), "unsupported_value"),
        (json!("?"), json!({ "temperature": 3 }), "invalid_value"),
        (json!("?"), json!({ "top_p": 0 }), "invalid_value"),
        (json!("?"), json!({ "max_tokens": 0 }), "invalid_value"),
        (json!("?"), json!({ "max_tokens": -1e300 }), "invalid_type"),
        (json!("?"), json!({ "stop": ["a", "b", "c", "d", "e"] }), "invalid_value"),
        (json!("?"), json!({ "logprobs": true }), "unsupported_value"),
        (json!("?"), json!({ "modalities": ["video"] }), "invalid_value"),
        (json!("?"), json!({ "modalities": ["text", "audio"] }), "missing_required_parameter"),
        (json!("?"), json!({ "audio": { "voice": "darth" } }), "unknown_voice"),
        (json!("?"), json!({ "audio": { "voice": "tones", "format": "opus" } }), "unsupported_format"),
        (json!("?"), json!({ "response_format": { "type": "json_object" } }), "unsupported_value"),
        (json!("?"), json!({ "tool_choice": "sometimes" }), "invalid_value"),
        (json!("?"), json!({ "messages": [] }), "invalid_value"),
        (json!("?"), json!({ "messages": [{ "role": "cat", "content": "?" }] }), "invalid_value"),
    ] {
        let reply = ask(&server, content.clone(), more.clone()).await;
        assert_eq!(reply.error(), (400, code.to_owned()), "{content} {more}");
    }
}

#[tokio::test]
async fn an_answer_that_breaks_says_so() {
    let server = Server::play(HOME).await;
    for more in [json!({}), json!({ "stream": true })] {
        let reply = ask(&server, json!("break"), more).await;
        assert_eq!((reply.error(), reply.header("retry-after")), ((503, "model_broken".into()), Some("2")));
    }
}

#[tokio::test]
async fn who_goes_away_is_not_answered_on() {
    let long = format!("token_ms = 20\n[[answer]]\nsays = \"{}\"", "word ".repeat(2_000));
    let server = Server::play(&long).await;
    let headers = [("content-type", "application/json")];
    for stream in [true, false] {
        let body = json!({ "messages": [{ "role": "user", "content": "?" }], "stream": stream }).to_string();
        let socket = begin(server.port, "POST", CHAT, &headers, body.as_bytes()).await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        drop(socket);
    }
    // An answer holds its place as long as it is made, which would be 40 s.
    server.emptied().await;
}
