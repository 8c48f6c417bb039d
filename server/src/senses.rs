//! Ears and eyes of one session: bytes to sound to voice activity to speech steps, on the media clock.
//!
//! ```text
//! bytes ─decode─▶ Resampler ─16 kHz─▶ Windows ─▶ VAD ─▶ SpeechGate ─edges─▶ Inbox
//!                                └──▶ PrefixRing ─▶ Capture (while an utterance is open) ─▶ speech encoder ─steps─▶ Inbox
//! ```

use std::{sync::Arc, time::Duration};

use hearth_audio::{AudioFrame, GatePolicy, PrefixRing, Resampler, SampleRate, SpeechEdge, SpeechGate, Windows};
use hearth_codecs::{g711::Law, pcm::PcmDecoder};
use hearth_models::{Models, VadStream};
use hearth_session::Event;
use tokio::{sync::mpsc, time::Instant};

use crate::{
    capture::Capture,
    conversation::Sound,
    inbox::{Closed, Fact, Inbox},
    metrics::Metrics,
    protocol::realtime::{
        client::{InputItem, Wish},
        config::AudioFormat,
        error::Refusal,
        items::NewItem,
    },
    understanding::{self, Understood},
};

/// What the ears hear at.
pub(crate) const EAR_RATE: SampleRate = SampleRate::HZ_16000;
/// Sound kept from before now: prefix padding, the gate's own delay and the longest barge-in.
const RING_MAX: Duration = Duration::from_secs(4);

/// What the session wants of the senses. Orders never wait.
#[derive(Debug)]
pub(crate) enum Order {
    /// Hear like this from now on.
    Listen(Listening),
    /// An utterance began here, on the media clock.
    Begin {
        /// Media clock.
        from: Duration,
    },
    /// It ended here: understand it.
    End {
        /// Media clock.
        from: Duration,
        /// Media clock.
        to: Duration,
    },
    /// Forget the sound so far.
    Discard,
}

/// How to hear.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Listening {
    /// How sound is written.
    pub format: AudioFormat,
    /// Score that counts as speech; `None` when the client takes turns by itself.
    pub threshold: Option<f32>,
    /// Longest utterance.
    pub utterance_max: Duration,
}

/// Ears and eyes of one session.
pub(crate) struct Senses {
    models: Models,
    inbox: Inbox,
    orders: mpsc::Receiver<Order>,
    metrics: Arc<Metrics>,
    listening: Listening,
    decoder: Decoder,
    resampler: Resampler,
    windows: Windows,
    vad: Box<dyn VadStream>,
    gate: SpeechGate,
    ring: PrefixRing,
    capture: Option<Capture>,
    /// Decoded, at the rate it came in; reused.
    raw: Vec<f32>,
    /// Decoded, as the ears hear it; reused.
    sound: Vec<f32>,
}

/// Bytes of the wire to samples.
pub(crate) enum Decoder {
    Pcm(PcmDecoder),
    G711(Law),
}

impl Decoder {
    pub(crate) fn new(format: AudioFormat) -> Self {
        match format {
            AudioFormat::Pcm(_) => Self::Pcm(PcmDecoder::default()),
            AudioFormat::Mulaw => Self::G711(Law::Mu),
            AudioFormat::Alaw => Self::G711(Law::A),
        }
    }

    pub(crate) fn decode(&mut self, bytes: &[u8], out: &mut Vec<f32>) {
        match self {
            Self::Pcm(decoder) => decoder.push(bytes, out),
            Self::G711(law) => law.decode(bytes, out),
        }
    }
}

impl Senses {
    /// Senses that hear as `listening` says.
    ///
    /// # Errors
    /// [`hearth_audio::Error`] when the rate cannot be brought to that of the ears.
    pub(crate) fn open(
        models: Models,
        inbox: Inbox,
        orders: mpsc::Receiver<Order>,
        metrics: Arc<Metrics>,
        listening: Listening,
    ) -> Result<Self, hearth_audio::Error> {
        let mut senses = Self {
            decoder: Decoder::new(listening.format),
            resampler: Resampler::new(listening.format.rate(), EAR_RATE)?,
            windows: Windows::default(),
            vad: models.vad.open(),
            gate: SpeechGate::new(gate_policy(listening.threshold)),
            ring: PrefixRing::new(EAR_RATE.samples_in(RING_MAX) as usize),
            capture: None,
            raw: Vec::new(),
            sound: Vec::new(),
            models,
            inbox,
            orders,
            metrics,
            listening,
        };
        senses.listen_all_the_time();
        Ok(senses)
    }

