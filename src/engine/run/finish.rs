//! The end of a run: teardown, clean-up, the last count and the verdict.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value as Json;

use super::state::{Run, at};
use super::verdict::{Ended, StartError, Verdict};
use crate::clock::Ticks;
use crate::engine::cleanup::runner::Leftover;
use crate::engine::monitor::{is_refusal, overload_summary};
use crate::engine::protocol::Report;
use crate::metrics::{Phase, Snapshot, StopCause, ThresholdResult};
use crate::plan::span::show_span;
use crate::script::CrowdScript;

/// How long shards have for their last count after an abort.
const LAST_WORDS: Duration = Duration::from_secs(1);

impl Run {
    /// Teardown, clean-up and the last count.
    pub async fn finish(mut self, script: Option<&CrowdScript>, crowd: Option<&Json>) -> Ended {
        let is_aborted = self.shutdown.is_aborted();
        if let Some(script) = script.filter(|_| !is_aborted) {
            self.tear_down(script, crowd).await;
        }
        if self.shutdown.is_aborted() {
            self.take_last_reports().await;
        }
        let leftovers = match self.config.plan.cleanup {
            Some(_) => self.clean_up().await,
            None => Vec::new(),
        };
        self.shards.join();
        for report in self.shards.pending_reports() {
            if let Report::Batch { shard, batch } = report {
                self.publisher.absorb(shard, *batch);
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
        self.publisher.phase(Phase::Done);
        self.publisher.left(None);
        let snapshot = self.end_interval();
        let (snapshot, _) = self.monitors.judge(snapshot, false);
        if let Some(text) = overload_summary(&snapshot) {
            tracing::warn!("{text}");
        }
        self.publisher.publish(Arc::clone(&snapshot));
        let is_aborted = self.shutdown.is_aborted();
        let verdict = if self.shards.lost_one() && !is_aborted {
            Verdict::ShardBroke
        } else {
            let allow_missing = self.config.plan.allow_missing;
            let measured = self.measured(&snapshot);
            let measured = measured.as_ref().unwrap_or(&snapshot);
            verdict(measured, is_aborted, allow_missing)
        };
        Ended {
            snapshot,
            verdict,
            leftovers,
            unwritten: left.unwritten,
        }
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

    /// Deletes what the run created; gives the first of what is left.
    async fn clean_up(&mut self) -> Vec<Leftover> {
        self.publisher.phase(Phase::Cleaning);
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
                left = &mut cleaning => break left,
                _ = second.tick() => self.tick(),
                // The run may have been over by itself; then the first stop bounds what remains to do.
                Some(command) = self.pending.next() => self.obey(command),
                () = at(clock, deadline) => self.cleanup.end(),
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

fn verdict(snapshot: &Snapshot, is_aborted: bool, allow_missing: bool) -> Verdict {
    let sessions = snapshot.sessions();
    let answered = snapshot
        .totals
        .series
        .values()
        .any(|series| series.statuses.keys().any(|status| !status.is_none()));
    let failures = snapshot.totals.series.values();
    let refused: u64 = failures
        .flat_map(|series| &series.failures)
        .filter(|(kind, _)| is_refusal(kind))
        .map(|(_, failure)| failure.count)
        .sum();
    let failed = snapshot.requests().failed();
    // Those that the end of the run interrupted are neither. Only where sessions are so long that none was completed, they
    // are what the others are compared with: a few that failed beside a crowd that went on to the end are no failed run.
    let as_good = match sessions.completed {
        0 => sessions.interrupted,
        completed => completed,
    };
    if is_aborted {
        Verdict::Aborted
    } else if let Some(stop) = &snapshot.stopped_by {
        match stop.cause {
            StopCause::Valve => Verdict::Valve,
            StopCause::Ledger => Verdict::LedgerBroke,
            StopCause::Threshold => Verdict::Threshold,
        }
    } else if !answered && failed > refused {
        Verdict::NothingAnswered
    } else if !answered && failed == 0 && !snapshot.totals.not_sent.is_empty() {
        Verdict::NothingSent
    } else if !answered && refused > 0 {
        Verdict::NothingAllowed
    } else if sessions.failed > 0 && sessions.completed + sessions.interrupted == 0 {
        Verdict::AllSessionsFailed
    } else if sessions.failed > as_good {
        Verdict::MostSessionsFailed
    } else if snapshot.thresholds.iter().any(|one| match one.result {
        ThresholdResult::Passed => false,
        ThresholdResult::Failed | ThresholdResult::NoData => true,
        ThresholdResult::UnknownName => !allow_missing,
    }) {
        Verdict::Threshold
    } else {
        Verdict::Fine
    }
}
