//! The items in their order, within bounds.

use super::{Body, Content, Item};

/// How much of a conversation is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Most items.
    pub items_max: usize,
    /// Most bytes of all items together.
    pub bytes_max: usize,
    /// Most pictures that stay decoded; older ones keep their place without being seen.
    pub pictures_max: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { items_max: 2_000, bytes_max: 32 * 1024 * 1024, pictures_max: 8 }
    }
}

/// Where an item goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Position {
    /// After everything else.
    End,
    /// Before everything else.
    Root,
    /// Right after this one.
    After(String),
}

/// Why the store stayed as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreError {
    /// The id is taken.
    Duplicate,
    /// There is no such item.
    Missing,
}

/// What adding an item did.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Added {
    /// The item before it, `None` at the root.
    pub previous: Option<String>,
    /// Items that had to leave, oldest first.
    pub left: Vec<String>,
}

/// The items of one conversation, oldest first.
#[derive(Debug, Default)]
pub struct Conversation {
    items: Vec<Item>,
    bounds: Bounds,
    /// Grows with every change: who cached something of the conversation sees that it is stale.
    version: u64,
}

impl Conversation {
    /// An empty one.
    #[must_use]
    pub fn new(bounds: Bounds) -> Self {
        Self { items: Vec::new(), bounds, version: 0 }
    }

    /// All items, oldest first.
    #[must_use]
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// Grows with every change.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The item called `id`.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&Item> {
        // From the end: what is asked for is mostly new.
        self.items.iter().rev().find(|item| item.id == id)
    }

    /// As [`Conversation::find`], to change it.
    pub fn find_mut(&mut self, id: &str) -> Option<&mut Item> {
        self.version += 1;
        self.items.iter_mut().rev().find(|item| item.id == id)
    }

    /// Id of the last item.
    #[must_use]
    pub fn last_id(&self) -> Option<&str> {
        self.items.last().map(|item| item.id.as_str())
    }

    /// Id of the item before `id`.
    #[must_use]
    pub fn before(&self, id: &str) -> Option<String> {
        let at = self.items.iter().rposition(|item| item.id == id)?;
        at.checked_sub(1).map(|before| self.items[before].id.clone())
    }

    /// Puts `item` at `position`, then lets go of the oldest items until the bounds are kept again. The newest stays
    /// whatever it takes: what it may take is bounded where it is read.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when its id is taken, [`StoreError::Missing`] when the item it shall follow is not there.
    pub fn add(&mut self, item: Item, position: &Position) -> Result<Added, StoreError> {
        if self.find(&item.id).is_some() {
            return Err(StoreError::Duplicate);
        }
        let at = match position {
            Position::End => self.items.len(),
            Position::Root => 0,
            Position::After(id) => self.items.iter().rposition(|item| item.id == *id).ok_or(StoreError::Missing)? + 1,
        };
        let previous = at.checked_sub(1).map(|before| self.items[before].id.clone());
        let id = item.id.clone();
        self.items.insert(at, item);
        self.version += 1;
        Ok(Added { previous, left: self.keep_bounds(&id) })
    }

    /// Takes the item called `id` out.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when it is not there.
    pub fn delete(&mut self, id: &str) -> Result<Item, StoreError> {
        let at = self.items.iter().rposition(|item| item.id == id).ok_or(StoreError::Missing)?;
        self.version += 1;
        Ok(self.items.remove(at))
    }

    /// Whether some item is a call with this id.
    #[must_use]
    pub fn knows_call(&self, call_id: &str) -> bool {
        self.items.iter().rev().any(|item| matches!(&item.body, Body::Call(call) if call.id == call_id))
    }

    fn keep_bounds(&mut self, newest: &str) -> Vec<String> {
        self.forget_old_pictures();
        let mut bytes: usize = self.items.iter().map(Item::bytes).sum();
        // Sound is only kept for playing it back; it goes before any words do.
        for item in &mut self.items {
            if bytes <= self.bounds.bytes_max {
                break;
            }
            if let Body::Message { content, .. } = &mut item.body
                && item.id != newest
            {
                let before: usize = bytes_of(content);
                content.iter_mut().for_each(|part| {
                    part.lighten();
                });
                bytes -= before - bytes_of(content);
            }
        }
        let mut left = Vec::new();
        while (self.items.len() > self.bounds.items_max || bytes > self.bounds.bytes_max) && self.items.len() > 1 {
            let oldest = self.items.iter().position(|item| item.id != newest).unwrap_or(0);
            let item = self.items.remove(oldest);
            bytes -= item.bytes();
            left.push(item.id);
        }
        left
    }

    fn forget_old_pictures(&mut self) {
        let mut kept = 0;
        let contents = self.items.iter_mut().rev().filter_map(|item| match &mut item.body {
            Body::Message { content, .. } => Some(content),
            _ => None,
        });
        for part in contents.flat_map(|content| content.iter_mut().rev()) {
            if let Content::Picture(picture) = part
                && picture.frame.is_some()
            {
                kept += 1;
                if kept > self.bounds.pictures_max {
                    picture.forget();
                }
            }
        }
    }
}

fn bytes_of(content: &[Content]) -> usize {
    content.iter().map(Content::bytes).sum()
}
