//! What takes long, under a clock that jumps.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails loudly")]

use std::{
    convert::Infallible,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use axum::extract::ws::{Message, Utf8Bytes};
use futures_util::{Sink, StreamExt as _, stream};
use hearth::{house::House, metrics::Metrics, pipeline, protocol::realtime::config::SessionConfig};
use hearth_models::scripted;
use hearth_session::{Hangup, Policy};
use serde_json::Value;
use tokio::time::Instant;

fn house(script: &str) -> Arc<House> {
    let models = scripted::open(toml::from_str(script).unwrap());
    Arc::new(House::new(models, Metrics::default(), Policy::default(), 4))
}

fn wish(text: &str) -> Result<Message, Infallible> {
    Ok(Message::Text(Utf8Bytes::from(text.to_owned())))
}

/// A client that never reads.
struct Deaf;

impl Sink<Message> for Deaf {
    type Error = Infallible;
    fn poll_ready(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Pending
    }
    fn start_send(self: Pin<&mut Self>, _: Message) -> Result<(), Infallible> {
        Ok(())
    }
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Pending
    }
    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Pending
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_never_reads_is_hung_up_on_and_counted() {
    let house = house("[[answer]]\nsays = \"Good morning.\"");
    let config = SessionConfig::initial(&house.loaded).unwrap();
    let updates = stream::repeat_with(|| wish(r#"{"type":"session.update","session":{}}"#));
    let began = Instant::now();
    let hangup = pipeline::run(Arc::clone(&house), config, updates, Deaf).await;
    assert_eq!(hangup, Hangup::ClientLeft);
    assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
    assert!(house.metrics.to_text().contains("dropped_total{kind=\"client_does_not_read\"} 1"));
}

/// When each event came.
async fn events_of(script: &str, wishes: &'static [&'static str], seconds: u64) -> Vec<(Duration, Value)> {
    let house = house(script);
    let config = SessionConfig::initial(&house.loaded).unwrap();
    let (sender, mut receiver) = futures_channel(4096);
    let began = Instant::now();
    let reading = stream::iter(wishes).map(|text| wish(text)).chain(stream::once(Box::pin(async move {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        Ok(Message::Close(None))
    })));
    let session = tokio::spawn(pipeline::run(house, config, Box::pin(reading), sender));
    let mut events = Vec::new();
    while let Some(message) = receiver.recv().await {
        if let Message::Text(text) = message {
            events.push((began.elapsed(), serde_json::from_str(&text).unwrap()));
        }
    }
    session.await.unwrap();
    events
}

/// A client that reads at once.
struct Reader(tokio::sync::mpsc::Sender<Message>);

fn futures_channel(messages_max: usize) -> (Reader, tokio::sync::mpsc::Receiver<Message>) {
    let (sender, receiver) = tokio::sync::mpsc::channel(messages_max);
    (Reader(sender), receiver)
}

impl Sink<Message> for Reader {
    type Error = Infallible;
    fn poll_ready(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }
    fn start_send(self: Pin<&mut Self>, message: Message) -> Result<(), Infallible> {
        self.0.try_send(message).unwrap();
        Ok(())
    }
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }
    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }
}

#[tokio::test(start_paused = true)]
async fn sound_is_sent_ahead_but_not_too_far() {
    let script = format!("[[answer]]\nsays = \"{}\"", "word ".repeat(200));
    let wishes = &[r#"{"type":"response.create"}"#];
    let events = events_of(&script, wishes, 60).await;
    let sound: Vec<_> = events.iter().filter(|(_, event)| event["type"] == "response.output_audio.delta").collect();
    let mut sent = Duration::ZERO;
    for (at, _) in &sound {
        sent += Duration::from_millis(100);
        assert!(sent >= *at, "the client starves at {at:?}");
        assert!(sent <= *at + Duration::from_millis(10_200), "{sent:?} sent at {at:?}");
        assert!(sent <= *at * 2 + Duration::from_millis(3_200), "{sent:?} sent at {at:?}, too fast");
    }
    assert_eq!(sent, Duration::from_secs(40), "all of it was sent");
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_never_comes_is_given_up() {
    let script = "token_ms = 100000000\n[[answer]]\nsays = \"never\"";
    let events = events_of(script, &[r#"{"type":"response.create"}"#], 60).await;
    let (at, done) = events.iter().find(|(_, event)| event["type"] == "response.done").unwrap();
    assert_eq!(done["response"]["status"], "failed");
    assert_eq!(done["response"]["status_details"]["error"]["code"], "timed_out");
    assert!((30..32).contains(&at.as_secs()), "{at:?}");
}
