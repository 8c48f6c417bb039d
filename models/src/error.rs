//! What can go wrong with a model, cut by what the caller does about it.

/// Why a model did not answer.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// The input makes no sense: drop it, count it, go on.
    #[error("malformed input: {0}")]
    Malformed(String),
    /// This model cannot do that: refuse at the start.
    #[error("not supported: {0}")]
    Unsupported(String),
    /// A bound was reached: tell the client, end the turn or the session.
    #[error("limit reached: {0}")]
    LimitReached(String),
    /// Too many wait already: try again later.
    #[error("busy: {0}")]
    Busy(String),
    /// The model, its file or its device is gone: fail the turn, report it.
    #[error("model broken: {0}")]
    Broken(String),
}
