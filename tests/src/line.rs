//! One client's line to the server: JSON events both ways.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::client::Response;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::to_base64;

const WAIT_MAX: Duration = Duration::from_secs(30);

/// An open line. Whatever the server sends while one waits for something else is kept in `seen`.
pub struct Line {
    /// Every event of the server so far.
    pub seen: Vec<Value>,
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Line {
    /// Calls the server on `port` and waits for `session.created`.
    pub async fn open(port: u16) -> Self {
        let mut line = Self::dial(port, &[]).await.expect("the server takes the call").0;
        line.wait("session.created").await;
        line
    }

    /// Calls the server with headers of one's own; does not wait for anything it says.
    ///
    /// # Errors
    /// The refusal of the server.
    pub async fn dial(port: u16, headers: &[(&'static str, &str)]) -> Result<(Self, Response), Error> {
        let mut request = format!("ws://127.0.0.1:{port}/v1/realtime?model=pocket").into_client_request()?;
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        let (socket, response) = tokio_tungstenite::connect_async(request).await?;
        Ok((Self { seen: Vec::new(), socket }, response))
    }

    /// Sends an event.
    pub async fn send(&mut self, event: Value) {
        self.send_raw(Message::text(event.to_string())).await.expect("the line is open");
    }

    /// Sends anything at all.
    ///
    /// # Errors
    /// When the server has hung up.
    pub async fn send_raw(&mut self, message: Message) -> Result<(), Error> {
        self.socket.send(message).await
    }

    /// Changes the session and waits for the answer.
    pub async fn configure(&mut self, mut session: Value) -> Value {
        session["type"] = json!("realtime");
        self.send(json!({"type": "session.update", "session": session})).await;
        self.wait("session.updated").await
    }

    /// Adds a written message of the user.
    pub async fn tell(&mut self, text: &str) {
        let content = json!([{"type": "input_text", "text": text}]);
        let item = json!({"type": "message", "role": "user", "content": content});
        self.send(json!({"type": "conversation.item.create", "item": item})).await;
    }

    /// Hands over PCM bytes, 100 ms (at 24 kHz) at a time, as fast as it goes.
    pub async fn append(&mut self, pcm: &[u8]) {
        for piece in pcm.chunks(4800) {
            self.send(json!({"type": "input_audio_buffer.append", "audio": to_base64(piece)})).await;
        }
    }

    /// The next event of this type; panics when the line ends or 30 s pass before.
    pub async fn wait(&mut self, kind: &str) -> Value {
        let found = tokio::time::timeout(WAIT_MAX, async {
            loop {
                let event = self.next().await.unwrap_or_else(|end| panic!("the line ended ({end:?}) before {kind}"));
                if event["type"] == kind {
                    return event;
                }
            }
        });
        match found.await {
            Ok(event) => event,
            Err(_) => panic!("no {kind} within {WAIT_MAX:?}, but {:?}", self.kinds()),
        }
    }

    /// Asks for an answer and returns its `response`.
    pub async fn answer(&mut self) -> Value {
        self.send(json!({"type": "response.create"})).await;
        self.wait("response.done").await["response"].clone()
    }

    /// The next event, or why there is none: the close code, `None` when the line just broke.
    pub async fn next(&mut self) -> Result<Value, Option<CloseCode>> {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Text(text))) => {
                    let event: Value = serde_json::from_str(&text).expect("the server speaks JSON");
                    self.seen.push(event.clone());
                    return Ok(event);
                }
                Some(Ok(Message::Close(frame))) => return Err(frame.map(|frame| frame.code)),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(None),
            }
        }
    }

    /// How the server hangs up: its close code, `None` when the line just breaks. Panics when it does not within 30 s.
    pub async fn hangup(&mut self) -> Option<CloseCode> {
        let ended = tokio::time::timeout(WAIT_MAX, async {
            loop {
                if let Err(code) = self.next().await {
                    return code;
                }
            }
        });
        ended.await.expect("the server hangs up")
    }

    /// Types of all events so far.
    #[must_use]
    pub fn kinds(&self) -> Vec<&str> {
        self.seen.iter().filter_map(|event| event["type"].as_str()).collect()
    }
}
