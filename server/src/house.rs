//! What all sessions share.

use std::{
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use hearth_models::Models;
use hearth_session::Policy;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

use crate::{metrics::Metrics, protocol::realtime::config::Loaded};

/// Models, numbers and counts that all sessions share.
pub struct House {
    /// What hears, thinks and speaks.
    pub models: Models,
    /// The names of what is loaded.
    pub loaded: Loaded,
    /// The numbers a session begins with.
    pub policy: Policy,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// Most sessions at once.
    pub sessions_max: usize,
    /// Seconds since 1970 when it opened.
    pub started_at: u64,
    places: Arc<Semaphore>,
    /// Cancelled when the server is to stop.
    pub stopping: CancellationToken,
}

impl House {
    /// A house around `models`.
    #[must_use]
    pub fn new(models: Models, metrics: Metrics, policy: Policy, sessions_max: usize) -> Self {
        let voices = models.voice.voices().iter().map(|voice| voice.name.clone()).collect();
        let loaded = Loaded { model: models.name.clone(), voices };
        Self {
            models,
            loaded,
            policy,
            metrics: Arc::new(metrics),
            sessions_max,
            started_at: unix_seconds(),
            places: Arc::new(Semaphore::new(sessions_max)),
            stopping: CancellationToken::new(),
        }
    }

    /// A place for one more session, until it is dropped.
    #[must_use]
    pub fn take_place(&self) -> Option<OwnedSemaphorePermit> {
        let place = Arc::clone(&self.places).try_acquire_owned().ok()?;
        self.metrics.session_opened();
        Some(place)
    }

    /// A place for one more request, until it is dropped. Requests take the places of sessions: they want the same models.
    #[must_use]
    pub(crate) fn take_request_place(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.places).try_acquire_owned().ok()
    }

    /// Whether there is no place for one more session.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.places.available_permits() == 0
    }

    /// Resolves when no session is left.
    pub async fn emptied(&self) {
        // A closed semaphore is an empty house, too.
        let _ = self.places.acquire_many(self.sessions_max as u32).await;
    }

    /// When a session that begins now ends at the latest, in seconds since 1970.
    #[must_use]
    pub fn expires_at(&self) -> u64 {
        unix_seconds() + self.policy.session_max.as_secs()
    }
}

/// Now, in seconds since 1970.
pub(crate) fn unix_seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}
