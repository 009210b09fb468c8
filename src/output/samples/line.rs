//! A request as a line of JSON; `docs/outputs.md` lists the fields.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::metrics::RequestRecord;
use crate::text;

#[derive(Serialize)]
struct Line<'a> {
    /// When the call began, RFC 3339, UTC.
    time: String,
    r#type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<&'a str>,
    method: &'a str,
    name: &'a str,
    url: &'a str,
    version: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    outcome: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service_seconds: Option<f64>,
    response_seconds: f64,
    phase_seconds: BTreeMap<&'a str, f64>,
    bytes_sent: u64,
    bytes_received: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    curl: Option<&'a str>,
}

/// Adds the line.
pub fn write(text: &mut Vec<u8>, record: &RequestRecord) {
    let phases = record.phases.iter().filter(|(_, micros)| *micros > 0);
    let line = Line {
        time: moment(record.ended.saturating_sub(record.took)),
        r#type: &record.kind,
        user: record.user.map(|(user, _)| user),
        session: record.user.map(|(_, session)| session),
        step: record.step.as_deref(),
        method: &record.operation.verb,
        name: &record.operation.name,
        url: &record.url,
        version: record.version,
        status: record.status.as_str().parse().ok(),
        outcome: record.outcome.as_str(),
        error: record.error.as_deref(),
        reason: record.reason.as_deref(),
        service_seconds: record.service.map(seconds),
        response_seconds: seconds(record.response),
        phase_seconds: phases
            .map(|(name, micros)| (name, micros as f64 / 1e6))
            .collect(),
        bytes_sent: record.bytes_sent,
        bytes_received: record.bytes_received,
        trace_id: record.trace_id.as_deref(),
        curl: record.curl.as_deref(),
    };
    // Plain data with keys of text always is JSON.
    let line = serde_json::to_string(&line).unwrap_or_default();
    text.extend_from_slice(text::json(&line).as_bytes());
    text.push(b'\n');
}

/// To the microsecond.
fn seconds(time: Duration) -> f64 {
    time.as_micros() as f64 / 1e6
}

fn moment(since: Duration) -> String {
    let micros = i128::try_from(since.as_micros()).unwrap_or_default();
    let moment = OffsetDateTime::from_unix_timestamp_nanos(micros * 1_000).ok();
    let text = moment.and_then(|moment| moment.format(&Rfc3339).ok());
    text.unwrap_or_default()
}
