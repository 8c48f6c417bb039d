//! What goes wrong over plain HTTP, told in the manner of the OpenAI API.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use hearth_models::Error;
use serde_json::{Value, json};

use crate::protocol::realtime::error::Refusal;

/// When to come back after a full house, in seconds.
const RETRY_SECONDS: &str = "2";

/// Why a request is not answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HttpRefusal {
    pub(super) status: StatusCode,
    /// Code, sentence and field.
    pub(super) refusal: Refusal,
}

impl HttpRefusal {
    /// A refusal without a field to blame.
    pub(super) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, refusal: Refusal::new(code, message) }
    }

    /// A request that cannot be, blaming the field `param`.
    pub(super) fn at(param: &str, code: &'static str, message: impl Into<String>) -> Self {
        Refusal::new(code, message).at(param).into()
    }

    /// Too much is being done already.
    pub(super) fn full() -> Self {
        let message = "Too many requests and sessions are being served. Try again later.";
        Self::new(StatusCode::TOO_MANY_REQUESTS, "rate_limit_exceeded", message)
    }

    /// As JSON, `{"error": {...}}`.
    pub(super) fn to_json(&self) -> Value {
        let Refusal { code, message, param } = &self.refusal;
        let kind = match self.status {
            StatusCode::TOO_MANY_REQUESTS => "rate_limit_error",
            status if status.is_server_error() => "server_error",
            _ => "invalid_request_error",
        };
        json!({ "error": { "message": message, "type": kind, "param": param, "code": code } })
    }
}

impl From<Refusal> for HttpRefusal {
    fn from(refusal: Refusal) -> Self {
        Self { status: StatusCode::BAD_REQUEST, refusal }
    }
}

impl From<Error> for HttpRefusal {
    fn from(error: Error) -> Self {
        let (status, code) = match &error {
            Error::Malformed(_) => (StatusCode::BAD_REQUEST, "invalid_value"),
            Error::Unsupported(_) => (StatusCode::BAD_REQUEST, "unsupported_value"),
            Error::LimitReached(_) => (StatusCode::BAD_REQUEST, "context_length_exceeded"),
            Error::Busy(_) => (StatusCode::TOO_MANY_REQUESTS, "rate_limit_exceeded"),
            Error::Broken(_) => (StatusCode::SERVICE_UNAVAILABLE, "model_broken"),
        };
        if status.is_server_error() {
            tracing::warn!(%error, "a request failed");
        }
        Self::new(status, code, error.to_string())
    }
}

impl IntoResponse for HttpRefusal {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.to_json())).into_response();
        if matches!(self.status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_SECONDS));
        }
        response
    }
}
