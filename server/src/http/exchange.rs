//! What all endpoints of requests and answers share: admission, JSON bodies, streams, counts.

use axum::{
    body::Body,
    extract::{Request, State, rejection::BytesRejection},
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use serde_json::{Map, Value};
use tokio::sync::OwnedSemaphorePermit;

use super::{Door, refusal::HttpRefusal};
use crate::protocol::realtime::error::Refusal;

/// A place in the house, for as long as an answer takes.
pub(super) type Place = OwnedSemaphorePermit;

/// Takes a place in the house.
///
/// # Errors
/// 503 when it closes, 429 when it is full.
pub(super) fn admit(door: &Door) -> Result<Place, HttpRefusal> {
    if door.house.stopping.is_cancelled() {
        return Err(HttpRefusal::new(StatusCode::SERVICE_UNAVAILABLE, "server_stopping", "The server is going down."));
    }
    door.house.take_request_place().ok_or_else(|| {
        door.house.metrics.refused("rate_limit_exceeded");
        HttpRefusal::full()
    })
}

/// The JSON object in a body.
///
/// # Errors
/// 415 for another type, 413 for too much, 400 for what is no JSON object.
pub(super) fn json_object(
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Map<String, Value>, HttpRefusal> {
    expect_type(headers, "application/json")?;
    let body = body.map_err(|rejection| unread(rejection.status(), &rejection.body_text()))?;
    match serde_json::from_slice(&body) {
        Ok(Value::Object(map)) => Ok(map),
        Ok(_) => Err(Refusal::not_json("it is another kind of JSON").into()),
        Err(error) => Err(Refusal::not_json(&error.to_string()).into()),
    }
}

/// Refuses a body that says it is something else than `wanted`.
///
/// # Errors
/// 415.
pub(super) fn expect_type(headers: &HeaderMap, wanted: &str) -> Result<(), HttpRefusal> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case(wanted) {
        return Ok(());
    }
    let message = format!("The content type must be '{wanted}', not '{essence}'.");
    Err(HttpRefusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_content_type", message))
}

/// A body that could not be read.
pub(super) fn unread(status: StatusCode, reason: &str) -> HttpRefusal {
    if status == StatusCode::PAYLOAD_TOO_LARGE {
        return HttpRefusal::new(status, "request_too_large", "The request is larger than this address takes.");
    }
    HttpRefusal::new(StatusCode::BAD_REQUEST, "invalid_body", format!("The request cannot be read: {reason}."))
}

/// Server-sent events, each a JSON value; a refusal is the last of them.
pub(super) fn events(stream: impl Stream<Item = Result<Value, HttpRefusal>> + Send + 'static) -> Response {
    let lines = stream.map(|event| {
        let json = event.unwrap_or_else(|refusal| refusal.to_json());
        // "[DONE]" is the one event of the API that is no JSON.
        let text = if let Value::String(bare) = json { bare } else { json.to_string() };
        Ok::<_, std::convert::Infallible>(Bytes::from(format!("data: {text}\n\n")))
    });
    let headers = [(header::CONTENT_TYPE, "text/event-stream; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
    (headers, Body::from_stream(lines)).into_response()
}

/// Counts the requests of these addresses, and how they were answered.
pub(super) async fn count(State(door): State<Door>, request: Request, next: Next) -> Response {
    let route = match request.uri().path().rsplit('/').next() {
        Some("speech") => "speech",
        Some("transcriptions") => "transcriptions",
        Some("translations") => "translations",
        _ => "chat_completions",
    };
    let response = next.run(request).await;
    door.house.metrics.requested(route, response.status().as_u16());
    response
}
