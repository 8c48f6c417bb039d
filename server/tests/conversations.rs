//! Conversations over real sockets, and the order of their events.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails loudly")]

mod line;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use line::{Line, Server, silence, voice};
use serde_json::{Value, json};

const CHATTER: &str = r#"
    hears = ["good morning"]
    [[answer]]
    says = "Good morning to you."
"#;

/// Twenty seconds of words, longer than is sent ahead.
const STORY: &str = r#"
    hears = ["tell me a story", "stop"]
    [[answer]]
    when = "story"
    says = "one two three four five six seven eight nine ten one two three four five six seven eight nine ten one two three four five six seven eight nine ten one two three four five six seven eight nine ten one two three four five six seven eight nine ten one two three four five six seven eight nine ten one two three four five six seven eight nine ten one two three four five six seven eight nine ten one two three four five six seven eight nine ten one two three four five six seven eight nine ten"
    [[answer]]
    says = "I stop."
"#;

const HEARD: [&str; 5] = [
    "input_audio_buffer.speech_started",
    "input_audio_buffer.speech_stopped",
    "input_audio_buffer.committed",
    "conversation.item.added",
    "conversation.item.done",
];

const SPOKEN: [&str; 10] = [
    "response.output_item.added",
    "conversation.item.added",
    "response.content_part.added",
    // deltas
    "response.output_audio.done",
    "response.output_audio_transcript.done",
    "response.content_part.done",
    "conversation.item.done",
    "response.output_item.done",
    "response.done",
    "rate_limits.updated",
];

fn without_deltas(line: &Line) -> Vec<&str> {
    line.kinds().into_iter().filter(|kind| !kind.ends_with(".delta")).collect()
}

#[tokio::test]
async fn a_spoken_turn_is_told_in_order() {
    let server = Server::play(CHATTER).await;
    let mut line = Line::open(&server).await;
    line.log.clear();
    line.speak().await;
    line.wait("rate_limits.updated").await;
    let expected: Vec<&str> = HEARD.into_iter().chain(["response.created"]).chain(SPOKEN).collect();
    assert_eq!(without_deltas(&line), expected);
    let committed = line.first("input_audio_buffer.committed");
    assert_eq!(line.first("input_audio_buffer.speech_started")["item_id"], committed["item_id"]);
    assert_eq!(line.first("conversation.item.added")["item"]["id"], committed["item_id"]);
    assert_eq!(committed["previous_item_id"], Value::Null);
    assert_eq!(line.first("conversation.item.added")["item"]["content"][0]["transcript"], Value::Null);
    let response = &line.first("response.done")["response"];
    assert_eq!(response["output"][0]["content"][0]["transcript"], "Good morning to you.");
    assert!(response["usage"]["input_token_details"]["audio_tokens"].as_u64().unwrap() >= 10);
    assert_eq!(line.sound_bytes(), 4 * 200 * 48, "four words of 200 ms");
    let kinds = line.kinds();
    let transcript = kinds.iter().position(|kind| *kind == "response.output_audio_transcript.delta").unwrap();
    assert!(transcript < kinds.iter().position(|kind| *kind == "response.output_audio.delta").unwrap());
}

#[tokio::test]
async fn a_written_turn_is_told_in_order() {
    let server = Server::play(CHATTER).await;
    let mut line = Line::open_text(&server).await;
    line.say("hello").await;
    line.log.clear();
    line.send(json!({ "type": "response.create" })).await;
    line.wait("rate_limits.updated").await;
    assert_eq!(
        line.kinds(),
        [
            "response.created",
            "response.output_item.added",
            "conversation.item.added",
            "response.content_part.added",
            "response.output_text.delta",
            "response.output_text.done",
            "response.content_part.done",
            "conversation.item.done",
            "response.output_item.done",
            "response.done",
            "rate_limits.updated",
        ]
    );
    assert_eq!(line.first("response.output_text.done")["text"], "Good morning to you.");
}

#[tokio::test]
async fn the_client_may_take_turns_by_itself() {
    let server = Server::play(CHATTER).await;
    let mut line = Line::open_text(&server).await;
    line.configure(json!({ "audio": { "input": { "transcription": { "model": "any" } } } })).await;
    line.log.clear();
    line.hear(&voice(500)).await;
    line.send(json!({ "type": "input_audio_buffer.commit" })).await;
    line.send(json!({ "type": "response.create" })).await;
    line.wait("response.done").await;
    assert_eq!(&line.kinds()[..3], &HEARD[2..]);
    assert_eq!(line.first("conversation.item.input_audio_transcription.completed")["transcript"], "good morning");
    let details = &line.first("response.done")["response"]["usage"]["input_token_details"];
    assert!((5..=8).contains(&details["audio_tokens"].as_u64().unwrap()), "{details}");
}

