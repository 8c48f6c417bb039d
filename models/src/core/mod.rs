//! The core: one packed graph for all conversations, and the thread that owns it.
//!
//! A prompt becomes positions (`prompt`), the scheduler finds what a slot already holds of them, reads the rest in chunks
//! beside the tokens that others are writing (`scheduler`), chooses tokens (`sampling`) among those the answer may hold
//! (`answer`, `grammar`), and tells what they mean.

mod answer;
mod grammar;
mod known;
mod packed;
mod prompt;
mod sampling;
mod scheduler;
mod slots;
mod stats;
mod template;
mod tokens;

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread::JoinHandle,
    time::Instant,
};

use hearth_runtime::Library;

use self::{
    answer::{Answer, Calls},
    known::Known,
    prompt::Reader,
    sampling::Sampler,
    scheduler::{Order, Question, Scheduler, Shared},
    template::Template,
    tokens::Tokens,
};
pub use self::{
    packed::{CoreFile, Logits, PackedGraph, Row, Sense},
    prompt::AudioGate,
    stats::CoreSnapshot,
};
use crate::{Core, CoreContext, Error, GenerateOptions, Generation, Prompt};

/// How much the core takes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CoreSettings {
    /// Conversations whose memory is kept at once, at least 1.
    pub slots: usize,
    /// Most answers that may wait for a slot.
    pub waiting_max: usize,
    /// Most tokens read per step while nobody writes.
    pub read_tokens_max: usize,
    /// Most tokens read per step beside those being written, so that writing stays fluent.
    pub read_beside_tokens_max: usize,
    /// Tokens that can be taken back without reading the conversation again.
    pub rollback_tokens: usize,
    /// Pieces of an answer that may wait to be taken before the answer pauses.
    pub pieces_max: usize,
}

impl Default for CoreSettings {
    fn default() -> Self {
        Self {
            slots: 32,
            waiting_max: 64,
            read_tokens_max: 128,
            read_beside_tokens_max: 32,
            rollback_tokens: 448,
            pieces_max: 64,
        }
    }
}

/// A core on one packed graph. Dropping it ends its thread; answers in the making fail.
pub struct PackedCore {
    shared: Arc<Shared>,
    reader: Arc<Reader>,
    pieces_max: usize,
    tokens_max: usize,
    contexts: AtomicU64,
    thread: Option<JoinHandle<()>>,
}

impl PackedCore {
    /// Loads the `mind` folder of a package and starts the scheduler.
    ///
    /// # Errors
    /// [`Error::Broken`] naming the file that is missing, damaged or does not fit the others.
    pub fn open(library: &Library, folder: &Path, settings: CoreSettings) -> Result<Self, Error> {
        let file = CoreFile::read(&folder.join("core.json"))?;
        let packed = PackedGraph::open(library, folder, &file, settings.slots, settings.rollback_tokens)?;
        let tokens = Tokens::load(&folder.join("tokenizer.json"))?;
        let template = folder.join("chat_template.jinja");
        let source = std::fs::read_to_string(&template);
        let source =
            source.map_err(|error| Error::Broken(format!("{}: cannot be read ({error})", template.display())))?;
        let reader = Reader {
            tokens,
            template: Template::new(&source)?,
            stack: file.audio_stack,
            width: file.audio_embedding,
            gate: file.audio_gate.clone(),
            picture_width: file.image_embedding,
            // An eighth stays for the answer.
            prompt_tokens_max: file.positions_max - file.positions_max / 8,
        };
        Self::start(packed, reader, settings)
    }

    fn start(packed: PackedGraph, reader: Reader, settings: CoreSettings) -> Result<Self, Error> {
        let reader = Arc::new(reader);
        let shared = Arc::new(Shared::new(settings));
        let tokens_max = packed.tokens_max();
        let scheduler = Scheduler::new(Arc::clone(&shared), packed, Arc::clone(&reader), settings);
        let thread = std::thread::Builder::new()
            .name("core".into())
            .spawn(move || scheduler.run())
            .map_err(|error| Error::Broken(format!("no thread for the core: {error}")))?;
        let pieces_max = settings.pieces_max.max(1);
        Ok(Self { shared, reader, pieces_max, tokens_max, contexts: AtomicU64::new(0), thread: Some(thread) })
    }

    /// How the core does.
    #[must_use]
    pub fn snapshot(&self) -> CoreSnapshot {
        self.shared.snapshot()
    }
}

impl Drop for PackedCore {
    fn drop(&mut self) {
        self.shared.close();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Core for PackedCore {
    fn open(&self) -> Box<dyn CoreContext> {
        Box::new(PackedContext {
            id: self.contexts.fetch_add(1, Ordering::Relaxed),
            shared: Arc::clone(&self.shared),
            reader: Arc::clone(&self.reader),
            pieces_max: self.pieces_max,
            known: Known::default(),
        })
    }

    fn context_tokens_max(&self) -> usize {
        self.tokens_max
    }
}

/// One conversation of a [`PackedCore`].
struct PackedContext {
    id: u64,
    shared: Arc<Shared>,
    reader: Arc<Reader>,
    pieces_max: usize,
    known: Known,
}

impl CoreContext for PackedContext {
    fn prefill(&mut self, prompt: &Prompt) {
        match self.reader.ahead(prompt, &mut self.known) {
            Ok(reading) if !reading.items.is_empty() => self.shared.read_ahead(self.id, reading.items),
            Ok(_) => {}
            // Whoever asks for the answer will be told.
            Err(error) => tracing::debug!("not read ahead: {error}"),
        }
    }

    fn generate(&mut self, prompt: &Prompt, options: &GenerateOptions) -> Result<Generation, Error> {
        let calls = Calls::new(&prompt.tools, &options.tool_choice)?;
        let reading = self.reader.question(prompt, &mut self.known)?;
        let (reply, pieces) = async_channel::bounded(self.pieces_max);
        let sounds = reading.to_hear.then_some(reading.sounds);
        let question = Question {
            items: reading.items,
            sounds: reading.sounds,
            pictures: reading.pictures,
            answer: Answer::new(calls, &options.stop, sounds, reading.guide),
            sampler: Sampler::new(options.temperature, options.top_p, options.seed),
            tokens_max: options.tokens_max.max(1),
            reply,
            asked: Instant::now(),
        };
        self.shared.ask(self.id, question)?;
        Ok(Generation::new(pieces))
    }
}

impl Drop for PackedContext {
    fn drop(&mut self) {
        self.shared.order(Order::Close { context: self.id });
    }
}

#[cfg(test)]
pub(crate) mod tests;
