//! Frames on their way to the client: one bounded queue, one writer.

use std::sync::{
    Arc,
    atomic::{AtomicU64, AtomicUsize, Ordering},
};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message};
use futures_util::{Sink, SinkExt as _};
use tokio::{sync::Notify, time::Instant};
use tokio_util::sync::CancellationToken;

use crate::{metrics::Metrics, protocol::realtime::server::ServerEvent};

/// Most frames that wait for the socket. A client that lets more gather does not read.
const OUTBOX_FRAMES_MAX: usize = 2_048;
/// Media and new requests wait while more bytes than this wait for the socket.
const OUTBOX_BYTES_EASY_MAX: usize = 256 * 1024;
/// Longest time a frame may take into the socket. A client that lets it take longer does not read.
pub(crate) const OUTBOX_AGE_MAX: Duration = Duration::from_secs(10);
/// A line that was silent for so long is tried: a client may be gone without a word.
const PING_EVERY: Duration = Duration::from_secs(30);
/// Longest time to say goodbye.
const CLOSE_MAX: Duration = Duration::from_secs(2);

enum Outgoing {
    Frame { text: String, queued: Instant },
    Close { code: u16, reason: &'static str },
    Ping,
}

/// Where frames are queued. Queueing never waits.
#[derive(Clone)]
pub(crate) struct Outbox {
    queue: async_channel::Sender<Outgoing>,
    shared: Arc<Shared>,
}

struct Shared {
    bytes: AtomicUsize,
    drained: Notify,
    events: AtomicU64,
    /// Set when the client does not read, or is gone.
    stuck: CancellationToken,
    /// Set when nothing is written any more.
    over: CancellationToken,
    metrics: Arc<Metrics>,
}

/// What the writer writes.
pub(crate) struct Frames {
    queue: async_channel::Receiver<Outgoing>,
    shared: Arc<Shared>,
}

/// A new, empty outbox.
#[must_use]
pub(crate) fn open(metrics: Arc<Metrics>) -> (Outbox, Frames) {
    let (sender, receiver) = async_channel::bounded(OUTBOX_FRAMES_MAX);
    let shared = Arc::new(Shared {
        bytes: AtomicUsize::new(0),
        drained: Notify::new(),
        events: AtomicU64::new(0),
        stuck: CancellationToken::new(),
        over: CancellationToken::new(),
        metrics,
    });
    (Outbox { queue: sender, shared: Arc::clone(&shared) }, Frames { queue: receiver, shared })
}

impl Outbox {
    /// Queues `event`. When the queue is full, the outbox is stuck from then on.
    pub(crate) fn tell(&self, event: &ServerEvent) {
        let number = self.shared.events.fetch_add(1, Ordering::Relaxed);
        let Some(text) = event.to_frame(&format!("event_{number}")) else {
            tracing::error!("an event does not fit a frame and is not sent");
            self.shared.metrics.dropped("frame_too_large");
            return;
        };
        self.shared.bytes.fetch_add(text.len(), Ordering::Relaxed);
        if self.queue.try_send(Outgoing::Frame { text, queued: Instant::now() }).is_err() {
            self.shared.stuck.cancel();
        }
    }

    /// Waits until there is room for sound and new requests: back-pressure on everything that can wait. When nothing
    /// is written any more there is all the room in the world: whoever comes then is stopped elsewhere.
    pub(crate) async fn room(&self) {
        tokio::select! {
            biased;
            () = self.shared.eased() => {}
            () = self.shared.over.cancelled() => {}
        }
    }

    /// Resolves when the client does not read, or is gone.
    pub(crate) async fn stuck(&self) {
        self.shared.stuck.cancelled().await;
    }

