//! The wire: one module per dialect. Only here live the names that clients see.

pub mod caller;
pub mod realtime;
