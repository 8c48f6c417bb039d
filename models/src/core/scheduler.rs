//! The thread that owns the graph. Each step: written tokens first, then a bounded number of tokens to be read.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use super::{
    CoreSettings,
    answer::Answer,
    grammar::{Mask, Vocabulary},
    packed::{Logits, PackedGraph, Row},
    prompt::{Item, Key, Reader},
    sampling::{Sampler, best},
    slots::{Outbox, Reply, Slot, Work, Writing, place},
    stats::{CoreSnapshot, Counters, count},
    tokens::Markers,
};
use crate::{Error, FinishReason, Generated, Usage};

/// How often a full outbox is tried again.
const RETRY: Duration = Duration::from_millis(2);

/// What conversations want of the scheduler.
pub(crate) enum Order {
    /// Read this, it will probably be asked.
    Ahead { context: u64, items: Vec<Item> },
    /// Answer this.
    Ask { context: u64, question: Box<Question> },
    /// The conversation is over.
    Close { context: u64 },
}

/// A prompt to be answered.
pub(crate) struct Question {
    pub(crate) items: Vec<Item>,
    pub(crate) sounds: usize,
    pub(crate) pictures: usize,
    pub(crate) answer: Answer,
    pub(crate) sampler: Sampler,
    pub(crate) tokens_max: u32,
    pub(crate) reply: Reply,
    pub(crate) asked: Instant,
}

/// What conversations and the scheduler's thread share.
pub(crate) struct Shared {
    inbox: Mutex<Inbox>,
    arrived: Condvar,
    /// Questions that have no slot yet.
    waiting: AtomicUsize,
    counters: Counters,
    settings: CoreSettings,
}

#[derive(Default)]
struct Inbox {
    /// Bounded: one `Ahead` and one `Close` per conversation, `waiting_max` questions.
    orders: VecDeque<Order>,
    oldest: Option<Instant>,
    closed: bool,
}

impl Shared {
    pub(crate) fn new(settings: CoreSettings) -> Self {
        let (inbox, arrived) = (Mutex::default(), Condvar::new());
        Self { inbox, arrived, waiting: AtomicUsize::new(0), counters: Counters::default(), settings }
    }

    fn lock(&self) -> MutexGuard<'_, Inbox> {
        self.inbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn order(&self, order: Order) {
        self.lock().orders.push_back(order);
        self.arrived.notify_one();
    }

    /// Replaces what `context` wanted read before.
    pub(crate) fn read_ahead(&self, context: u64, items: Vec<Item>) {
        let mut inbox = self.lock();
        inbox.orders.retain(|order| !matches!(order, Order::Ahead { context: other, .. } if *other == context));
        inbox.orders.push_back(Order::Ahead { context, items });
        drop(inbox);
        self.arrived.notify_one();
    }

    /// Asks for an answer.
    ///
    /// # Errors
    /// [`Error::Busy`] when too many wait, [`Error::Broken`] when the core has ended.
    pub(crate) fn ask(&self, context: u64, question: Question) -> Result<(), Error> {
        let mut inbox = self.lock();
        if inbox.closed {
            return Err(Error::Broken("the core has ended".into()));
        }
        if self.waiting.load(Relaxed) >= self.settings.waiting_max {
            count(&self.counters.refused, 1);
            return Err(Error::Busy(format!("{} answers wait for the core", self.settings.waiting_max)));
        }
        self.waiting.fetch_add(1, Relaxed);
        inbox.orders.push_back(Order::Ask { context, question: Box::new(question) });
        drop(inbox);
        self.arrived.notify_one();
        Ok(())
    }

    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.arrived.notify_one();
    }

    pub(crate) fn snapshot(&self) -> CoreSnapshot {
        let oldest = self.lock().oldest.map(|asked| asked.elapsed()).unwrap_or_default();
        let (slots, waiting) = (self.settings.slots, self.waiting.load(Relaxed));
        CoreSnapshot { slots, waiting, oldest, ..self.counters.snapshot() }
    }
}

/// The thread's own state.
pub(crate) struct Scheduler {
    shared: Arc<Shared>,
    packed: PackedGraph,
    reader: Arc<Reader>,
    vocabulary: Vocabulary,
    mask: Mask,
    slots: Vec<Slot>,
    waiting: VecDeque<(u64, Box<Question>)>,
    /// Complete answers whose last pieces were not taken yet.
    leaving: Vec<Outbox>,
    settings: CoreSettings,
    now: u64,
}

