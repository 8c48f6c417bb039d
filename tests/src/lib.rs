//! The whole house, from outside: a server process of one's own, a line to it, and spoken questions.
//!
//! Everything here fails loudly, as a test should.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "only tests use it")]

mod http;
mod line;
mod server;
mod speech;

pub use http::{Answer, fetch};
pub use line::Line;
pub use server::{Server, free_port, models, start_and_fail};
pub use speech::{spoken_16_khz, to_base64};
