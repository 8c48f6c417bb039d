//! OpenAI Realtime, the GA dialect: JSON events over a WebSocket.
//!
//! ```text
//! text frame ─▶ client::parse ─▶ ClientEvent        ServerEvent ─▶ server::Envelope ─▶ text frame
//!                 fields (names what is wrong)        items, config, response (what the events carry)
//! ```
//! Unknown fields are ignored, a field of the wrong type is an error that names it, and the connection stays open.

pub mod client;
pub mod config;
pub mod detection;
pub mod error;
mod fields;
pub mod items;
pub mod response;
pub mod server;
