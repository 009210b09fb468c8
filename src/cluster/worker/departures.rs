//! What the requests of a shard pass before they leave: they are counted where a crash does not reach, and kept once the
//! worker is fenced.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::fence::Fence;
use crate::http::Departures;
use crate::spool::Counts;

/// Those of a worker: one for each of its threads, and one for its clean-up.
#[derive(Clone, Debug)]
pub struct Gates {
    pub counts: Arc<Counts>,
    pub fence: Arc<Fence>,
}

impl Gates {
    /// So many are needed by a worker with so many threads.
    pub fn count(threads: usize) -> usize {
        threads + 1
    }

    pub fn of(&self, way: usize) -> Arc<dyn Departures> {
        Arc::new(Gate {
            counts: Arc::clone(&self.counts),
            way,
            fence: Arc::clone(&self.fence),
        })
    }
}

/// Of one shard.
#[derive(Debug)]
struct Gate {
    counts: Arc<Counts>,
    /// Which of the counts is its own.
    way: usize,
    fence: Arc<Fence>,
}

impl Departures for Gate {
    fn allow(&self) -> Result<(), &'static str> {
        match self.fence.is_open() {
            true => Ok(()),
            false => Err("this worker was cut off from its run and must send nothing more"),
        }
    }

    fn count(&self) {
        if let Some(count) = self.counts.way(self.way) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn take_back(&self) {
        if let Some(count) = self.counts.way(self.way) {
            count.fetch_sub(1, Ordering::Relaxed);
        }
    }
}
