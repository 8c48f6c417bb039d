//! What can go wrong between bytes and frames, cut by what the caller does about it.

/// Why bytes did not become frames.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The bytes make no sense: drop them, conceal, count.
    #[error("malformed: {0}")]
    Malformed(String),
    /// The format is one that is not read here: refuse at the start.
    #[error("not supported: {0}")]
    Unsupported(String),
    /// A bound of [`crate::limits`] was reached: refuse this one, it would cost too much.
    #[error("limit reached: {0}")]
    LimitReached(String),
    /// The decoder itself gave up: drop it and begin anew.
    #[error("broken: {0}")]
    Broken(String),
}
