//! The mind of one session: reads along while the user speaks, and answers.

use std::sync::Arc;

use hearth_models::{AudioPart, Core, CoreContext, Error, GenerateOptions, Generation, Message, Part, Prompt, Role};

use crate::{conversation, playout::Asked, protocol::realtime::config::SessionConfig, shared::SharedConversation};

/// Speech steps between two looks ahead: half a second of sound. More often costs the core more than it saves at the end
/// of the turn; before that there is a pause anyway, and at a pause all is read.
const LOOK_AHEAD_STEPS: usize = 6;

/// The mind of one session.
pub(crate) struct Agent {
    core: Arc<dyn Core>,
    /// The place where the conversation is known so far.
    context: Box<dyn CoreContext>,
    /// The conversation as messages, and the version of it they are made of.
    known: Option<(u64, Vec<Message>)>,
    /// Steps of the part that was last looked at.
    looked_at: (u64, usize),
}

impl Agent {
    /// A mind that knows nothing yet.
    #[must_use]
    pub(crate) fn open(core: Arc<dyn Core>) -> Self {
        Self { context: core.open(), core, known: None, looked_at: (0, 0) }
    }

    /// Reads ahead what the user said so far, so that little is left to read when the turn ends.
    pub(crate) fn look_ahead(&mut self, config: &SessionConfig, conversation: &SharedConversation, part: &AudioPart) {
        let (id, steps) = self.looked_at;
        if id != part.id || part.steps.len() >= steps + LOOK_AHEAD_STEPS {
            self.look_ahead_now(config, conversation, part);
        }
    }

    /// As [`Agent::look_ahead`], all of it.
    pub(crate) fn look_ahead_now(
        &mut self,
        config: &SessionConfig,
        conversation: &SharedConversation,
        part: &AudioPart,
    ) {
        self.looked_at = (part.id, part.steps.len());
        let mut messages = self.messages(conversation);
        messages.push(Message { role: Role::User, parts: vec![Part::Audio(part.clone())] });
        self.context.prefill(&prompt(config, messages));
    }

    /// Answers the conversation as it stands.
    ///
    /// # Errors
    /// As for [`CoreContext::generate`].
    pub(crate) fn answer(
        &mut self,
        config: &SessionConfig,
        conversation: &SharedConversation,
        options: &GenerateOptions,
    ) -> Result<Generation, Error> {
        let messages = self.messages(conversation);
        self.context.generate(&prompt(config, messages), options)
    }

    /// Answers something else, beside the conversation. The context must live as long as the answer is wanted.
    ///
    /// # Errors
    /// As for [`CoreContext::generate`].
    pub(crate) fn answer_aside(&self, prompt: &Prompt, options: &GenerateOptions) -> Asked {
        let mut context = self.core.open();
        context.generate(prompt, options).map(|generation| (generation, Some(context)))
    }

    fn messages(&mut self, conversation: &SharedConversation) -> Vec<Message> {
        let conversation = conversation.lock();
        match &self.known {
            Some((version, messages)) if *version == conversation.version() => messages.clone(),
            _ => {
                let messages = conversation::messages(conversation.items());
                self.known = Some((conversation.version(), messages.clone()));
                messages
            }
        }
    }
}

/// What the core reads before it answers.
#[must_use]
pub(crate) fn prompt(config: &SessionConfig, messages: Vec<Message>) -> Prompt {
    Prompt { instructions: config.instructions.clone(), tools: Arc::clone(&config.tools), messages }
}
