//! What a receiver of OTLP answers: the codes that are worth another attempt, and which items it did not take.

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceResponse;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;
use prost::Message;

use crate::http::Response;
use crate::output::delivery::{Answer, answer_of_status};
use crate::text;

/// `google.rpc.Status`, the body of a refusal.
#[derive(Clone, PartialEq, Message)]
struct Status {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
}

/// Of metrics.
pub fn judge_metrics(response: &Response) -> Answer {
    judge(response, |body| {
        let partial = ExportMetricsServiceResponse::decode(body).ok()?;
        let partial = partial.partial_success?;
        Some((partial.rejected_data_points, partial.error_message))
    })
}

/// Of spans.
pub fn judge_spans(response: &Response) -> Answer {
    judge(response, |body| {
        let partial = ExportTraceServiceResponse::decode(body).ok()?;
        let partial = partial.partial_success?;
        Some((partial.rejected_spans, partial.error_message))
    })
}

/// Rejected items, and why.
type Partial = (i64, String);

fn judge(response: &Response, partial: impl Fn(&[u8]) -> Option<Partial>) -> Answer {
    let is_protobuf = response
        .headers
        .get_str("content-type")
        .is_some_and(|kind| {
            let kind = kind.split(';').next().unwrap_or_default().trim();
            kind.eq_ignore_ascii_case("application/x-protobuf")
        });
    let words = || Some(Status::decode(&*response.body).ok()?.message);
    let words = is_protobuf.then(words).flatten();
    let answer = answer_of_status(response, is_worth_retrying, words);
    let Answer::Taken(..) = answer else {
        return answer;
    };
    match is_protobuf.then(|| partial(&response.body)).flatten() {
        None => Answer::Taken(0, None),
        Some((0, words)) if words.is_empty() => Answer::Taken(0, None),
        Some((rejected, words)) => {
            let words = match words.is_empty() {
                true => "the receiver does not say why".to_owned(),
                false => text::line(&words).into_owned(),
            };
            Answer::Taken(u64::try_from(rejected).unwrap_or(0), Some(words))
        }
    }
}

/// Those of OTLP ("Failures", retryable response codes); all others are not to be sent again.
fn is_worth_retrying(status: u16) -> bool {
    matches!(status, 429 | 502 | 503 | 504)
}
