//! A client for tests: a house with a script in it, and a line to it over a real socket.
#![allow(dead_code, missing_docs, unreachable_pub, reason = "shared by several tests, each uses a part")]

pub mod request;

use std::{f32::consts::TAU, sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use futures_util::{SinkExt as _, StreamExt as _};
use hearth::{house::House, http, metrics::Metrics};
use hearth_models::{Models, scripted};
use hearth_session::Policy;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest as _, protocol::CloseFrame},
};

/// Longest wait for anything.
const WAIT_MAX: Duration = Duration::from_secs(20);

pub struct Server {
    pub house: Arc<House>,
    pub port: u16,
}

impl Server {
    pub async fn play(script: &str) -> Self {
        Self::open(script, Policy::default(), 16, None).await
    }

    pub async fn open(script: &str, policy: Policy, sessions_max: usize, key: Option<&str>) -> Self {
        Self::with(scripted::open(toml::from_str(script).unwrap()), policy, sessions_max, key).await
    }

    pub async fn with(models: Models, policy: Policy, sessions_max: usize, key: Option<&str>) -> Self {
        let house = Arc::new(House::new(models, Metrics::default(), policy, sessions_max));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(http::serve(listener, Arc::clone(&house), key.map(str::to_owned)));
        Self { house, port }
    }

    pub async fn emptied(&self) {
        tokio::time::timeout(WAIT_MAX, self.house.emptied()).await.unwrap();
        assert_eq!(self.house.metrics.sessions(), 0);
    }

    pub fn count(&self, metric: &str) -> f64 {
        let text = self.house.metrics.to_text();
        let line = text.lines().find(|line| line.starts_with(metric)).unwrap_or_default();
        line.rsplit(' ').next().and_then(|value| value.parse().ok()).unwrap_or(0.0)
    }
}

pub struct Line {
    pub socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    pub log: Vec<Value>,
}

impl Line {
    /// A line whose greeting was heard.
    pub async fn open(server: &Server) -> Self {
        let mut line = Self::dial(server).await;
        line.wait("session.created").await;
        line
    }

    pub async fn dial(server: &Server) -> Self {
        let (socket, _) =
            connect_async(format!("ws://127.0.0.1:{}/v1/realtime?model=gpt-realtime", server.port)).await.unwrap();
        Self { socket, log: Vec::new() }
    }

    /// A line in which the client takes turns by itself and reads.
    pub async fn open_text(server: &Server) -> Self {
        let mut line = Self::open(server).await;
        line.configure(json!({ "output_modalities": ["text"], "audio": { "input": { "turn_detection": null } } }))
            .await;
        line
    }

    pub async fn send(&mut self, event: Value) {
        self.socket.send(Message::text(event.to_string())).await.unwrap();
    }

    pub async fn configure(&mut self, session: Value) -> Value {
        self.send(json!({ "type": "session.update", "session": session })).await;
        self.wait("session.updated").await["session"].clone()
    }

    pub async fn say(&mut self, words: &str) {
        let content = json!([{ "type": "input_text", "text": words }]);
        let item = json!({ "type": "message", "role": "user", "content": content });
        self.send(json!({ "type": "conversation.item.create", "item": item })).await;
        self.wait("conversation.item.done").await;
    }

    /// Sends sound as a microphone would, only faster.
    pub async fn hear(&mut self, sound: &[u8]) {
        for piece in sound.chunks(4800) {
            self.send(json!({ "type": "input_audio_buffer.append", "audio": STANDARD.encode(piece) })).await;
        }
    }

    /// A spoken sentence and the silence after it.
    pub async fn speak(&mut self) {
        self.hear(&voice(800)).await;
        self.hear(&silence(700)).await;
    }

    pub async fn next(&mut self) -> Option<Value> {
        loop {
            let message = tokio::time::timeout(WAIT_MAX, self.socket.next()).await.expect("an event in time")?;
            match message {
                Ok(Message::Text(text)) => {
                    assert!(text.len() < 1 << 20, "a frame of {} bytes", text.len());
                    let event: Value = serde_json::from_str(&text).unwrap();
                    self.log.push(event.clone());
                    return Some(event);
                }
                Ok(_) => {}
                Err(_) => return None,
            }
        }
    }

    /// The next event of this kind; what comes before it is in the log.
    pub async fn wait(&mut self, kind: &str) -> Value {
        loop {
            let event = self.next().await.unwrap_or_else(|| panic!("no {kind} before the end of the line"));
            if event["type"] == kind {
                return event;
            }
            assert_ne!(event["type"], "error", "{event}");
        }
    }

    /// Sends something that is to be refused.
    pub async fn refused(&mut self, mut event: Value) -> Value {
        event["event_id"] = json!("mine");
        self.send(event.clone()).await;
        let error = self.wait("error").await["error"].clone();
        assert_eq!(error["event_id"], "mine", "{event}: {error}");
        error
    }

    /// How the line ended.
    pub async fn hangup(&mut self) -> Option<CloseFrame> {
        loop {
            match tokio::time::timeout(WAIT_MAX, self.socket.next()).await.expect("an end in time") {
                Some(Ok(Message::Close(frame))) => return frame,
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return None,
            }
        }
    }

    /// Kinds of all events in the log, those in a row that are the same once.
    pub fn kinds(&self) -> Vec<&str> {
        let mut kinds: Vec<&str> = self.log.iter().filter_map(|event| event["type"].as_str()).collect();
        kinds.dedup();
        kinds
    }

    pub fn first(&self, kind: &str) -> &Value {
        self.log.iter().find(|event| event["type"] == kind).unwrap_or_else(|| panic!("no {kind} in {:?}", self.kinds()))
    }

    /// Bytes of sound that came.
    pub fn sound_bytes(&self) -> usize {
        let deltas = self.log.iter().filter(|event| event["type"] == "response.output_audio.delta");
        deltas.map(|event| STANDARD.decode(event["delta"].as_str().unwrap()).unwrap().len()).sum()
    }
}

/// A loud tone, 24 kHz.
pub fn voice(millis: usize) -> Vec<u8> {
    let samples = (0..millis * 24).map(|at| (9000.0 * (at as f32 * 300.0 / 24_000.0 * TAU).sin()) as i16);
    samples.flat_map(i16::to_le_bytes).collect()
}

pub fn silence(millis: usize) -> Vec<u8> {
    vec![0; millis * 48]
}

/// The answer to an upgrade with these headers: its status, and its headers.
pub async fn knock(server: &Server, headers: &[(&'static str, &str)]) -> (u16, String) {
    let mut request = format!("ws://127.0.0.1:{}/v1/realtime", server.port).into_client_request().unwrap();
    for (name, value) in headers {
        request.headers_mut().append(*name, value.parse().unwrap());
    }
    match connect_async(request).await {
        Ok((_, response)) => (response.status().as_u16(), format!("{:?}", response.headers())),
        Err(tokio_tungstenite::tungstenite::Error::Http(response)) => {
            let body = response.body().clone().unwrap_or_default();
            (response.status().as_u16(), String::from_utf8(body).unwrap())
        }
        Err(error) => panic!("{error}"),
    }
}
