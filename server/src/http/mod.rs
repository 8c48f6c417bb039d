//! The front door: addresses, the key, and the upgrade to a session.

mod key;
mod page;
mod pages;
mod realtime;

use std::{future::IntoFuture as _, sync::Arc, time::Duration};

use axum::{
    Router, middleware,
    routing::{any, get},
    serve::ListenerExt as _,
};
use tokio::{net::TcpListener, time::timeout};

use crate::house::House;

/// How long a stopping server waits for its sessions, above what they give themselves.
const STOP_MAX: Duration = Duration::from_secs(8);

/// What every address knows.
#[derive(Clone)]
pub(crate) struct Door {
    pub(crate) house: Arc<House>,
    pub(crate) key: Option<Arc<str>>,
}

/// All addresses.
pub fn router(house: Arc<House>, api_key: Option<String>) -> Router {
    let door = Door { house, key: api_key.map(Into::into) };
    let locked = Router::new()
        .route("/v1/realtime", any(realtime::open))
        .route("/realtime", any(realtime::open))
        .route("/v1/models", get(pages::models))
        .route("/v1/models/{model}", get(pages::model))
        .route_layer(middleware::from_fn_with_state(door.clone(), key::check));
    Router::new()
        .route("/", get(page::front))
        .route("/{part}", get(page::part))
        .route("/healthz", get(pages::healthy))
        .route("/readyz", get(pages::ready))
        .route("/metrics", get(pages::metrics))
        .merge(locked)
        .fallback(pages::nothing)
        .with_state(door)
}

/// Serves until the house stops, then waits for the sessions to end.
///
/// # Errors
/// When the listener breaks.
pub async fn serve(listener: TcpListener, house: Arc<House>, api_key: Option<String>) -> std::io::Result<()> {
    let stopping = house.stopping.clone();
    // Small frames must leave at once.
    let listener = listener.tap_io(|socket| {
        let _ = socket.set_nodelay(true);
    });
    let serving = axum::serve(listener, router(Arc::clone(&house), api_key))
        .with_graceful_shutdown(stopping.clone().cancelled_owned())
        .into_future();
    let late = async {
        stopping.cancelled().await;
        tokio::time::sleep(house.policy.drain_max + STOP_MAX).await;
    };
    tokio::select! {
        served = serving => served?,
        () = late => tracing::warn!("some connections did not end in time"),
    }
    let ended = timeout(house.policy.drain_max + STOP_MAX, house.emptied()).await;
    if ended.is_err() {
        tracing::warn!(sessions = house.metrics.sessions(), "some sessions did not end in time");
    }
    Ok(())
}
