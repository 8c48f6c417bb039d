//! Calls as tables: when, what happened, what must be ordered, what is going on then. One call per behaviour.

mod answers;
mod barge_in;
mod deadlines;
mod endings;
mod push_to_talk;
mod turns;
mod words;
