//! Who may come in.

use axum::{
    Json,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use serde_json::json;

use super::Door;

/// How browsers, which cannot set headers, send a key: as a WebSocket subprotocol.
const SUBPROTOCOL_KEY: &str = "openai-insecure-api-key.";

/// Lets a request pass that knows the key, when there is one.
pub(super) async fn check(State(door): State<Door>, request: Request, next: Next) -> Response {
    match &door.key {
        Some(key) if !knows(request.headers(), key) => {
            door.house.metrics.refused("invalid_api_key");
            refuse()
        }
        _ => next.run(request).await,
    }
}

fn knows(headers: &HeaderMap, key: &str) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let bearer = text(header::AUTHORIZATION.as_str()).and_then(|value| {
        let (scheme, key) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
    });
    let protocols = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).iter().filter_map(|value| value.to_str().ok());
    let subprotocols =
        protocols.flat_map(|value| value.split(',')).filter_map(|name| name.trim().strip_prefix(SUBPROTOCOL_KEY));
    bearer.into_iter().chain(text("api-key")).chain(subprotocols).any(|tried| same(tried.as_bytes(), key.as_bytes()))
}

/// Compares in a time that does not tell how much was right.
fn same(tried: &[u8], key: &[u8]) -> bool {
    let difference = key.iter().enumerate().fold(tried.len() ^ key.len(), |difference, (at, byte)| {
        difference | usize::from(byte ^ tried.get(at).copied().unwrap_or(0))
    });
    std::hint::black_box(difference) == 0
}

fn refuse() -> Response {
    let error = json!({ "error": {
        "type": "invalid_request_error",
        "code": "invalid_api_key",
        "message": "The API key is missing or wrong. Send it as 'Authorization: Bearer KEY'.",
        "param": null,
    } });
    (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Bearer")], Json(error)).into_response()
}

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn only_the_very_key_is_the_key() {
        assert!(same(b"sesame", b"sesame"));
        for tried in ["", "sesam", "sesame ", "sesamf", "Sesame", "sesamesesame"] {
            assert!(!same(tried.as_bytes(), b"sesame"), "{tried}");
        }
    }
}
