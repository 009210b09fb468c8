//! A file of single requests, a line of JSON each.
//!
//! In: records of requests. Out: lines, in frames that are written as a whole. It must never know who made the requests.

mod file;
mod line;

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

pub use self::file::{FileError, SamplesWriter};
use super::bounded::RecordReceiver;
use crate::metrics::Records;
use crate::view::OutputReporter;

/// The name of this output in its status.
pub const NAME: &str = "samples";
/// What its status counts.
pub const ITEMS: &str = "requests";

/// How long lines may wait in memory before they are written.
const MAX_WAIT: Duration = Duration::from_secs(5);

/// Writes records until no more come, or until the end.
pub fn write(
    mut writer: SamplesWriter,
    mut records: RecordReceiver,
    mut end: oneshot::Receiver<()>,
    reporter: &OutputReporter,
) -> std::io::Result<()> {
    // Only to wait for whichever comes first.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()?;
    runtime.block_on(async {
        let mut has_ended = false;
        loop {
            let due = writer.waiting_since().map(|since| since + MAX_WAIT);
            tokio::select! {
                next = records.next() => match next {
                    Some(next) => add(&mut writer, &next, reporter),
                    None => break,
                },
                _ = &mut end, if !has_ended => {
                    has_ended = true;
                    records.close();
                }
                () = until(due) => {
                    writer.flush(reporter);
                }
            }
        }
        writer.finish(reporter);
    });
    Ok(())
}

/// Ends at this moment, or never.
async fn until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due.into()).await,
        None => std::future::pending().await,
    }
}

fn add(writer: &mut SamplesWriter, records: &Arc<Records>, reporter: &OutputReporter) {
    if records.dropped_samples > 0 {
        let why = "more requests in a second than are kept";
        reporter.dropped(records.dropped_samples, why);
    }
    for record in records.requests.iter().filter(|one| one.is_sample) {
        writer.add(|text| line::write(text, record), reporter);
    }
}
