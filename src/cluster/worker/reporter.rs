//! Sends the coordinator what a worker has to say: numbered records, one under way at a time. What comes meanwhile waits and
//! goes with the next one, so that a slow server costs time, not counts.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::mpsc;

use super::outbox::Outbox;
use crate::cluster::error::ClusterError;
use crate::cluster::nats::Publisher;
use crate::cluster::records::{Delta, PROTOCOL, WorkerMessage};
use crate::cluster::wire::{self, LARGEST_MESSAGE};
use crate::engine::Report;
use crate::spool::{Counts, Record};

/// So much goes into one record at most.
const MOST: usize = 32;

/// Requests that were counted so far, as all of a worker know it: those that wait to be sent, too.
pub type Declared = Arc<AtomicU64>;

/// While a record is under way, what was said meanwhile becomes records so often.
pub const SEAL: Duration = Duration::from_secs(1);

/// What sends it.
pub struct Reporter {
    pub publisher: Publisher,
    pub said: mpsc::UnboundedReceiver<WorkerMessage>,
    pub declared: Declared,
    pub outbox: Outbox,
    /// [`SEAL`] by the machine's clock.
    pub seal: Duration,
    /// Begins the id of each record: run, place and incarnation.
    pub id: String,
}

impl Reporter {
    /// Until nobody says anything any more; the last record says so.
    ///
    /// # Errors
    /// When the server does not allow it.
    pub async fn run(self) -> Result<(), ClusterError> {
        let Self {
            mut publisher,
            mut said,
            declared,
            mut outbox,
            seal,
            id,
        } = self;
        let mut waiting = Waiting {
            said: VecDeque::new(),
            is_open: true,
            declared,
            counts: Arc::clone(outbox.counts()),
            n: 0,
            is_over: false,
        };
        let mut seal = tokio::time::interval(seal);
        loop {
            if outbox.first().is_none() {
                if waiting.said.is_empty() && waiting.is_open {
                    waiting.hear(said.recv().await);
                }
                while let Ok(more) = said.try_recv() {
                    waiting.hear(Some(more));
                }
                waiting.seal(&mut outbox)?;
            }
            let Some(first) = outbox.first() else {
                continue;
            };
            let (id, last) = (record_id(&id, first.n), first.last);
            let mut publishing = std::pin::pin!(publisher.publish(&id, first.body.clone()));
            loop {
                tokio::select! {
                    published = &mut publishing => break published?,
                    more = said.recv(), if waiting.is_open => waiting.hear(more),
                    _ = seal.tick() => waiting.seal(&mut outbox)?,
                }
            }
            outbox.acknowledge();
            if last {
                return Ok(());
            }
        }
    }
}

/// The id of a record, by which a server knows it again.
pub fn record_id(of: &str, n: u64) -> String {
    format!("{of}/{n}")
}

/// What was said and is in no record yet.
struct Waiting {
    said: VecDeque<WorkerMessage>,
    is_open: bool,
    declared: Declared,
    /// Requests that have left.
    counts: Arc<Counts>,
    /// How many records there were.
    n: u64,
    /// The last of them was made.
    is_over: bool,
}

impl Waiting {
    /// Something was said; none: nothing more will be.
    fn hear(&mut self, said: Option<WorkerMessage>) {
        match said {
            Some(said) => {
                self.declared.fetch_add(requests(&said), Ordering::Relaxed);
                self.said.push_back(said);
            }
            None => self.is_open = false,
        }
    }

    /// Makes records of all that was said, where there is room for them; of nothing only to say that nothing more comes.
    fn seal(&mut self, outbox: &mut Outbox) -> Result<(), ClusterError> {
        let is_wanted = |waiting: &Self| !waiting.said.is_empty() || !waiting.is_open;
        while is_wanted(self) && !self.is_over && outbox.has_room() {
            self.n += 1;
            let (body, last) = self.record(self.n)?;
            self.is_over = last;
            let n = self.n;
            outbox.push(Record { n, last, body });
        }
        if !outbox.has_room() {
            self.merge();
        }
        Ok(())
    }

    /// What was never sent becomes less: the batches of a shard become one, which counts the same.
    fn merge(&mut self) {
        let mut merged: VecDeque<WorkerMessage> = VecDeque::new();
        for message in self.said.drain(..) {
            let WorkerMessage::Report(Report::Batch { shard, batch }) = message else {
                merged.push_back(message);
                continue;
            };
            let earlier = merged.iter_mut().rev().find_map(|one| match one {
                WorkerMessage::Report(Report::Batch { shard: of, batch }) if *of == shard => {
                    Some(batch)
                }
                _ => None,
            });
            match earlier {
                Some(earlier) => earlier.add(*batch),
                None => {
                    merged.push_back(WorkerMessage::Report(Report::Batch { shard, batch }));
                }
            }
        }
        self.said = merged;
    }

