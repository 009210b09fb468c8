//! Sessions, steps and requests as spans, named and described by OpenTelemetry's conventions for clients of HTTP.

use std::time::Duration;

use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind as Kind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use opentelemetry_proto::tonic::trace::v1::{Span, SpanFlags, Status};
use url::Url;

use super::attributes::{nanos, number, text};
use crate::metrics::{Records, RequestRecord, SpanIds, SpanKind, SpanRecord};

/// The flag "sampled" of W3C Trace Context.
const SAMPLED: u32 = 1;

/// The spans of these records.
pub fn of(records: &Records) -> Vec<Span> {
    let requests = records.requests.iter();
    let requests = requests.filter_map(|one| Some(of_request(one, one.span.as_ref()?)));
    let others = records.spans.iter().map(of_record);
    requests.chain(others).collect()
}

fn of_request(record: &RequestRecord, ids: &SpanIds) -> Span {
    let operation = &record.operation;
    let is_path = operation.name.starts_with('/');
    let mut attributes = vec![
        text("http.request.method", &operation.verb),
        text("url.full", &record.url),
        text("throng.user.type", &record.kind),
        text("throng.outcome", record.outcome.as_str()),
    ];
    if is_path {
        attributes.push(text("url.template", &operation.name));
    } else {
        attributes.push(text("throng.request.name", &operation.name));
    }
    attributes.extend(server(&record.url));
    let status = record.status.as_str().parse::<i64>().ok();
    attributes.extend(status.map(|status| number("http.response.status_code", status)));
    let has_failed = record.outcome.failed();
    if has_failed {
        // Low in cardinality: the kind of the error, or the status.
        let kind = record.error.as_deref().unwrap_or(record.status.as_str());
        attributes.push(text("error.type", kind));
    }
    attributes.extend(user(record.user));
    attributes.extend(record.step.as_ref().map(|step| text("throng.step", step)));
    let name = format!("{} {}", operation.verb, operation.name);
    let message = record.reason.as_deref().or(record.error.as_deref());
    Span {
        kind: Kind::Client as i32,
        status: status_of(has_failed, message.unwrap_or_default()),
        ..span(ids, name, (record.ended, record.took), attributes)
    }
}

fn of_record(record: &SpanRecord) -> Span {
    let mut attributes = vec![
        text("throng.user.type", &record.kind),
        text("throng.result", &record.result),
        number("throng.version", i64::from(record.version)),
    ];
    attributes.extend(user(Some(record.user)));
    let name = match record.of {
        SpanKind::Session => format!("session {}", record.kind),
        SpanKind::Step => {
            let step = record.name.as_deref().unwrap_or_default();
            attributes.push(text("throng.step", step));
            format!("step {step}")
        }
    };
    Span {
        kind: Kind::Internal as i32,
        status: status_of(record.has_failed, ""),
        ..span(&record.ids, name, (record.ended, record.took), attributes)
    }
}

fn span(
    ids: &SpanIds,
    name: String,
    (ended, took): (Duration, Duration),
    attributes: Vec<KeyValue>,
) -> Span {
    let trace = u128::from_str_radix(&ids.trace, 16).unwrap_or_default();
    let parent = ids.parent.map(|parent| parent.to_be_bytes().to_vec());
    Span {
        trace_id: trace.to_be_bytes().to_vec(),
        span_id: ids.span.to_be_bytes().to_vec(),
        parent_span_id: parent.unwrap_or_default(),
        // Whether the parent is remote is known: it is not.
        flags: SAMPLED | SpanFlags::ContextHasIsRemoteMask as u32,
        name,
        start_time_unix_nano: nanos(ended.saturating_sub(took)),
        end_time_unix_nano: nanos(ended),
        attributes,
        ..Span::default()
    }
}

/// A failure is an error; anything else is left open, as the conventions ask of instrumentation.
fn status_of(has_failed: bool, message: &str) -> Option<Status> {
    has_failed.then(|| Status {
        message: message.to_owned(),
        code: StatusCode::Error as i32,
    })
}

fn server(url: &str) -> Vec<KeyValue> {
    let url = Url::parse(url).ok();
    let host = url.as_ref().and_then(Url::host_str);
    let port = url.as_ref().and_then(Url::port_or_known_default);
    let host = host.map(|host| text("server.address", host));
    let port = port.map(|port| number("server.port", i64::from(port)));
    host.into_iter().chain(port).collect()
}

/// The user, and its session by the id that the target gets in `baggage`.
fn user(user: Option<(u64, u32)>) -> Vec<KeyValue> {
    let Some((user, session)) = user else {
        return Vec::new();
    };
    vec![
        number(
            "throng.user.number",
            i64::try_from(user).unwrap_or(i64::MAX),
        ),
        number("throng.session.number", i64::from(session)),
    ]
}
