//! One call: everything the session's orders are carried out on. The session decides, this obeys.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use hearth_models::{AudioPart, Error, GenerateOptions, SpeechSteps};
use hearth_session::{
    Action, AnswerCause, CancelCause, EndCause, Event, Hangup, Notice, Policy, TurnId, Turns, VoiceTurns,
};
use serde_json::{Map, Value, json};
use tokio::{
    sync::{mpsc, oneshot},
    time::Instant,
};

use crate::{
    agent::Agent,
    conversation::{Body, Bounds, Content, Item, Position, Speaker, UserSound},
    house::House,
    ids,
    inbox::{Fact, Heard, Inbox},
    outbox::Outbox,
    playout::{Answer, Asked, Playout},
    protocol::realtime::{
        client::ResponseWish,
        config::SessionConfig,
        detection::{DetectionKind, Eagerness, TurnDetection},
        error::{Refusal, WireError},
        items,
        response::ResponseFrame,
        server::ServerEvent,
    },
    senses::{EAR_RATE, Listening, Order},
    shared::SharedConversation,
};

/// Orders that wait for the senses. They are obeyed between two windows of sound.
pub(crate) const ORDERS_MAX: usize = 64;

/// An utterance on its way to becoming an item.
struct Utterance {
    item_id: String,
    /// What was heard of it so far; `None` before the first step.
    part: Option<AudioPart>,
    /// Whether the client was told that speech started.
    told: bool,
    /// Whether its item already holds what the core reads of it.
    read: bool,
}

impl Utterance {
    fn new(told: bool) -> Self {
        Self { item_id: ids::name("item"), part: None, told, read: false }
    }
}

/// An answer that waits until what it answers was understood.
struct Held {
    turn: TurnId,
    asked: oneshot::Sender<Asked>,
    wish: Box<ResponseWish>,
}

/// One call.
pub(crate) struct Call {
    pub(crate) house: Arc<House>,
    pub(crate) config: SessionConfig,
    pub(crate) conversation: SharedConversation,
    pub(crate) agent: Agent,
    pub(crate) playout: Playout,
    pub(crate) out: Outbox,
    id: String,
    conversation_id: String,
    orders: mpsc::Sender<Order>,
    /// The utterance that is being heard.
    hearing: Option<Utterance>,
    /// Utterances that ended and are being understood, oldest first.
    ended: VecDeque<Utterance>,
    held: Option<Held>,
    /// When the user's latest turn ended.
    turn_ended: Option<Instant>,
    /// Id of the client's event that is being acted upon.
    pub(crate) asking: Option<String>,
    /// What the client wishes of the answer it just asked for.
    pub(crate) wish: Option<Box<ResponseWish>>,
    /// Whether an answer was spoken: the voice stays from then on.
    pub(crate) spoke: bool,
    expires_at: u64,
}

impl Call {
    /// A call that begins now.
    #[must_use]
    pub(crate) fn open(
        house: Arc<House>,
        config: SessionConfig,
        inbox: &Inbox,
        out: Outbox,
        orders: mpsc::Sender<Order>,
    ) -> Self {
        let models = house.models.clone();
        let bounds = Bounds::default();
        Self {
            agent: Agent::open(Arc::clone(&models.mind)),
            playout: Playout::new(models, inbox.clone(), out.clone(), Arc::clone(&house.metrics)),
            conversation: SharedConversation::new(bounds),
            id: ids::name("sess"),
            conversation_id: ids::name("conv"),
            expires_at: house.expires_at(),
            hearing: None,
            ended: VecDeque::new(),
            held: None,
            turn_ended: None,
            asking: None,
            wish: None,
            spoke: false,
            house,
            config,
            out,
            orders,
        }
    }

    /// Tells the client that the session is there.
    pub(crate) fn greet(&self) {
        self.out.tell(&ServerEvent::SessionCreated { session: self.describe() });
    }

    /// The full effective configuration.
    pub(crate) fn describe(&self) -> Map<String, Value> {
        let mut session = Map::new();
        session.insert("object".into(), json!("realtime.session"));
        session.insert("id".into(), json!(self.id));
        session.insert("expires_at".into(), json!(self.expires_at));
        session.extend(self.config.effective().clone());
        session
    }

    /// What the session decides by.
    #[must_use]
    pub(crate) fn policy(&self) -> Policy {
        policy(&self.config, &self.house.policy)
    }

    /// How the senses hear.
    pub(crate) fn listening(&self) -> Listening {
        listening(&self.config, &self.house.policy)
    }

    pub(crate) fn order(&self, order: Order) {
        if self.orders.try_send(order).is_err() {
            self.house.metrics.dropped("order");
        }
    }

