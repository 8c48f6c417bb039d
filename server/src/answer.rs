//! One answer in the making: the core's pieces to words, words to speech, speech to the client.

use std::{sync::Arc, time::Duration};

use hearth_codecs::pcm;
use hearth_models::{CoreContext, Error, FinishReason, Generated, Generation, Models, SpeechChunk, ToolCall, Usage};
use hearth_session::{CancelCause, Event, TurnId};
use tokio::{
    sync::{Mutex, oneshot, watch},
    time::Instant,
};

use crate::{
    conversation::Status,
    inbox::{Fact, Inbox},
    metrics::Metrics,
    outbox::Outbox,
    playout::{Asked, Flow, Progress},
    protocol::realtime::{config::Modality, items::encode_base64, response::ResponseStatus},
    teller::{Teller, Told},
    voice::{SpeechEncoder, VOICE_RATE, Voice},
};

/// How far sound may be sent ahead of its being played. More would be made for nothing when the user barges in; less
/// could starve a client behind a slow network.
const AUDIO_AHEAD_MAX: Duration = Duration::from_secs(10);
/// How far it may be sent ahead at once. After that it goes at twice the pace of playing, so that a long answer does not
/// keep the voice from the first words of others.
const AUDIO_BURST_MAX: Duration = Duration::from_secs(3);
/// Most tool calls of one answer.
const CALLS_MAX: usize = 16;

/// One answer in the making.
pub(crate) struct Answering {
    /// `None` out of band.
    pub turn: Option<TurnId>,
    /// Of the voice.
    pub speed: f32,
    /// When the user's turn ended.
    pub turn_ended: Option<Instant>,
    /// Tells it.
    pub teller: Teller,
    /// Makes it.
    pub models: Models,
    /// Where the session is told how it goes.
    pub inbox: Inbox,
    /// For back-pressure.
    pub out: Outbox,
    /// Counts.
    pub metrics: Arc<Metrics>,
    /// Whether it goes on.
    pub flow: watch::Receiver<Flow>,
    /// How far it got.
    pub progress: Arc<Progress>,
}

/// How an answer ended.
enum End {
    Whole { reason: FinishReason, usage: Usage },
    Stopped(CancelCause),
    Broken(Error),
}

impl Answering {
    /// Tells the answer from its beginning to its end.
    pub(crate) async fn run(mut self, generation: oneshot::Receiver<Asked>, door: Option<Arc<Mutex<()>>>) {
        let _turn = match door {
            Some(door) => Some(door.lock_owned().await),
            None => None,
        };
        self.teller.created();
        let end = match self.wait_for(generation).await {
            Ok((generation, _context)) => self.tell(generation).await,
            Err(end) => end,
        };
        self.finish(end).await;
    }

    /// Waits until the core was asked.
    async fn wait_for(
        &mut self,
        asked: oneshot::Receiver<Asked>,
    ) -> Result<(Generation, Option<Box<dyn CoreContext>>), End> {
        tokio::select! {
            cause = stopped(&mut self.flow) => Err(End::Stopped(cause)),
            asked = asked => match asked {
                Ok(Ok(asked)) => Ok(asked),
                Ok(Err(error)) => Err(End::Broken(error)),
                Err(_) => Err(End::Stopped(CancelCause::SessionEnded)),
            },
        }
    }

    async fn tell(&mut self, mut generation: Generation) -> End {
        let mut made = Made::default();
        let mut voice: Option<Speaking> = None;
        let mut stop = self.flow.clone();
        loop {
            let speaking = voice.is_some();
            let full = voice.as_ref().is_some_and(|speaking| speaking.voice.is_full()) || made.calls.len() >= CALLS_MAX;
            if let Some((reason, usage)) = made.done
                && !speaking
            {
                self.tell_calls(&mut made.calls).await;
                return End::Whole { reason, usage };
            }
            let send_at = self.send_at();
            tokio::select! {
                biased;
                cause = stopped(&mut stop) => return End::Stopped(cause),
                piece = generation.next(), if made.done.is_none() && !full => match piece {
                    Some(Ok(piece)) => self.take_piece(piece, &mut made, &mut voice).await,
                    Some(Err(error)) => return End::Broken(error),
                    None => return End::Broken(Error::Broken("the core stopped in the middle of an answer".into())),
                },
                chunk = next_chunk(&self.out, self.flow.clone(), &mut voice, send_at), if speaking => {
                    let status = made.status();
                    if let Err(end) = self.take_chunk(chunk, &mut voice, status).await {
                        return end;
                    }
                }
            }
        }
    }