    /// The next record, as bytes that a message has room for; whether it is the last.
    ///
    /// # Errors
    /// When it holds what JSON has not.
    fn record(&mut self, n: u64) -> Result<(Vec<u8>, bool), ClusterError> {
        let mut count = self.said.len().min(MOST);
        let mut is_short = false;
        loop {
            let rest = self.said.split_off(count);
            let said = std::mem::replace(&mut self.said, rest).into();
            let last = !self.is_open && self.said.is_empty();
            let counted = self.declared.load(Ordering::Relaxed);
            let delta = Delta {
                v: PROTOCOL,
                n,
                said,
                // Nothing leaves any more: what has left is in a report, or was lost here.
                declared: if last {
                    counted.max(self.counts.sent())
                } else {
                    counted
                },
                last,
            };
            let body = wire::encode(&delta).map_err(|why| ClusterError::failed("record", why))?;
            // What is still larger has counts alone; the server says whether it takes them.
            if body.len() <= LARGEST_MESSAGE || is_short {
                return Ok((body, delta.last));
            }
            let mut said = delta.said;
            if count == 1 {
                leave_out_single_requests(&mut said);
                is_short = true;
            }
            for one in said.into_iter().rev() {
                self.said.push_front(one);
            }
            count = (count / 2).max(1);
        }
    }
}

/// A batch alone is too large for a message: what is counted in it is kept.
fn leave_out_single_requests(said: &mut [WorkerMessage]) {
    for one in said {
        if let WorkerMessage::Report(Report::Batch { batch, .. }) = one {
            tracing::warn!(
                "a second has more single requests than a message of NATS has room for: they are left out"
            );
            batch.records = crate::metrics::Records::default();
        }
    }
}

/// Requests that it counts.
fn requests(said: &WorkerMessage) -> u64 {
    match said {
        WorkerMessage::Report(Report::Batch { batch, .. }) => batch.totals.outcomes(None).total(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::{Batch, Records, Totals};

    fn waiting(said: impl IntoIterator<Item = WorkerMessage>) -> Waiting {
        let mut waiting = Waiting {
            said: VecDeque::new(),
            is_open: true,
            declared: Declared::default(),
            counts: Arc::new(Counts::in_memory(1)),
            n: 0,
            is_over: false,
        };
        for one in said {
            waiting.hear(Some(one));
        }
        waiting
    }

    fn failed(length: usize, seed: u64) -> WorkerMessage {
        // Letters that do not compress to less than three quarters of themselves (D. Knuth's MMIX generator).
        let mut state = seed;
        let mut letter = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005);
            state = state.wrapping_add(1_442_695_040_888_963_407);
            char::from(b'0' + (state >> 58) as u8)
        };
        let why: String = (0..length).map(|_| letter()).collect();
        WorkerMessage::Report(Report::Failed { shard: 0, why })
    }

    #[test]
    fn what_one_message_has_no_room_for_goes_into_the_next() {
        let mut waiting = waiting((0..8).map(|seed| failed(300 << 10, seed)));
        waiting.hear(None);
        let (mut said, mut n) = (0, 0);
        loop {
            n += 1;
            let (body, last) = waiting.record(n).expect("it is plain");
            assert!(body.len() <= LARGEST_MESSAGE);
            let delta: Delta = wire::decode(&body).expect("it was written so");
            assert_eq!((delta.n, delta.last), (n, last));
            said += delta.said.len();
            if last {
                break;
            }
        }
        assert_eq!(said, 8);
        assert!(n > 1, "{n}");
    }

    #[test]
    fn what_finds_no_room_is_merged_and_counts_the_same() {
        let batch = |shard: usize, users: i64| {
            let batch = Box::new(Batch {
                users: vec![(crate::metrics::TypeId(0), 1, users)],
                peak_users: users,
                ..Batch::default()
            });
            WorkerMessage::Report(Report::Batch { shard, batch })
        };
        let ended = WorkerMessage::Report(Report::Ended { shard: 1 });
        let mut waiting = waiting([batch(0, 3), batch(1, 4), batch(0, -1), ended, batch(1, 2)]);
        waiting.merge();
        let counted = waiting.said.iter().filter_map(|said| match said {
            WorkerMessage::Report(Report::Batch { shard, batch }) => {
                Some((*shard, batch.users[0].2, batch.peak_users))
            }
            _ => None,
        });
        assert_eq!(counted.collect::<Vec<_>>(), [(0, 2, 3), (1, 6, 4)]);
        assert_eq!(waiting.said.len(), 3);
    }

    #[test]
    fn one_that_is_too_large_keeps_its_counts() {
        let mut waiting = waiting([failed(3 << 20, 1)]);
        let (body, last) = waiting.record(1).expect("it is plain");
        assert!(!last && body.len() > LARGEST_MESSAGE);
        assert!(waiting.said.is_empty());
        let batch = Batch {
            totals: Totals::default(),
            records: Records::default(),
            ..Batch::default()
        };
        let batch = Box::new(batch);
        waiting.hear(Some(WorkerMessage::Report(Report::Batch {
            shard: 0,
            batch,
        })));
        assert_eq!(waiting.declared.load(Ordering::Relaxed), 0);
    }
}
