//! Scripts that change while the crowd is out: what is offered is taken, tried, or taken back.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::canary::{Canary, Judgement};
use super::control::{Done, Order, Refused};
use super::course::Course;
use super::repertoire::{OnTrial, Taken};
use super::standing::Dialled;
use crate::metrics::{Refusal, Reload, Snapshot, TypeId};
use crate::plan::Change;
use crate::script::{Fault, Fresh, Offer};

/// Users on their way to what was published last.
#[derive(Debug)]
pub struct Migration {
    /// When the first sign of the change was seen.
    saved: Instant,
    /// The roster that has to be followed.
    version: u64,
    /// Shards of which every user is there.
    settled: BTreeSet<usize>,
    last: Instant,
}

impl Course {
    /// What the reader of the script folders has to say.
    pub(super) fn consider(&mut self, offer: Offer) {
        match offer {
            Offer::Fresh(fresh) => {
                let number = fresh.by_hand;
                let said = self.take_scripts(&fresh);
                if let Err(refused) = &said {
                    let faults = vec![("throng.toml".to_owned(), refused.to_string())];
                    self.refuse(faults);
                }
                self.asked.answer(number, said);
            }
            Offer::Refused {
                faults, by_hand, ..
            } => {
                let faults: Vec<_> = faults.iter().map(words).collect();
                self.refuse(faults.clone());
                self.asked.answer(by_hand, Err(Refused::Scripts(faults)));
            }
            Offer::Unread { by_hand } => {
                let why = "the script folders are not looked at any more".to_owned();
                self.asked.answer(Some(by_hand), Err(Refused::NotNow(why)));
            }
            Offer::Note(text) => {
                tracing::warn!("{text}");
                self.remember("watch", &text);
            }
        }
    }

    fn refuse(&mut self, faults: Vec<(String, String)>) {
        let lines: Vec<String> = faults
            .iter()
            .map(|(place, cause)| format!("  {place}: {cause}"))
            .collect();
        let bundle = self.book.bundle();
        tracing::error!(
            "the changed scripts were refused, the crowd goes on with bundle {bundle}:\n{}",
            lines.join("\n")
        );
        let first = lines.first().map_or("", |line| line.trim_start());
        let more = match lines.len() {
            0 | 1 => String::new(),
            count => format!(" (and {} more)", count - 1),
        };
        self.remember("refused", &format!("{first}{more}"));
        self.hub.reload("refused");
        let at = self.elapsed();
        self.hub.reloading().refusal = Some(Refusal { at, faults });
    }

    fn take_scripts(&mut self, fresh: &Fresh) -> Result<Done, Refused> {
        let before = self.settings();
        let trial = self.brief.plan.reload.canary;
        let dialled = self.dialled(&fresh.settings);
        let on_trial = self.book.trial.as_ref().map(|trial| trial.bundle);
        let share = trial.map(|trial| trial.share);
        let taken = self
            .book
            .take(fresh, share, dialled.weights, dialled.users)?;
        let dials = &self.brief.terms.dials;
        dials.set_error_rate(dialled.error_rate);
        dials.set_think_factor(dialled.think_factor);
        self.brief.standing.took(fresh.settings.clone());
        let mended = self.hub.reloading().refusal.take().is_some();
        if before != self.settings() {
            self.tell_settings(&before);
        }
        let replaced = on_trial.filter(|_| self.canary.take().is_some());
        let done = match taken {
            Taken::Unchanged => {
                self.hub.reload("unchanged");
                let now = format!("the scripts are those of bundle {}", self.book.bundle());
                let text = match replaced {
                    Some(bundle) => format!("{now}; the trial of bundle {bundle} is over"),
                    None if mended => format!("mended: {now}"),
                    None => now,
                };
                self.tell("reload", &text)
            }
            Taken::Played {
                changed,
                joined,
                left,
            } => {
                self.hub.reload("accepted");
                let text = self.described(&joined, &left);
                self.migrate(fresh.saved, &[changed, joined].concat());
                self.tell("reload", &text)
            }
            Taken::Tried => {
                self.hub.reload("accepted");
                let text = self.begin_trial(fresh.saved);
                self.tell("canary", &text)
            }
        };
        self.publish();
        Ok(done)
    }

    fn dialled(&self, settings: &Change) -> Dialled {
        let dials = &self.brief.terms.dials;
        let now = Dialled {
            users: self.book.users(),
            error_rate: dials.error_rate(),
            think_factor: dials.think_factor(),
            weights: self.book.set_weights().clone(),
        };
        self.brief.standing.read(settings, now)
    }

