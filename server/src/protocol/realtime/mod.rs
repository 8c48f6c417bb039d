//! OpenAI Realtime, the GA dialect: JSON events over a WebSocket.
//!
//! ```text
//! text frame ─▶ client::parse ─▶ ClientEvent        ServerEvent ─▶ server::Envelope ─▶ text frame
//!                 fields (names what is wrong)        items, config, response (what the events carry)
//! ```
//! Unknown fields are ignored, a field of the wrong type is an error that names it, and the connection stays open.
//!
//! Where the dialect leaves room, or where clients in the wild need some:
//!
//! - any `model` is accepted; `session.created` names the loaded one. A voice that is not loaded becomes the default one.
//! - `audio/pcm` may have any rate from 8 to 48 kHz; half a sample at the end of an append waits for its other half.
//! - truncating past the end is no error: `conversation.item.truncated` tells the real length. So does truncating an
//!   answer that has no sound, at 0 ms; only items of others cannot be truncated.
//! - a `function_call_output` for a call that is not in the conversation is refused (`invalid_tool_call_id`).
//! - a conversation keeps the newest 2,000 items and 32 MiB. Kept sound goes first, then the oldest items, each with a
//!   `conversation.item.deleted`. Of pictures the newest eight are kept.
//! - `conversation.item.retrieve` leaves out sound that would not fit a frame of 1 MB.
//! - no session limits the rate of requests: `rate_limits.updated` comes after each response and lists nothing.
//! - `semantic_vad` waits by `eagerness` alone: 350, 700 or 1,500 ms of silence.

pub mod client;
pub mod config;
pub mod detection;
pub mod error;
pub(crate) mod fields;
pub mod items;
pub mod response;
pub mod server;
