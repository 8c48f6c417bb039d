//! The workers: as many threads as cores, each with graphs of its own, fed from one bounded queue.
//!
//! A free worker takes the oldest job and everything else that waits for the same graph with inputs of the same shape,
//! up to the graph's `batch_max`. So batches grow when work waits and nothing is delayed when none does.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use crate::{Error, GraphSpec, Library, Outputs, Port, StreamState, StreamingGraph, Tensor};

/// Threads that run graphs. They end with the last of this and its [`Lane`]s; jobs that still wait then fail.
pub struct Workers {
    threads: Arc<Threads>,
}

/// The way to one graph of the [`Workers`]. Cheap to clone.
#[derive(Clone)]
pub struct Lane {
    threads: Arc<Threads>,
    kind: usize,
}

/// A job under way. Dropping it takes the job back unless a worker has begun it.
pub struct Pending {
    reply: async_channel::Receiver<Result<Reply, Error>>,
}

/// What a job gave.
#[derive(Debug)]
pub struct Reply {
    /// One row of every output that is not memory.
    pub outputs: Outputs,
    /// The stream's memory afterwards.
    pub state: StreamState,
}

/// One stream of a [`Lane`]: carries the memory from step to step, one step at a time.
///
/// A step whose future is dropped is not lost: the next step first waits for it and returns its outputs through
/// [`LaneStream::resume`].
pub struct LaneStream {
    lane: Lane,
    state: Option<StreamState>,
    pending: Option<Pending>,
}

/// The workers at one moment.
#[derive(Debug, Clone, Default)]
pub struct WorkersSnapshot {
    /// Threads.
    pub threads: usize,
    /// Jobs that wait.
    pub waiting: usize,
    /// Most jobs that may wait.
    pub queue_jobs_max: usize,
    /// How long the oldest job has waited.
    pub oldest: Duration,
    /// Every graph, in the order they were given.
    pub lanes: Vec<LaneSnapshot>,
}

/// One graph of the workers; all numbers count from the start.
#[derive(Debug, Clone, Default)]
pub struct LaneSnapshot {
    /// The graph.
    pub name: String,
    /// Jobs done.
    pub jobs: u64,
    /// Runs they were done in: `jobs / batches` is the mean batch.
    pub batches: u64,
    /// Jobs taken back before a worker began them.
    pub cancelled: u64,
    /// Jobs refused because too many waited.
    pub refused: u64,
    /// Runs that failed.
    pub failed: u64,
    /// Time jobs have waited, added up.
    pub waited: Duration,
    /// Time runs have taken, added up.
    pub busy: Duration,
}

/// The threads and what they share; the threads know only the latter, so that they cannot outlive their users.
struct Threads {
    shared: Arc<Shared>,
    handles: Vec<JoinHandle<()>>,
}

struct Shared {
    queue: Mutex<Queue>,
    arrived: Condvar,
    queue_jobs_max: usize,
    threads: usize,
    kinds: Vec<Kind>,
}

#[derive(Default)]
struct Queue {
    jobs: VecDeque<Job>,
    closed: bool,
}

struct Job {
    kind: usize,
    inputs: Vec<(Arc<str>, Tensor)>,
    state: StreamState,
    queued: Instant,
    reply: async_channel::Sender<Result<Reply, Error>>,
}

/// What every thread knows of a graph without owning it.
struct Kind {
    name: String,
    batch_max: usize,
    fresh: StreamState,
    ports: Vec<(Arc<str>, Port)>,
    counters: Counters,
}

#[derive(Default)]
struct Counters {
    jobs: AtomicU64,
    batches: AtomicU64,
    cancelled: AtomicU64,
    refused: AtomicU64,
    failed: AtomicU64,
    waited_us: AtomicU64,
    busy_us: AtomicU64,
}

