//! The workers of a run as its coordinator sees them. Pure: times are arguments.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::gather::Member;
use crate::cluster::failure_detector::{self, Silence};
use crate::cluster::records::Part;
use crate::cluster::sequence::{Sequence, Turn};
use crate::engine::Report;
use crate::metrics::{Cluster, MachineReport, THREAD_LIMIT, Worker, WorkerState};

/// One worker.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Tracked {
    pub member: Member,
    /// Its place in the run, which another one may have later.
    pub place: usize,
    pub part: Part,
    /// Whether it is to leave: others are to have its users.
    pub is_leaving: bool,
    /// Whether it came to a run under way, and how many of its shards are not ready yet.
    pub joins: Option<usize>,
    /// Whether the run knows of its shards.
    pub is_admitted: bool,
    /// Whether its users ended before their time, and it may have something to say yet.
    pub is_cut_off: bool,
    /// The number of the last notice that it has obeyed.
    pub obeyed: u64,
    pub sequence: Sequence,
    pub state: WorkerState,
    /// When something was heard of it last.
    #[serde(skip)]
    pub heard: Duration,
    /// When the last heartbeat that was heard was sent, by its own clock.
    #[serde(skip)]
    pub sent_ns: u64,
    counted: u64,
    declared: u64,
    /// Requests of it that had left when it was last heard of, by its own count.
    sent: u64,
    /// Its last record has come: what it declares is all.
    has_said_all: bool,
    /// Its process is gone, and another one sends what it left.
    remains: bool,
    /// Its users are gone before their time, and it is about to send its last record.
    #[serde(default)]
    ends: bool,
    /// Its shards that have not ended.
    open: BTreeSet<usize>,
    pub has_cleaned: bool,
    /// How late it began, at most.
    late: Duration,
    /// Processors that it used over the last second.
    cpu: Option<f64>,
    /// Share of a core that the busiest of its threads used, at most.
    busiest_thread: Option<f64>,
}

impl Tracked {
    pub fn new(member: Member, part: Part, now: Duration) -> Self {
        Self {
            place: part.index,
            is_leaving: false,
            joins: None,
            is_admitted: true,
            is_cut_off: false,
            obeyed: 0,
            open: (part.first..part.first + part.threads).collect(),
            member,
            part,
            sequence: Sequence::default(),
            state: WorkerState::Preparing,
            heard: now,
            sent_ns: 0,
            counted: 0,
            declared: 0,
            sent: 0,
            has_said_all: false,
            remains: false,
            ends: false,
            has_cleaned: false,
            late: Duration::ZERO,
            cpu: None,
            busiest_thread: None,
        }
    }

    /// One that comes to a run under way, at this place.
    pub fn late(member: Member, place: usize, part: Part, now: Duration) -> Self {
        Self {
            place,
            joins: Some(part.threads),
            is_admitted: false,
            ..Self::new(member, part, now)
        }
    }

    /// Whether others count on it to have users from now on.
    pub fn takes_users(&self) -> bool {
        let is_there = matches!(self.state, WorkerState::Running | WorkerState::Suspect);
        is_there && !self.is_leaving && !self.is_cut_off
    }

    /// Whether it has a place that nobody else may have.
    pub fn is_wanted(&self) -> bool {
        !self.is_over() && !self.is_leaving && !self.is_cut_off
    }

    /// It says nothing more: its shards that have not ended never will.
    pub fn take_open(&mut self) -> BTreeSet<usize> {
        std::mem::take(&mut self.open)
    }

    /// Its shards that have not ended.
    pub fn open(&self) -> Vec<usize> {
        self.open.iter().copied().collect()
    }

    /// A record of it has come; false if it was there before.
    pub fn take(&mut self, number: u64, declared: u64, last: bool) -> bool {
        let turn = self.sequence.take(number);
        if let Turn::After(missing) = turn {
            tracing::error!(
                "{missing} record(s) of worker {} are missing; their requests are in the gap",
                self.member.name
            );
        }
        self.has_said_all |= last;
        self.declared = match last {
            true => declared,
            false => self.declared.max(declared),
        };
        turn != Turn::Duplicate
    }

    /// It says that it counted so many requests, and that so many had left.
    pub fn declares(&mut self, declared: u64, sent: u64) {
        self.sent = self.sent.max(sent);
        if !self.has_said_all {
            self.declared = self.declared.max(declared);
        }
        self.declare_what_had_left();
    }

    /// Of one that is lost, all requests of which somebody heard are declared.
    fn declare_what_had_left(&mut self) {
        if self.state == WorkerState::Lost && !self.has_said_all {
            self.declared = self.declared.max(self.sent);
        }
    }

    /// Another process sends what this one left.
    pub fn remains(&mut self) {
        self.remains = true;
    }

    /// It has said that it leaves.
    pub fn ends(&mut self) {
        self.ends = true;
    }