impl Scheduler {
    pub(crate) fn new(shared: Arc<Shared>, packed: PackedGraph, reader: Arc<Reader>, settings: CoreSettings) -> Self {
        let vocabulary = Vocabulary::new(&reader.tokens);
        let mask = Mask::empty(reader.tokens.len());
        let slots = (0..packed.cache().slots()).map(|_| Slot::default()).collect();
        let (waiting, leaving) = (VecDeque::new(), Vec::new());
        Self { shared, packed, reader, vocabulary, mask, slots, waiting, leaving, settings, now: 0 }
    }

    /// Works until the core is dropped.
    pub(crate) fn run(mut self) {
        let mut rows = Vec::new();
        loop {
            let (orders, closed) = self.take_orders(rows.is_empty());
            if closed {
                return;
            }
            orders.into_iter().for_each(|order| self.obey(order));
            self.forget_cancelled();
            self.leaving.retain_mut(|outbox| !outbox.reply.is_closed() && !outbox.flush());
            self.slots.iter_mut().filter_map(Slot::writing).for_each(|writing| {
                writing.outbox.flush();
            });
            self.admit();
            rows = self.batch();
            if !rows.is_empty() {
                self.step(&rows);
            }
            self.show();
        }
    }

    /// What has arrived; waits for it when there was nothing to do.
    fn take_orders(&self, idle: bool) -> (VecDeque<Order>, bool) {
        let mut inbox = self.shared.lock();
        inbox.oldest = self.waiting.front().map(|(_, question)| question.asked);
        let paused = !self.leaving.is_empty() || self.slots.iter().any(Slot::is_answering);
        while idle && inbox.orders.is_empty() && !inbox.closed {
            if paused {
                inbox = self.shared.arrived.wait_timeout(inbox, RETRY).unwrap_or_else(PoisonError::into_inner).0;
                break;
            }
            inbox = self.shared.arrived.wait(inbox).unwrap_or_else(PoisonError::into_inner);
        }
        (std::mem::take(&mut inbox.orders), inbox.closed)
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::Ask { context, question } => self.waiting.push_back((context, question)),
            Order::Ahead { context, items } => self.read_ahead(context, items),
            Order::Close { context } => {
                for at in 0..self.slots.len() {
                    if self.slots[at].owner == Some(context) {
                        self.slots[at].owner = None;
                        self.release_orphan(at);
                    }
                }
            }
        }
    }

    fn read_ahead(&mut self, context: u64, items: Vec<Item>) {
        // Someone who only reads ahead does not take the place of someone who waits.
        let Some((at, taken)) = place(&self.slots, context, false).filter(|_| self.waiting.is_empty()) else { return };
        if self.slots[at].is_answering() {
            self.slots[at].later = Some(items);
            return;
        }
        self.take_slot(at, context, taken);
        self.aim_ahead(at, items);
    }

    fn aim_ahead(&mut self, at: usize, items: Vec<Item>) {
        self.aim(at, items, false);
        self.slots[at].work = Work::Ahead;
        if self.slots[at].unread().is_empty() {
            self.slots[at].work = Work::Idle;
        }
    }

    fn take_slot(&mut self, at: usize, context: u64, taken: bool) {
        if taken {
            count(&self.shared.counters.evicted, 1);
        }
        if self.slots[at].owner != Some(context) {
            self.packed.cache().clear(at);
            self.slots[at] = Slot { owner: Some(context), ..Slot::default() };
        }
        self.slots[at].used = self.now;
    }

    /// Makes `want` what the slot reads: rolls the memory back to where it differs. Gives how much of it is known.
    fn aim(&mut self, at: usize, want: Vec<Item>, ask: bool) -> usize {
        let slot = &mut self.slots[at];
        let known = slot.known(&want, ask);
        let nothing_new = !ask && known == want.len();
        if known < slot.held.len() && !nothing_new {
            let kept = self.packed.cache().truncate(at, known);
            if kept < known {
                count(&self.shared.counters.reread, 1);
            }
            slot.held.truncate(kept);
        }
        slot.want = want;
        slot.held.len().min(known)
    }

    /// Gives slots to those who wait, in their order. One conversation answers one question at a time.
    fn admit(&mut self) {
        let mut still = VecDeque::new();
        while let Some((context, question)) = self.waiting.pop_front() {
            match place(&self.slots, context, true).filter(|(at, _)| !self.slots[*at].is_answering()) {
                Some((at, taken)) => {
                    self.shared.waiting.fetch_sub(1, Relaxed);
                    self.take_slot(at, context, taken);
                    self.begin(at, *question);
                }
                None => still.push_back((context, question)),
            }
        }
        self.waiting = still;
    }

    fn begin(&mut self, at: usize, question: Question) {
        let positions = question.items.len();
        let known = self.aim(at, question.items, true);
        let usage = Usage {
            input_text_tokens: (positions - question.sounds - question.pictures) as u32,
            input_audio_tokens: question.sounds as u32,
            input_image_tokens: question.pictures as u32,
            cached_tokens: known as u32,
            output_tokens: 0,
        };
        count(&self.shared.counters.answers, 1);
        count(&self.shared.counters.tokens_known, known);
        self.slots[at].work = Work::Answering(Box::new(Writing {
            answer: question.answer,
            sampler: question.sampler,
            tokens_max: question.tokens_max,
            next: None,
            outbox: Outbox { pieces: VecDeque::new(), reply: question.reply },
            usage,
            asked: question.asked,
        }));
    }

    /// Ends what nobody waits for any more.
    fn forget_cancelled(&mut self) {
        let before = self.waiting.len();
        self.waiting.retain(|(_, question)| !question.reply.is_closed());
        let gone = before - self.waiting.len();
        self.shared.waiting.fetch_sub(gone, Relaxed);
        count(&self.shared.counters.cancelled, gone);
        for at in 0..self.slots.len() {
            if self.slots[at].writing().is_some_and(|writing| writing.outbox.reply.is_closed()) {
                count(&self.shared.counters.cancelled, 1);
                self.rest(at);
            }
        }
    }

    /// The answer of a slot is over; what it read and wrote stays known.
    fn rest(&mut self, at: usize) {
        self.slots[at].work = Work::Idle;
        self.slots[at].used = self.now;
        if let Some(items) = self.slots[at].later.take() {
            self.aim_ahead(at, items);
        }
        self.release_orphan(at);
    }

    /// Clears a slot whose conversation is over, unless its last answer is still being written.
    fn release_orphan(&mut self, at: usize) {
        if self.slots[at].owner.is_none() && !self.slots[at].is_answering() {
            self.packed.cache().clear(at);
            self.slots[at] = Slot::default();
        }
    }

    /// The rows of the next step.
    fn batch(&mut self) -> Vec<Row> {
        let mut rows: Vec<Row> = Vec::new();
        for (at, slot) in self.slots.iter().enumerate() {
            if let Some(token) = slot.next_token() {
                rows.push(Row { slot: at, position: slot.held.len(), token, sense: None, logits: true });
            }
        }
        let max = if rows.is_empty() { self.settings.read_tokens_max } else { self.settings.read_beside_tokens_max };
        let mut left = max.max(1);
        for answering in [true, false] {
            let mut readers: Vec<usize> = (0..self.slots.len())
                .filter(|&at| self.slots[at].is_answering() == answering && !self.slots[at].unread().is_empty())
                .collect();
            // The shortest first: what it leaves of its share goes to the others.
            readers.sort_by_key(|&at| self.slots[at].unread().len());
            for (done, &at) in readers.iter().enumerate() {
                let share = left.div_ceil(readers.len() - done).min(left);
                left -= read_rows(&self.slots[at], at, share, &self.reader.tokens.markers, &mut rows);
            }
        }
        rows
    }

    fn step(&mut self, rows: &[Row]) {
        self.now += 1;
        let began = Instant::now();
        let logits = self.packed.step(rows);
        let micros = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.shared.counters.busy_us.fetch_add(micros, Relaxed);
        count(&self.shared.counters.steps, 1);
        match logits {
            Ok(logits) => self.take_in(rows, &logits),
            Err(error) => self.fail(rows, &error),
        }
    }

    fn take_in(&mut self, rows: &[Row], logits: &Logits) {
        for row in rows {
            let slot = &mut self.slots[row.slot];
            let read = slot.want.get(row.position).filter(|_| slot.held.len() < slot.want.len());
            let key = read.map_or(Key::Token(row.token), |item| item.key);
            slot.held.push(key);
            if slot.held.len() > slot.want.len() {
                slot.want.push(Item { key, sense: None });
            } else {
                count(&self.shared.counters.tokens_read, 1);
            }
            if matches!(slot.work, Work::Ahead) && slot.unread().is_empty() {
                slot.work = Work::Idle;
            }
            slot.used = self.now;
        }
        for (index, row) in rows.iter().filter(|row| row.logits).enumerate() {
            self.write(row.slot, logits.row(index));
        }
    }

    /// Chooses the next token of an answer and tells what it means.
    fn write(&mut self, at: usize, logits: &[f32]) {
        let tokens = &self.reader.tokens;
        let room = self.slots[at].held.len() + 1 < self.packed.tokens_max();
        let Some(writing) = self.slots[at].writing() else { return };
        writing.answer.allow(tokens, &self.vocabulary, &mut self.mask);
        // What was said is not a matter of chance.
        let token = match writing.answer.hearing(tokens) {
            Some(favoured) => best(logits, &self.mask, favoured),
            None => writing.sampler.choose(logits, &self.mask),
        };
        let Some(token) = token else {
            let error = Error::Broken("the core has no token to go on with".into());
            return self.end(at, Err(error));
        };
        let written = writing.answer.push(tokens, token);
        writing.usage.output_tokens += 1;
        count(&self.shared.counters.tokens_written, 1);
        writing.next = Some(token);
        writing.outbox.pieces.extend(written.pieces.into_iter().map(Ok));
        if written.ended {
            self.end(at, Ok(FinishReason::Stop));
        } else if writing.usage.output_tokens >= writing.tokens_max || !room {
            let held_back = writing.answer.cut();
            writing.outbox.pieces.extend(held_back.into_iter().map(Ok));
            self.end(at, Ok(FinishReason::Length));
        } else {
            writing.outbox.flush();
        }
    }

    fn end(&mut self, at: usize, outcome: Result<FinishReason, Error>) {
        if let Work::Answering(mut writing) = std::mem::take(&mut self.slots[at].work) {
            let usage = writing.usage;
            if outcome.is_err() {
                count(&self.shared.counters.failed, 1);
            }
            writing.outbox.pieces.push_back(outcome.map(|reason| Generated::Done { reason, usage }));
            if !writing.outbox.flush() {
                self.leaving.push(writing.outbox);
            }
            tracing::debug!(tokens = usage.output_tokens, elapsed = ?writing.asked.elapsed(), "answer ended");
        }
        self.rest(at);
    }

    /// A run failed: whoever was in it starts anew, and those who waited for an answer are told.
    fn fail(&mut self, rows: &[Row], error: &Error) {
        tracing::error!("the core failed to step: {error}");
        let mut slots: Vec<usize> = rows.iter().map(|row| row.slot).collect();
        slots.dedup();
        for at in slots {
            self.packed.cache().clear(at);
            self.slots[at].held.clear();
            self.slots[at].later = None;
            if self.slots[at].is_answering() {
                self.end(at, Err(error.clone()));
            } else {
                self.slots[at].work = Work::Idle;
            }
        }
    }

    fn show(&self) {
        let counters = &self.shared.counters;
        counters.slots_in_use.store(self.slots.iter().filter(|slot| slot.owner.is_some()).count(), Relaxed);
        counters.answering.store(self.slots.iter().filter(|slot| slot.is_answering()).count(), Relaxed);
        // Walking over all pages is not for every step.
        if self.now.is_multiple_of(64) {
            counters.memory_bytes.store(self.packed.cache().bytes(), Relaxed);
        }
    }
}

/// Adds up to `most` rows of what a slot has to read, and tells how many. The last one of a prompt asks for logits.
fn read_rows(slot: &Slot, at: usize, most: usize, markers: &Markers, rows: &mut Vec<Row>) -> usize {
    let unread = slot.unread();
    let taken = unread.len().min(most);
    for (offset, item) in unread[..taken].iter().enumerate() {
        let token = match item.key {
            Key::Token(token) => token,
            Key::Sound { .. } => markers.audio_pad,
            Key::Picture { .. } => markers.image_pad.unwrap_or(markers.audio_pad),
        };
        let logits = slot.is_answering() && offset + 1 == unread.len();
        rows.push(Row { slot: at, position: slot.held.len() + offset, token, sense: item.sense.clone(), logits });
    }
    taken
}
