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
    /// Bytes of all items; `None` when one of them may have changed since they were counted.
    bytes: Option<usize>,
}

impl Conversation {
    /// An empty one.
    #[must_use]
    pub fn new(bounds: Bounds) -> Self {
        Self { items: Vec::new(), bounds, version: 0, bytes: Some(0) }
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
        self.bytes = None;
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
        self.bytes = self.bytes.map(|bytes| bytes + item.bytes());
        if item.shows_pictures() {
            self.forget_pictures(self.bounds.pictures_max.saturating_sub(1));
        }
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
        self.bytes = None;
        Ok(self.items.remove(at))
    }

    /// Whether some item is a call with this id.
    #[must_use]
    pub fn knows_call(&self, call_id: &str) -> bool {
        self.items.iter().rev().any(|item| matches!(&item.body, Body::Call(call) if call.id == call_id))
    }

    fn keep_bounds(&mut self, newest: &str) -> Vec<String> {
        let mut bytes = self.bytes.unwrap_or_else(|| self.items.iter().map(Item::bytes).sum());
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
        self.bytes = Some(bytes);
        left
    }

    /// Forgets what all but the newest `pictures_max` pictures show.
    fn forget_pictures(&mut self, pictures_max: usize) {
        self.bytes = None;
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
                if kept > pictures_max {
                    picture.forget();
                }
            }
        }
    }
}

fn bytes_of(content: &[Content]) -> usize {
    content.iter().map(Content::bytes).sum()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use hearth_audio::SampleRate;
    use hearth_vision::VideoFrame;

    use super::*;
    use crate::conversation::{Picture, Sound, Speaker, UserSound};

    fn item(id: &str, content: Content) -> Item {
        Item::whole(id.into(), Body::Message { speaker: Speaker::User, content: vec![content] })
    }

    fn text(id: &str) -> Item {
        item(id, Content::Text("x".into()))
    }

    fn ids(conversation: &Conversation) -> Vec<&str> {
        conversation.items().iter().map(|item| item.id.as_str()).collect()
    }

    #[test]
    fn items_go_where_they_are_put() {
        let mut conversation = Conversation::new(Bounds::default());
        for (id, position, previous) in [
            ("a", Position::End, None),
            ("b", Position::Root, None),
            ("c", Position::After("b".into()), Some("b".into())),
            ("d", Position::End, Some("a".into())),
        ] {
            assert_eq!(conversation.add(text(id), &position), Ok(Added { previous, left: vec![] }));
        }
        assert_eq!(ids(&conversation), ["b", "c", "a", "d"]);
        assert_eq!(conversation.before("a"), Some("c".into()));
        assert_eq!(conversation.before("b"), None);
        assert_eq!(conversation.add(text("a"), &Position::End), Err(StoreError::Duplicate));
        assert_eq!(conversation.add(text("e"), &Position::After("x".into())), Err(StoreError::Missing));
        let version = conversation.version();
        assert!(conversation.delete("c").is_ok());
        assert_eq!(conversation.delete("c").unwrap_err(), StoreError::Missing);
        assert_eq!((ids(&conversation), conversation.version()), (vec!["b", "a", "d"], version + 1));
    }

    #[test]
    fn the_oldest_leave_when_there_are_too_many() {
        let mut conversation = Conversation::new(Bounds { items_max: 2, ..Bounds::default() });
        for id in ["a", "b"] {
            conversation.add(text(id), &Position::End).unwrap();
        }
        assert_eq!(conversation.add(text("c"), &Position::End).unwrap().left, ["a"]);
        // The newest stays even when it is put before everything else.
        assert_eq!(conversation.add(text("d"), &Position::Root).unwrap().left, ["b"]);
        assert_eq!(ids(&conversation), ["d", "c"]);
    }

    #[test]
    fn sound_goes_before_words_do() {
        let sound = || UserSound {
            sound: Some(Sound { rate: SampleRate::HZ_16000, samples: vec![0; 1000].into() }),
            ..UserSound::default()
        };
        let mut conversation = Conversation::new(Bounds { bytes_max: 5_000, ..Bounds::default() });
        for id in ["a", "b", "c"] {
            let added = conversation.add(item(id, Content::UserSound(sound())), &Position::End).unwrap();
            assert_eq!(added.left, Vec::<String>::new());
        }
        let kept: Vec<bool> = (0..3)
            .map(|at| {
                matches!(&conversation.items()[at].body, Body::Message { content, .. }
                if matches!(&content[0], Content::UserSound(UserSound { sound: Some(_), .. })))
            })
            .collect();
        assert_eq!(kept, [false, true, true]);
        let left = conversation.add(item("d", Content::Text("x".repeat(4_400))), &Position::End).unwrap().left;
        assert_eq!(left, ["a", "b"], "and then the oldest words");
    }

    #[test]
    fn only_the_newest_pictures_are_seen() {
        let mut conversation = Conversation::new(Bounds { pictures_max: 2, ..Bounds::default() });
        let frame = Arc::new(VideoFrame { at: std::time::Duration::ZERO, width: 1, height: 1, rgb: vec![0; 3].into() });
        for id in ["a", "b", "c"] {
            let picture = Picture { url: "data:".into(), detail: None, frame: Some(Arc::clone(&frame)), seen: None };
            conversation.add(item(id, Content::Picture(picture)), &Position::End).unwrap();
        }
        let seen = conversation.items().iter().map(|item| match &item.body {
            Body::Message { content, .. } => {
                matches!(&content[0], Content::Picture(picture) if picture.frame.is_some())
            }
            _ => false,
        });
        assert_eq!(seen.collect::<Vec<_>>(), [false, true, true]);
    }
}