#[tokio::test]
async fn a_tool_is_called_and_its_result_answered() {
    let server = Server::play(
        r#"
        hears = ["turn on the light"]
        [[answer]]
        when = "light"
        calls = [{ name = "light_set", arguments = '{"on":true}' }]
        [[answer]]
        says = "It is on."
    "#,
    )
    .await;
    let mut line = Line::open(&server).await;
    line.log.clear();
    line.speak().await;
    line.wait("rate_limits.updated").await;
    let told = [
        "response.created",
        "response.output_item.added",
        "conversation.item.added",
        "response.function_call_arguments.done",
        "conversation.item.done",
        "response.output_item.done",
        "response.done",
        "rate_limits.updated",
    ];
    assert_eq!(without_deltas(&line), HEARD.into_iter().chain(told).collect::<Vec<_>>());
    let done = line.first("response.function_call_arguments.done").clone();
    assert_eq!((&done["name"], &done["arguments"]), (&json!("light_set"), &json!(r#"{"on":true}"#)));
    let output = json!({ "type": "function_call_output", "call_id": done["call_id"], "output": "{\"ok\":true}" });
    line.send(json!({ "type": "conversation.item.create", "item": output })).await;
    line.wait("conversation.item.done").await;
    line.send(json!({ "type": "response.create" })).await;
    let response = line.wait("response.done").await;
    assert_eq!(response["response"]["output"][0]["content"][0]["transcript"], "It is on.");
}

#[tokio::test]
async fn barge_in_cancels_and_what_was_not_heard_is_cut() {
    let server = Server::play(STORY).await;
    let mut line = Line::open(&server).await;
    line.speak().await;
    let mut delta = Value::Null;
    for _ in 0..10 {
        delta = line.wait("response.output_audio.delta").await;
    }
    line.log.clear();
    line.hear(&voice(600)).await;
    let done = line.wait("response.done").await["response"].clone();
    assert_eq!(done["status"], "cancelled");
    assert_eq!(done["status_details"], json!({ "type": "cancelled", "reason": "turn_detected" }));
    assert_eq!(done["output"][0]["status"], "incomplete");
    let kinds = without_deltas(&line);
    assert_eq!(kinds[0], "input_audio_buffer.speech_started");
    assert_eq!(&kinds[1..6], &SPOKEN[3..8]);
    line.send(json!({ "type": "conversation.item.truncate", "item_id": delta["item_id"], "content_index": 0, "audio_end_ms": 500 })).await;
    assert_eq!(line.wait("conversation.item.truncated").await["audio_end_ms"], 500);
    line.send(json!({ "type": "conversation.item.retrieve", "item_id": delta["item_id"] })).await;
    let content = line.wait("conversation.item.retrieved").await["item"]["content"][0].clone();
    assert_eq!(content["transcript"], "one two ", "words of 200 ms that ended before 500 ms");
    assert_eq!(STANDARD.decode(content["audio"].as_str().unwrap()).unwrap().len(), 500 * 48);
    line.hear(&silence(700)).await;
    assert_eq!(line.wait("response.done").await["response"]["output"][0]["content"][0]["transcript"], "I stop.");
}

#[tokio::test]
async fn a_cut_past_the_end_tells_the_real_length() {
    let server = Server::play(CHATTER).await;
    let mut line = Line::open(&server).await;
    line.speak().await;
    let item = line.wait("response.done").await["response"]["output"][0]["id"].clone();
    line.send(
        json!({ "type": "conversation.item.truncate", "item_id": item, "content_index": 0, "audio_end_ms": 99_999 }),
    )
    .await;
    assert_eq!(line.wait("conversation.item.truncated").await["audio_end_ms"], 800);
}

#[tokio::test]
async fn an_answer_is_cancelled_once() {
    let server = Server::play(STORY).await;
    let mut line = Line::open(&server).await;
    line.configure(json!({ "audio": { "input": { "turn_detection": null } } })).await;
    line.say("story").await;
    line.send(json!({ "type": "response.create" })).await;
    line.wait("response.output_audio.delta").await;
    let error = line.refused(json!({ "type": "response.create" })).await;
    assert_eq!(error["code"], "conversation_already_has_active_response");
    line.send(json!({ "type": "response.cancel" })).await;
    let done = line.wait("response.done").await["response"].clone();
    assert_eq!(done["status_details"]["reason"], "client_cancelled");
    let error = line.refused(json!({ "type": "response.cancel" })).await;
    assert_eq!(error["code"], "response_cancel_not_active");
    assert!(error["message"].as_str().unwrap().starts_with("Cancellation failed"));
}

#[tokio::test]
async fn an_answer_out_of_band_goes_beside_the_conversation() {
    let server = Server::play(STORY).await;
    let mut line = Line::open(&server).await;
    line.configure(json!({ "audio": { "input": { "turn_detection": null } } })).await;
    line.say("story").await;
    line.send(json!({ "type": "response.create" })).await;
    line.wait("response.output_audio.delta").await;
    line.log.clear();
    let input =
        json!([{ "type": "message", "role": "user", "content": [{ "type": "input_text", "text": "classify" }] }]);
    let wish =
        json!({ "conversation": "none", "output_modalities": ["text"], "metadata": { "topic": "x" }, "input": input });
    line.send(json!({ "type": "response.create", "response": wish })).await;
    let done = line.wait("response.done").await["response"].clone();
    assert_eq!(done["metadata"], json!({ "topic": "x" }));
    assert_eq!(done["conversation_id"], Value::Null);
    assert_eq!(done["output"][0]["content"][0]["text"], "I stop.");
    assert!(!line.kinds().iter().any(|kind| kind.starts_with("conversation.item")));
    line.send(json!({ "type": "response.cancel" })).await;
    assert_eq!(line.wait("response.done").await["response"]["status"], "cancelled");
}

#[tokio::test]
async fn a_broken_answer_is_a_failed_response() {
    let server = Server::play("[[answer]]\nfails = \"no luck\"").await;
    let mut line = Line::open_text(&server).await;
    line.say("hello").await;
    for _ in 0..2 {
        line.send(json!({ "type": "response.create" })).await;
        let done = line.wait("response.done").await["response"].clone();
        assert_eq!((&done["status"], &done["status_details"]["type"]), (&json!("failed"), &json!("failed")));
        assert_eq!(done["status_details"]["error"]["code"], "model_broken");
    }
}

#[tokio::test]
async fn silence_after_an_answer_makes_the_model_speak_up() {
    let server = Server::play(CHATTER).await;
    let mut line = Line::open(&server).await;
    let detection = json!({ "type": "server_vad", "idle_timeout_ms": 100 });
    line.configure(json!({ "audio": { "input": { "turn_detection": detection } } })).await;
    line.speak().await;
    line.wait("response.done").await;
    line.log.clear();
    line.wait("input_audio_buffer.timeout_triggered").await;
    line.wait("response.done").await;
    let kinds = without_deltas(&line);
    let at = kinds.iter().position(|kind| *kind == "input_audio_buffer.timeout_triggered").unwrap();
    assert_eq!(
        &kinds[at + 1..at + 5],
        &["input_audio_buffer.committed", "conversation.item.added", "conversation.item.done", "response.created"]
    );
}

#[tokio::test]
async fn telephone_sound_goes_both_ways() {
    let server = Server::play(CHATTER).await;
    for (kind, quiet, loud) in [("audio/pcmu", 0xffu8, 0x00u8), ("audio/pcma", 0xd5, 0x2a)] {
        let mut line = Line::open(&server).await;
        let format = json!({ "type": kind });
        let session =
            line.configure(json!({ "audio": { "input": { "format": format }, "output": { "format": format } } })).await;
        assert_eq!(session["audio"]["output"]["format"], format);
        // A square wave of 100 Hz is loud under both laws.
        let speech: Vec<u8> = (0..8000).map(|at| if at / 40 % 2 == 0 { loud } else { loud ^ 0x80 }).collect();
        line.hear(&speech).await;
        line.hear(&vec![quiet; 8000]).await;
        line.wait("response.done").await;
        assert_eq!(line.sound_bytes(), 800 * 8, "{kind}: 800 ms at 8 kHz, a byte each");
    }
}

#[tokio::test]
async fn the_session_says_what_it_really_is() {
    let server = Server::play(CHATTER).await;
    let mut line = Line::open(&server).await;
    let session = line.first("session.created")["session"].clone();
    assert_eq!((&session["model"], &session["audio"]["output"]["voice"]), (&json!("scripted"), &json!("tones")));
    assert_eq!(session["audio"]["input"]["turn_detection"]["interrupt_response"], true);
    let detection = json!({ "type": "semantic_vad", "eagerness": "high" });
    let session = line.configure(json!({ "type": "realtime", "model": "gpt-realtime", "audio": { "input": { "turn_detection": detection }, "output": { "voice": "marin" } } })).await;
    assert_eq!(session["model"], "scripted");
    assert_eq!(session["audio"]["output"]["voice"], "tones");
    assert_eq!(session["audio"]["input"]["turn_detection"]["type"], "semantic_vad");
    assert_eq!(session["audio"]["input"]["turn_detection"].get("threshold"), None);
    assert_eq!(session["audio"]["input"]["format"], json!({ "type": "audio/pcm", "rate": 24_000 }));
}

#[tokio::test]
async fn items_are_placed_shown_and_deleted() {
    let server = Server::play(CHATTER).await;
    let mut line = Line::open_text(&server).await;
    let item = |id: &str| json!({ "id": id, "type": "message", "role": "user", "content": [{ "type": "input_text", "text": id }] });
    for (id, previous, expected) in [("a", None, None), ("b", Some("root"), None), ("c", Some("b"), Some("b"))] {
        line.send(json!({ "type": "conversation.item.create", "item": item(id), "previous_item_id": previous })).await;
        let added = line.wait("conversation.item.added").await;
        assert_eq!((&added["item"]["id"], &added["previous_item_id"]), (&json!(id), &json!(expected)));
    }
    let error = line.refused(json!({ "type": "conversation.item.create", "item": item("a") })).await;
    assert_eq!(error["code"], "item_create_duplicate_item_id");
    line.send(json!({ "type": "conversation.item.delete", "item_id": "a" })).await;
    assert_eq!(line.wait("conversation.item.deleted").await["item_id"], "a");
    let error = line.refused(json!({ "type": "conversation.item.retrieve", "item_id": "a" })).await;
    assert_eq!(error["code"], "item_retrieve_invalid_item_id");
}

#[tokio::test]
async fn a_picture_is_kept_and_is_no_turn() {
    let server = Server::play(CHATTER).await;
    let mut line = Line::open(&server).await;
    let png = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";
    let content = json!([{ "type": "input_image", "image_url": png, "detail": "low" }]);
    line.send(json!({ "type": "conversation.item.create", "item": { "type": "message", "role": "user", "content": content } })).await;
    let added = line.wait("conversation.item.added").await;
    assert_eq!(added["item"]["content"][0]["image_url"], png);
    line.wait("conversation.item.done").await;
    line.speak().await;
    line.wait("response.done").await;
    assert_eq!(line.log.iter().filter(|event| event["type"] == "response.created").count(), 1);
}

#[tokio::test]
async fn an_item_may_hold_sound() {
    let server = Server::play(CHATTER).await;
    let mut line = Line::open_text(&server).await;
    let content = json!([{ "type": "input_audio", "audio": STANDARD.encode(voice(400)) }]);
    line.send(json!({ "type": "conversation.item.create", "item": { "id": "s", "type": "message", "role": "user", "content": content } })).await;
    line.wait("conversation.item.done").await;
    line.send(json!({ "type": "response.create" })).await;
    let usage = line.wait("response.done").await["response"]["usage"].clone();
    assert_eq!(usage["input_token_details"]["audio_tokens"], 5);
    line.send(json!({ "type": "conversation.item.retrieve", "item_id": "s" })).await;
    let audio = line.wait("conversation.item.retrieved").await["item"]["content"][0]["audio"].clone();
    assert_eq!(STANDARD.decode(audio.as_str().unwrap()).unwrap().len(), 400 * 48);
}

#[tokio::test]
async fn an_answer_to_sound_need_not_wait_for_the_words() {
    let server =
        Server::play("reads_sound = true\nhears = [\"good morning\"]\n[[answer]]\nsays = \"Good morning to you.\"")
            .await;
    let mut line = Line::open(&server).await;
    line.configure(json!({ "audio": { "input": { "transcription": { "model": "any" } } } })).await;
    for spoken in 1..=2 {
        line.log.clear();
        line.speak().await;
        let done = line.wait("response.done").await["response"].clone();
        assert_eq!(done["output"][0]["content"][0]["transcript"], "Good morning to you.");
        let steps = done["usage"]["input_token_details"]["audio_tokens"].as_u64().unwrap();
        assert!((spoken * 15..=spoken * 22).contains(&steps), "{steps} steps of 80 ms in turn {spoken}");
        line.first("conversation.item.input_audio_transcription.completed");
    }
}