    /// Whether it is about to be known what it left.
    pub fn is_awaited(&self) -> bool {
        (self.remains || self.ends) && !self.has_said_all
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
            // A coordinator that took the run over may have asked for it again.
            Report::Cleaned { .. } if std::mem::replace(&mut self.has_cleaned, true) => {
                return false;
            }
            Report::Machine { report, .. } => self.on_machine(report),
            Report::Ready => {
                if let Some(left) = &mut self.joins {
                    *left = left.saturating_sub(1);
                }
            }
            _ => {}
        }
        self.is_admitted && self.state != WorkerState::Lost
    }

    /// Notes what its machine says of itself.
    fn on_machine(&mut self, report: &MachineReport) {
        let Some(share) = report.busiest_thread() else {
            return;
        };
        self.cpu = report.cores();
        let before = self.busiest_thread.unwrap_or_default();
        self.busiest_thread = Some(before.max(share));
        if share > THREAD_LIMIT && before <= THREAD_LIMIT {
            tracing::warn!(
                "worker {} is overloaded: its busiest thread used {:.0} % of a core in a second; use fewer \
                 users, more --threads there, or more workers",
                self.member.name,
                share * 100.0
            );
        }
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
        matches!(
            self.state,
            WorkerState::Done | WorkerState::Lost | WorkerState::Left
        )
    }

    /// Whether it came later, and all its shards are ready now. Said once.
    pub fn has_joined(&mut self) -> bool {
        let has = self.joins == Some(0) && self.state == WorkerState::Preparing;
        if has {
            self.state = WorkerState::Running;
        }
        has
    }

    /// Looks how long it was silent; its open shards, once it is lost.
    pub fn look(&mut self, now: Duration) -> Option<Vec<usize>> {
        if self.is_over() {
            return None;
        }
        match failure_detector::of(now.saturating_sub(self.heard)) {
            Silence::None if self.state == WorkerState::Suspect => {
                self.state = WorkerState::Running;
                tracing::info!("worker {} sends heartbeats again", self.member.name);
            }
            Silence::Suspect if self.state == WorkerState::Running => {
                self.state = WorkerState::Suspect;
                tracing::warn!(
                    "worker {} was not heard of for {} s",
                    self.member.name,
                    failure_detector::SUSPECT.as_secs()
                );
            }
            Silence::Lost => return Some(self.lose()),
            _ => {}
        }
        None
    }

    /// Whether it has counted more than has come.
    pub fn is_behind(&self) -> bool {
        self.declared > self.counted && !self.has_said_all
    }

    /// Whether it is lost and its last record, which was to come, never came.
    pub fn is_silent(&self, now: Duration) -> bool {
        let silent = now.saturating_sub(self.heard);
        self.is_over() && self.is_awaited() && failure_detector::of(silent) == Silence::Lost
    }

    /// The run counts on it no more; its open shards.
    pub fn lose(&mut self) -> Vec<usize> {
        self.state = WorkerState::Lost;
        self.declare_what_had_left();
        std::mem::take(&mut self.open).into_iter().collect()
    }
}

/// All of them, as the run shows them; the last command to the run is the notice with this number.
pub fn view(members: &[Tracked], wanted: usize, last_command: u64) -> Cluster {
    let at_work = || members.iter().filter(|one| !one.is_over());
    let worker = |one: &Tracked| Worker {
        name: one.member.name.clone(),
        threads: u32::try_from(one.part.threads).unwrap_or(u32::MAX),
        state: one.state,
        counted: one.counted,
        declared: one.declared,
        cpu: one.cpu,
        busiest_thread: one.busiest_thread,
        has_said_all: one.has_said_all,
    };
    Cluster {
        workers: members.iter().map(worker).collect(),
        wanted,
        at_work: at_work().count(),
        lost_arrivals: None,
        obeyed: at_work().filter(|one| one.obeyed >= last_command).count(),
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
        assert_eq!(view(&[worker], 1, 0).count(WorkerState::Lost), 1);
    }

    #[test]
    fn one_that_says_that_it_leaves_is_awaited_until_its_last_record() {
        let mut worker = tracked();
        worker.ends();
        worker.lose();
        assert!(worker.is_over() && worker.is_awaited());
        assert!(worker.take(1, 0, false) && worker.is_awaited());
        worker.heard = seconds(10);
        assert!(!worker.is_silent(seconds(29)) && worker.is_silent(seconds(30)));
        assert!(worker.take(2, 0, true) && !worker.is_awaited());
        assert!(!worker.is_silent(seconds(60)));
    }

    #[test]
    fn what_was_declared_and_not_counted_is_the_gap() {
        let mut worker = tracked();
        worker.declares(7, 9);
        assert!(worker.take(1, 5, false));
        assert!(!worker.take(1, 5, false));
        assert_eq!(view(std::slice::from_ref(&worker), 1, 0).gap(), 7);
        // Of a worker that is lost, what had left is missing too; how much more, only its last record says.
        worker.lose();
        let seen = view(std::slice::from_ref(&worker), 1, 0);
        assert_eq!((seen.gap(), seen.is_gap_exact()), (9, false));
        assert!(worker.take(2, 11, true));
        worker.declares(7, 9);
        let seen = view(&[worker], 1, 0);
        assert_eq!((seen.gap(), seen.is_gap_exact()), (11, true));
    }
}
