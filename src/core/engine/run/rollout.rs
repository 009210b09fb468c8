//! Rollout to the users: rosters and settings to the shards, canaries and their ends, roll-backs.

use std::time::{Duration, Instant};

use super::state::Run;
use crate::engine::command::{Done, Refused};
use crate::engine::protocol::Order;
use crate::engine::release::{CanaryVerdict, Transition};
use crate::metrics::{Reload, Settings, Snapshot, TypeId};
use crate::plan::live::keys;
use crate::plan::span::show_span;
use crate::plan::{Change, LiveSettings, MixAt, Setting};
use crate::view::format::time;

impl Run {
    /// Sends the roster to all shards, and what there is to know of it to those who watch.
    pub(super) fn publish(&mut self) {
        if self.config.plan.is_open() {
            // Their types have other weights, or are gone.
            self.follow_arrivals();
        }
        let roster = self.deployment.next_roster();
        self.shards.broadcast(&Order::Roster(roster));
        self.publish_deployment();
        if let Some(words) = self.deployment.check_without_users() {
            tracing::warn!("{words}");
        }
        self.announce_mix();
    }

    /// Says how many users are to be of another type, and when they will be.
    fn announce_mix(&mut self) {
        let Some((users, types)) = self.deployment.check_mix(self.elapsed()) else {
            return;
        };
        let (users, verb, theirs) = match users {
            1 => ("1 user".to_owned(), "changes", "its session ends"),
            users => (format!("{users} users"), "change", "their sessions end"),
        };
        let when = match self.config.plan.reload.mix_at {
            MixAt::Session => format!("when {theirs}; --mix-at step makes it before the next step"),
            MixAt::Step => "before the next step".to_owned(),
        };
        self.announce("mix", &format!("{users} {verb} type ({types}) {when}"));
    }

    /// What is played, and the settings, go into the next snapshot.
    pub(super) fn publish_deployment(&mut self) {
        let settings = shown(&self.settings());
        let playing = self.deployment.mark_published();
        self.publisher.deployed(&self.deployment, playing, settings);
    }

    /// From now on it is counted how long the users take to get to what is published next.
    pub(super) fn begin_rollout(&mut self, saved: Instant, types: Vec<TypeId>, moves_users: bool) {
        let at = self.elapsed();
        self.publisher.reload_begins(Reload {
            release: self.deployment.releases().release(),
            types,
            at,
            took: None,
        });
        let saved = self.source().at_real(saved.into()).into_std();
        self.deployment.begin_rollout(saved, moves_users);
    }

    /// Every user of this shard is where the roster of this revision wants it.
    pub(super) fn on_settled(&mut self, shard: usize, revision: u64, at: tokio::time::Instant) {
        let shards = self.shards.open();
        let Some((rollout, took)) = self
            .deployment
            .settled(shard, revision, at.into_std(), shards)
        else {
            return;
        };
        self.publisher.reload_ends(took);
        if rollout.moves_users() {
            let took = time(took.as_secs_f64());
            let text = format!("the last user moved {took} after the change");
            tracing::info!(target: "throng::run", "{text}");
            self.record("moved", &text);
        }
    }

    /// Begins the canary that was taken; says it in words.
    pub(super) fn begin_canary(&mut self) -> String {
        let snapshot = self.publisher.last();
        let reload = &self.config.plan.reload;
        let rules = self
            .config
            .settings_file
            .canary_rules(self.deployment.releases().settings());
        self.deployment.begin_canary(rules, reload, &snapshot)
    }

    /// Looks at the canary under way.
    pub(super) fn watch_canary(&mut self, snapshot: &Snapshot) {
        if self.is_stopping() {
            return;
        }
        match self.deployment.judge_canary(snapshot) {
            None => {}
            Some(CanaryVerdict::Wait) => {
                let view = self.deployment.canary_view(snapshot);
                self.publisher.canary(view);
            }
            Some(CanaryVerdict::Promote) => drop(self.promote()),
            Some(CanaryVerdict::RollBack(why)) => drop(self.end_canary(&why)),
        }
    }

    pub(super) fn promote(&mut self) -> Result<Done, Refused> {
        let promoted = self.deployment.promote()?;
        self.publisher.count_reload("promoted");
        let text = self.begin_transition(promoted);
        self.publish();
        Ok(self.announce("promote", &text))
    }

