//! The records of a worker that the server has not acknowledged: in memory, and in a spool that a crash does not reach.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;

use crate::spool::{Counts, Owner, Record, Spool};

/// So many bytes of records may wait; what comes then waits as it is, and is merged.
const MOST_BYTES: u64 = 64 << 20;

/// Records in the order in which they are published; the first may be under way.
pub struct Outbox {
    waiting: VecDeque<Record>,
    bytes: u64,
    /// None: the disk does not take it.
    spool: Option<Spool>,
    counts: Arc<Counts>,
    /// The name of the worker.
    name: String,
}

impl Outbox {
    /// With a spool in this folder, if the disk takes it; so many ways by which requests leave.
    pub fn begin(folder: Option<&Path>, owner: &Owner, ways: usize) -> Self {
        let begun = folder.map(|folder| (folder, Spool::begin(folder, owner, ways)));
        let spool = begun.and_then(|(folder, begun)| {
            let warn = |why: &std::io::Error| no_spool(&owner.name, folder, why);
            begun.inspect_err(warn).ok()
        });
        let counts = spool.as_ref().map(|spool| Arc::clone(spool.counts()));
        Self {
            waiting: VecDeque::new(),
            bytes: 0,
            spool,
            counts: counts.unwrap_or_else(|| Arc::new(Counts::in_memory(ways))),
            name: owner.name.clone(),
        }
    }

    /// Where requests are counted that leave.
    pub fn counts(&self) -> &Arc<Counts> {
        &self.counts
    }

    /// The record that is to be published next, or is under way.
    pub fn first(&self) -> Option<&Record> {
        self.waiting.front()
    }

    /// Whether more records may wait.
    pub fn has_room(&self) -> bool {
        let on_disk = self.spool.as_ref().map_or(0, Spool::len);
        self.bytes.max(on_disk) < MOST_BYTES
    }

    /// A record that is to be published: it is kept before anybody sees it.
    pub fn push(&mut self, record: Record) {
        if let Some(spool) = &mut self.spool
            && let Err(why) = spool.append(&record)
        {
            no_spool(&self.name, spool.path(), &why);
        }
        self.bytes += record.body.len() as u64;
        self.waiting.push_back(record);
    }

    /// The server has the first one.
    pub fn acknowledge(&mut self) {
        let Some(record) = self.waiting.pop_front() else {
            return;
        };
        self.bytes -= record.body.len() as u64;
        let all = self.waiting.is_empty();
        if record.last {
            return self.spool.take().into_iter().for_each(Spool::remove);
        }
        if let Some(spool) = &mut self.spool {
            spool.acknowledged(record.n, all);
        }
    }
}

fn no_spool(worker: &str, place: &Path, why: &std::io::Error) {
    tracing::warn!(
        "worker {worker} cannot spool its reports in {}: {why}; the run goes on, but unsent reports are lost \
         if this process is killed; free space there, or choose another folder with --state-dir",
        place.display()
    );
}
