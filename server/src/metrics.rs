//! What is counted and measured, in the words of Prometheus. Only here do metrics have names.

mod engine;

use std::{
    sync::atomic::{AtomicI64, AtomicU64},
    time::Duration,
};

use hearth_models::Loaded;
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::{Registry, Unit},
};

/// A label that says which kind of a thing is meant.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Kind {
    kind: &'static str,
}

/// Which address was asked, and the status of the answer.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Exchange {
    route: &'static str,
    status: u16,
}

type Histograms = Family<Kind, Histogram, fn() -> Histogram>;

/// All of it.
pub struct Metrics {
    registry: Registry,
    sessions: Gauge<i64, AtomicI64>,
    sessions_ended: Family<Kind, Counter>,
    input_seconds: Counter<f64, AtomicU64>,
    ingest_seconds: Counter<f64, AtomicU64>,
    output_seconds: Counter<f64, AtomicU64>,
    appends: Counter,
    panics: Counter,
    drops: Family<Kind, Counter>,
    edges: Family<Kind, Counter>,
    answers: Family<Kind, Counter>,
    refusals: Family<Kind, Counter>,
    requests: Family<Exchange, Counter>,
    turn_seconds: Histograms,
    queue_seconds: Histograms,
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new(None)
    }
}

impl Metrics {
    /// All at zero; with the numbers of `loaded` models when there are any.
    #[must_use]
    pub fn new(loaded: Option<&Loaded>) -> Self {
        let mut registry = Registry::with_prefix("hearth");
        let seconds: fn() -> Histogram = || Histogram::new(SECONDS);
        let metrics = Self {
            sessions: Gauge::default(),
            sessions_ended: Family::default(),
            input_seconds: Counter::default(),
            ingest_seconds: Counter::default(),
            output_seconds: Counter::default(),
            appends: Counter::default(),
            panics: Counter::default(),
            drops: Family::default(),
            edges: Family::default(),
            answers: Family::default(),
            refusals: Family::default(),
            requests: Family::default(),
            turn_seconds: Family::new_with_constructor(seconds),
            queue_seconds: Family::new_with_constructor(seconds),
            registry: Registry::default(),
        };
        metrics.register(&mut registry);
        if let Some(loaded) = loaded {
            let sound = (metrics.input_seconds.clone(), metrics.output_seconds.clone());
            registry.register_collector(Box::new(engine::Engine::of(loaded, sound)));
        }
        Self { registry, ..metrics }
    }
}

/// Upper bounds of what is measured in seconds.
const SECONDS: [f64; 14] = [0.001, 0.002, 0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24];

impl Metrics {
    fn register(&self, registry: &mut Registry) {
        registry.register("sessions", "Sessions open now", self.sessions.clone());
        registry.register("sessions_ended", "Sessions that ended, by reason", self.sessions_ended.clone());
        registry.register_with_unit("input_audio", "Sound received", Unit::Seconds, self.input_seconds.clone());
        registry.register_with_unit(
            "ingest",
            "Time from sound received to everything ordered that follows from it; over input_audio it is the factor",
            Unit::Seconds,
            self.ingest_seconds.clone(),
        );
        registry.register_with_unit("output_audio", "Sound sent", Unit::Seconds, self.output_seconds.clone());
        registry.register("input_frames", "Pieces of sound received", self.appends.clone());
        registry.register("panics", "Sessions that ended by a panic", self.panics.clone());
        registry.register("dropped", "What was dropped, by reason", self.drops.clone());
        registry.register("speech_edges", "Starts and pauses of speech that the VAD found", self.edges.clone());
        registry.register("answers", "Answers, by how they ended", self.answers.clone());
        registry.register("refusals", "Events of clients that were refused, by code", self.refusals.clone());
        registry.register("requests", "Requests over plain HTTP, by address and status", self.requests.clone());
        registry.register_with_unit(
            "turn",
            "From the end of the user's turn to: the first token (ttft), the first audio sent (ttfa)",
            Unit::Seconds,
            self.turn_seconds.clone(),
        );
        registry.register_with_unit(
            "queue_age",
            "How long things waited, by queue",
            Unit::Seconds,
            self.queue_seconds.clone(),
        );
    }

    /// A session began.
    pub fn session_opened(&self) {
        self.sessions.inc();
    }

    /// A session ended.
    pub fn session_ended(&self, kind: &'static str) {
        self.sessions.dec();
        self.sessions_ended.get_or_create(&Kind { kind }).inc();
    }

    /// Sessions open now.
    #[must_use]
    pub fn sessions(&self) -> i64 {
        self.sessions.get()
    }

    /// Sound came in, and it took this long until everything that follows from it was ordered. Only atomics: it comes
    /// with every piece of sound.
    pub fn heard(&self, sound: Duration, took: Duration) {
        self.appends.inc();
        self.input_seconds.inc_by(sound.as_secs_f64());
        self.ingest_seconds.inc_by(took.as_secs_f64());
    }

    /// Sound went out.
    pub fn spoke(&self, sound: Duration) {
        self.output_seconds.inc_by(sound.as_secs_f64());
    }

    /// A session panicked.
    pub fn panicked(&self) {
        self.panics.inc();
    }

    /// Something was dropped.
    pub fn dropped(&self, kind: &'static str) {
        self.drops.get_or_create(&Kind { kind }).inc();
    }

    /// Speech started or paused.
    pub fn speech_edge(&self, kind: &'static str) {
        self.edges.get_or_create(&Kind { kind }).inc();
    }

    /// An answer ended.
    pub fn answered(&self, kind: &'static str) {
        self.answers.get_or_create(&Kind { kind }).inc();
    }

    /// An event of a client was refused.
    pub fn refused(&self, kind: &'static str) {
        self.refusals.get_or_create(&Kind { kind }).inc();
    }

    /// A request was answered, or its answer began.
    pub fn requested(&self, route: &'static str, status: u16) {
        self.requests.get_or_create(&Exchange { route, status }).inc();
    }

    /// The first token or the first sound of an answer came this long after the user's turn ended.
    pub fn turn(&self, kind: &'static str, after: Duration) {
        self.turn_seconds.get_or_create(&Kind { kind }).observe(after.as_secs_f64());
    }

    /// Something waited this long in a queue.
    pub fn queue_age(&self, kind: &'static str, age: Duration) {
        self.queue_seconds.get_or_create(&Kind { kind }).observe(age.as_secs_f64());
    }

    /// All of it as text.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = prometheus_client::encoding::text::encode(&mut text, &self.registry);
        text
    }
}
