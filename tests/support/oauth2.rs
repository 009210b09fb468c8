//! A small identity provider for client credentials (RFC 6749, 4.4), and an API behind it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::json;

/// What it has seen.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Seen {
    pub tokens: u64,
    pub listed: u64,
    pub created: u64,
    /// Requests without a token that is good, and logins that are wrong.
    pub refused: Vec<String>,
}

struct Provider {
    lives: Duration,
    tokens: Vec<(String, Instant)>,
    seen: Seen,
}

type Shared = Arc<Mutex<Provider>>;

/// Both, on a thread of their own.
pub struct RunningProvider {
    pub address: SocketAddr,
    provider: Shared,
}

impl RunningProvider {
    /// Its tokens live for so long.
    pub fn start(lives: Duration) -> Self {
        let provider = Arc::new(Mutex::new(Provider {
            lives,
            tokens: Vec::new(),
            seen: Seen::default(),
        }));
        let router = Router::new()
            .route("/oauth/token", post(token))
            .route("/api/orders", get(list).post(create))
            .with_state(Arc::clone(&provider));
        Self {
            address: super::serve_router(router),
            provider,
        }
    }

    pub fn seen(&self) -> Seen {
        self.provider.lock().unwrap().seen.clone()
    }
}

async fn token(State(provider): State<Shared>, headers: HeaderMap, body: String) -> Response {
    let provider = &mut *provider.lock().unwrap();
    // web:se cret, each part as in a form before.
    let is_client = headers
        .get("authorization")
        .is_some_and(|value| value == "Basic d2ViOnNlK2NyZXQ=");
    if !is_client || body != "grant_type=client_credentials&scope=orders%3Aread+orders%3Awrite" {
        provider
            .seen
            .refused
            .push(format!("POST /oauth/token: {body}"));
        let why = json!({ "error": "invalid_client" }).to_string();
        return (StatusCode::UNAUTHORIZED, why).into_response();
    }
    provider.seen.tokens += 1;
    let token = format!("token-{}", provider.seen.tokens);
    let lives = provider.lives;
    provider
        .tokens
        .push((token.clone(), Instant::now() + lives));
    json!({ "access_token": token, "token_type": "Bearer", "expires_in": lives.as_secs_f64() })
        .to_string()
        .into_response()
}

/// Whether a request has a token that is good.
fn may(provider: &mut Provider, headers: &HeaderMap) -> bool {
    let value = headers
        .get("authorization")
        .and_then(|value| value.to_str().ok());
    let given = value.and_then(|value| value.strip_prefix("Bearer "));
    let is_good = provider
        .tokens
        .iter()
        .any(|(token, end)| Some(token.as_str()) == given && Instant::now() < *end);
    if !is_good {
        provider.seen.refused.push(format!("{value:?}"));
    }
    is_good
}

async fn list(State(provider): State<Shared>, headers: HeaderMap) -> Response {
    let provider = &mut *provider.lock().unwrap();
    if !may(provider, &headers) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    provider.seen.listed += 1;
    "[]".into_response()
}

async fn create(State(provider): State<Shared>, headers: HeaderMap) -> Response {
    let provider = &mut *provider.lock().unwrap();
    if !may(provider, &headers) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    provider.seen.created += 1;
    (StatusCode::CREATED, "{}").into_response()
}
