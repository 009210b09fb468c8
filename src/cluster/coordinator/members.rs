//! The workers of a run as its coordinator sees them. Pure: times are arguments.

use std::collections::BTreeSet;
use std::time::Duration;

use super::gather::Member;
use crate::cluster::records::Part;
use crate::cluster::sequence::{Sequence, Turn};
use crate::cluster::signs_of_life::{self, Silence};
use crate::engine::Report;
use crate::metrics::{Cluster, Worker, WorkerState};

/// One worker.
pub struct Tracked {
    pub member: Member,
    pub part: Part,
    pub sequence: Sequence,
    pub state: WorkerState,
    /// When something was heard of it last.
    pub heard: Duration,
    /// When the last heartbeat that was heard was sent, by its own clock.
    pub sent_ns: u64,
    counted: u64,
    declared: u64,
    /// Its shards that have not ended.
    open: BTreeSet<usize>,
    pub has_cleaned: bool,
    /// How late it began, at most.
    late: Duration,
}

impl Tracked {
    pub fn new(member: Member, part: Part, now: Duration) -> Self {
        Self {
            open: (part.first..part.first + part.threads).collect(),
            member,
            part,
            sequence: Sequence::default(),
            state: WorkerState::Preparing,
            heard: now,
            sent_ns: 0,
            counted: 0,
            declared: 0,
            has_cleaned: false,
            late: Duration::ZERO,
        }
    }

    /// A record of it has come; false if it was there before.
    pub fn take(&mut self, number: u64, declared: u64) -> bool {
        let turn = self.sequence.take(number);
        if let Turn::After(missing) = turn {
            tracing::error!(
                "{missing} record(s) of worker {} are missing; what they counted is in the gap",
                self.member.name
            );
        }
        self.declared = self.declared.max(declared);
        turn != Turn::Duplicate
    }

    /// It says that it counted so many requests.
    pub fn declares(&mut self, declared: u64) {
        self.declared = self.declared.max(declared);
    }

    /// Notes what a report says of it; whether the run is to have it: of a worker that is lost it has only counts.
    pub fn note(&mut self, report: &Report) -> bool {
        match report {
            Report::Batch { batch, .. } => {
                self.counted += batch.totals.outcomes(None).total();
                return true;
            }
            Report::Ended { shard } | Report::Failed { shard, .. } if !self.open.remove(shard) => {
                return false;
            }
            Report::Cleaned { .. } => self.has_cleaned = true,
            _ => {}
        }
        self.state != WorkerState::Lost
    }

    /// Its users begin, so late at most.
    pub fn began(&mut self, late: Duration) {
        self.late = late;
        if self.state == WorkerState::Preparing {
            self.state = WorkerState::Running;
        }
    }

    /// Whether nothing more is expected of it.
    pub fn is_over(&self) -> bool {
        matches!(self.state, WorkerState::Done | WorkerState::Lost)
    }

    /// Looks how long it was silent; its open shards, once it is lost.
    pub fn look(&mut self, now: Duration) -> Option<Vec<usize>> {
        if self.is_over() {
            return None;
        }
        match signs_of_life::of(now.saturating_sub(self.heard)) {
            Silence::None if self.state == WorkerState::Suspect => {
                self.state = WorkerState::Running;
                tracing::info!("worker {} is heard of again", self.member.name);
            }
            Silence::Suspect if self.state == WorkerState::Running => {
                self.state = WorkerState::Suspect;
                tracing::warn!(
                    "worker {} was not heard of for {} s",
                    self.member.name,
                    signs_of_life::SUSPECT.as_secs()
                );
            }
            Silence::Lost => return Some(self.lose()),
            _ => {}
        }
        None
    }

    /// The run counts on it no more; its open shards.
    pub fn lose(&mut self) -> Vec<usize> {
        self.state = WorkerState::Lost;
        std::mem::take(&mut self.open).into_iter().collect()
    }
}

/// All of them, as the run shows them.
pub fn view(members: &[Tracked]) -> Cluster {
    let worker = |one: &Tracked| Worker {
        name: one.member.name.clone(),
        threads: u32::try_from(one.part.threads).unwrap_or(u32::MAX),
        state: one.state,
        counted: one.counted,
        declared: one.declared,
    };
    Cluster {
        workers: members.iter().map(worker).collect(),
        start_skew: members.iter().map(|one| one.late).max().unwrap_or_default(),
    }
}

/// The parts of members, one after the other.
pub fn parts(members: &[Member]) -> Vec<Part> {
    let mut first = 0;
    let parts = members.iter().enumerate().map(|(index, member)| {
        let part = Part {
            index,
            first,
            threads: member.threads,
        };
        first += member.threads;
        part
    });
    parts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn tracked() -> Tracked {
        let member = Member {
            name: "a".to_owned(),
            incarnation: "1".to_owned(),
            threads: 2,
            clock_off: Duration::ZERO,
        };
        let part = Part {
            index: 1,
            first: 2,
            threads: 2,
        };
        Tracked::new(member, part, seconds(0))
    }

    #[test]
    fn a_worker_that_is_lost_gives_up_the_shards_that_have_not_ended() {
        let mut worker = tracked();
        worker.began(Duration::ZERO);
        assert!(worker.note(&Report::Ended { shard: 2 }));
        assert_eq!(worker.look(seconds(4)), None);
        assert_eq!(worker.look(seconds(6)), None);
        assert_eq!(worker.state, WorkerState::Suspect);
        worker.heard = seconds(7);
        assert_eq!(worker.look(seconds(8)), None);
        assert_eq!(worker.state, WorkerState::Running);
        assert_eq!(worker.look(seconds(27)), Some(vec![3]));
        assert_eq!(worker.look(seconds(28)), None, "once");
        assert!(!worker.note(&Report::Ended { shard: 3 }));
        assert!(!worker.note(&Report::Ready));
    }

    #[test]
    fn a_worker_that_leaves_is_lost_though_its_shards_end() {
        let mut worker = tracked();
        worker.began(Duration::ZERO);
        assert_eq!(worker.lose(), vec![2, 3]);
        assert!(!worker.note(&Report::Ended { shard: 2 }));
        assert!(!worker.note(&Report::Ended { shard: 3 }));
        assert_eq!(worker.look(seconds(60)), None);
        assert!(worker.is_over());
        assert_eq!(view(&[worker]).count(WorkerState::Lost), 1);
    }

    #[test]
    fn what_was_declared_and_not_counted_is_the_gap() {
        let mut worker = tracked();
        worker.declares(7);
        assert!(worker.take(1, 5));
        assert!(!worker.take(1, 5));
        let view = view(&[worker]);
        assert_eq!(view.gap(), 7);
    }
}