    /// Takes a fact; what the session has to know of it is returned.
    pub(crate) fn take(&mut self, fact: Fact) -> Option<Event> {
        match fact {
            Fact::Session(event) => {
                if matches!(event, Event::SpeechPaused { .. }) {
                    self.read_to_the_pause();
                }
                Some(event)
            }
            Fact::Listened { part, steps } => {
                self.listened(part, &steps);
                None
            }
            Fact::UtteranceHeard(heard) => {
                self.understand(heard);
                None
            }
            Fact::Said { event_id, wish, understood, at } => {
                self.asking = event_id;
                self.hear_wish(wish, understood, at)
            }
            Fact::HungUp(hangup) => Some(Event::HungUp(hangup)),
        }
    }

    /// The fact was acted upon.
    pub(crate) fn settle(&mut self) {
        self.asking = None;
        self.wish = None;
    }

    /// Carries out one order. Returns why the call ends, if it does.
    pub(crate) fn carry_out(&mut self, action: Action) -> Option<Hangup> {
        match action {
            Action::BeginUtterance { from } => self.begin_utterance(from),
            Action::EndUtterance { from, to, cause } => self.end_utterance(from, to, cause),
            Action::DiscardUtterance => {
                self.hearing = None;
                self.order(Order::Discard);
            }
            Action::CommitSilence { from, to } => self.commit_silence(from, to),
            Action::StartAnswer { turn, cause } => self.start_answer(turn, cause),
            Action::CancelAnswer { turn, cause } => self.cancel_answer(turn, cause),
            Action::PausePlayout { turn } => self.playout.hold(turn, true),
            Action::ResumePlayout { turn } => self.playout.hold(turn, false),
            Action::Tell(notice) => self.tell(notice),
            Action::Close(hangup) => return Some(hangup),
        }
        None
    }

    /// Tells the client why its event was refused.
    pub(crate) fn refuse(&self, refusal: Refusal) {
        self.house.metrics.refused(refusal.code);
        self.out.tell(&ServerEvent::Error { error: WireError::refused(refusal, self.asking.clone()) });
    }

    fn tell(&self, notice: Notice) {
        self.refuse(match notice {
            Notice::AnswerAlreadyActive { turn } => {
                Refusal::already_active(self.playout.response_of(turn).unwrap_or_default())
            }
            Notice::NothingToCancel => Refusal::nothing_to_cancel(),
            Notice::NothingToCommit => Refusal::nothing_to_commit(),
        });
    }

    fn begin_utterance(&mut self, from: Duration) {
        if self.config.turn_detection.is_some_and(|detection| detection.interrupt_response) {
            self.playout.user_took_over();
        }
        let utterance = Utterance::new(true);
        let item_id = utterance.item_id.clone();
        self.out.tell(&ServerEvent::SpeechStarted { audio_start_ms: millis(from), item_id });
        self.hearing = Some(utterance);
        self.order(Order::Begin { from });
    }

    fn end_utterance(&mut self, from: Duration, to: Duration, cause: EndCause) {
        let mut utterance = self.hearing.take().unwrap_or_else(|| Utterance::new(false));
        let item_id = utterance.item_id.clone();
        self.order(Order::End { from, to });
        self.turn_ended = Some(Instant::now());
        if utterance.told {
            self.out.tell(&ServerEvent::SpeechStopped { audio_end_ms: millis(to), item_id: item_id.clone() });
        }
        if cause == EndCause::Limit {
            self.house.metrics.dropped("utterance_cut");
        }
        let mut sound = UserSound::default();
        if cause == EndCause::Silence && self.house.models.mind.reads_sound() {
            // All that follows is the end of the silence. The answer need not wait for it, nor for the words.
            utterance.read = utterance.part.is_some();
            sound.parts.extend(utterance.part.clone());
        }
        self.commit(item_id, sound);
        self.ended.push_back(utterance);
    }

    fn commit_silence(&mut self, from: Duration, to: Duration) {
        let item_id = ids::name("item");
        let (audio_start_ms, audio_end_ms) = (millis(from), millis(to));
        self.out.tell(&ServerEvent::TimeoutTriggered { audio_start_ms, audio_end_ms, item_id: item_id.clone() });
        self.commit(
            item_id,
            UserSound { transcript: self.config.transcribe.then(String::new), ..UserSound::default() },
        );
        self.turn_ended = Some(Instant::now());
    }

    /// The user's sound becomes an item.
    fn commit(&mut self, item_id: String, sound: UserSound) {
        let body = Body::Message { speaker: Speaker::User, content: vec![Content::UserSound(sound)] };
        let previous_item_id = self.conversation.lock().last_id().map(str::to_owned);
        self.out.tell(&ServerEvent::InputCommitted { previous_item_id, item_id: item_id.clone() });
        // The name is new, so this cannot be refused.
        let _ = self.add_item(Item::whole(item_id, body), &Position::End);
    }

