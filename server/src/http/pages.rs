//! Everything that is asked for by plain HTTP.

use axum::{
    Json,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::Door;

/// The process lives.
pub(super) async fn healthy() -> &'static str {
    "ok\n"
}

/// New sessions are welcome.
pub(super) async fn ready(State(door): State<Door>) -> Response {
    if door.house.stopping.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response();
    }
    if door.house.is_full() {
        return (StatusCode::SERVICE_UNAVAILABLE, "full\n").into_response();
    }
    "ready\n".into_response()
}

/// For Prometheus.
pub(super) async fn metrics(State(door): State<Door>) -> impl IntoResponse {
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], door.house.metrics.to_text())
}

/// The loaded models.
pub(super) async fn models(State(door): State<Door>) -> Json<Value> {
    Json(json!({ "object": "list", "data": [describe(&door)] }))
}

/// One model.
pub(super) async fn model(State(door): State<Door>, Path(model): Path<String>) -> Response {
    if model == door.house.loaded.model {
        return Json(describe(&door)).into_response();
    }
    let message = format!("The model '{model}' is not loaded. Loaded is '{}'.", door.house.loaded.model);
    refuse(StatusCode::NOT_FOUND, "model_not_found", &message)
}

/// No such address.
pub(super) async fn nothing() -> Response {
    let message = "There is nothing here. Try /v1/realtime, /v1/chat/completions, /v1/audio/speech, \
                   /v1/audio/transcriptions, /v1/models, /healthz, /readyz, /metrics or /.";
    refuse(StatusCode::NOT_FOUND, "not_found", message)
}

/// The address is right, the method is not.
pub(super) async fn wrong_method() -> Response {
    let message = "This address does not take this method: the Allow header names those it takes.";
    refuse(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", message)
}

/// An error in the manner of the OpenAI API.
pub(super) fn refuse(status: StatusCode, code: &str, message: &str) -> Response {
    let error = json!({ "type": "invalid_request_error", "code": code, "message": message, "param": null });
    (status, Json(json!({ "error": error }))).into_response()
}

fn describe(door: &Door) -> Value {
    let loaded = &door.house.loaded;
    json!({
        "id": loaded.model,
        "object": "model",
        "created": door.house.started_at,
        "owned_by": "hearth",
        "max_model_len": door.house.models.mind.context_tokens_max(),
        // Beyond what OpenAI tells of a model. Pictures are kept, but nothing looks at them: they are not named.
        "input_modalities": ["text", "audio"],
        "output_modalities": ["text", "audio"],
        "voices": loaded.voices,
    })
}
