//! The page to talk with Hearth in a browser: what `web-demo` builds, embedded.

use axum::{
    extract::Path,
    http::header,
    response::{IntoResponse as _, Response},
};

use super::pages;

/// A file of the page: its name, its type, and what is in it.
type File = (&'static str, &'static str, &'static str);

const FRONT: &str = "index.html";
const FILES: [File; 4] = [
    (FRONT, "text/html; charset=utf-8", include_str!("../../../web-demo/dist/index.html")),
    ("page.css", "text/css; charset=utf-8", include_str!("../../../web-demo/dist/page.css")),
    ("page.js", "text/javascript; charset=utf-8", include_str!("../../../web-demo/dist/page.js")),
    ("tap.js", "text/javascript; charset=utf-8", include_str!("../../../web-demo/dist/tap.js")),
];

/// What the browser is held to: nothing comes from elsewhere, nothing goes elsewhere, nobody frames it.
const HEADERS: [(&str, &str); 5] = [
    (
        "content-security-policy",
        "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("permissions-policy", "microphone=(self), camera=(self)"),
    // A newer server brings a newer page.
    ("cache-control", "no-cache"),
];

/// The page itself. It speaks only the public protocol.
pub(super) async fn front() -> Response {
    serve(FRONT).await
}

/// What the page is made of.
pub(super) async fn part(Path(name): Path<String>) -> Response {
    serve(&name).await
}

async fn serve(name: &str) -> Response {
    match FILES.iter().find(|(known, ..)| *known == name) {
        Some((_, kind, text)) => (HEADERS, [(header::CONTENT_TYPE, *kind)], *text).into_response(),
        None => pages::nothing().await,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::*;

    #[tokio::test]
    async fn the_page_finds_all_its_parts() {
        let named = FILES[0].2.split(['"', '\'']).filter_map(|word| word.strip_prefix("./"));
        let named: Vec<&str> = named.collect();
        assert!(named.contains(&"page.js") && named.contains(&"page.css"), "{named:?}");
        for name in named {
            assert_eq!(part(Path(name.to_owned())).await.status(), StatusCode::OK, "{name}");
        }
    }

    #[tokio::test]
    async fn what_is_not_of_the_page_is_not_there() {
        assert_eq!(part(Path("page.ts".to_owned())).await.status(), StatusCode::NOT_FOUND);
    }

    #[tokio::test]
    async fn the_page_may_reach_nothing_but_its_server() {
        let front = front().await;
        let policy = front.headers().get(header::CONTENT_SECURITY_POLICY).and_then(|value| value.to_str().ok());
        assert!(policy.is_some_and(|policy| policy.starts_with("default-src 'self';")), "{policy:?}");
    }
}
