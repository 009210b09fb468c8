//! A receiver of OTLP over HTTP, which keeps what it gets.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Uri};
use axum::response::IntoResponse;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;

use super::Key;

/// What it answers: status and body, by the path.
type Reply = dyn Fn(&str) -> (u16, Vec<u8>) + Send + Sync;

#[derive(Default)]
pub struct Received {
    pub metrics: Vec<ExportMetricsServiceRequest>,
    pub traces: Vec<ExportTraceServiceRequest>,
    pub headers: Vec<HeaderMap>,
}

#[derive(Clone)]
struct Shared {
    received: Arc<Mutex<Received>>,
    reply: Arc<Reply>,
}

/// The receiver; its thread ends with the tests.
pub struct Receiver {
    address: SocketAddr,
    pub received: Arc<Mutex<Received>>,
}

impl Receiver {
    pub fn fine() -> Self {
        Self::start(|_| (200, Vec::new()))
    }

    pub fn start(reply: impl Fn(&str) -> (u16, Vec<u8>) + Send + Sync + 'static) -> Self {
        let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        socket.set_nonblocking(true).unwrap();
        let address = socket.local_addr().unwrap();
        let shared = Shared {
            received: Arc::default(),
            reply: Arc::new(reply),
        };
        let received = Arc::clone(&shared.received);
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let router = axum::Router::new().fallback(take).with_state(shared);
                let listener = tokio::net::TcpListener::from_std(socket).unwrap();
                axum::serve(listener, router).await.unwrap();
            });
        });
        Self { address, received }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// All spans.
    pub fn spans(&self) -> Vec<Span> {
        let received = self.received.lock().unwrap();
        let resources = received.traces.iter().flat_map(|one| &one.resource_spans);
        let scopes = resources.flat_map(|one| &one.scope_spans);
        scopes.flat_map(|one| &one.spans).cloned().collect()
    }
}

async fn take(
    State(shared): State<Shared>,
    uri: Uri,
    headers: HeaderMap,
    request: Request,
) -> impl IntoResponse {
    let body: Bytes = axum::body::to_bytes(request.into_body(), 100 << 20)
        .await
        .unwrap();
    let (status, answer) = (shared.reply)(uri.path());
    let mut received = shared.received.lock().unwrap();
    received.headers.push(headers);
    match uri.path() {
        "/v1/metrics" => received.metrics.push(Message::decode(body).unwrap()),
        "/v1/traces" => received.traces.push(Message::decode(body).unwrap()),
        other => panic!("{other}"),
    }
    let status = axum::http::StatusCode::from_u16(status).unwrap();
    let kind = [("content-type", "application/x-protobuf")];
    (status, kind, answer)
}

/// Attributes as texts.
pub fn texts(attributes: &[KeyValue]) -> Key {
    let text = |pair: &KeyValue| {
        let value = pair.value.as_ref().unwrap().value.clone().unwrap();
        let value = match value {
            Value::StringValue(text) => text,
            Value::IntValue(number) => number.to_string(),
            other => panic!("{other:?}"),
        };
        (pair.key.clone(), value)
    };
    attributes.iter().map(text).collect()
}