    fn begin_trial(&mut self, saved: Instant) -> String {
        let reload = self.brief.plan.reload;
        let snapshot = Arc::clone(&self.snapshots.borrow());
        let (Some(trial), Some(rules)) = (&self.book.trial, reload.canary) else {
            return String::new();
        };
        let users: u32 = trial.types.iter().map(|(.., users)| users).sum();
        let text = format!(
            "bundle {} is tried by {users} users ({} %) for {} s: {}",
            trial.bundle,
            (rules.share * 100.0).round(),
            rules.time.as_secs_f64(),
            self.moves(trial)
        );
        self.canary = Some((Canary::begin(trial, rules, &reload, &snapshot), saved));
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

    /// What the newest line-up changed, in words.
    fn described(&self, joined: &[TypeId], left: &[TypeId]) -> String {
        let known = &self.snapshots.borrow().generations;
        let mut words: Vec<String> = self
            .book
            .generations()
            .filter_map(|(kind, new)| {
                let old = self.playing.get(&kind).or_else(|| known.get(&kind))?;
                (*old != new).then(|| format!("{} {old} -> {new}", self.book.name(kind)))
            })
            .collect();
        words.extend(
            joined
                .iter()
                .map(|kind| format!("{} joins", self.book.name(*kind))),
        );
        words.extend(
            left.iter()
                .map(|kind| format!("{} leaves", self.book.name(*kind))),
        );
        format!("bundle {}: {}", self.book.bundle(), words.join(", "))
    }

    pub(super) fn promote(&mut self) -> Result<Done, Refused> {
        let Some(trial) = self.book.promote() else {
            return Err(Refused::NotNow("nothing is on trial".to_owned()));
        };
        self.hub.reload("promoted");
        let saved = self
            .canary
            .take()
            .map_or_else(Instant::now, |(_, saved)| saved);
        let types: Vec<TypeId> = trial.types.iter().map(|(kind, ..)| *kind).collect();
        self.migrate(saved, &types);
        self.publish();
        let text = format!("bundle {} is for all: {}", trial.bundle, self.moves(&trial));
        Ok(self.tell("promote", &text))
    }

    pub(super) fn roll_back(&mut self, kind: Option<&str>) -> Result<Done, Refused> {
        let now = Instant::now();
        if self.book.trial.is_some() {
            return Ok(self.end_trial("by hand"));
        }
        let text = match kind {
            None => {
                let (from, to) = self.book.back()?;
                format!("from bundle {from} to bundle {to}")
            }
            Some(kind) => {
                let (from, to) = self.book.back_of(kind)?;
                format!("{kind} {from} -> {to}")
            }
        };
        self.hub.reload("rolled_back");
        let types: Vec<TypeId> = self
            .book
            .generations()
            .filter(|(kind, generation)| self.playing.get(kind) != Some(generation))
            .map(|(kind, _)| kind)
            .collect();
        self.migrate(now, &types);
        self.publish();
        Ok(self.tell("rollback", &format!("{text}, by hand")))
    }

    /// The users on trial go back.
    fn end_trial(&mut self, why: &str) -> Done {
        let text = match self.book.give_up() {
            Some(trial) => {
                let types: Vec<TypeId> = trial.types.iter().map(|(kind, ..)| *kind).collect();
                self.migrate(Instant::now(), &types);
                format!(
                    "bundle {} is taken back to bundle {}: {why}",
                    trial.bundle,
                    self.book.bundle()
                )
            }
            None => why.to_owned(),
        };
        self.canary = None;
        self.hub.reload("rolled_back");
        self.publish();
        tracing::warn!(target: "throng::run", "rollback: {text}");
        self.remember("rollback", &text);
        Done(text)
    }

    /// Looks at the trial under way.
    pub(super) fn watch_trial(&mut self, snapshot: &Snapshot) {
        let Some((canary, _)) = &self.canary else {
            return;
        };
        match canary.judge(snapshot) {
            Judgement::Wait => self.hub.reloading().canary = Some(canary.view(snapshot)),
            Judgement::Promote => drop(self.promote()),
            Judgement::Back(why) => drop(self.end_trial(&why)),
        }
    }

    /// From now on it is counted how long the users take to get to what is published next.
    fn migrate(&mut self, saved: Instant, types: &[TypeId]) {
        self.hub.reloading().last = Some(Reload {
            bundle: self.book.bundle(),
            types: types.to_vec(),
            at: self.elapsed(),
            took: None,
        });
        self.migration = Some(Migration {
            saved,
            version: 0,
            settled: BTreeSet::new(),
            last: saved,
        });
    }

    /// Every user of this shard is where the roster of this version wants it.
    pub(super) fn settled(&mut self, shard: usize, version: u64, at: Instant) {
        let open = self.shards.len();
        let Some(migration) = self.migration.as_mut() else {
            return;
        };
        if version < migration.version || !migration.settled.insert(shard) {
            return;
        }
        migration.last = migration.last.max(at);
        if migration.settled.len() < open {
            return;
        }
        let took: Duration = migration.last.saturating_duration_since(migration.saved);
        self.migration = None;
        if let Some(last) = &mut self.hub.reloading().last {
            last.took = Some(took);
        }
        let text = format!(
            "the last user moved {:.1} s after the change",
            took.as_secs_f64()
        );
        tracing::info!(target: "throng::run", "{text}");
        self.remember("moved", &text);
    }

    /// Hands the book's roster to all shards, and what there is to know of it to the hub.
    pub(super) fn publish(&mut self) {
        let roster = self.book.roster();
        if let Some(migration) = &mut self.migration {
            migration.version = roster.version;
            migration.settled.clear();
        }
        self.order(&Order::Roster(roster));
        self.tell_hub();
    }

    pub(super) fn tell_hub(&mut self) {
        self.playing = self.book.generations().collect();
        self.hub.types(self.book.names());
        self.hub.settings(self.settings());
        self.hub.generations(self.playing.clone());
        let (bundle, kept) = (self.book.bundle(), self.book.kept());
        let snapshot = Arc::clone(&self.snapshots.borrow());
        let canary = self
            .canary
            .as_ref()
            .map(|(canary, _)| canary.view(&snapshot));
        let reloading = self.hub.reloading();
        (reloading.bundle, reloading.kept, reloading.canary) = (bundle, kept, canary);
    }
}

/// A fault as others see it: place and cause.
fn words(fault: &Fault) -> (String, String) {
    (fault.place.clone(), fault.message.clone())
}
