//! Single requests, sessions and steps as outputs write them: only those that somebody asked for, and bounded.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::metrics::{Operation, Outcome, PhaseTotals, Status};

/// Bytes that the records of one batch take at most; those beyond are counted as dropped.
const MAX_BATCH_BYTES: usize = 8 << 20;
/// What a record takes beside its texts.
const RECORD_BYTES: usize = 400;

/// Takes what shards kept; never blocks.
pub type RecordSink = Arc<dyn Fn(Records) + Send + Sync>;

/// What is kept of single requests.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Capture {
    /// The share of requests that become samples, 0 to 1, and all failures; none: no samples.
    pub samples: Option<f64>,
    /// Whether what belongs to a sampled trace becomes spans.
    pub spans: bool,
}

impl Capture {
    /// Whether anything is kept.
    pub fn is_on(self) -> bool {
        self.samples.is_some() || self.spans
    }
}

/// One request that ended. Its texts are masked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RequestRecord {
    /// Whether it is one of the samples.
    pub is_sample: bool,
    /// Its span, if that is exported.
    pub span: Option<SpanIds>,
    /// Type of the user.
    pub kind: String,
    /// The user's number and session; none of setup, teardown and clean-up.
    pub user: Option<(u64, u32)>,
    pub step: Option<String>,
    pub operation: Operation,
    /// With the query.
    pub url: String,
    pub version: u32,
    pub status: Status,
    pub outcome: Outcome,
    /// Kind of the network error.
    pub error: Option<String>,
    /// Why its script judged the response to be a failure.
    pub reason: Option<String>,
    /// When it ended, since 1970.
    pub ended: Duration,
    /// From the call to the end.
    pub took: Duration,
    pub service: Option<Duration>,
    /// From the planned sending to the last byte.
    pub response: Duration,
    pub phases: PhaseTotals,
    pub bytes_sent: u64,
    pub bytes_received: u64,
    pub trace_id: Option<String>,
    /// A command that repeats a request that failed.
    pub curl: Option<String>,
}

/// The ids of a span (W3C Trace Context).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpanIds {
    /// 32 hexadecimal digits.
    pub trace: String,
    pub span: u64,
    /// None of a root.
    pub parent: Option<u64>,
}

/// What a span is about, beside requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SpanKind {
    Session,
    Step,
}

/// A session or a step of a sampled trace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpanRecord {
    pub of: SpanKind,
    pub ids: SpanIds,
    /// Type of the user.
    pub kind: String,
    /// The user's number and session.
    pub user: (u64, u32),
    /// Of the step.
    pub name: Option<String>,
    pub version: u32,
    /// When it ended, since 1970.
    pub ended: Duration,
    pub took: Duration,
    /// `completed`, `failed` and so on.
    pub result: String,
    pub has_failed: bool,
}

/// What a recorder kept since its last batch.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Records {
    pub requests: Vec<RequestRecord>,
    pub spans: Vec<SpanRecord>,
    /// Samples and spans for which there was no room.
    pub dropped_samples: u64,
    pub dropped_spans: u64,
    bytes: usize,
}

impl Records {
    /// There is no room for these.
    pub(super) fn leave_out(&mut self, others: &Self) {
        self.dropped_samples += others.requests.len() as u64 + others.dropped_samples;
        self.dropped_spans += others.spans.len() as u64 + others.dropped_spans;
    }

    pub fn is_empty(&self) -> bool {
        self.requests.is_empty()
            && self.spans.is_empty()
            && self.dropped_samples == 0
            && self.dropped_spans == 0
    }

    /// Bytes that they take, about.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// How many samples and spans there are.
    pub fn counts(&self) -> (u64, u64) {
        let samples = self.requests.iter().filter(|one| one.is_sample).count();
        let spans = self.requests.iter().filter(|one| one.span.is_some());
        (samples as u64, (spans.count() + self.spans.len()) as u64)
    }

    pub(crate) fn request(&mut self, record: RequestRecord) {
        if self.has_room(record.url.len() + record.curl.as_ref().map_or(0, String::len)) {
            self.requests.push(record);
            return;
        }
        self.dropped_samples += u64::from(record.is_sample);
        self.dropped_spans += u64::from(record.span.is_some());
    }

    pub(crate) fn span(&mut self, record: SpanRecord) {
        if self.has_room(0) {
            self.spans.push(record);
        } else {
            self.dropped_spans += 1;
        }
    }

    fn has_room(&mut self, texts: usize) -> bool {
        let bytes = RECORD_BYTES + texts;
        let fits = self.bytes + bytes <= MAX_BATCH_BYTES;
        if fits {
            self.bytes += bytes;
        }
        fits
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::OperationRef;

    #[test]
    fn what_does_not_fit_into_a_batch_is_counted() {
        let record = |curl: usize| RequestRecord {
            is_sample: true,
            span: None,
            kind: String::new(),
            user: None,
            step: None,
            operation: OperationRef::http("GET", "/").into(),
            url: String::new(),
            version: 1,
            status: Status::NONE,
            outcome: Outcome::Error,
            error: None,
            reason: None,
            ended: Duration::ZERO,
            took: Duration::ZERO,
            service: None,
            response: Duration::ZERO,
            phases: PhaseTotals::default(),
            bytes_sent: 0,
            bytes_received: 0,
            trace_id: None,
            curl: Some("x".repeat(curl)),
        };
        let mut records = Records::default();
        records.request(record(MAX_BATCH_BYTES / 2));
        records.request(record(MAX_BATCH_BYTES / 2));
        assert_eq!(records.counts(), (1, 0));
        assert_eq!(records.dropped_samples, 1);
        records.request(record(10));
        assert_eq!(records.counts(), (2, 0), "a small one fits still");
        assert!(records.bytes() <= MAX_BATCH_BYTES);
    }
}
