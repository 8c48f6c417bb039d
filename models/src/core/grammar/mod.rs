//! What may be written of a tool call: a grammar made from the session's tools, a pushdown automaton over bytes, and
//! masks over the vocabulary.

mod automaton;
mod mask;
mod schema;

pub(crate) use automaton::Cursor;
pub(crate) use mask::{Mask, Vocabulary};
pub(crate) use schema::Grammar;

#[cfg(test)]
mod tests;
