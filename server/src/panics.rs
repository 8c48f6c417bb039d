//! A panic ends its own session only, and is counted.

use std::{future::Future, panic::AssertUnwindSafe, sync::Arc};

use futures_util::FutureExt as _;
use hearth_session::Hangup;

use crate::{
    inbox::{Fact, Inbox},
    metrics::Metrics,
};

/// `task`, and when it panics: a count and the end of its session.
pub(crate) fn caught<F>(metrics: &Arc<Metrics>, inbox: &Inbox, task: F) -> impl Future<Output = ()> + Send + 'static
where
    F: Future<Output = ()> + Send + 'static,
{
    let (metrics, inbox) = (Arc::clone(metrics), inbox.clone());
    async move {
        if AssertUnwindSafe(task).catch_unwind().await.is_err() {
            metrics.panicked();
            let _ = inbox.put(Fact::HungUp(Hangup::Broken)).await;
        }
    }
}
