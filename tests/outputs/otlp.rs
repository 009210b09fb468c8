//! OTLP: the last figures of a receiver are those of a scrape, and spans are the sessions, steps and requests that the
//! target saw, by the ids that it got.

use std::collections::{BTreeMap, BTreeSet};

use opentelemetry_proto::tonic::collector::metrics::v1::{
    ExportMetricsPartialSuccess, ExportMetricsServiceResponse,
};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;
use opentelemetry_proto::tonic::metrics::v1::Metric;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value as Number;
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use prost::Message;

use super::otlp_receiver::{Receiver, texts};
use super::{Folder, Key, MIXED, Samples, assert_same, last_scrape, lingering, mixed, sum};
use crate::support::program::run;
use crate::support::target::Request;

/// The last metrics, as the samples of a scrape; of exponential histograms the sum and the count, as their buckets are
/// others.
fn samples(metrics: &[Metric]) -> Samples {
    let mut samples = Samples::new();
    for metric in metrics {
        let mut put = |suffix: &str, labels: Key, value: f64| {
            let mut key = labels;
            key.insert("__name__".to_owned(), format!("{}{suffix}", metric.name));
            assert_eq!(samples.insert(key.clone(), value), None, "{key:?} twice");
        };
        let (points, is_counter) = match metric.data.as_ref().unwrap() {
            Data::Sum(sum) => {
                assert!(sum.is_monotonic);
                assert_eq!(sum.aggregation_temporality, 2);
                (&sum.data_points, true)
            }
            Data::Gauge(gauge) => (&gauge.data_points, false),
            Data::ExponentialHistogram(histogram) => {
                for point in &histogram.data_points {
                    let row = point.positive.as_ref().unwrap();
                    let counted: u64 = row.bucket_counts.iter().sum();
                    assert_eq!(counted + point.zero_count, point.count, "{}", metric.name);
                    assert!(row.bucket_counts.len() <= 160);
                    if point.count > 0 {
                        // The mean lies within the buckets.
                        let base = (-f64::from(point.scale)).exp2().exp2();
                        let mean = point.sum.unwrap() / point.count as f64;
                        let last = row.offset + row.bucket_counts.len() as i32;
                        assert!(mean <= base.powi(last) * 1.01, "{}: {point:?}", metric.name);
                    }
                    put("_count", texts(&point.attributes), point.count as f64);
                    put("_sum", texts(&point.attributes), point.sum.unwrap());
                }
                continue;
            }
            Data::Histogram(histogram) => {
                for point in &histogram.data_points {
                    let mut below = 0;
                    let edges = point.explicit_bounds.iter().map(ToString::to_string);
                    let edges = edges.chain(["+Inf".to_owned()]);
                    for (edge, count) in edges.zip(&point.bucket_counts) {
                        below += count;
                        let mut labels = texts(&point.attributes);
                        labels.insert("le".to_owned(), edge);
                        put("_bucket", labels, below as f64);
                    }
                    put("_count", texts(&point.attributes), point.count as f64);
                    put("_sum", texts(&point.attributes), point.sum.unwrap());
                }
                continue;
            }
            other => panic!("{other:?}"),
        };
        for point in points {
            assert!(point.start_time_unix_nano < point.time_unix_nano);
            let Some(Number::AsDouble(value)) = point.value else {
                panic!("{point:?}");
            };
            assert!(!is_counter || value >= 0.0);
            put("", texts(&point.attributes), value);
        }
    }
    samples.retain(|key, _| !key["__name__"].starts_with("throng_output_"));
    samples
}

#[test]
fn a_receiver_has_the_counts_of_the_scrape_the_summary_and_the_target() {
    let receiver = Receiver::fine();
    let (target, scripts) = (mixed(), Folder::of("mixed", MIXED));
    let run = lingering(&target, &scripts, &["--users", "5", "--sessions", "20"])
        .args(&["--otlp", &receiver.url(), "--otlp-header", "X-Tenant: one"])
        .args(&["--push-label", "env=test"])
        .start();
    let mut scraped = last_scrape(&run);
    run.signal("INT");
    let summary = run.end().summary();
    let received = receiver.received.lock().unwrap();
    let last = received.metrics.last().unwrap();
    let resource = &last.resource_metrics[0];
    let metrics = &resource.scope_metrics[0].metrics;
    let pushed = samples(metrics);
    let scripts_own = |key: &Key| key["__name__"].starts_with("throng_custom_");
    scraped.retain(|key, _| !key.contains_key("le") || scripts_own(key));
    assert_same("OTLP", &scraped, &pushed);
    let total = summary["requests"]["total"].as_u64().unwrap();
    assert_eq!(sum(&pushed, "throng_requests_total"), total as f64);
    assert_eq!(target.count() as u64, total);

    let resource = texts(&resource.resource.as_ref().unwrap().attributes);
    let id = summary["run"]["id"].as_str().unwrap();
    for (name, value) in [
        ("service.name", "throng"),
        ("service.instance.id", id),
        ("throng.run.id", id),
        ("env", "test"),
    ] {
        assert_eq!(resource[name], value, "{resource:?}");
    }
    for headers in &received.headers {
        assert_eq!(headers["content-type"], "application/x-protobuf");
        assert_eq!(headers["x-tenant"], "one");
    }
    let units: BTreeMap<_, _> = metrics.iter().map(|one| (&*one.name, &*one.unit)).collect();
    assert_eq!(units["throng_request_duration_seconds"], "s");
    assert!(received.traces.is_empty(), "nobody asked for spans");
    assert_eq!(summary["outputs"][0]["dropped"], 0);
}