    /// Puts an item into the conversation and tells so.
    pub(crate) fn add_item(&self, item: Item, position: &Position) -> Result<(), crate::conversation::StoreError> {
        let json = items::to_json(&item, None);
        let added = self.conversation.lock().add(item, position)?;
        self.out.tell(&ServerEvent::ItemAdded { previous_item_id: added.previous.clone(), item: json.clone() });
        self.out.tell(&ServerEvent::ItemDone { previous_item_id: added.previous, item: json });
        for item_id in added.left {
            self.house.metrics.dropped("item");
            self.out.tell(&ServerEvent::ItemDeleted { item_id });
        }
        Ok(())
    }

    /// The encoder heard on: the core reads along.
    fn listened(&mut self, part: u64, steps: &SpeechSteps) {
        let known = |utterance: &Utterance| utterance.part.as_ref().is_none_or(|known| known.id == part);
        let utterance = match self.ended.iter_mut().find(|utterance| known(utterance)) {
            Some(utterance) => utterance,
            None => self.hearing.get_or_insert_with(|| Utterance::new(false)),
        };
        if utterance.read {
            return;
        }
        if !known(utterance) {
            utterance.part = None;
        }
        let part = utterance.part.get_or_insert_with(|| AudioPart { id: part, steps: Vec::new(), transcript: None });
        part.steps.extend(steps.iter().map(|step| Arc::clone(&step.embedding)));
        if self.ended.is_empty()
            && !self.config.transcription_only
            && let Some(part) = self.hearing.as_ref().and_then(|utterance| utterance.part.as_ref())
        {
            self.agent.look_ahead(&self.config, &self.conversation, part);
        }
    }

    /// The turn may end here: nothing is left for the core to read then.
    fn read_to_the_pause(&mut self) {
        if !self.config.transcription_only
            && let Some(part) = self.hearing.as_ref().and_then(|utterance| utterance.part.as_ref())
        {
            self.agent.look_ahead_now(&self.config, &self.conversation, part);
        }
    }

    /// The oldest utterance that ended is understood.
    fn understand(&mut self, heard: Result<Heard, Error>) {
        let Some(utterance) = self.ended.pop_front() else { return };
        match heard {
            Ok(heard) => self.write_down(utterance, heard),
            Err(error) => {
                tracing::warn!(%error, "an utterance was not understood");
                if self.config.transcribe {
                    self.out.tell(&ServerEvent::TranscriptionFailed {
                        item_id: utterance.item_id,
                        content_index: 0,
                        error: json!({ "type": "server_error", "code": "model_broken", "message": error.to_string() }),
                    });
                }
            }
        }
        if self.all_is_read()
            && let Some(held) = self.held.take()
        {
            self.ask(held);
        }
    }

    fn write_down(&self, utterance: Utterance, heard: Heard) {
        let Heard { part, steps, whole, transcript, sound } = heard;
        let text = transcript.text;
        let mut audio = utterance.part.unwrap_or(AudioPart { id: part, steps: Vec::new(), transcript: None });
        if !utterance.read {
            if whole {
                audio = AudioPart { id: ids::audio_part(), steps: Vec::new(), transcript: None };
            }
            audio.steps.extend(steps.into_iter().map(|step| step.embedding));
        }
        audio.transcript = Some(text.clone());
        let seconds = EAR_RATE.duration_of(sound.samples.len() as u64).as_secs_f64();
        let transcribe = self.config.transcribe;
        if let Some(user) = self.conversation.lock().find_mut(&utterance.item_id).and_then(Item::user_sound_mut) {
            user.sound = Some(sound);
            user.parts = vec![audio];
            user.transcript = transcribe.then(|| text.clone());
        }
        if transcribe {
            self.tell_transcript(utterance.item_id, text, seconds);
        }
    }

    fn tell_transcript(&self, item_id: String, transcript: String, seconds: f64) {
        if !transcript.is_empty() {
            let (item_id, delta) = (item_id.clone(), transcript.clone());
            self.out.tell(&ServerEvent::TranscriptionDelta { item_id, content_index: 0, delta });
        }
        let usage = json!({ "type": "duration", "seconds": (seconds * 1000.0).round() / 1000.0 });
        self.out.tell(&ServerEvent::TranscriptionCompleted { item_id, content_index: 0, transcript, usage });
    }

