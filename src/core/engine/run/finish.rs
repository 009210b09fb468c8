//! The end of a run: teardown, clean-up, the last count and the reasons for the exit code.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value as Json;

use super::ended::{Ended, StartError};
use super::exit_reasons::{self, Facts};
use super::state::Run;
use crate::clock::Ticks;
use crate::engine::cleanup::runner::Leftover;
use crate::engine::monitor::overload_summary;
use crate::engine::protocol::Report;
use crate::metrics::{Phase, Snapshot};
use crate::plan::span::show_span;
use crate::script::CrowdScript;

/// How long shards have for their last count after an abort.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// How long workers have, once the time of the clean-up is over, to say what is left; in seconds of the machine's clock,
/// as their own limits are.
const LAST_CLEANED: Duration = Duration::from_secs(5);

impl Run {
    /// Teardown, clean-up and the last count.
    pub async fn finish(mut self, script: Option<&CrowdScript>, crowd: Option<&Json>) -> Ended {
        let is_aborted = self.shutdown.is_aborted();
        let tears_down = !is_aborted && !self.is_torn_down && self.superseded.is_none();
        if let Some(script) = script.filter(|_| tears_down) {
            self.tear_down(script, crowd).await;
            self.is_torn_down = true;
        }
        if self.shutdown.is_aborted() {
            self.take_last_reports().await;
        }
        let leftovers = match self.config.plan.cleanup {
            Some(_) => self.clean_up().await,
            None => {
                self.clean_elsewhere().await;
                Vec::new()
            }
        };
        self.shards.join();
        for report in self.shards.last_reports().await {
            match report {
                Report::Batch { shard, batch } => {
                    if let Some(due) = &mut self.due_arrivals {
                        due.reported(shard, &batch);
                    }
                    self.publisher.absorb(shard, *batch);
                }
                Report::Lost { shard } => self.lose_arrivals(shard),
                Report::Cleaned { left } => self.publisher.left_elsewhere(left),
                Report::Cluster(cluster) => self.publisher.cluster(*cluster),
                // Nobody acts on what else shards say.
                _ => {}
            }
        }
        let left = self.config.ledger.close().await;
        let kinds = left.counts.0.into_iter();
        self.publisher.left_behind(
            kinds
                .map(|(kind, count)| (kind, count.confirmed + count.unconfirmed))
                .collect(),
        );
        self.absorb_own();
        self.publisher.phase(Phase::Done, self.now());
        self.publisher.left(None);
        let snapshot = self.end_interval();
        let (snapshot, _) = self.monitors.judge(snapshot, false);
        // A trace of one session measures no load.
        if self.first_recording.is_none()
            && let Some(text) = overload_summary(&snapshot)
        {
            tracing::warn!("{text}");
        }
        let snapshot = self.with_exit(snapshot, leftovers.len() as u64);
        self.publisher.publish(Arc::clone(&snapshot));
        Ended {
            snapshot,
            leftovers,
            unwritten: left.unwritten,
        }
    }

    /// The last snapshot with every reason for the exit code.
    fn with_exit(&self, mut snapshot: Arc<Snapshot>, leftovers: u64) -> Arc<Snapshot> {
        let plan = &self.config.plan;
        let measured = self.measured(&snapshot);
        let left: u64 = snapshot.left_behind.values().sum();
        let exit = exit_reasons::of(&Facts {
            snapshot: measured.as_ref().unwrap_or(&snapshot),
            is_aborted: self.shutdown.is_aborted(),
            has_lost_thread: self.shards.lost_one(),
            left_behind: plan.cleanup.as_ref().map_or(0, |_| left.max(leftovers)),
            allow_missing: plan.allow_missing,
            is_strict: plan.strict,
        });
        Arc::make_mut(&mut snapshot).exit = Some(exit);
        snapshot
    }

