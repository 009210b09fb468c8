//! A real server that remembers what it was asked, on the test's own thread: it answers while the test waits, as the
//! users of a shard do. [`target`](super::target) has threads of its own, for runs and programs, and any bytes to say.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;

/// A request as the server saw it.
#[derive(Debug, Clone)]
pub struct Seen {
    pub method: String,
    /// Path and query.
    pub target: String,
    /// In their order; names as HTTP/1.1 servers fold them.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Seen {
    /// All values of a field.
    pub fn header(&self, name: &str) -> Vec<&str> {
        self.headers
            .iter()
            .filter(|(other, _)| other == name)
            .map(|(_, value)| value.as_str())
            .collect()
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// The server.
pub struct Target {
    pub address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Target {
    /// Answers each request with what `answer` makes of it and of its number, from 0; none: never.
    pub async fn start<F>(answer: F) -> Self
    where
        F: Fn(&Seen, usize) -> Option<Response> + Send + Sync + 'static,
    {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (log, answer) = (Arc::clone(&seen), Arc::new(answer));
        let router = axum::Router::new().fallback(move |request: Request| {
            let (log, answer) = (Arc::clone(&log), Arc::clone(&answer));
            async move {
                let (number, request) = note(request, &log).await;
                match answer(&request, number) {
                    Some(response) => response,
                    None => std::future::pending().await,
                }
            }
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::task::spawn_local(async move { axum::serve(listener, router).await });
        Self { address, seen }
    }

    /// Answers `/status/404` with 404, `/hang` never, all else with 200 and what came as JSON.
    pub async fn echo() -> Self {
        Self::start(|request, _| {
            if request.target == "/hang" {
                return None;
            }
            if let Some(code) = request.target.strip_prefix("/status/") {
                return Some(status(code.parse().unwrap()));
            }
            let body = serde_json::json!({ "method": request.method, "path": request.target });
            Some(json(200, &body))
        })
        .await
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// Method and target of each request, in the order in which they came.
    pub fn asked(&self) -> Vec<String> {
        let line = |seen: &Seen| format!("{} {}", seen.method, seen.target);
        self.seen().iter().map(line).collect()
    }

    /// The only request.
    pub fn only(&self) -> Seen {
        let seen = self.seen();
        assert_eq!(seen.len(), 1, "{seen:#?}");
        seen.into_iter().next().unwrap()
    }
}

async fn note(request: Request, log: &Mutex<Vec<Seen>>) -> (usize, Seen) {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX)
        .await
        .unwrap_or_default();
    let value =
        |value: &axum::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let seen = Seen {
        method: head.method.to_string(),
        target: head.uri.to_string(),
        headers: head
            .headers
            .iter()
            .map(|(name, field)| (name.to_string(), value(field)))
            .collect(),
        body: body.to_vec(),
    };
    let mut log = log.lock().unwrap();
    log.push(seen.clone());
    (log.len() - 1, seen)
}

/// An answer without a body.
pub fn status(code: u16) -> Response {
    text(code, "")
}

pub fn text(code: u16, body: &str) -> Response {
    Response::builder()
        .status(code)
        .body(Body::from(body.to_owned()))
        .unwrap()
}

pub fn json(code: u16, body: &serde_json::Value) -> Response {
    Response::builder()
        .status(code)
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()))
        .unwrap()
}