    async fn take_piece(&mut self, piece: Generated, made: &mut Made, voice: &mut Option<Speaking>) {
        match piece {
            Generated::Heard(text) => self.teller.heard(text),
            Generated::Text(text) => {
                self.note_first_token(made);
                match self.teller.frame.modality {
                    Modality::Audio => {
                        let speaking = voice.get_or_insert_with(|| self.open_voice());
                        speaking.voice.say(text);
                    }
                    Modality::Text => {
                        self.out.room().await;
                        self.teller.text(text);
                        self.began(made).await;
                    }
                }
            }
            Generated::ToolCall(call) => {
                self.note_first_token(made);
                made.calls.push(call);
                if voice.is_none() {
                    self.tell_calls(&mut made.calls).await;
                    self.began(made).await;
                }
            }
            Generated::Done { reason, usage } => {
                made.done = Some((reason, usage));
                if let Some(speaking) = voice {
                    speaking.voice.end();
                }
            }
        }
    }

    /// Sends a chunk; after the last one the message ends with `status`.
    async fn take_chunk(
        &mut self,
        chunk: Option<Result<SpeechChunk, Error>>,
        voice: &mut Option<Speaking>,
        status: Status,
    ) -> Result<(), End> {
        match chunk {
            Some(Ok(chunk)) => {
                let Some(speaking) = voice else { return Ok(()) };
                let delta = encode_base64(speaking.encoder.encode(&chunk.samples));
                self.speak(&chunk, delta).await
            }
            Some(Err(error)) => Err(End::Broken(error)),
            None => {
                if let Some(mut speaking) = voice.take() {
                    let delta = encode_base64(speaking.encoder.flush());
                    let rest = SpeechChunk { samples: Arc::new([]), words: Vec::new() };
                    self.speak(&rest, delta).await?;
                }
                self.teller.end_message(status);
                Ok(())
            }
        }
    }

    /// Sends one chunk.
    async fn speak(&mut self, chunk: &SpeechChunk, delta: String) -> Result<(), End> {
        let first = !self.progress.began() && !chunk.samples.is_empty();
        let kept: Vec<i16> = chunk.samples.iter().map(|&sample| pcm::to_i16(sample)).collect();
        if self.teller.speech(&kept, chunk.words.clone(), delta) == Told::Unwanted {
            return Err(End::Stopped(CancelCause::ClientCancelled));
        }
        if let Some(message) = self.teller.message() {
            self.progress.send(message, chunk.samples.len());
        }
        self.metrics.spoke(VOICE_RATE.duration_of(chunk.samples.len() as u64));
        if first {
            if let Some(ended) = self.turn_ended {
                self.metrics.turn("ttfa", ended.elapsed());
            }
            self.report(|turn| Event::AnswerBegan { turn }).await;
        }
        Ok(())
    }

    fn open_voice(&mut self) -> Speaking {
        self.teller.begin_message();
        let frame = &self.teller.frame;
        let voice = Voice::open(self.models.voice.as_ref(), &frame.voice, self.speed);
        Speaking { voice, encoder: SpeechEncoder::new(frame.format) }
    }

    async fn tell_calls(&mut self, calls: &mut Vec<ToolCall>) {
        for call in calls.drain(..) {
            self.out.room().await;
            self.teller.end_message(Status::Completed);
            self.teller.call(call);
        }
    }

    /// The earliest time the next sound is sent.
    fn send_at(&self) -> Instant {
        let left = self.progress.left();
        let too_far = left.saturating_sub(AUDIO_AHEAD_MAX);
        // While we wait one second, one second is played and one more is allowed.
        let too_fast = left.saturating_sub(AUDIO_BURST_MAX + self.progress.since_first()) / 2;
        Instant::now() + too_far.max(too_fast)
    }