    fn start_answer(&mut self, turn: TurnId, cause: AnswerCause) {
        let wish = match cause {
            AnswerCause::Requested => self.wish.take().unwrap_or_default(),
            AnswerCause::TurnEnded | AnswerCause::Idle => Box::default(),
        };
        let (asked, generation) = oneshot::channel();
        let turn_ended = self.turn_ended.take();
        let answer = Answer {
            turn: Some(turn),
            frame: self.frame(&wish, Some(self.conversation_id.clone())),
            speed: self.config.speed,
            generation,
            turn_ended,
            conversation: self.conversation.clone(),
        };
        self.spoke |= answer.frame.modality == crate::protocol::realtime::config::Modality::Audio;
        self.playout.begin(answer);
        let held = Held { turn, asked, wish };
        if self.all_is_read() { self.ask(held) } else { self.held = Some(held) }
    }

    /// Whether the conversation holds everything that was said.
    fn all_is_read(&self) -> bool {
        self.ended.iter().all(|utterance| utterance.read)
    }

    /// Asks the core.
    fn ask(&mut self, Held { asked, wish, .. }: Held) {
        if asked.is_closed() {
            return;
        }
        let options = self.options(&wish);
        let answer = if wish.reads_something_else() {
            self.prompt_of(&wish).and_then(|prompt| self.agent.answer_aside(&prompt, &options))
        } else {
            self.agent.answer(&self.config, &self.conversation, &options).map(|generation| (generation, None))
        };
        // Whoever waited may have been cancelled meanwhile.
        let _ = asked.send(answer);
    }

    pub(crate) fn options(&self, wish: &ResponseWish) -> GenerateOptions {
        let default = GenerateOptions::default();
        GenerateOptions {
            tool_choice: wish.tool_choice.clone().unwrap_or_else(|| self.config.tool_choice.clone()),
            tokens_max: wish.tokens_max.unwrap_or(self.config.tokens_max).unwrap_or(default.tokens_max),
            ..default
        }
    }

    pub(crate) fn frame(&self, wish: &ResponseWish, conversation_id: Option<String>) -> ResponseFrame {
        ResponseFrame {
            id: ids::name("resp"),
            conversation_id,
            modality: wish.modality.unwrap_or(self.config.modality),
            tokens_max: wish.tokens_max.unwrap_or(self.config.tokens_max),
            metadata: wish.metadata.clone(),
            voice: wish
                .voice
                .as_deref()
                .map_or_else(|| self.config.voice.clone(), |voice| self.house.loaded.voice(Some(voice))),
            format: wish.format.unwrap_or(self.config.output_format),
        }
    }

    fn cancel_answer(&mut self, turn: TurnId, cause: CancelCause) {
        self.playout.cancel(turn, cause);
        self.held.take_if(|held| held.turn == turn);
    }

    /// Says goodbye.
    pub(crate) fn close(&self, hangup: Hangup) {
        self.playout.stop();
        match hangup {
            Hangup::ClientLeft => self.out.close(1000, ""),
            Hangup::SessionExpired => self.out.close(1001, "Your session hit the maximum duration."),
            Hangup::ServerStopping => self.out.close(1001, "The server is going down."),
            Hangup::LimitReached => self.out.close(1008, "A limit was reached."),
            Hangup::Broken => self.out.close(1011, "Something inside the server broke."),
        }
    }
}

/// What the session decides by, from what the client configured and the house allows.
fn policy(config: &SessionConfig, house: &Policy) -> Policy {
    let voice = |detection: TurnDetection| {
        let default = house.voice().copied().unwrap_or_default();
        let (prefix_padding, silence_duration, idle_max) = match detection.kind {
            DetectionKind::ServerVad { prefix_padding, silence, idle_timeout, .. } => {
                (prefix_padding, silence, idle_timeout)
            }
            DetectionKind::SemanticVad(eagerness) => (default.prefix_padding, patience(eagerness), None),
        };
        VoiceTurns {
            prefix_padding,
            silence_duration,
            idle_max,
            create_response: detection.create_response && !config.transcription_only,
            interrupt_response: detection.interrupt_response,
            ..default
        }
    };
    let turns = config.turn_detection.map_or(Turns::PushToTalk, |detection| Turns::Voice(voice(detection)));
    Policy { turns, ..*house }
}

/// The silence that ends a turn. Nothing here judges yet whether a sentence is complete, so eagerness is patience only.
fn patience(eagerness: Eagerness) -> Duration {
    Duration::from_millis(match eagerness {
        Eagerness::High => 350,
        Eagerness::Medium | Eagerness::Auto => 700,
        Eagerness::Low => 1_500,
    })
}

/// How the senses hear, from what the client configured.
#[must_use]
pub(crate) fn listening(config: &SessionConfig, house: &Policy) -> Listening {
    let threshold = config.turn_detection.map(|detection| match detection.kind {
        DetectionKind::ServerVad { threshold, .. } => threshold,
        DetectionKind::SemanticVad(_) => 0.5,
    });
    Listening { format: config.input_format, threshold, utterance_max: house.utterance_max }
}

pub(crate) fn millis(time: Duration) -> u64 {
    time.as_millis() as u64
}
