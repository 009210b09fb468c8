//! The log as server-sent events: `log`, an entry; `missed`, how many were dropped before they were read; `end`.

use std::time::Duration;

use axum::body::Bytes;
use tokio::sync::mpsc::Sender;
use tokio::time::timeout;

use super::query::Query;
use crate::run_log::{Page, RunLog};
use crate::secrets::Masker;
use crate::web::sse::event;

/// Entries of one frame.
const BATCH: usize = 200;
/// After so long without an entry a comment is sent, so that the client and what is in between see that the stream lives.
const KEEP_ALIVE: Duration = Duration::from_secs(5);
/// How long a client may take to read a frame.
const PATIENCE: Duration = Duration::from_secs(30);

/// A client that does not read.
pub struct Stalled;

/// Sends what is asked for until the log is over, or the client gone.
pub async fn send(
    log: &RunLog,
    query: &Query,
    secrets: &Masker,
    frames: &Sender<Bytes>,
) -> Result<(), Stalled> {
    let mut changes = log.changes();
    let mut after = query.after;
    loop {
        // Before the log is read: what is written while it is read counts as new.
        changes.borrow_and_update();
        let page = log.read(after, &query.filter, BATCH);
        after = page.next;
        let frame = frame(&page, secrets);
        if !frame.is_empty() && !sent(frames, frame.into()).await? {
            return Ok(());
        }
        if page.has_more {
            continue;
        }
        if page.is_over {
            sent(frames, event("end", after, "{}")).await?;
            return Ok(());
        }
        let heard = tokio::select! {
            heard = timeout(KEEP_ALIVE, changes.changed()) => heard,
            () = frames.closed() => return Ok(()),
        };
        if heard.is_err() && !sent(frames, Bytes::from_static(b": nothing new\n\n")).await? {
            return Ok(());
        }
    }
}

fn frame(page: &Page, secrets: &Masker) -> Vec<u8> {
    let mut frame = Vec::new();
    if page.missed > 0 {
        let data = format!("{{\"entries\":{}}}", page.missed);
        frame.extend_from_slice(&event("missed", page.next, &data));
    }
    for entry in &page.entries {
        // Plain data with keys of text always is JSON.
        let json = serde_json::to_string(entry).unwrap_or_default();
        frame.extend_from_slice(&event("log", entry.number, &secrets.quoted(&json)));
    }
    frame
}

/// Whether the client is still there.
async fn sent(frames: &Sender<Bytes>, frame: Bytes) -> Result<bool, Stalled> {
    match timeout(PATIENCE, frames.send(frame)).await {
        Ok(sent) => Ok(sent.is_ok()),
        Err(_) => Err(Stalled),
    }
}
