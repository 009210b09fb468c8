//! The course of a run as CSV (RFC 4180): a line for each block of time and each endpoint, step and journey of a type.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::history::{Block, Figures, Label, RecordedRun};

/// The columns; `docs/reports.md` says what each is.
pub const HEADER: [&str; 18] = [
    "ended_at",
    "at_seconds",
    "seconds",
    "users",
    "kind",
    "type",
    "method",
    "name",
    "count",
    "per_second",
    "ok",
    "expected",
    "unexpected",
    "error",
    "cancelled",
    "p50_seconds",
    "p95_seconds",
    "p99_seconds",
];

/// The document; lines end with CR LF.
///
/// # Errors
/// When it cannot be written, which memory always can.
pub fn document(run: &RecordedRun) -> Result<String, csv::Error> {
    let mut lines = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    lines.write_record(HEADER)?;
    for block in &run.blocks {
        for (number, figures) in &block.figures {
            let Some(label) = run.labels.get(*number as usize) else {
                continue;
            };
            lines.write_record(line(block, label, figures))?;
        }
    }
    let bytes = lines.into_inner().map_err(|why| why.into_error())?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn line(block: &Block, label: &Label, figures: &Figures) -> [String; 18] {
    let number = |value: f64| format!("{value:.6}");
    let at = |share| {
        figures
            .times
            .quantile(share)
            .map_or_else(String::new, number)
    };
    let per_second = match block.seconds > 0.0 {
        true => number(figures.total() as f64 / block.seconds),
        false => String::new(),
    };
    [
        moment(block.ended_ms),
        number(block.at_seconds),
        number(block.seconds),
        block.users.to_string(),
        label.kind.as_str().to_owned(),
        label.user_type.clone(),
        label.method.clone(),
        label.name.clone(),
        figures.total().to_string(),
        per_second,
        figures.ok.to_string(),
        figures.expected.to_string(),
        figures.unexpected.to_string(),
        figures.error.to_string(),
        figures.cancelled.to_string(),
        at(0.5),
        at(0.95),
        at(0.99),
    ]
}

fn moment(ms: u64) -> String {
    let nanos = i128::from(ms) * 1_000_000;
    OffsetDateTime::from_unix_timestamp_nanos(nanos)
        .ok()
        .and_then(|moment| moment.format(&Rfc3339).ok())
        .unwrap_or_default()
}
