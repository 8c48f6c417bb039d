//! Answers on their way to the client: which are being told, how fast, and how much of them was heard.

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use hearth_audio::SampleRate;
use hearth_models::{CoreContext, Error, Generation, Models};
use hearth_session::{CancelCause, TurnId};
use tokio::{
    sync::{Mutex, oneshot, watch},
    time::Instant,
};

use crate::{
    answer::Answering, inbox::Inbox, metrics::Metrics, outbox::Outbox, protocol::realtime::response::ResponseFrame,
    shared::SharedConversation, teller::Teller,
};

/// Most answers that are told at once: the conversation's own and those out of band.
pub(crate) const ANSWERS_MAX: usize = 8;

/// What the core said when it was asked. A context that is not the conversation's own lives as long as its answer.
pub(crate) type Asked = Result<(Generation, Option<Box<dyn CoreContext>>), Error>;

/// An answer before its first word.
pub(crate) struct Answer {
    /// `None` out of band: nobody has the floor for it.
    pub turn: Option<TurnId>,
    /// What stays the same about it.
    pub frame: ResponseFrame,
    /// Of the voice.
    pub speed: f32,
    /// What the core makes, as soon as it was asked.
    pub generation: oneshot::Receiver<Asked>,
    /// When the user's turn ended, if that is what is answered.
    pub turn_ended: Option<Instant>,
    /// Where its items live.
    pub conversation: SharedConversation,
}

/// Whether an answer goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flow {
    /// Go on.
    Go,
    /// Send nothing for now.
    Hold,
    /// Stop for good.
    Stop(CancelCause),
}

/// How far an answer got, seen from outside.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    /// The message that is spoken.
    message: OnceLock<String>,
    first_sent: OnceLock<Instant>,
    /// Samples at 24 kHz.
    sent: AtomicU64,
}

impl Progress {
    /// Some sound of `message` is about to be sent.
    pub(crate) fn send(&self, message: &str, samples: usize) {
        self.first_sent.get_or_init(Instant::now);
        self.message.get_or_init(|| message.to_owned());
        self.sent.fetch_add(samples as u64, Ordering::Relaxed);
    }

    /// How much sound was sent.
    #[must_use]
    pub(crate) fn sent(&self) -> Duration {
        SampleRate::HZ_24000.duration_of(self.sent.load(Ordering::Relaxed))
    }

    /// How long ago the first sound was sent.
    #[must_use]
    pub(crate) fn since_first(&self) -> Duration {
        self.first_sent.get().map_or(Duration::ZERO, Instant::elapsed)
    }

    /// How much of it was played by now, by a client that plays from the first sound on.
    #[must_use]
    pub(crate) fn played(&self) -> Duration {
        self.since_first().min(self.sent())
    }

    /// How much is still to be played.
    #[must_use]
    pub(crate) fn left(&self) -> Duration {
        self.sent().saturating_sub(self.played())
    }

    /// Whether some sound was sent.
    #[must_use]
    pub(crate) fn began(&self) -> bool {
        self.first_sent.get().is_some()
    }
}

struct Playing {
    turn: Option<TurnId>,
    response: String,
    flow: watch::Sender<Flow>,
    progress: Arc<Progress>,
    conversation: SharedConversation,
}

/// All answers of one session.
pub(crate) struct Playout {
    models: Models,
    inbox: Inbox,
    out: Outbox,
    metrics: Arc<Metrics>,
    /// One answer of the conversation is told at a time.
    door: Arc<Mutex<()>>,
    playing: Vec<Playing>,
}

impl Playout {
    /// Nothing is being told.
    #[must_use]
    pub(crate) fn new(models: Models, inbox: Inbox, out: Outbox, metrics: Arc<Metrics>) -> Self {
        Self { models, inbox, out, metrics, door: Arc::default(), playing: Vec::new() }
    }

    /// Whether one more answer may be told.
    pub(crate) fn has_room(&mut self) -> bool {
        // The conversation's own answer stays known when it is told: the client still plays it.
        let newest = self.playing.iter().filter_map(|playing| playing.turn).max();
        self.playing.retain(|playing| !playing.flow.is_closed() || (playing.turn.is_some() && playing.turn == newest));
        self.playing.len() < ANSWERS_MAX
    }

