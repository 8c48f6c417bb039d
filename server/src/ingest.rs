//! From the socket to the inbox: reads what the client says, lets the senses understand it, and passes it on in order.

use axum::extract::ws::Message;
use futures_util::{Stream, StreamExt as _};
use hearth_session::Hangup;

use crate::{
    inbox::{Closed, Fact, Inbox},
    metrics::Metrics,
    outbox::Outbox,
    protocol::realtime::{
        client::{self, ClientEvent, Refused, Spoken, Wish},
        error::{Refusal, WireError},
        items::decode_base64,
        server::ServerEvent,
    },
    senses::Senses,
};

/// Largest message of a client: 15 MiB of sound as base64, and what is around it.
pub(crate) const MESSAGE_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Bytes of sound that are heard at once, so that orders come through between them. A multiple of every sample's size.
const HEAR_BYTES_MAX: usize = 9_600;

/// Reads one client.
pub(crate) struct Ingest<S> {
    /// Where messages come from.
    pub socket: S,
    /// What understands them.
    pub senses: Senses,
    /// Where facts go.
    pub inbox: Inbox,
    /// Where the client is told what was refused.
    pub out: Outbox,
    /// Counts.
    pub metrics: std::sync::Arc<Metrics>,
    /// Sound as bytes; reused.
    pub bytes: Vec<u8>,
}

impl<S, E> Ingest<S>
where
    S: Stream<Item = Result<Message, E>> + Unpin,
    E: std::error::Error,
{
    /// Reads until the client is gone or the session is over.
    pub(crate) async fn run(mut self) {
        let hangup = self.read_all().await;
        if let Ok(hangup) = hangup {
            // When the session is over already, nobody needs to know.
            let _ = self.inbox.put(Fact::HungUp(hangup)).await;
        }
    }

    async fn read_all(&mut self) -> Result<Hangup, Closed> {
        loop {
            // Who does not read is not read.
            self.out.room().await;
            tokio::select! {
                biased;
                order = self.senses.ordered() => match order {
                    Some(order) => self.senses.obey(order).await?,
                    None => return Err(Closed),
                },
                message = self.socket.next() => match message {
                    Some(Ok(message)) => {
                        if let Some(hangup) = self.receive(message).await? {
                            return Ok(hangup);
                        }
                    }
                    Some(Err(error)) => return Ok(self.lost(&error)),
                    None => return Ok(Hangup::ClientLeft),
                },
            }
        }
    }

    /// Why the socket cannot be read any more.
    fn lost(&self, error: &E) -> Hangup {
        tracing::debug!(%error, "the socket cannot be read");
        let reason = error.to_string();
        if reason.contains("too long") || reason.contains("too large") {
            self.metrics.dropped("message_too_large");
            self.out.close(1009, "A message may be at most 16 MiB.");
        } else if reason.contains("UTF-8") {
            self.metrics.dropped("message_not_utf8");
            self.out.close(1007, "A text message must be valid UTF-8.");
        }
        Hangup::ClientLeft
    }

    async fn receive(&mut self, message: Message) -> Result<Option<Hangup>, Closed> {
        match message {
            Message::Text(text) if text.len() > MESSAGE_BYTES_MAX => {
                self.metrics.dropped("message_too_large");
                self.out.close(1009, "A message may be at most 16 MiB.");
                return Ok(Some(Hangup::LimitReached));
            }
            Message::Text(text) => self.read_frame(text.as_str()).await?,
            Message::Binary(_) => {
                self.refuse(
                    Refusal::new("invalid_json", "Events are sent as text messages, not as binary ones."),
                    None,
                );
            }
            Message::Ping(_) | Message::Pong(_) => {}
            Message::Close(_) => return Ok(Some(Hangup::ClientLeft)),
        }
        Ok(None)
    }

    async fn read_frame(&mut self, frame: &str) -> Result<(), Closed> {
        match client::parse(frame) {
            Ok(Spoken::Append { event_id, audio }) => {
                let mut bytes = std::mem::take(&mut self.bytes);
                bytes.clear();
                let decoded = decode_base64(&audio, "audio", &mut bytes);
                let heard = match decoded {
                    Ok(()) => self.hear(&bytes).await,
                    Err(refusal) => {
                        self.refuse(refusal, event_id.map(|id| id.into_owned()));
                        Ok(())
                    }
                };
                self.bytes = bytes;
                heard
            }
            Ok(Spoken::Event(event)) => self.pass_on(event).await,
            Err(Refused { refusal, event_id }) => {
                self.refuse(refusal, event_id);
                Ok(())
            }
        }
    }

    async fn hear(&mut self, bytes: &[u8]) -> Result<(), Closed> {
        for piece in bytes.chunks(HEAR_BYTES_MAX) {
            self.senses.hear(piece).await?;
        }
        Ok(())
    }

    async fn pass_on(&mut self, ClientEvent { event_id, mut wish }: ClientEvent) -> Result<(), Closed> {
        if matches!(wish, Wish::CommitInput | Wish::ClearInput) {
            self.senses.flush().await?;
        }
        match self.senses.understand(&mut wish).await {
            Ok(understood) => {
                let at = self.senses.now();
                self.senses.settle(Fact::Said { event_id, wish, understood, at }).await
            }
            Err(refusal) => {
                self.refuse(refusal, event_id);
                Ok(())
            }
        }
    }

    fn refuse(&self, refusal: Refusal, event_id: Option<String>) {
        self.metrics.refused(refusal.code);
        self.out.tell(&ServerEvent::Error { error: WireError::refused(refusal, event_id) });
    }
}