    /// Closes the connection after what is queued.
    pub(crate) fn close(&self, code: u16, reason: &'static str) {
        // A full queue belongs to a client that does not read; it will see the connection end.
        let _ = self.queue.try_send(Outgoing::Close { code, reason });
        self.queue.close();
    }
}

impl Shared {
    /// Resolves when few bytes wait for the socket.
    async fn eased(&self) {
        let is_easy = || self.bytes.load(Ordering::Relaxed) <= OUTBOX_BYTES_EASY_MAX;
        while !is_easy() {
            let drained = self.drained.notified();
            tokio::pin!(drained);
            // From here on no notice is missed; one that came before is seen in the count.
            drained.as_mut().enable();
            if !is_easy() {
                drained.await;
            }
        }
    }
}

impl Frames {
    /// Writes until the outbox is closed or the client does not read.
    pub(crate) async fn write<S>(self, mut socket: S)
    where
        S: Sink<Message> + Unpin,
    {
        while let Some(outgoing) = self.next().await {
            let written = match outgoing {
                Outgoing::Ping => self.write_in_time(&mut socket, Message::Ping(Bytes::new())).await,
                Outgoing::Frame { text, queued } => self.write_frame(&mut socket, text, queued).await,
                Outgoing::Close { code, reason } => {
                    let frame = CloseFrame { code, reason: reason.into() };
                    let goodbye = socket.send(Message::Close(Some(frame)));
                    let _ = tokio::time::timeout(CLOSE_MAX, goodbye).await;
                    break;
                }
            };
            if !written {
                self.shared.stuck.cancel();
                break;
            }
        }
        self.queue.close();
        self.shared.over.cancel();
        let _ = tokio::time::timeout(CLOSE_MAX, socket.close()).await;
    }

    /// The next thing to write; `None` when the outbox is closed and empty.
    async fn next(&self) -> Option<Outgoing> {
        match tokio::time::timeout(PING_EVERY, self.queue.recv()).await {
            Ok(outgoing) => outgoing.ok(),
            Err(_) => Some(Outgoing::Ping),
        }
    }

    /// Whether `message` went into the socket before it was too old.
    async fn write_in_time<S>(&self, socket: &mut S, message: Message) -> bool
    where
        S: Sink<Message> + Unpin,
    {
        let written = tokio::time::timeout(OUTBOX_AGE_MAX, socket.send(message)).await;
        if written.is_err() {
            self.shared.metrics.dropped("client_does_not_read");
        }
        matches!(written, Ok(Ok(())))
    }

    async fn write_frame<S>(&self, socket: &mut S, text: String, queued: Instant) -> bool
    where
        S: Sink<Message> + Unpin,
    {
        let bytes = text.len();
        let written = self.write_in_time(socket, Message::Text(text.into())).await;
        self.shared.metrics.queue_age("outbox", queued.elapsed());
        self.shared.bytes.fetch_sub(bytes, Ordering::Relaxed);
        self.shared.drained.notify_waiters();
        written
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    fn large() -> ServerEvent {
        ServerEvent::ItemDeleted { item_id: "x".repeat(OUTBOX_BYTES_EASY_MAX) }
    }

    fn reader() -> (impl Sink<Message, Error = Infallible> + Unpin, Arc<AtomicUsize>) {
        let read = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&read);
        let sink = futures_util::sink::unfold(count, |count, _message: Message| async move {
            count.fetch_add(1, Ordering::Relaxed);
            Ok::<_, Infallible>(count)
        });
        (Box::pin(sink), read)
    }

    #[tokio::test(start_paused = true)]
    async fn there_is_room_when_frames_left() {
        let (out, frames) = open(Arc::default());
        out.room().await;
        out.tell(&large());
        let waits = tokio::time::timeout(Duration::from_secs(1), out.room()).await;
        assert!(waits.is_err(), "there is no room while a large frame waits");
        let (sink, read) = reader();
        let writer = tokio::spawn(frames.write(sink));
        out.room().await;
        out.close(1000, "");
        writer.await.unwrap();
        assert_eq!(read.load(Ordering::Relaxed), 2, "the frame and the goodbye");
        out.tell(&large());
        out.room().await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_full_queue_is_stuck() {
        let (out, _frames) = open(Arc::default());
        for _ in 0..=OUTBOX_FRAMES_MAX {
            out.tell(&ServerEvent::InputCleared {});
        }
        out.stuck().await;
    }

    #[test]
    fn frames_have_their_own_names_and_fit() {
        let frame = ServerEvent::InputCleared {}.to_frame("event_7");
        assert_eq!(frame.as_deref(), Some(r#"{"event_id":"event_7","type":"input_audio_buffer.cleared"}"#));
        let item_id = "x".repeat(1 << 20);
        assert_eq!(ServerEvent::ItemDeleted { item_id }.to_frame("event_8"), None);
    }
}
