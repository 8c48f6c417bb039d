//! Who comes in, and how everybody leaves.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails loudly")]

mod line;

use std::time::Duration;

use hearth_session::Policy;
use line::{Line, Server, knock};
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

const CHATTER: &str = "[[answer]]\nsays = \"Good morning to you.\"";

#[tokio::test]
async fn only_who_knows_the_key_comes_in() {
    let server = Server::open(CHATTER, Policy::default(), 4, Some("sesame")).await;
    for headers in
        [&[][..], &[("authorization", "Bearer wrong")], &[("authorization", "Bearer sesam")], &[("api-key", "")]]
    {
        let (status, body) = knock(&server, headers).await;
        assert_eq!(status, 401, "{headers:?}");
        assert!(body.contains("invalid_api_key"), "{body}");
    }
    for headers in [
        &[("authorization", "Bearer sesame")][..],
        &[("authorization", "bearer sesame")],
        &[("api-key", "sesame")],
        &[("sec-websocket-protocol", "realtime, openai-insecure-api-key.sesame")],
    ] {
        assert_eq!(knock(&server, headers).await.0, 101, "{headers:?}");
    }
}

#[tokio::test]
async fn browsers_are_answered_with_their_protocol() {
    let server = Server::play(CHATTER).await;
    let (status, headers) = knock(&server, &[("sec-websocket-protocol", "realtime, openai-insecure-api-key.x")]).await;
    assert_eq!(status, 101);
    assert!(headers.contains("\"sec-websocket-protocol\": \"realtime\""), "{headers}");
}

#[tokio::test]
async fn a_full_house_says_so() {
    let server = Server::open(CHATTER, Policy::default(), 1, None).await;
    let first = Line::open(&server).await;
    let (status, body) = knock(&server, &[]).await;
    assert_eq!(status, 503);
    assert!(body.contains("too_many_sessions"), "{body}");
    drop(first);
    server.emptied().await;
    Line::open(&server).await;
}

#[tokio::test]
async fn a_stopping_house_says_goodbye() {
    let server = Server::play(CHATTER).await;
    let mut line = Line::open(&server).await;
    server.house.stopping.cancel();
    let frame = line.hangup().await.expect("a reason");
    assert_eq!((frame.code, frame.reason.as_str()), (CloseCode::Away, "The server is going down."));
    server.emptied().await;
}

#[tokio::test]
async fn the_longest_session_ends_with_a_reason() {
    let policy = Policy { session_max: Duration::from_millis(50), ..Policy::default() };
    let server = Server::open(CHATTER, policy, 4, None).await;
    let frame = Line::open(&server).await.hangup().await.expect("a reason");
    assert_eq!(frame.code, CloseCode::Away);
    assert!(frame.reason.contains("maximum duration"));
}

#[tokio::test]
async fn whoever_forgets_the_upgrade_is_told() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let server = Server::play(CHATTER).await;
    let mut socket = tokio::net::TcpStream::connect(("127.0.0.1", server.port)).await.unwrap();
    socket.write_all(b"GET /v1/realtime HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 426") && answer.contains("websocket_required"), "{answer}");
}
