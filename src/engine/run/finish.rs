//! The end of a run: teardown, clean-up, the last count and the verdict.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value as Json;
use tokio::time::Instant;

use super::orchestrator::{Ended, StartError, Verdict};
use super::state::{Course, at};
use crate::engine::cleanup::runner;
use crate::engine::cleanup::runner::{Extent, Headway, Leftover, MOST_LISTED};
use crate::engine::monitor::warnings::{is_refusal, say_overload};
use crate::engine::protocol::Report;
use crate::ledger::LedgerError;
use crate::metrics::{Phase, Snapshot};
use crate::script::SetupScript;

/// How long shards have for their last count after an abort.
const LAST_WORDS: Duration = Duration::from_secs(1);

impl Course {
    /// Cleans what sessions that are over created, and what the last time could not, while the others go on. One that is
    /// still at it is let finish.
    pub(crate) fn clean_ended(&mut self) {
        let last = self.cleaning.as_ref();
        if last.is_some_and(|last| !last.is_finished()) {
            return;
        }
        let (context, over) = (Rc::clone(&self.context), Rc::clone(&self.over));
        let ledger = self.brief.ledger.clone();
        let extent = self.extent(true);
        self.cleaning = Some(tokio::task::spawn_local(async move {
            let headway = Rc::<Headway>::default();
            let cleaned = runner::clean(&context, &ledger, extent, over, Rc::clone(&headway)).await;
            say(&headway, cleaned);
        }));
    }

    fn extent(&self, only_over: bool) -> Extent {
        Extent {
            only_over,
            rps: self.brief.plan.cleanup_rps,
        }
    }

    /// Teardown, clean-up and the last word.
    pub async fn finish(mut self, script: Option<&SetupScript>, crowd: Option<&Json>) -> Ended {
        if let Some(script) = script.filter(|_| !self.aborted) {
            self.tear_down(script, crowd).await;
        }
        if self.aborted {
            self.last_words().await;
        }
        if self.brief.plan.cleanup.is_some() {
            self.clean().await;
        }
        // Shards left behind compute for ever; the process ends without them.
        for (orders, thread) in self.shards.drain(..) {
            drop(orders);
            if thread.is_finished() {
                let _ = thread.join();
            }
        }
        while let Ok(report) = self.reports.try_recv() {
            if let Report::Batch(shard, batch) = report {
                self.aggregator.absorb(shard, *batch);
            }
        }
        let left = self.brief.ledger.close().await;
        let kinds = left.counts.0.into_iter();
        self.aggregator.left_behind(
            kinds
                .map(|(kind, count)| (kind, count.confirmed + count.unconfirmed))
                .collect(),
        );
        let batch = self.context.user.shard.recorder.borrow_mut().take();
        self.absorb(self.brief.plan.shards, batch);
        self.aggregator.phase(Phase::Done);
        self.aggregator.left(None);
        let snapshot = self.end_second();
        say_overload(&snapshot);
        self.snapshots.send_replace(Arc::clone(&snapshot));
        let verdict = if self.lost_shard && !self.aborted {
            Verdict::ShardBroke
        } else {
            verdict(&snapshot, self.aborted, self.broke)
        };
        Ended {
            snapshot,
            verdict,
            leftovers: self.leftovers,
            unwritten: left.unwritten,
        }
    }

    /// Ends a run that did not begin: what its setup created is deleted all the same.
    pub async fn give_up(
        self,
        script: Option<&SetupScript>,
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
    async fn last_words(&mut self) {
        let until = Instant::now() + LAST_WORDS;
        while self.open > 0 {
            match tokio::time::timeout_at(until, self.reports.recv()).await {
                Ok(Some(report)) => self.take(report),
                Ok(None) | Err(_) => return,
            }
        }
    }

    async fn clean(&mut self) {
        self.aggregator.phase(Phase::Cleaning);
        let ledger = self.brief.ledger.clone();
        let (context, over) = (Rc::clone(&self.context), Rc::clone(&self.over));
        let last = self.cleaning.take();
        let extent = self.extent(false);
        let mut cleaning = std::pin::pin!(async {
            if let Some(last) = last {
                // It has said what it could not delete; the ledger has it.
                let _ = last.await;
            }
            let headway = Rc::<Headway>::default();
            let ended = runner::clean(&context, &ledger, extent, over, Rc::clone(&headway)).await;
            say(&headway, ended);
            ledger.list(MOST_LISTED).await
        });
        let over = Rc::clone(&self.over);
        let mut second = tokio::time::interval(Duration::from_secs(1));
        let left = loop {
            // Once the time is over the cleaner stops.
            if self.aborted {
                over.set();
            }
            let bound = self.signalled.filter(|_| !over.is_set());
            tokio::select! {
                left = &mut cleaning => break left,
                _ = second.tick() => self.tick(),
                // The run may have been over by itself; then the first stop bounds what remains to do.
                Some(command) = self.commands.recv() => self.obey(command),
                () = at(bound.map(|since| since + self.timetable.clean)) => over.set(),
            }
        };
        match left {
            Ok(left) => self.leftovers = left.into_iter().map(Leftover::from).collect(),
            Err(why) => tracing::error!("what is left cannot be listed: {why}"),
        }
    }
}

/// Says how a clean-up ended.
fn say(headway: &Headway, ended: Result<(), LedgerError>) {
    if let Err(why) = ended {
        tracing::error!("clean-up: the ledger cannot be read: {why}");
    }
    if headway.of.get() > 0 {
        tracing::info!(
            "clean-up: {} of {} things deleted",
            headway.deleted.get(),
            headway.of.get()
        );
    }
}

fn verdict(snapshot: &Snapshot, aborted: bool, broke: bool) -> Verdict {
    let sessions = snapshot.sessions();
    let answered = snapshot
        .totals
        .series
        .values()
        .any(|series| series.statuses.keys().any(|status| *status != 0));
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
        0 => sessions.stopped,
        completed => completed,
    };
    if aborted {
        Verdict::Aborted
    } else if broke {
        Verdict::LedgerBroke
    } else if snapshot.stopped_by.is_some() {
        Verdict::Valve
    } else if !answered && failed > refused {
        Verdict::NothingAnswered
    } else if !answered && failed == 0 && !snapshot.totals.not_sent.is_empty() {
        Verdict::NothingSent
    } else if !answered && refused > 0 {
        Verdict::NothingAllowed
    } else if sessions.failed > 0 && sessions.completed + sessions.stopped == 0 {
        Verdict::AllSessionsFailed
    } else if sessions.failed > as_good {
        Verdict::MostSessionsFailed
    } else {
        Verdict::Fine
    }
}