    /// The media clock: how much sound was received.
    #[must_use]
    pub(crate) fn now(&self) -> Duration {
        EAR_RATE.duration_of(self.ring.end())
    }

    /// The next order, when one comes.
    pub(crate) async fn ordered(&mut self) -> Option<Order> {
        self.orders.recv().await
    }

    /// Hears `bytes`.
    ///
    /// # Errors
    /// [`Closed`] when the session is over.
    pub(crate) async fn hear(&mut self, bytes: &[u8]) -> Result<(), Closed> {
        self.raw.clear();
        self.decoder.decode(bytes, &mut self.raw);
        let sound = self.resampler.from().duration_of(self.raw.len() as u64);
        let began = Instant::now();
        let mut heard = std::mem::take(&mut self.sound);
        heard.clear();
        self.resampler.push(&self.raw, &mut heard);
        let closed = self.perceive(&heard).await;
        self.sound = heard;
        self.metrics.heard(sound, began.elapsed());
        closed
    }

    /// Gets the newest sound out of the resampler, so that nothing said before a commit is left behind.
    ///
    /// # Errors
    /// [`Closed`] when the session is over.
    pub(crate) async fn flush(&mut self) -> Result<(), Closed> {
        let mut rest = Vec::new();
        self.resampler.flush(&mut rest);
        self.perceive(&rest).await?;
        match self.gate.close() {
            Some(_) => self.settle(Fact::Session(Event::SpeechPaused { at: self.now() })).await,
            None => Ok(()),
        }
    }

    /// Puts a fact, waits until it was acted upon and carries out what was ordered.
    ///
    /// # Errors
    /// [`Closed`] when the session is over.
    pub(crate) async fn settle(&mut self, fact: Fact) -> Result<(), Closed> {
        self.inbox.settle(fact).await?;
        while let Ok(order) = self.orders.try_recv() {
            self.obey(order).await?;
        }
        Ok(())
    }

    /// Takes sound of the ears' rate, window by window.
    async fn perceive(&mut self, mut sound: &[f32]) -> Result<(), Closed> {
        while !sound.is_empty() {
            let all = sound;
            let window = self.windows.next(&mut sound).copied();
            let taken = &all[..all.len() - sound.len()];
            self.ring.push(taken);
            self.listen_on(taken).await?;
            if let Some(window) = window {
                self.judge(&window).await?;
            }
        }
        Ok(())
    }

    /// Feeds the open utterance.
    async fn listen_on(&mut self, samples: &[f32]) -> Result<(), Closed> {
        let Some(capture) = &mut self.capture else { return Ok(()) };
        let steps = capture.push(samples, self.listening.utterance_max).await;
        let part = capture.part();
        if steps.is_empty() { Ok(()) } else { self.inbox.put(Fact::Listened { part, steps }).await }
    }

    /// Lets the VAD and the gate judge one window, and tells what follows.
    async fn judge(&mut self, window: &[f32; hearth_audio::WINDOW_SAMPLES]) -> Result<(), Closed> {
        let at = EAR_RATE.duration_of(self.ring.end());
        if self.listening.threshold.is_some() {
            let score = self.vad.score(window).await.unwrap_or_else(|_| {
                self.metrics.dropped("vad_broken");
                0.0
            });
            // The gate counts windows; it may have begun later than the media clock.
            let behind = at.saturating_sub(self.gate.heard() + Duration::from_millis(32));
            if let Some(edge) = self.gate.push(score) {
                self.tell_edge(edge, behind).await?;
            }
        }
        self.settle(Fact::Session(Event::MediaReached { at })).await
    }

