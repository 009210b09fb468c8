//! Deletes what the shards of a worker created, on a thread of its own.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use crate::cluster::records::WorkerMessage;
use crate::engine::{Cleanup, CleanupProgress, MOST_LISTED, Report};
use crate::ledger::Ledger;
use crate::metrics::Batch;
use crate::request::ShutdownSignal;

/// How long requests under way may take once the time is over.
const LAST_REQUESTS: Duration = Duration::from_secs(2);

/// Cleans up and closes the ledger; what was counted and what is left is said. `over` ends it; the channel that is returned
/// ends with it.
pub fn begin(
    cleanup: Option<Cleanup>,
    ledger: Ledger,
    shard: usize,
    say: mpsc::UnboundedSender<WorkerMessage>,
    over: oneshot::Receiver<()>,
) -> std::io::Result<oneshot::Receiver<()>> {
    let (done, cleaning) = oneshot::channel::<()>();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    std::thread::Builder::new()
        .name("clean-up".to_owned())
        .spawn(move || {
            let (batch, left) = runtime.block_on(clean(cleanup, ledger, over));
            if let Some(batch) = batch {
                let batch = Box::new(batch);
                let _ = say.send(WorkerMessage::Report(Report::Batch { shard, batch }));
            }
            let _ = say.send(WorkerMessage::Report(Report::Cleaned { left }));
            drop(done);
        })?;
    Ok(cleaning)
}

async fn clean(
    cleanup: Option<Cleanup>,
    ledger: Ledger,
    over: oneshot::Receiver<()>,
) -> (Option<Batch>, BTreeMap<String, u64>) {
    let is_wanted = cleanup.is_some();
    let batch = match cleanup {
        Some(cleanup) => run(cleanup, over).await,
        None => None,
    };
    if is_wanted && let Ok(listed) = ledger.list(MOST_LISTED).await {
        for entry in listed.iter().filter(|entry| entry.why.is_some()) {
            tracing::error!("left behind: {entry}");
        }
    }
    let left = ledger.close().await.counts.0.into_iter();
    let left = left.map(|(kind, count)| (kind, count.confirmed + count.unconfirmed));
    (batch, left.collect())
}

async fn run(cleanup: Cleanup, over: oneshot::Receiver<()>) -> Option<Batch> {
    let (signal, progress) = (
        Rc::<ShutdownSignal>::default(),
        Rc::<CleanupProgress>::default(),
    );
    let mut cleaning = std::pin::pin!(cleanup.run(Rc::clone(&signal), Rc::clone(&progress)));
    let ended = tokio::select! {
        ended = &mut cleaning => Some(ended),
        Ok(()) = over => {
            signal.set();
            tokio::time::timeout(LAST_REQUESTS, cleaning).await.ok()
        }
    };
    if progress.of.get() > 0 {
        tracing::info!(
            "clean-up: {} of {} things deleted",
            progress.deleted.get(),
            progress.of.get()
        );
    }
    match ended? {
        Ok(batch) => Some(batch),
        Err(why) => {
            tracing::error!("clean-up: the ledger cannot be read: {why}");
            None
        }
    }
}