    fn note_first_token(&self, made: &mut Made) {
        if !std::mem::replace(&mut made.token, true)
            && let Some(ended) = self.turn_ended
        {
            self.metrics.turn("ttft", ended.elapsed());
        }
    }

    /// The first product that is not sound left for the client.
    async fn began(&self, made: &mut Made) {
        if !std::mem::replace(&mut made.began, true) {
            self.report(|turn| Event::AnswerBegan { turn }).await;
        }
    }

    async fn finish(mut self, end: End) {
        let (status, usage, kind) = match end {
            End::Whole { reason: FinishReason::Stop, usage } => (ResponseStatus::Completed, Some(usage), "completed"),
            End::Whole { reason: FinishReason::Length, usage } => {
                (ResponseStatus::Incomplete, Some(usage), "incomplete")
            }
            End::Stopped(CancelCause::TurnDetected) => (ResponseStatus::TurnDetected, None, "turn_detected"),
            End::Stopped(CancelCause::TimedOut) => {
                (failed("timed_out", "The answer took too long."), None, "timed_out")
            }
            End::Stopped(_) => (ResponseStatus::ClientCancelled, None, "client_cancelled"),
            End::Broken(error) => {
                tracing::warn!(%error, "an answer failed");
                (failed(code_of(&error), &error.to_string()), None, "failed")
            }
        };
        self.metrics.answered(kind);
        self.teller.done(&status, usage);
        let playout_left = self.progress.left();
        match status {
            ResponseStatus::Completed | ResponseStatus::Incomplete => {
                self.report(|turn| Event::AnswerFinished { turn, playout_left }).await;
            }
            ResponseStatus::Failed { .. } => self.report(|turn| Event::AnswerFailed { turn }).await,
            // Whoever stopped it knows, or cut the sound and hears no more of it.
            _ => self.report(|turn| Event::AnswerFinished { turn, playout_left: Duration::ZERO }).await,
        }
    }

    async fn report(&self, event: impl FnOnce(TurnId) -> Event) {
        if let Some(turn) = self.turn {
            // When the session is over, nobody needs to know.
            let _ = self.inbox.put(Fact::Session(event(turn))).await;
        }
    }
}

/// What the core made so far.
#[derive(Default)]
struct Made {
    calls: Vec<ToolCall>,
    done: Option<(FinishReason, Usage)>,
    token: bool,
    began: bool,
}

impl Made {
    /// How a message is that ends now.
    fn status(&self) -> Status {
        match self.done {
            Some((FinishReason::Length, _)) => Status::Incomplete,
            _ => Status::Completed,
        }
    }
}

/// The voice of one answer, and how its sound is written.
struct Speaking {
    voice: Voice,
    encoder: SpeechEncoder,
}

/// Resolves when the answer is to stop.
async fn stopped(flow: &mut watch::Receiver<Flow>) -> CancelCause {
    match flow.wait_for(|flow| matches!(flow, Flow::Stop(_))).await.map(|flow| *flow) {
        Ok(Flow::Stop(cause)) => cause,
        _ => CancelCause::SessionEnded,
    }
}

/// The next sound, when it may be sent.
async fn next_chunk(
    out: &Outbox,
    mut flow: watch::Receiver<Flow>,
    voice: &mut Option<Speaking>,
    send_at: Instant,
) -> Option<Result<SpeechChunk, Error>> {
    tokio::time::sleep_until(send_at).await;
    // A closed flow stops the answer elsewhere.
    let _ = flow.wait_for(|flow| *flow != Flow::Hold).await.map(|_| ());
    out.room().await;
    match voice {
        Some(speaking) => speaking.voice.next().await,
        None => None,
    }
}

fn failed(code: &'static str, message: &str) -> ResponseStatus {
    ResponseStatus::Failed { code, message: message.to_owned() }
}

fn code_of(error: &Error) -> &'static str {
    match error {
        Error::Malformed(_) => "malformed_input",
        Error::Unsupported(_) => "unsupported",
        Error::LimitReached(_) => "limit_reached",
        Error::Busy(_) => "rate_limit_exceeded",
        Error::Broken(_) => "model_broken",
    }
}