    /// Tells `answer` from now on, after the one of the conversation that is being told.
    pub(crate) fn begin(&mut self, answer: Answer) {
        self.has_room();
        let (flow, flowing) = watch::channel(Flow::Go);
        let progress = Arc::new(Progress::default());
        self.playing.push(Playing {
            turn: answer.turn,
            response: answer.frame.id.clone(),
            flow,
            progress: Arc::clone(&progress),
            conversation: answer.conversation.clone(),
        });
        let number = answer.turn.map_or(0, |turn| turn.0 + 1);
        let teller = Teller::new(answer.frame, number, self.out.clone(), answer.conversation);
        let answering = Answering {
            turn: answer.turn,
            speed: answer.speed,
            turn_ended: answer.turn_ended,
            teller,
            models: self.models.clone(),
            inbox: self.inbox.clone(),
            out: self.out.clone(),
            metrics: Arc::clone(&self.metrics),
            flow: flowing,
            progress,
        };
        let door = answer.turn.map(|_| Arc::clone(&self.door));
        let told = crate::panics::caught(&self.metrics, &self.inbox, answering.run(answer.generation, door));
        tokio::spawn(told);
    }

    /// Stops an answer. When the user took the floor, what was not played leaves the conversation.
    pub(crate) fn cancel(&self, turn: TurnId, cause: CancelCause) {
        let Some(playing) = self.playing.iter().find(|playing| playing.turn == Some(turn)) else { return };
        playing.flow.send_replace(Flow::Stop(cause));
        if cause == CancelCause::TurnDetected {
            playing.estimate_heard();
        }
    }

    /// The user speaks while the client may still play an answer that was sent as a whole.
    pub(crate) fn user_took_over(&self) {
        let playing = self.playing.iter().rev().find(|playing| playing.turn.is_some());
        if let Some(playing) = playing.filter(|playing| !playing.progress.left().is_zero()) {
            playing.estimate_heard();
        }
    }

    /// Stops the answer called `response`; `false` when it is not being told out of band.
    pub(crate) fn cancel_out_of_band(&self, response: &str) -> bool {
        let found = self.playing.iter().find(|playing| playing.turn.is_none() && playing.response == response);
        found.is_some_and(|playing| {
            !playing.flow.is_closed() && {
                playing.flow.send_replace(Flow::Stop(CancelCause::ClientCancelled));
                true
            }
        })
    }

    /// The turn that tells the response called `response`.
    #[must_use]
    pub(crate) fn turn_of(&self, response: &str) -> Option<TurnId> {
        self.playing.iter().find(|playing| playing.response == response).and_then(|playing| playing.turn)
    }

    /// The response that tells `turn`.
    #[must_use]
    pub(crate) fn response_of(&self, turn: TurnId) -> Option<&str> {
        self.playing.iter().find(|playing| playing.turn == Some(turn)).map(|playing| playing.response.as_str())
    }

    /// Holds an answer back, or lets it go on.
    pub(crate) fn hold(&self, turn: TurnId, hold: bool) {
        if let Some(playing) = self.playing.iter().find(|playing| playing.turn == Some(turn)) {
            playing.flow.send_if_modified(|flow| {
                let wanted = if hold { Flow::Hold } else { Flow::Go };
                let changes = !matches!(flow, Flow::Stop(_)) && *flow != wanted;
                if changes {
                    *flow = wanted;
                }
                changes
            });
        }
    }

    /// Stops everything.
    pub(crate) fn stop(&self) {
        for playing in &self.playing {
            playing.flow.send_replace(Flow::Stop(CancelCause::SessionEnded));
        }
    }
}

impl Playing {
    /// Notes how much of the message was heard, as far as we can know before the client truncates it.
    fn estimate_heard(&self) {
        let Some(message) = self.progress.message.get() else { return };
        let played = SampleRate::HZ_24000.samples_in(self.progress.played());
        if let Some(speech) = self.conversation.lock().find_mut(message).and_then(|item| item.speech_mut())
            && !speech.closed
        {
            speech.heard = Some(played);
        }
    }
}
