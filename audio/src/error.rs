//! What can go wrong with sound as numbers.

/// Why a piece of sound machinery could not be set up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Nothing here can do that: refuse at the start.
    #[error("not supported: {0}")]
    Unsupported(String),
}
