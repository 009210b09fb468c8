//! The end of a run: teardown, clean-up, the last count and the verdict.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value as Json;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::cleaner::{self, Leftover};
use super::control::Report;
use super::course::{Course, at};
use super::notices::is_refusal;
use super::orchestrator::{Ended, Verdict};
use crate::metrics::{Phase, Snapshot};
use crate::script::CrowdScript;
use crate::script::ledger::Entry;

/// How long shards have for their last count after an abort.
const LAST_WORDS: Duration = Duration::from_secs(1);

impl Course {
    /// Cleans what sessions that are over created, and what the last time could not, while the others go on. One that is
    /// still at it is let finish.
    pub(super) async fn clean_ended(&mut self) {
        if self
            .cleaning
            .as_ref()
            .is_some_and(|last| !last.is_finished())
        {
            return;
        }
        let mut entries = kept_by(self.cleaning.take()).await;
        entries.append(&mut self.created);
        if entries.is_empty() {
            return;
        }
        let (context, over) = (Rc::clone(&self.context), Rc::clone(&self.over));
        self.cleaning = Some(tokio::task::spawn_local(async move {
            let kept = cleaner::clean(&context, entries, over).await;
            for kept in &kept {
                tracing::warn!(
                    "clean-up: a {} is still there: {}",
                    kept.entry.kind,
                    kept.why
                );
            }
            kept.into_iter().map(|kept| kept.entry).collect()
        }));
    }

    /// Teardown, clean-up and the last word.
    pub async fn finish(mut self, script: Option<&CrowdScript>, crowd: Option<&Json>) -> Ended {
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
                self.hub.absorb(shard, *batch);
            }
        }
        let batch = self.context.user.world.recorder.borrow_mut().take();
        self.absorb(self.brief.plan.shards, batch);
        self.hub.phase(Phase::Done);
        self.hub.left(None);
        let snapshot = self.hub.tick(self.ran.unwrap_or_else(|| self.elapsed()));
        self.snapshots.send_replace(Arc::clone(&snapshot));
        let verdict = verdict(&snapshot, self.aborted);
        Ended {
            snapshot,
            verdict,
            leftovers: self.leftovers,
        }
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
        self.hub.phase(Phase::Cleaning);
        // What setup and teardown created belongs to no session.
        let mut entries = self.context.user.world.ledger.borrow_mut().take_all();
        entries.append(&mut self.created);
        let (context, over) = (Rc::clone(&self.context), Rc::clone(&self.over));
        let last = self.cleaning.take();
        let mut cleaning = std::pin::pin!(async {
            entries.extend(kept_by(last).await);
            cleaner::clean(&context, entries, Rc::clone(&over)).await
        });
        let mut second = tokio::time::interval(Duration::from_secs(1));
        let kept = loop {
            // Once the time is over the cleaner only lists what remains.
            if self.aborted {
                over.set();
            }
            let bound = self.signalled.filter(|_| !over.is_set());
            tokio::select! {
                kept = &mut cleaning => break kept,
                _ = second.tick() => self.tick(),
                // The run may have been over by itself; then the first stop bounds what remains to do.
                Some(command) = self.commands.recv() => self.obey(command),
                () = at(bound.map(|since| since + self.timetable.clean)) => over.set(),
            }
        };
        self.leftovers = kept.into_iter().map(Leftover::from).collect();
    }
}

/// What a clean-up on the way could not delete; waits for its end.
async fn kept_by(cleaning: Option<JoinHandle<Vec<Entry>>>) -> Vec<Entry> {
    match cleaning {
        Some(cleaning) => cleaning.await.unwrap_or_default(),
        None => Vec::new(),
    }
}

fn verdict(snapshot: &Snapshot, aborted: bool) -> Verdict {
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
    if aborted {
        Verdict::Aborted
    } else if snapshot.stopped_by.is_some() {
        Verdict::Valve
    } else if !answered && failed > refused {
        Verdict::NothingAnswered
    } else if !answered && refused > 0 {
        Verdict::NothingAllowed
    } else if sessions.failed > 0 && sessions.completed + sessions.stopped == 0 {
        Verdict::AllSessionsFailed
    } else {
        Verdict::Fine
    }
}
