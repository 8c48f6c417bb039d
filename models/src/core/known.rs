//! What a conversation was read as before: a prompt mostly repeats the one before it.

use std::{
    collections::HashMap,
    hash::{BuildHasher, Hash, Hasher, RandomState},
    sync::Arc,
};

use super::{
    prompt::{Item, Reading},
    tokens::Pieces,
};
use crate::{Error, Message, Part, Prompt, Tool};

/// Most positions that are kept, over all messages.
const ITEMS_MAX: usize = 64 * 1024;

/// The memory of one conversation's reader.
#[derive(Default)]
pub(crate) struct Known {
    pub(crate) pieces: Pieces,
    prefix: Option<Prefix>,
    messages: HashMap<u64, Arc<Reading>>,
    items: usize,
    hasher: RandomState,
}

struct Prefix {
    instructions: String,
    tools: Arc<[Tool]>,
    items: Arc<[Item]>,
}

impl Known {
    /// What the prompt begins with, read by `read` unless it is what it was.
    ///
    /// # Errors
    /// What `read` fails with.
    pub(crate) fn prefix(
        &mut self,
        prompt: &Prompt,
        read: impl FnOnce(&mut Pieces) -> Result<Reading, Error>,
    ) -> Result<Arc<[Item]>, Error> {
        let same =
            |known: &&Prefix| Arc::ptr_eq(&known.tools, &prompt.tools) && known.instructions == prompt.instructions;
        if let Some(known) = self.prefix.as_ref().filter(same) {
            return Ok(Arc::clone(&known.items));
        }
        let items: Arc<[Item]> = read(&mut self.pieces)?.items.into();
        let (instructions, tools) = (prompt.instructions.clone(), Arc::clone(&prompt.tools));
        self.prefix = Some(Prefix { instructions, tools, items: Arc::clone(&items) });
        Ok(items)
    }

    /// A message that will not change any more, read by `read` unless it was before.
    ///
    /// # Errors
    /// What `read` fails with.
    pub(crate) fn message(
        &mut self,
        message: &Message,
        read: impl FnOnce(&mut Pieces) -> Result<Reading, Error>,
    ) -> Result<Arc<Reading>, Error> {
        let print = self.fingerprint(message);
        if let Some(known) = self.messages.get(&print) {
            return Ok(Arc::clone(known));
        }
        let reading = Arc::new(read(&mut self.pieces)?);
        if self.items + reading.items.len() > ITEMS_MAX {
            self.messages.clear();
            self.items = 0;
        }
        self.items += reading.items.len();
        self.messages.insert(print, Arc::clone(&reading));
        Ok(reading)
    }

    /// Sound is known by its id and length: the same id is the same sound.
    fn fingerprint(&self, message: &Message) -> u64 {
        let mut hash = self.hasher.build_hasher();
        std::mem::discriminant(&message.role).hash(&mut hash);
        for part in &message.parts {
            std::mem::discriminant(part).hash(&mut hash);
            match part {
                Part::Text(text) | Part::Heard(text) => text.hash(&mut hash),
                Part::Audio(sound) => (sound.id, sound.steps.len(), &sound.transcript).hash(&mut hash),
                Part::ToolCall(call) => (&call.name, &call.arguments).hash(&mut hash),
                Part::ToolResult { output, .. } => output.hash(&mut hash),
                Part::Image(image) => image.id.hash(&mut hash),
            }
        }
        hash.finish()
    }
}