impl Workers {
    /// Loads every graph once per thread and starts the threads.
    ///
    /// # Errors
    /// [`Error::File`] for a graph that does not load, [`Error::Broken`] when a thread does not start.
    pub fn start(library: &Library, threads: usize, queue_jobs_max: usize, specs: &[GraphSpec]) -> Result<Self, Error> {
        let threads = threads.max(1);
        let mut sets = (0..threads)
            .map(|_| specs.iter().map(|spec| StreamingGraph::open(library, spec)).collect::<Result<Vec<_>, _>>())
            .collect::<Result<Vec<_>, _>>()?;
        let kinds = specs.iter().zip(&sets[0]).map(|(spec, graph)| Kind::new(spec, graph)).collect();
        let shared = Arc::new(Shared {
            queue: Mutex::default(),
            arrived: Condvar::new(),
            queue_jobs_max: queue_jobs_max.max(1),
            threads,
            kinds,
        });
        let mut workers = Threads { shared: Arc::clone(&shared), handles: Vec::with_capacity(threads) };
        for (number, graphs) in sets.drain(..).enumerate() {
            let shared = Arc::clone(&shared);
            let thread = std::thread::Builder::new()
                .name(format!("speech-{number}"))
                .spawn(move || work(&shared, graphs))
                .map_err(|error| Error::Broken(format!("no thread for the workers: {error}")))?;
            workers.handles.push(thread);
        }
        Ok(Self { threads: Arc::new(workers) })
    }

    /// The way to the graph called `name`.
    ///
    /// # Errors
    /// [`Error::Malformed`] when there is none.
    pub fn lane(&self, name: &str) -> Result<Lane, Error> {
        let kind = self.threads.shared.kinds.iter().position(|kind| kind.name == name);
        let kind = kind.ok_or_else(|| Error::Malformed(format!("the workers have no graph `{name}`")))?;
        Ok(Lane { threads: Arc::clone(&self.threads), kind })
    }

    /// How the workers do.
    #[must_use]
    pub fn snapshot(&self) -> WorkersSnapshot {
        let shared = &self.threads.shared;
        let queue = shared.lock();
        WorkersSnapshot {
            threads: shared.threads,
            waiting: queue.jobs.len(),
            queue_jobs_max: shared.queue_jobs_max,
            oldest: queue.jobs.front().map(|job| job.queued.elapsed()).unwrap_or_default(),
            lanes: shared.kinds.iter().map(Kind::snapshot).collect(),
        }
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        {
            let mut queue = self.shared.lock();
            queue.closed = true;
            queue.jobs.clear();
        }
        self.shared.arrived.notify_all();
        for thread in self.handles.drain(..) {
            let _ = thread.join();
        }
    }
}

impl Lane {
    /// The memory of a stream that has heard nothing.
    #[must_use]
    pub fn fresh(&self) -> StreamState {
        self.kind().fresh.clone()
    }

    /// A new stream.
    #[must_use]
    pub fn open(&self) -> LaneStream {
        LaneStream { lane: self.clone(), state: None, pending: None }
    }

    /// Queues one row: every input has batch length 1. `state` is the stream's memory, `None` for a fresh stream and for
    /// graphs without memory. Returns at once.
    ///
    /// # Errors
    /// [`Error::Malformed`] when an input is missing, unknown or of the wrong shape, [`Error::LimitReached`] when too
    /// much waits, [`Error::Broken`] when the workers have ended.
    pub fn submit(&self, inputs: Vec<(&str, Tensor)>, state: Option<StreamState>) -> Result<Pending, Error> {
        let inputs = self.kind().arrange(inputs)?;
        let state = state.unwrap_or_else(|| self.fresh());
        let (reply, receiver) = async_channel::bounded(1);
        let mut queue = self.threads.shared.lock();
        if queue.closed {
            return Err(Error::Broken("the workers have ended".into()));
        }
        if queue.jobs.len() >= self.threads.shared.queue_jobs_max {
            self.kind().counters.refused.fetch_add(1, Ordering::Relaxed);
            return Err(Error::LimitReached(format!("{} jobs wait for the workers", queue.jobs.len())));
        }
        queue.jobs.push_back(Job { kind: self.kind, inputs, state, queued: Instant::now(), reply });
        drop(queue);
        self.threads.shared.arrived.notify_one();
        Ok(Pending { reply: receiver })
    }