/// Trace, span and flags of a request.
fn parent(request: &Request) -> (String, String, String) {
    let line = request
        .head
        .iter()
        .find_map(|line| line.strip_prefix("traceparent: "));
    let parts: Vec<&str> = line.unwrap().split('-').collect();
    (
        parts[1].to_owned(),
        parts[2].to_owned(),
        parts[3].to_owned(),
    )
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn spans_are_the_sessions_steps_and_requests_that_the_target_was_told_of() {
    let receiver = Receiver::fine();
    let (target, scripts) = (mixed(), Folder::of("mixed", MIXED));
    let words = [
        "--users",
        "8",
        "--sessions",
        "16",
        "--trace-context",
        "--trace-sampled",
        "50%",
    ];
    let ended = run(&target.url(), &scripts.path(), &words)
        .args(&[
            "--no-valve",
            "--no-breaker",
            "--otlp",
            &format!("{}/v1/metrics", receiver.url()),
        ])
        .with_summary()
        .end();
    let spans = receiver.spans();
    let by_id: BTreeMap<String, &Span> = spans
        .iter()
        .map(|span| (hex(&span.span_id), span))
        .collect();
    assert_eq!(by_id.len(), spans.len(), "no id twice");
    let requests = target.requests();
    let (sampled, others): (Vec<_>, Vec<_>) = requests
        .iter()
        .map(|one| (one, parent(one)))
        .partition(|(_, (_, _, flags))| flags == "01");
    assert!(!sampled.is_empty() && !others.is_empty());
    for (_, (_, span, _)) in &others {
        assert!(!by_id.contains_key(span), "it was not sampled");
    }
    let mut seen = BTreeSet::new();
    for (request, (trace, id, _)) in &sampled {
        let span = by_id[id];
        assert_eq!(hex(&span.trace_id), *trace);
        assert_eq!(span.kind, SpanKind::Client as i32);
        let attributes = texts(&span.attributes);
        assert_eq!(attributes["http.request.method"], request.method);
        assert_eq!(
            attributes["url.full"],
            format!("{}{}", target.url(), request.path)
        );
        assert_eq!(span.name, format!("{} {}", request.method, request.path));
        assert_eq!(attributes["url.template"], request.path);
        assert_eq!(attributes["server.address"], "127.0.0.1");
        let (status, is_error) = match &*request.path {
            "/missing" => ("404", false),
            "/broken" => ("500", true),
            _ => ("200", false),
        };
        assert_eq!(attributes["http.response.status_code"], status);
        assert_eq!(
            attributes.get("error.type").map(String::as_str),
            is_error.then_some("500")
        );
        assert_eq!(
            span.status.as_ref().is_some_and(|status| status.code == 2),
            is_error
        );
        // Its parent is the step that the target knows by `tracestate`, and that one's is the session.
        let state = request
            .head
            .iter()
            .find_map(|line| line.strip_prefix("tracestate: "))
            .unwrap();
        let (session, step) = state
            .trim_start_matches("throng=session:")
            .split_once(";step:")
            .unwrap();
        assert_eq!(hex(&span.parent_span_id), step);
        let step = by_id[step];
        assert_eq!(hex(&step.parent_span_id), session);
        let name = if request.path == "/broken" {
            "step break"
        } else {
            "step look"
        };
        assert_eq!(step.name, name);
        let session = by_id[session];
        assert_eq!(
            (session.name.as_str(), &session.parent_span_id[..]),
            ("session mixed", &[][..])
        );
        for (inner, outer) in [(span, step), (step, session)] {
            // The ends are read one after the other.
            let slack = 2_000_000;
            assert!(inner.start_time_unix_nano + slack >= outer.start_time_unix_nano);
            assert!(inner.end_time_unix_nano <= outer.end_time_unix_nano + slack);
            assert!(inner.start_time_unix_nano <= inner.end_time_unix_nano);
        }
        seen.insert(id.clone());
    }
    let clients = spans
        .iter()
        .filter(|span| span.kind == SpanKind::Client as i32);
    assert_eq!(clients.count(), seen.len(), "each request once");
    let output = &ended.summary()["outputs"][1];
    assert_eq!(output["items"], "spans");
    assert_eq!(output["sent"], spans.len());
    assert_eq!(output["dropped"], 0);
}

#[test]
fn what_a_receiver_rejects_of_a_message_is_counted_and_said() {
    let partial = ExportMetricsServiceResponse {
        partial_success: Some(ExportMetricsPartialSuccess {
            rejected_data_points: 7,
            error_message: "too many\nattributes".to_owned(),
        }),
    };
    let receiver = Receiver::start(move |path| match path {
        "/v1/metrics" => (200, partial.encode_to_vec()),
        _ => (200, ExportTraceServiceResponse::default().encode_to_vec()),
    });
    let (target, scripts) = (mixed(), Folder::of("mixed", MIXED));
    let words = [
        "--users",
        "1",
        "--trace-context",
        "--no-valve",
        "--no-breaker",
        "--otlp",
    ];
    let ended = run(&target.url(), &scripts.path(), &words)
        .arg(receiver.url())
        .with_summary()
        .end();
    let exports = receiver.received.lock().unwrap().metrics.len() as u64;
    let summary = ended.summary();
    assert_eq!(summary["outputs"][0]["dropped"], 7 * exports);
    assert_eq!(summary["outputs"][1]["dropped"], 0);
    ended.said(r"7 data points were rejected: too many\nattributes");
}
