//! The upgrade from HTTP to a session.

use std::{panic::AssertUnwindSafe, sync::Arc};

use axum::{
    extract::{
        State, WebSocketUpgrade,
        ws::{WebSocket, rejection::WebSocketUpgradeRejection},
    },
    http::StatusCode,
    response::Response,
};
use futures_util::{FutureExt as _, StreamExt as _};
use hearth_session::Hangup;

use super::{Door, pages};
use crate::{house::House, pipeline, protocol::realtime::config::SessionConfig};

/// Largest message that is read at all. What is larger than a client may send but not larger than this is read to its
/// end, so that the client reads why it is refused.
const READ_BYTES_MAX: usize = 32 * 1024 * 1024;
/// The default of 128 KiB per connection would be most of what an idle session takes.
const READ_BUFFER_BYTES: usize = 8 * 1024;

/// Opens a session. Any `model` is accepted: the session says which one it got.
pub(super) async fn open(
    State(door): State<Door>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let house = door.house;
    let Ok(upgrade) = upgrade else {
        let message = "This address speaks WebSocket: connect with ws:// and an upgrade.";
        return pages::refuse(StatusCode::UPGRADE_REQUIRED, "websocket_required", message);
    };
    if house.stopping.is_cancelled() {
        return pages::refuse(StatusCode::SERVICE_UNAVAILABLE, "server_stopping", "The server is going down.");
    }
    let Some(place) = house.take_place() else {
        house.metrics.refused("too_many_sessions");
        let message = "Too many sessions are open. Try again later.";
        return pages::refuse(StatusCode::SERVICE_UNAVAILABLE, "too_many_sessions", message);
    };
    upgrade
        .protocols(["realtime"])
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(0)
        .max_message_size(READ_BYTES_MAX)
        .max_frame_size(READ_BYTES_MAX)
        .on_upgrade(move |socket| async move {
            talk(house, socket).await;
            drop(place);
        })
}

async fn talk(house: Arc<House>, socket: WebSocket) {
    let Ok(config) = SessionConfig::initial(&house.loaded) else { return };
    let metrics = Arc::clone(&house.metrics);
    let (writing, reading) = socket.split();
    let session = pipeline::run(house, config, reading, writing);
    let why = match AssertUnwindSafe(session).catch_unwind().await {
        Ok(Hangup::ClientLeft) => "client_left",
        Ok(Hangup::SessionExpired) => "session_expired",
        Ok(Hangup::ServerStopping) => "server_stopping",
        Ok(Hangup::LimitReached) => "limit_reached",
        Ok(Hangup::Broken) => "broken",
        Err(_) => {
            metrics.panicked();
            "panicked"
        }
    };
    metrics.session_ended(why);
}