    /// Runs one row of a graph without memory.
    ///
    /// # Errors
    /// As for [`Lane::submit`] and [`Pending::wait`].
    pub async fn run(&self, inputs: Vec<(&str, Tensor)>) -> Result<Outputs, Error> {
        Ok(self.submit(inputs, None)?.wait().await?.outputs)
    }

    fn kind(&self) -> &Kind {
        &self.threads.shared.kinds[self.kind]
    }
}

impl Pending {
    /// Waits for the job.
    ///
    /// # Errors
    /// What the run failed with, or [`Error::Broken`] when the workers have ended.
    pub async fn wait(&self) -> Result<Reply, Error> {
        self.reply.recv().await.unwrap_or_else(|_| Err(Error::Broken("the worker of this job is gone".into())))
    }
}

impl LaneStream {
    /// One step: queues the row with this stream's memory and waits for it.
    ///
    /// # Errors
    /// As for [`Lane::submit`] and [`Pending::wait`], and [`Error::Malformed`] when an earlier step was dropped half way
    /// and not resumed. After a failed run the stream is fresh.
    pub async fn step(&mut self, inputs: Vec<(&str, Tensor)>) -> Result<Outputs, Error> {
        if self.pending.is_some() {
            return Err(Error::Malformed("an earlier step of this stream is still under way".into()));
        }
        let state = self.state.take();
        self.pending = Some(self.lane.submit(inputs, state)?);
        self.finish_pending().await
    }

    /// Waits for a step that was dropped half way; `None` when there is none.
    ///
    /// # Errors
    /// As for [`LaneStream::step`].
    pub async fn resume(&mut self) -> Result<Option<Outputs>, Error> {
        if self.pending.is_none() {
            return Ok(None);
        }
        self.finish_pending().await.map(Some)
    }

    /// Forgets everything, also a step under way.
    pub fn reset(&mut self) {
        self.state = None;
        self.pending = None;
    }

