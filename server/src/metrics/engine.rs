//! The numbers of the loaded models, asked for when somebody looks.

use std::{
    fmt,
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

use hearth_models::{Loaded, core::PackedCore};
use hearth_runtime::Workers;
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::{
        MetricType,
        counter::{ConstCounter, Counter},
        gauge::ConstGauge,
    },
};

/// Reads the numbers of a core and its workers.
pub(super) struct Engine {
    core: Arc<PackedCore>,
    workers: Arc<Workers>,
    /// Seconds of sound received and sent.
    sound: (Seconds, Seconds),
}

type Seconds = Counter<f64, AtomicU64>;

impl Engine {
    pub(super) fn of(loaded: &Loaded, sound: (Seconds, Seconds)) -> Self {
        Self { core: Arc::clone(&loaded.core), workers: Arc::clone(&loaded.workers), sound }
    }

    fn encode_core(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let core = self.core.snapshot();
        gauge(encoder, "core_slots", "Conversations whose memory can be kept", core.slots as f64)?;
        gauge(encoder, "core_slots_in_use", "Slots that belong to a conversation", core.slots_in_use as f64)?;
        gauge(encoder, "core_answering", "Answers being written or read for", core.answering as f64)?;
        gauge(encoder, "core_waiting", "Answers that wait for a slot", core.waiting as f64)?;
        gauge(encoder, "core_queue_age_seconds", "How long the oldest of them has waited", seconds(core.oldest))?;
        gauge(encoder, "core_memory_bytes", "Memory of all slots", core.memory_bytes as f64)?;
        counter(encoder, "core_steps", "Runs of the packed graph", core.steps as f64)?;
        counter(encoder, "core_tokens_read", "Tokens read", core.tokens_read as f64)?;
        counter(encoder, "core_tokens_written", "Tokens written", core.tokens_written as f64)?;
        counter(encoder, "core_tokens_known", "Prompt tokens that were known already", core.tokens_known as f64)?;
        counter(encoder, "core_busy_seconds", "Time the runs took", seconds(core.busy))?;
        counter(encoder, "core_cancelled", "Answers taken back", core.cancelled as f64)?;
        counter(encoder, "core_refused", "Answers refused because too many waited", core.refused as f64)?;
        counter(encoder, "core_failed", "Answers that failed", core.failed as f64)?;
        counter(encoder, "core_evicted", "Conversations that lost their slot", core.evicted as f64)
    }

    /// Processing time over sound time since the start, below 1 when a stage is faster than real time.
    fn encode_factors(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let lanes = self.workers.snapshot().lanes;
        let busy = |stage: &str| -> f64 {
            lanes.iter().filter(|lane| lane.name.starts_with(stage)).map(|lane| seconds(lane.busy)).sum()
        };
        let (heard, spoken) = (self.sound.0.get(), self.sound.1.get());
        let help = "Processing time over sound time since the start, by stage";
        let mut metric = encoder.encode_descriptor("real_time_factor", help, None, MetricType::Gauge)?;
        for (stage, sound) in [("vad", heard), ("ears", heard), ("voice", spoken)] {
            let factor = if sound > 0.0 { busy(stage) / sound } else { 0.0 };
            ConstGauge::new(factor).encode(metric.encode_family(&[("stage", stage)])?)?;
        }
        Ok(())
    }

    fn encode_workers(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let workers = self.workers.snapshot();
        gauge(encoder, "workers_waiting", "Jobs of the speech models that wait", workers.waiting as f64)?;
        gauge(encoder, "workers_queue_age_seconds", "How long the oldest job has waited", seconds(workers.oldest))?;
        let lanes = |of: fn(&hearth_runtime::LaneSnapshot) -> f64| -> Vec<(String, f64)> {
            workers.lanes.iter().map(|lane| (lane.name.clone(), of(lane))).collect()
        };
        family(encoder, "graph_jobs", "Jobs done, by graph", &lanes(|lane| lane.jobs as f64))?;
        family(
            encoder,
            "graph_batches",
            "Runs they were done in; jobs over runs is the batch size",
            &lanes(|lane| lane.batches as f64),
        )?;
        family(encoder, "graph_failed", "Runs that failed, by graph", &lanes(|lane| lane.failed as f64))?;
        family(encoder, "graph_waited_seconds", "Time jobs waited, by graph", &lanes(|lane| seconds(lane.waited)))?;
        family(encoder, "graph_busy_seconds", "Time runs took, by graph", &lanes(|lane| seconds(lane.busy)))
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Engine")
    }
}

impl Collector for Engine {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        self.encode_core(&mut encoder)?;
        self.encode_factors(&mut encoder)?;
        self.encode_workers(&mut encoder)
    }
}

fn seconds(time: Duration) -> f64 {
    time.as_secs_f64()
}

fn gauge(encoder: &mut DescriptorEncoder<'_>, name: &str, help: &str, value: f64) -> fmt::Result {
    let metric = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
    ConstGauge::new(value).encode(metric)
}

fn counter(encoder: &mut DescriptorEncoder<'_>, name: &str, help: &str, value: f64) -> fmt::Result {
    let metric = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
    ConstCounter::new(value).encode(metric)
}

fn family(encoder: &mut DescriptorEncoder<'_>, name: &str, help: &str, values: &[(String, f64)]) -> fmt::Result {
    let mut metric = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
    for (graph, value) in values {
        let labels = [("graph", graph.as_str())];
        ConstCounter::new(*value).encode(metric.encode_family(&labels)?)?;
    }
    Ok(())
}
