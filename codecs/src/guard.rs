//! Keeps the panics of foreign decoders from their callers.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::Error;

/// Does `work`; a panic in it becomes [`Error::Broken`].
///
/// Decoders are written by others and fed by strangers: some of their arithmetic panics on nonsense when overflow is
/// checked. Whatever `work` borrowed mutably must not be used again after that: callers drop it or close it for good.
pub(crate) fn guarded<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(Error::Broken("the decoder gave up on it".into())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error_and_everything_else_stays_what_it_is() {
        assert_eq!(guarded(|| Ok(3)), Ok(3));
        assert_eq!(guarded::<()>(|| Err(Error::Malformed("x".into()))), Err(Error::Malformed("x".into())));
        assert!(matches!(guarded::<()>(|| panic!("nonsense")), Err(Error::Broken(_))));
    }
}