    async fn finish_pending(&mut self) -> Result<Outputs, Error> {
        let Some(pending) = &self.pending else {
            return Err(Error::Malformed("no step is under way".into()));
        };
        let reply = pending.wait().await;
        self.pending = None;
        let reply = reply?;
        self.state = Some(reply.state);
        Ok(reply.outputs)
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for work; `None` when the workers end.
    fn take_batch(&self) -> Option<Vec<Job>> {
        let mut queue = self.lock();
        loop {
            if queue.closed {
                return None;
            }
            self.forget_cancelled(&mut queue);
            if let Some(first) = queue.jobs.pop_front() {
                let batch_max = self.kinds[first.kind].batch_max;
                return Some(take_alike(&mut queue.jobs, first, batch_max));
            }
            queue = self.arrived.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn forget_cancelled(&self, queue: &mut Queue) {
        queue.jobs.retain(|job| {
            let wanted = !job.reply.is_closed();
            if !wanted {
                self.kinds[job.kind].counters.cancelled.fetch_add(1, Ordering::Relaxed);
            }
            wanted
        });
    }
}

/// `first` and every waiting job it can share a run with, oldest first.
fn take_alike(jobs: &mut VecDeque<Job>, first: Job, batch_max: usize) -> Vec<Job> {
    let mut batch = vec![first];
    let mut at = 0;
    while batch.len() < batch_max && at < jobs.len() {
        if jobs[at].kind == batch[0].kind && same_shapes(&jobs[at], &batch[0]) {
            batch.extend(jobs.remove(at));
        } else {
            at += 1;
        }
    }
    batch
}

fn same_shapes(a: &Job, b: &Job) -> bool {
    a.inputs.iter().zip(&b.inputs).all(|((_, a), (_, b))| a.shape() == b.shape())
}

/// The life of one worker.
fn work(shared: &Shared, mut graphs: Vec<StreamingGraph>) {
    while let Some(batch) = shared.take_batch() {
        let kind = batch[0].kind;
        let counters = &shared.kinds[kind].counters;
        let began = Instant::now();
        let waited: Duration = batch.iter().map(|job| began.duration_since(job.queued)).sum();
        let jobs = batch.len() as u64;
        // A panic below would take the thread and every later job with it; so it costs this batch only.
        let run = std::panic::AssertUnwindSafe(|| run_batch(&mut graphs[kind], batch));
        let fine = std::panic::catch_unwind(run).unwrap_or(false);
        counters.add(jobs, fine, waited, began.elapsed());
    }
}

fn run_batch(graph: &mut StreamingGraph, batch: Vec<Job>) -> bool {
    let mut states = Vec::with_capacity(batch.len());
    let mut jobs = Vec::with_capacity(batch.len());
    for job in batch {
        states.push(job.state);
        jobs.push((job.inputs, job.reply));
    }
    let rows: Vec<&[(Arc<str>, Tensor)]> = jobs.iter().map(|(inputs, _)| inputs.as_slice()).collect();
    match graph.step_rows(&rows, &mut states) {
        Ok(outputs) => {
            for (((_, reply), outputs), state) in jobs.iter().zip(outputs).zip(states) {
                let _ = reply.try_send(Ok(Reply { outputs, state }));
            }
            true
        }
        Err(error) => {
            for (_, reply) in &jobs {
                let _ = reply.try_send(Err(error.clone()));
            }
            false
        }
    }
}

impl Kind {
    fn new(spec: &GraphSpec, graph: &StreamingGraph) -> Self {
        let ports = graph.free_inputs().map(|port| (Arc::from(port.name.as_str()), port.clone())).collect();
        let (batch_max, fresh) = (graph.batch_max(), graph.fresh());
        Self { name: spec.name.clone(), batch_max, fresh, ports, counters: Counters::default() }
    }

    /// Brings the inputs into the order of the graph, each checked, so that one bad row cannot spoil a batch.
    fn arrange(&self, mut inputs: Vec<(&str, Tensor)>) -> Result<Vec<(Arc<str>, Tensor)>, Error> {
        let mut arranged = Vec::with_capacity(self.ports.len());
        for (name, port) in &self.ports {
            let at = inputs.iter().position(|(given, _)| **given == **name);
            let at = at.ok_or_else(|| Error::Malformed(format!("{}: input `{name}` is missing", self.name)))?;
            let (_, tensor) = inputs.swap_remove(at);
            port.check(&tensor)?;
            if self.batch_max > 1 && tensor.shape().first() != Some(&1) {
                return Err(Error::Malformed(format!("{}: `{name}` is not one row", self.name)));
            }
            arranged.push((Arc::clone(name), tensor));
        }
        match inputs.first() {
            Some((name, _)) => Err(Error::Malformed(format!("{}: there is no input `{name}`", self.name))),
            None => Ok(arranged),
        }
    }

    fn snapshot(&self) -> LaneSnapshot {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let counters = &self.counters;
        LaneSnapshot {
            name: self.name.clone(),
            jobs: read(&counters.jobs),
            batches: read(&counters.batches),
            cancelled: read(&counters.cancelled),
            refused: read(&counters.refused),
            failed: read(&counters.failed),
            waited: Duration::from_micros(read(&counters.waited_us)),
            busy: Duration::from_micros(read(&counters.busy_us)),
        }
    }
}

impl Counters {
    fn add(&self, jobs: u64, fine: bool, waited: Duration, busy: Duration) {
        self.jobs.fetch_add(jobs, Ordering::Relaxed);
        self.batches.fetch_add(1, Ordering::Relaxed);
        self.failed.fetch_add(u64::from(!fine), Ordering::Relaxed);
        self.waited_us.fetch_add(micros(waited), Ordering::Relaxed);
        self.busy_us.fetch_add(micros(busy), Ordering::Relaxed);
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
