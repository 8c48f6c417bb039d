//! The front door: addresses, the key, and the upgrade to a session.

mod chat;
mod exchange;
mod key;
mod linger;
mod page;
mod pages;
mod realtime;
mod refusal;
mod sound;
mod speech;
mod subtitles;
mod transcriptions;
mod upload;

use std::{future::IntoFuture as _, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    routing::{any, get, post},
    serve::ListenerExt as _,
};
use tokio::{net::TcpListener, time::timeout};

use crate::house::House;

/// How long a stopping server waits for its sessions, above what they give themselves.
const STOP_MAX: Duration = Duration::from_secs(8);

/// Largest request that holds only text.
const TEXT_BODY_BYTES_MAX: usize = 256 * 1024;

/// Largest request with sounds and pictures in it.
const CHAT_BODY_BYTES_MAX: usize = 32 * 1024 * 1024;

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
        .merge(exchanges(&door))
        .route_layer(middleware::from_fn_with_state(door.clone(), key::check))
        .route_layer(middleware::from_fn(linger::linger));
    Router::new()
        .route("/", get(page::front))
        .route("/{part}", get(page::part))
        .route("/healthz", get(pages::healthy))
        .route("/readyz", get(pages::ready))
        .route("/metrics", get(pages::metrics))
        .merge(locked)
        .fallback(pages::nothing)
        .method_not_allowed_fallback(pages::wrong_method)
        .with_state(door)
}

/// The addresses that take a request and answer it.
fn exchanges(door: &Door) -> Router<Door> {
    Router::new()
        .route("/v1/audio/speech", post(speech::speak).layer(DefaultBodyLimit::max(TEXT_BODY_BYTES_MAX)))
        // It bounds what it reads by itself, piece by piece.
        .route("/v1/audio/transcriptions", post(transcriptions::transcribe).layer(DefaultBodyLimit::disable()))
        .route("/v1/audio/translations", post(transcriptions::translate))
        .route("/v1/chat/completions", post(chat::complete).layer(DefaultBodyLimit::max(CHAT_BODY_BYTES_MAX)))
        .route_layer(middleware::from_fn_with_state(door.clone(), exchange::count))
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
