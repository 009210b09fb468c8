//! Trials and ways back: a new version is for some, then for all or for nobody.

use std::sync::Arc;
use std::time::Instant;

use super::state::Course;
use crate::engine::command::{Done, Refused};
use crate::engine::release::canary::{Canary, Judgement};
use crate::engine::release::releases::OnTrial;
use crate::metrics::{Snapshot, TypeId};

impl Course {
    /// Begins the trial that the book has; says it in words.
    pub(crate) fn begin_trial(&mut self) -> String {
        let reload = self.brief.plan.reload;
        let snapshot = Arc::clone(&self.snapshots.borrow());
        let (Some(trial), Some(rules)) = (&self.book.trial, reload.canary) else {
            return String::new();
        };
        let users: u32 = trial.types.iter().map(|(.., users)| users).sum();
        let text = format!(
            "release {} is a canary for {users} users ({} %) for {} s: {}",
            trial.release,
            (rules.share * 100.0).round(),
            rules.time.as_secs_f64(),
            self.moves(trial)
        );
        self.canary = Some(Canary::begin(trial, rules, &reload, &snapshot));
        text
    }

    /// `active 1 -> 2, power 1 -> 2`
    fn moves(&self, trial: &OnTrial) -> String {
        let moves = trial
            .types
            .iter()
            .map(|(kind, old, new, _)| format!("{} {old} -> {new}", self.book.name(*kind)));
        moves.collect::<Vec<_>>().join(", ")
    }

    pub(crate) fn promote(&mut self) -> Result<Done, Refused> {
        let Some(trial) = self.book.promote() else {
            return Err(Refused::NotNow("no canary is under way".to_owned()));
        };
        self.aggregator.reload("promoted");
        self.canary = None;
        let types: Vec<TypeId> = trial.types.iter().map(|(kind, ..)| *kind).collect();
        self.migrate(Instant::now(), &types, true);
        self.publish();
        let text = format!(
            "release {} is for all: {}",
            trial.release,
            self.moves(&trial)
        );
        Ok(self.tell("promote", &text))
    }

    pub(crate) fn roll_back(&mut self, kind: Option<&str>) -> Result<Done, Refused> {
        let now = Instant::now();
        if self.book.trial.is_some() {
            return Ok(self.end_trial("by hand"));
        }
        let text = match kind {
            None => {
                let (from, to) = self.book.back()?;
                format!("from release {from} to release {to}")
            }
            Some(kind) => {
                let (from, to) = self.book.back_of(kind)?;
                format!("{kind} {from} -> {to}")
            }
        };
        self.aggregator.reload("rolled_back");
        let types: Vec<TypeId> = self
            .book
            .versions()
            .filter(|(kind, version)| self.playing.get(kind) != Some(version))
            .map(|(kind, _)| kind)
            .collect();
        self.migrate(now, &types, !types.is_empty());
        self.publish();
        Ok(self.tell("rollback", &format!("{text}, by hand")))
    }

    /// The users on trial go back.
    fn end_trial(&mut self, why: &str) -> Done {
        let text = match self.book.give_up() {
            Some(trial) => {
                let types: Vec<TypeId> = trial.types.iter().map(|(kind, ..)| *kind).collect();
                self.migrate(Instant::now(), &types, true);
                format!(
                    "release {} is rolled back to release {}: {why}",
                    trial.release,
                    self.book.release()
                )
            }
            None => why.to_owned(),
        };
        self.canary = None;
        self.aggregator.reload("rolled_back");
        self.publish();
        tracing::warn!(target: "throng::run", "rollback: {text}");
        self.remember("rollback", &text);
        Done(text)
    }

    /// Looks at the canary under way.
    pub(crate) fn watch_trial(&mut self, snapshot: &Snapshot) {
        let Some(canary) = self.canary.as_ref().filter(|_| !self.is_stopping()) else {
            return;
        };
        match canary.judge(snapshot) {
            Judgement::Wait => self.aggregator.reload_status().canary = Some(canary.view(snapshot)),
            Judgement::Promote => drop(self.promote()),
            Judgement::Back(why) => drop(self.end_trial(&why)),
        }
    }
}