    pub(super) fn roll_back(&mut self, kind: Option<&str>) -> Result<Done, Refused> {
        if self.deployment.releases().canary().is_some() {
            return Ok(self.end_canary("by command"));
        }
        let back = self.deployment.roll_back(kind)?;
        self.publisher.count_reload("rolled_back");
        let text = self.begin_transition(back);
        self.publish();
        Ok(self.announce("rollback", &format!("{text}, by command")))
    }

    /// The users of the canary go back.
    fn end_canary(&mut self, why: &str) -> Done {
        let text = match self.deployment.end_canary(why) {
            Some(back) => self.begin_transition(back),
            None => why.to_owned(),
        };
        self.publisher.count_reload("rolled_back");
        self.publish();
        tracing::warn!(target: "throng::run", "rollback: {text}");
        self.record("rollback", &text);
        Done(text)
    }

    fn begin_transition(&mut self, transition: Transition) -> String {
        let Transition {
            types,
            moves_users,
            text,
        } = transition;
        self.begin_rollout(Instant::now(), types, moves_users);
        text
    }

    /// Changes the settings.
    pub(super) fn set(&mut self, change: &Change) -> Result<Done, Refused> {
        if change.is_empty() {
            return Err(Refused::NotNow(format!(
                "nothing to set; give some of {}",
                keys()
            )));
        }
        let wanted = change.workers();
        let change = &change.without_workers();
        // All of it is possible, or nothing is done.
        let next = self.deployment.releases().settings_with(change)?;
        let shape = self.shape_with(change, &next)?;
        let workers = wanted.map(|workers| self.want_workers(workers));
        let workers = workers.transpose()?;
        if let Some(done) = workers.as_ref().filter(|_| change.is_empty()) {
            return Ok(done.clone());
        }
        let (before, beneath) = (self.settings(), self.beneath());
        let users = self.held_users();
        self.deployment.set(next)?;
        self.reshape(shape, users);
        self.order_settings();
        let Done(mut said) = self.announce_settings(&before, &beneath);
        self.publish();
        if change.sets_level()
            && let Some(end) = self.end()
        {
            // In whole seconds, rounded up.
            let left = end.saturating_sub(self.elapsed()).as_secs_f64().ceil();
            let left = show_span(Duration::from_secs_f64(left));
            said = format!("{said}; the run ends in {left}");
        }
        Ok(Done(match self.deployment.without_users() {
            Some(words) => format!("{said}; {words}"),
            None => said,
        }))
    }

    /// What changed since the settings were `before`, and those beneath incidents `beneath`.
    pub(super) fn announce_settings(
        &mut self,
        before: &LiveSettings,
        beneath: &LiveSettings,
    ) -> Done {
        let mut said = self.settings().since(before);
        let later = self.beneath().since(beneath);
        let later: Vec<String> = later
            .into_iter()
            .filter(|one| !said.contains(one))
            .collect();
        if !later.is_empty() {
            let holding: Vec<&str> = self.incidents.holding().collect();
            let (later, holding) = (later.join(", "), holding.join(", "));
            said.push(format!("{later} once {holding} is over"));
        }
        if said.is_empty() {
            return Done("no change".to_owned());
        }
        self.announce("set", &said.join(", "))
    }

    /// The settings beneath all incidents.
    pub(super) fn beneath(&self) -> LiveSettings {
        self.deployment.releases().base_settings().clone()
    }

    /// From now on scripts go by the settings as they are: those of users, and `_crowd.lua`.
    pub(super) fn order_settings(&self) {
        let settings = self.deployment.releases().settings().clone();
        self.shards.broadcast(&Order::Settings(settings.clone()));
        self.context.user.shard.set(settings);
    }

    /// The settings as they are.
    pub(super) fn settings(&self) -> LiveSettings {
        self.deployment.releases().settings_in_effect()
    }
}

/// The settings as snapshots show them.
fn shown(settings: &LiveSettings) -> Settings {
    Settings {
        users: settings.users(),
        numbers: Setting::ALL
            .into_iter()
            .filter(|setting| *setting != Setting::Users)
            .map(|setting| (setting.name().to_owned(), settings.get(setting)))
            .collect(),
        weights: settings.weights().clone(),
    }
}
