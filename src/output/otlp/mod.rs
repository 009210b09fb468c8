//! OpenTelemetry's protocol over HTTP, in protobuf (OTLP 1.x).
//!
//! In: the view of a run, and records of sampled traces. Out: messages with metrics and with spans. It must never know how
//! messages travel.

mod attributes;
mod metrics;
mod response;
mod spans;

use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::InstrumentationScope;
use opentelemetry_proto::tonic::metrics::v1::{ResourceMetrics, ScopeMetrics};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans};
use prost::Message as _;

pub use self::response::{judge_metrics, judge_spans};
use super::delivery::{Message, Queue};
use super::moments::Moments;
use super::settings::{DEFAULT_JOB, Identity};
use crate::metrics::Records;
use crate::report::{Output, prometheus};
use crate::secrets::Masker;
use crate::view::RunView;

/// The name of this output in its status.
pub const NAME: &str = "otlp";
/// What its status counts, of metrics.
pub const DATA_POINTS: &str = "data_points";
/// What its status counts, of traces.
pub const SPANS: &str = "spans";

/// Headers of each request beside those that were given.
pub const HEADERS: [(&str, &str); 1] = [("Content-Type", "application/x-protobuf")];

/// Where metrics and spans go, below the URL that was given.
pub const METRICS_PATH: &str = "/v1/metrics";
pub const TRACES_PATH: &str = "/v1/traces";

/// Spans of one request.
const MAX_SPANS: usize = 2_000;

/// The conventions that names and attributes follow.
const SCHEMA_URL: &str = "https://opentelemetry.io/schemas/1.37.0";

/// Makes the messages with metrics.
pub struct OtlpMetrics {
    queue: Rc<Queue>,
    identity: Identity,
    secrets: Arc<Masker>,
    moments: Moments,
}

impl OtlpMetrics {
    pub fn new(queue: Rc<Queue>, identity: &Identity, secrets: &Arc<Masker>) -> Self {
        Self {
            queue,
            identity: identity.clone(),
            secrets: Arc::clone(secrets),
            moments: Moments::default(),
        }
    }

    fn push(&mut self, now: &RunView) {
        let families = prometheus::families(now);
        let started = self.identity.started.duration_since(UNIX_EPOCH);
        let times = metrics::Times {
            start: attributes::nanos(started.unwrap_or_default()),
            now: attributes::nanos(self.moments.next()),
        };
        let (metrics, items) = metrics::of(&families, times, &self.secrets);
        let request = ExportMetricsServiceRequest {
            resource_metrics: vec![ResourceMetrics {
                resource: Some(resource(&self.identity)),
                scope_metrics: vec![ScopeMetrics {
                    scope: Some(scope(&self.identity)),
                    metrics,
                    schema_url: SCHEMA_URL.to_owned(),
                }],
                schema_url: SCHEMA_URL.to_owned(),
            }],
        };
        self.queue.push(Message {
            body: request.encode_to_vec().into(),
            items,
        });
    }
}

impl Output for OtlpMetrics {
    fn show(&mut self, now: &RunView) {
        self.push(now);
    }

    fn finish(&mut self, last: &RunView) -> io::Result<()> {
        self.push(last);
        self.queue.close();
        Ok(())
    }
}

/// Makes the messages with spans.
pub struct OtlpSpans {
    queue: Rc<Queue>,
    identity: Identity,
}

impl OtlpSpans {
    pub fn new(queue: Rc<Queue>, identity: &Identity) -> Self {
        Self {
            queue,
            identity: identity.clone(),
        }
    }

    /// Puts the spans of these records on their way.
    pub fn push(&self, records: &Records) {
        if records.dropped_spans > 0 {
            let why = "more spans in a second than are kept";
            self.queue.reporter().dropped(records.dropped_spans, why);
        }
        let mut spans = spans::of(records);
        while !spans.is_empty() {
            let rest = spans.split_off(spans.len().min(MAX_SPANS));
            let spans = std::mem::replace(&mut spans, rest);
            let items = spans.len() as u64;
            let request = ExportTraceServiceRequest {
                resource_spans: vec![ResourceSpans {
                    resource: Some(resource(&self.identity)),
                    scope_spans: vec![ScopeSpans {
                        scope: Some(scope(&self.identity)),
                        spans,
                        schema_url: SCHEMA_URL.to_owned(),
                    }],
                    schema_url: SCHEMA_URL.to_owned(),
                }],
            };
            self.queue.push(Message {
                body: request.encode_to_vec().into(),
                items,
            });
        }
    }

    /// No more will come.
    pub fn finish(&self) {
        self.queue.close();
    }
}

/// A run is an instance of the service that throng is.
fn resource(identity: &Identity) -> Resource {
    let mut attributes = vec![
        attributes::text("service.name", identity.given("job").unwrap_or(DEFAULT_JOB)),
        attributes::text(
            "service.instance.id",
            identity.given("instance").unwrap_or(&identity.run),
        ),
        attributes::text("service.version", &identity.version),
        attributes::text("host.name", &identity.host),
        attributes::text("throng.run.id", &identity.run),
    ];
    let own = identity.labels.iter();
    let own = own.filter(|(name, _)| !matches!(name.as_str(), "job" | "instance"));
    attributes.extend(own.map(|(name, value)| attributes::text(name, value)));
    Resource {
        attributes,
        ..Resource::default()
    }
}

fn scope(identity: &Identity) -> InstrumentationScope {
    InstrumentationScope {
        name: "throng".to_owned(),
        version: identity.version.clone(),
        ..InstrumentationScope::default()
    }
}
