//! Scripts that change while the crowd is out: what is offered is taken or refused, and published.

use std::sync::Arc;

use super::state::Course;
use crate::engine::command::{Done, Refused};
use crate::engine::protocol::Order;
use crate::engine::release::releases::Taken;
use crate::engine::release::settings_file::Dialled;
use crate::metrics::{Refusal, TypeId};
use crate::plan::Change;
use crate::script::{Diagnostic, Fresh, ReloadEvent, STARVED};
use crate::text;

impl Course {
    /// What the reader of the script folders has to say.
    pub(crate) fn consider(&mut self, offer: ReloadEvent) {
        match offer {
            ReloadEvent::Fresh(fresh) => {
                let number = fresh.by_hand;
                let said = self.take_scripts(&fresh);
                if let Err(refused) = &said {
                    let faults = vec![("throng.toml".to_owned(), refused.to_string())];
                    self.refuse(faults);
                }
                self.answer(number, said);
            }
            ReloadEvent::Refused {
                faults, by_hand, ..
            } => {
                let faults: Vec<_> = faults.iter().map(words).collect();
                self.refuse(faults.clone());
                self.answer(by_hand, Err(Refused::Scripts(faults)));
            }
            ReloadEvent::Unread { by_hand } => {
                let why = "the script folders are not looked at any more".to_owned();
                self.answer(Some(by_hand), Err(Refused::NotNow(why)));
            }
            ReloadEvent::Starved { by_hand } => {
                let why = format!(
                    "the script folders cannot be read just now: {STARVED}; they are tried again"
                );
                self.answer(Some(by_hand), Err(Refused::NotNow(why)));
            }
            ReloadEvent::Note(text) => {
                tracing::warn!("{text}");
                self.remember("watch", &text);
            }
        }
    }

    fn refuse(&mut self, faults: Vec<(String, String)>) {
        let secrets = &self.brief.terms.secrets;
        let masked = |(place, cause)| (secrets.owned(place), secrets.owned(cause));
        let faults: Vec<_> = faults.into_iter().map(masked).collect();
        let lines: Vec<String> = faults
            .iter()
            .map(|(place, cause)| text::line(&format!("{place}: {cause}")).into_owned())
            .collect();
        let release = self.book.release();
        tracing::error!(
            lines = lines.join("\n"),
            "the changed scripts were refused, the crowd goes on with release {release}:"
        );
        let first = lines.first().map_or("", String::as_str);
        let more = match lines.len() {
            0 | 1 => String::new(),
            count => format!(" (and {} more)", count - 1),
        };
        self.remember("refused", &format!("{first}{more}"));
        self.aggregator.reload("refused");
        let at = self.elapsed();
        self.aggregator.reload_status().refusal = Some(Refusal { at, faults });
    }

    fn take_scripts(&mut self, fresh: &Fresh) -> Result<Done, Refused> {
        let before = self.settings();
        let dialled = self.dialled(&fresh.settings);
        let trial = self.brief.standing.trial(dialled.canary);
        let on_trial = self.book.trial.as_ref().map(|trial| trial.release);
        let share = trial.map(|trial| trial.share);
        let taken = self
            .book
            .take(fresh, share, dialled.weights, dialled.users)?;
        let dials = &self.brief.terms.dials;
        dials.set_error_rate(dialled.error_rate);
        dials.set_think_factor(dialled.think_factor);
        self.set_canary(dialled.canary);
        self.brief.standing.took(fresh.settings.clone());
        let mended = self.aggregator.reload_status().refusal.take().is_some();
        let set = (before != self.settings()).then(|| self.tell_settings(&before));
        let replaced = on_trial.filter(|_| self.canary.take().is_some());
        if let (Some(release), Taken::Played { .. } | Taken::Tried) = (replaced, &taken) {
            let text =
                format!("the canary of release {release} is over: the scripts changed again");
            self.tell("canary", &text);
        }
        let done = match taken {
            Taken::RolledBack => match set {
                Some(set) => set,
                None => self.tell(
                    "reload",
                    "the scripts are those that were rolled back; they stay away until one changes",
                ),
            },
            Taken::Unchanged => {
                self.aggregator.reload("unchanged");
                let now = format!("the scripts are those of release {}", self.book.release());
                match (replaced, set) {
                    (Some(release), _) => {
                        let text = format!("{now}; the canary of release {release} is over");
                        self.tell("reload", &text)
                    }
                    (None, Some(set)) => set,
                    (None, None) if mended => self.tell("reload", &format!("mended: {now}")),
                    (None, None) => self.tell("reload", &now),
                }
            }
            Taken::Played {
                changed,
                joined,
                left,
            } => {
                self.aggregator.reload("accepted");
                let text = self.described(&joined, &left);
                let moving = !changed.is_empty();
                self.migrate(fresh.saved, &[changed, joined].concat(), moving);
                self.tell("reload", &text)
            }
            Taken::Tried => {
                self.aggregator.reload("accepted");
                let text = self.begin_trial();
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
            canary: self.brief.plan.reload.canary_per_cent(),
            weights: self.book.set_weights().clone(),
        };
        self.brief.standing.read(settings, now)
    }

    /// What the newest line-up changed, in words.
    fn described(&self, joined: &[TypeId], left: &[TypeId]) -> String {
        let known = &self.snapshots.borrow().versions;
        let mut words: Vec<String> = self
            .book
            .versions()
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
        format!("release {}: {}", self.book.release(), words.join(", "))
    }

    /// Hands the book's roster to all shards, and what there is to know of it to the aggregator.
    pub(crate) fn publish(&mut self) {
        let roster = self.book.roster();
        self.follow(roster.revision);
        self.order(&Order::Roster(roster));
        self.tell_hub();
        let unplayed = self.book.without_users();
        if let Some(words) = unplayed.as_ref().filter(|_| unplayed != self.unplayed) {
            tracing::warn!("{words}");
        }
        self.unplayed = unplayed;
    }

    pub(crate) fn tell_hub(&mut self) {
        self.playing = self.book.versions().collect();
        self.aggregator.types(self.book.names());
        self.aggregator.settings(self.settings());
        self.aggregator.versions(self.playing.clone());
        let (release, previous) = (self.book.release(), self.book.previous());
        let snapshot = Arc::clone(&self.snapshots.borrow());
        let canary = self.canary.as_ref().map(|canary| canary.view(&snapshot));
        let rolled_back = self.book.is_rolled_back();
        let reload_status = self.aggregator.reload_status();
        reload_status.rolled_back = rolled_back;
        (
            reload_status.release,
            reload_status.previous,
            reload_status.canary,
        ) = (release, previous, canary);
    }
}

/// A fault as others see it: place and cause.
fn words(fault: &Diagnostic) -> (String, String) {
    (fault.place.clone(), fault.message.clone())
}