    async fn tell_edge(&mut self, edge: SpeechEdge, behind: Duration) -> Result<(), Closed> {
        let event = match edge {
            SpeechEdge::Started { at } => {
                self.metrics.speech_edge("started");
                Event::SpeechStarted { at: at + behind }
            }
            SpeechEdge::Paused { at } => {
                self.metrics.speech_edge("paused");
                Event::SpeechPaused { at: at + behind }
            }
        };
        self.settle(Fact::Session(event)).await
    }

    /// Carries out one order.
    ///
    /// # Errors
    /// [`Closed`] when the session is over.
    pub(crate) async fn obey(&mut self, order: Order) -> Result<(), Closed> {
        match order {
            Order::Listen(listening) => self.listen(listening),
            Order::Begin { from } => self.begin(from).await?,
            Order::End { from, to } => self.end(from, to).await?,
            Order::Discard => {
                self.capture = None;
                self.listen_all_the_time();
            }
        }
        Ok(())
    }

    fn listen(&mut self, listening: Listening) {
        if listening.format != self.listening.format {
            // A rate that came through the configuration has a resampler; were it not so, the old one stays.
            if let Ok(resampler) = Resampler::new(listening.format.rate(), EAR_RATE) {
                self.decoder = Decoder::new(listening.format);
                self.resampler = resampler;
            }
        }
        let was_voice = self.listening.threshold.is_some();
        self.gate.set_policy(gate_policy(listening.threshold));
        self.listening = listening;
        if was_voice != listening.threshold.is_some() {
            self.gate = SpeechGate::new(gate_policy(listening.threshold));
            self.capture = None;
            self.listen_all_the_time();
        }
    }

    /// Without turns taken by voice, everything that comes may be part of the next utterance.
    fn listen_all_the_time(&mut self) {
        if self.listening.threshold.is_none() {
            self.capture = Some(Capture::new(self.ring.end(), self.models.ears.open()));
        }
    }

    async fn begin(&mut self, from: Duration) -> Result<(), Closed> {
        let start = EAR_RATE.samples_in(from).clamp(self.ring.start(), self.ring.end());
        self.capture = Some(Capture::new(start, self.models.ears.open()));
        let (older, newer) = self.ring.since(start);
        let onset = [older, newer].concat();
        self.listen_on(&onset).await
    }

    async fn end(&mut self, from: Duration, to: Duration) -> Result<(), Closed> {
        let (from, to) = (EAR_RATE.samples_in(from), EAR_RATE.samples_in(to));
        if self.capture.is_none() {
            self.begin(EAR_RATE.duration_of(from)).await?;
        }
        let Some(capture) = self.capture.take() else { return Ok(()) };
        let began = Instant::now();
        let heard = capture.finish(from, to, self.models.ears.as_ref()).await;
        self.metrics.queue_age("utterance_finish", began.elapsed());
        self.listen_all_the_time();
        self.inbox.put(Fact::UtteranceHeard(heard)).await
    }

    async fn understand_item(&mut self, item: &mut NewItem, understood: &mut Vec<Understood>) -> Result<(), Refusal> {
        understanding::understand(&self.models, self.listening.format, self.now(), item, understood).await
    }

    /// Understands the sounds and pictures in a wish, in order.
    ///
    /// # Errors
    /// A [`Refusal`] when one of them cannot be understood.
    pub(crate) async fn understand(&mut self, wish: &mut Wish) -> Result<Vec<Understood>, Refusal> {
        let mut understood = Vec::new();
        match wish {
            Wish::CreateItem { item, .. } => self.understand_item(item, &mut understood).await?,
            Wish::CreateResponse(wish) => {
                for input in wish.input.iter_mut().flatten() {
                    if let InputItem::New(item) = input {
                        self.understand_item(item, &mut understood).await?;
                    }
                }
            }
            _ => {}
        }
        Ok(understood)
    }
}

fn gate_policy(threshold: Option<f32>) -> GatePolicy {
    let default = GatePolicy::default();
    GatePolicy { threshold: threshold.unwrap_or(default.threshold), ..default }
}

/// One frame of 16-bit sound, for whoever keeps it.
#[must_use]
pub(crate) fn frame_of(sound: &Sound) -> AudioFrame {
    let samples = sound.samples.iter().map(|&sample| hearth_codecs::pcm::from_i16(sample)).collect();
    AudioFrame { start: 0, rate: sound.rate, samples }
}
