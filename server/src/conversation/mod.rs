//! The conversation so far: what was said, what was heard, what was called. Pure, and bounded.

mod item;
mod prompt;
mod store;

pub use item::{Body, Content, Item, Picture, Sound, Speaker, Speech, Status, UserSound};
pub use prompt::messages;
pub use store::{Added, Bounds, Conversation, Position, StoreError};
