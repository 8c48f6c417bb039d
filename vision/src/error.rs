//! What can go wrong with pictures as numbers.

/// Why a picture was not worked on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The picture or what is asked of it makes no sense: drop it, count it.
    #[error("malformed picture: {0}")]
    Malformed(String),
}
