//! The end of a run: teardown, clean-up, the last count and the verdict.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value as Json;
use tokio::time::Instant;

use super::cleaner;
use super::control::{Command, Report};
use super::course::{Course, at};
use super::drain;
use super::orchestrator::{Ended, StartError, Verdict};
use crate::metrics::{Phase, Snapshot};
use crate::script::{CrowdScript, Halt};

/// How long shards have for their last count after an abort.
const LAST_WORDS: Duration = Duration::from_secs(1);

impl Course {
    /// Cleans what sessions that are over created, while the others go on.
    pub(super) fn clean_ended(&mut self) {
        let entries = std::mem::take(&mut self.created);
        let context = Rc::clone(&self.context);
        self.cleaning.push(tokio::task::spawn_local(async move {
            let count = entries.len();
            let leftovers = cleaner::clean(&context, entries, Rc::default()).await;
            tracing::info!(
                "clean-up: {} of {count} things deleted",
                count - leftovers.len()
            );
            for leftover in leftovers {
                tracing::warn!(
                    "clean-up: {} {} is left: {}",
                    leftover.kind,
                    leftover.id,
                    leftover.why
                );
            }
        }));
    }

    /// Teardown, clean-up and the last word.
    pub async fn finish(
        mut self,
        script: Option<&CrowdScript>,
        crowd: Option<&Json>,
    ) -> Result<Ended, StartError> {
        if !self.aborted {
            if let Some(script) = script {
                self.tear_down(script, crowd).await;
            }
            if self.brief.plan.cleanup.is_some() && !self.created.is_empty() {
                self.clean().await;
            }
        }
        for cleaning in self.cleaning.drain(..) {
            // What it could not delete it has said itself.
            let _ = cleaning.await;
        }
        if self.aborted {
            self.last_words().await;
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
        let snapshot = self
            .hub
            .tick(self.ran.unwrap_or_else(|| self.began.elapsed()));
        self.snapshots.send_replace(Arc::clone(&snapshot));
        let verdict = verdict(&snapshot, self.aborted);
        Ok(Ended {
            snapshot,
            verdict,
            leftovers: self.leftovers,
        })
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

    async fn tear_down(&mut self, script: &CrowdScript, crowd: Option<&Json>) {
        let until = self.signalled.map_or_else(
            || Instant::now() + Duration::from_secs(60),
            |since| since + drain::LEAVE_BEHIND_AFTER,
        );
        let torn = tokio::time::timeout_at(until, script.teardown(&self.context, crowd)).await;
        match torn {
            Ok(Ok(())) => {}
            Ok(Err(fault)) => tracing::error!("teardown failed: {fault}"),
            Err(_) => tracing::error!("teardown took too long and was cut"),
        }
    }

    async fn clean(&mut self) {
        self.hub.phase(Phase::Cleaning);
        let entries = std::mem::take(&mut self.created);
        let (context, over) = (Rc::clone(&self.context), Rc::new(Halt::default()));
        let mut cleaning = std::pin::pin!(cleaner::clean(&context, entries, Rc::clone(&over)));
        let mut second = tokio::time::interval(Duration::from_secs(1));
        self.leftovers = loop {
            // Once the time is over the cleaner only lists what remains.
            let bound = self.signalled.filter(|_| !over.is_set());
            tokio::select! {
                leftovers = &mut cleaning => break leftovers,
                _ = second.tick() => self.tick(),
                Some(command) = self.commands.recv() => match (command, self.signalled) {
                    // The run was over by itself; the first stop bounds what remains to do.
                    (Command::Stop, None) => self.signalled = Some(Instant::now()),
                    _ => {
                        self.aborted = true;
                        over.set();
                    }
                },
                () = at(bound.map(|since| since + drain::CLEAN_UNTIL)) => over.set(),
            }
        };
    }
}

fn verdict(snapshot: &Snapshot, aborted: bool) -> Verdict {
    let sessions = snapshot.sessions();
    let answered = snapshot
        .totals
        .series
        .values()
        .any(|series| series.statuses.keys().any(|status| *status != 0));
    if aborted {
        Verdict::Aborted
    } else if !answered && snapshot.requests().failed() > 0 {
        Verdict::NothingAnswered
    } else if sessions.failed > 0 && sessions.completed + sessions.stopped == 0 {
        Verdict::AllSessionsFailed
    } else {
        Verdict::Fine
    }
}