    /// What the run is judged by, where that is not the whole of it.
    fn measured(&self, snapshot: &Snapshot) -> Option<Snapshot> {
        if !snapshot.is_warming_up() {
            return snapshot.after_warm_up();
        }
        if snapshot.requests().total() > 0 {
            tracing::warn!(
                "the run ended within its warm-up of {}: nothing is left out of its figures, and \
                 it is judged as a whole; give a shorter --warm-up, or a longer run",
                show_span(self.config.plan.shape.warm_up)
            );
        }
        None
    }

    /// Ends a run that did not begin: what its setup created is deleted all the same.
    pub async fn give_up(
        self,
        script: Option<&CrowdScript>,
        crowd: Option<&Json>,
        why: StartError,
    ) -> StartError {
        if matches!(why, StartError::Superseded(_)) {
            return why;
        }
        let ended = self.finish(script, crowd).await;
        for leftover in ended.leftovers {
            tracing::error!("{leftover}");
        }
        why
    }

    /// After an abort: what shards counted until they heard of it.
    async fn take_last_reports(&mut self) {
        let clock = self.source();
        let until = clock.now() + LAST_WORDS;
        while self.shards.open() > 0 {
            match clock.timeout_at(until, self.shards.next_report()).await {
                Ok(Some(report)) => self.take(report),
                Ok(None) | Err(_) => return,
            }
        }
    }

    /// Workers delete what their shards created, before what setup made is deleted here. Without clean-up they only say what
    /// is left.
    async fn clean_elsewhere(&mut self) {
        let mut at_work = self.shards.clean_elsewhere();
        let clock = self.source();
        let mut second = Ticks::new(clock, self.now(), Duration::from_secs(1));
        let mut last = None;
        while at_work > 0 && !self.shutdown.is_aborted() {
            let deadline = last.or_else(|| self.shutdown.cleanup_deadline());
            tokio::select! {
                biased;
                Some(command) = self.pending.next() => self.obey(command),
                report = self.shards.next_report() => match report {
                    Some(report) => {
                        at_work -= usize::from(matches!(report, Report::Cleaned { .. }));
                        self.take(report);
                    }
                    None => return,
                },
                _ = second.tick() => self.tick(),
                () = clock.sleep_until_any(deadline) => {
                    if last.is_some() {
                        tracing::warn!(
                            "{at_work} worker(s) did not say in time what is left; throng cleanup \
                             on their machines deletes it"
                        );
                        return;
                    }
                    last = Some(self.now() + clock.span_of_real(LAST_CLEANED));
                    self.shards.end_cleanup_elsewhere();
                }
            }
        }
        if self.shutdown.is_aborted() {
            self.shards.end_cleanup_elsewhere();
        }
    }

    /// Deletes what the run created; gives the first of what is left.
    async fn clean_up(&mut self) -> Vec<Leftover> {
        self.publisher.phase(Phase::Cleaning, self.now());
        self.clean_elsewhere().await;
        let mut cleaning = std::pin::pin!(self.cleanup.clean_all());
        let clock = self.source();
        let mut second = Ticks::new(clock, self.now(), Duration::from_secs(1));
        let left = loop {
            // Once the time is over the cleaner stops.
            if self.shutdown.is_aborted() {
                self.cleanup.end();
            }
            let deadline = self.shutdown.cleanup_deadline();
            let deadline = deadline.filter(|_| !self.cleanup.is_over());
            tokio::select! {
                biased;
                left = &mut cleaning => break left,
                _ = second.tick() => self.tick(),
                // The run may have been over by itself; then the first stop bounds what remains to do.
                Some(command) = self.pending.next() => self.obey(command),
                () = clock.sleep_until_any(deadline) => self.cleanup.end(),
            }
        };
        match left {
            Ok(left) => left.into_iter().map(Leftover::from).collect(),
            Err(why) => {
                tracing::error!("what is left cannot be listed: {why}");
                Vec::new()
            }
        }
    }
}
