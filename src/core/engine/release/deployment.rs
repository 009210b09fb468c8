//! The deployment: the releases, the canary under way, and the rollout of what was published last.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::canary::{CanaryAnalysis, CanaryVerdict};
use super::releases::{CanaryRelease, CandidateOutcome, Releases, VersionChange};
use super::rollout_progress::RolloutProgress;
use crate::engine::command::Refused;
use crate::engine::roster::Roster;
use crate::metrics::{self, Snapshot, TypeId};
use crate::plan::{CanaryRules, Levels, LiveSettings, Overlay, Reload};
use crate::script::LoadedScripts;

/// The scripts of a run and how far they have come.
pub struct Deployment {
    releases: Releases,
    canary: Option<CanaryAnalysis>,
    rollout: Option<RolloutProgress>,
    /// The version of each type, as last published.
    published: BTreeMap<TypeId, u32>,
    /// What was said last of types without users.
    without_users: Option<String>,
    /// The types of the users and the weights of the types, as last published.
    mix: (Arc<[u16]>, BTreeMap<String, f64>),
}

/// A change of what users play.
#[derive(Debug)]
pub struct Transition {
    /// The types that change.
    pub types: Vec<TypeId>,
    /// Whether any user has to move.
    pub moves_users: bool,
    /// The change in words.
    pub text: String,
}

impl Deployment {
    /// At the beginning of a run.
    pub fn new(releases: Releases) -> Self {
        Self {
            mix: mix_of(&releases),
            without_users: releases.without_users(),
            releases,
            canary: None,
            rollout: None,
            published: BTreeMap::new(),
        }
    }

    /// Every release that is known.
    pub fn releases(&self) -> &Releases {
        &self.releases
    }

    /// From now on these settings hold, beneath the incidents of now.
    ///
    /// # Errors
    /// When nobody would be left to play; then nothing has changed.
    pub fn set(&mut self, settings: LiveSettings) -> Result<(), Refused> {
        self.releases.set(settings)
    }

    /// From now on incidents hold these in place of the settings.
    ///
    /// # Errors
    /// When no users would be left.
    pub fn overlay(&mut self, overlays: Vec<Overlay>) -> Result<(), Refused> {
        self.releases.overlay(overlays)
    }

    /// From now on there are so many users over the run's time.
    pub fn set_levels(&mut self, levels: Levels) {
        self.releases.set_levels(levels);
    }

    /// Rosters have numbers beyond this from now on: another process may have used those up to it.
    pub fn skip_revisions(&mut self, revision: u64) {
        self.releases.skip_revisions(revision);
    }

    /// Takes scripts that were offered; gives what became of them, and the canary that they ended.
    ///
    /// # Errors
    /// When nobody would be left to play.
    pub fn take(
        &mut self,
        loaded: &LoadedScripts,
        share: Option<f64>,
        settings: LiveSettings,
    ) -> Result<(CandidateOutcome, Option<u32>), Refused> {
        let canary = self.releases.canary().map(|canary| canary.number);
        let taken = self.releases.take(loaded, share, settings)?;
        let ended = canary.filter(|_| self.canary.take().is_some());
        Ok((taken, ended))
    }

    /// Begins to compare the canary that was taken with what it is to replace, by these rules; says it in words.
    pub fn begin_canary(
        &mut self,
        rules: Option<CanaryRules>,
        reload: &Reload,
        snapshot: &Snapshot,
    ) -> String {
        let (Some(canary), Some(rules)) = (self.releases.canary(), rules) else {
            return String::new();
        };
        let users: u32 = canary.types.iter().map(|of| of.users).sum();
        let share = (rules.share * 100.0).round();
        let users = match users {
            0 => format!("{share} % of the arrivals"),
            _ if self.releases.levels().is_some() => format!("{share} % of the users"),
            users => format!("{users} users ({share} %)"),
        };
        let text = format!(
            "release {} is a canary for {users} for {} s: {}",
            canary.number,
            rules.time.as_secs_f64(),
            self.moves(canary)
        );
        self.canary = Some(CanaryAnalysis::begin(canary, rules, reload, snapshot));
        text
    }

    /// What is to become of the canary, if there is one.
    pub fn judge_canary(&self, snapshot: &Snapshot) -> Option<CanaryVerdict> {
        Some(self.canary.as_ref()?.judge(snapshot))
    }

    /// How the canary stands.
    pub fn canary_view(&self, snapshot: &Snapshot) -> Option<metrics::Canary> {
        Some(self.canary.as_ref()?.view(snapshot))
    }

    /// Promotes the canary: all users move to its release.
    ///
    /// # Errors
    /// When there is none.
    pub fn promote(&mut self) -> Result<Transition, Refused> {
        let Some(canary) = self.releases.promote() else {
            return Err(Refused::NotNow("no canary is under way".to_owned()));
        };
        self.canary = None;
        Ok(Transition {
            types: canary.types.iter().map(|of| of.kind).collect(),
            moves_users: true,
            text: format!(
                "release {} is promoted to all users: {}",
                canary.number,
                self.moves(&canary)
            ),
        })
    }

    /// The users of the canary go back; none when there was none.
    pub fn end_canary(&mut self, why: &str) -> Option<Transition> {
        self.canary = None;
        let canary = self.releases.roll_back_canary()?;
        Some(Transition {
            types: canary.types.iter().map(|of| of.kind).collect(),
            moves_users: true,
            text: format!(
                "release {} is rolled back to release {}: {why}",
                canary.number,
                self.releases.release()
            ),
        })
    }

    /// Back to what was played before, of one type or of all that the last release changed.
    ///
    /// # Errors
    /// When the type does not exist, or nothing before.
    pub fn roll_back(&mut self, kind: Option<&str>) -> Result<Transition, Refused> {
        let text = match kind {
            None => {
                let (from, to) = self.releases.roll_back()?;
                format!("from release {from} to release {to}")
            }
            Some(kind) => {
                let VersionChange { old, new } = self.releases.roll_back_type(kind)?;
                format!("{kind} {old} -> {new}")
            }
        };
        let types: Vec<TypeId> = self
            .releases
            .versions()
            .filter(|(kind, version)| self.published.get(kind) != Some(version))
            .map(|(kind, _)| kind)
            .collect();
        Ok(Transition {
            moves_users: !types.is_empty(),
            types,
            text,
        })
    }

    /// Users are on their way to what is published next, since the change was saved.
    pub fn begin_rollout(&mut self, saved: Instant, moves_users: bool) {
        self.rollout = Some(RolloutProgress::new(saved, moves_users));
    }

    /// Every user of one of so many shards is where the roster of this revision wants it. Gives the rollout that is over
    /// by that, and how long it took.
    pub fn settled(
        &mut self,
        shard: usize,
        revision: u64,
        at: Instant,
        shards: usize,
    ) -> Option<(RolloutProgress, Duration)> {
        let took = self
            .rollout
            .as_mut()?
            .settled(shard, revision, at, shards)?;
        Some((self.rollout.take()?, took))
    }

    /// The roster to publish, which the rollout follows from now on.
    pub fn next_roster(&mut self) -> Arc<Roster> {
        let roster = self.releases.roster();
        if let Some(rollout) = &mut self.rollout {
            rollout.follow(roster.revision);
        }
        roster
    }

    /// What is played is published now: the version of each type.
    pub fn mark_published(&mut self) -> BTreeMap<TypeId, u32> {
        self.published = self.releases.versions().collect();
        self.published.clone()
    }

    /// Which types nobody plays though they have a weight, in words, as published.
    pub fn without_users(&self) -> Option<&str> {
        self.without_users.as_deref()
    }

    /// Looks again which types nobody plays; gives words that were not said last time.
    pub fn check_without_users(&mut self) -> Option<String> {
        let words = self.releases.without_users();
        let before = std::mem::replace(&mut self.without_users, words.clone());
        words.filter(|words| before.as_ref() != Some(words))
    }

    /// Which users get another type by weights or types that changed since the last time, in words: how many of those who are
    /// there at a moment, and what each type gains and loses. A crowd that only grows or shrinks is not such a change.
    pub fn check_mix(&mut self, at: Duration) -> Option<(usize, String)> {
        let now = mix_of(&self.releases);
        let before = std::mem::replace(&mut self.mix, now);
        let (users, weights) = &self.mix;
        if before.1 == *weights {
            return None;
        }
        let mut gains = BTreeMap::<u16, i64>::new();
        let mut moved = 0;
        let roster = self.releases.roster();
        let changes = (0u32..).zip(before.0.iter().zip(users.iter()));
        for (number, (old, new)) in changes {
            if old != new && roster.has_come_to(number, at) {
                moved += 1;
                *gains.entry(*old).or_default() -= 1;
                *gains.entry(*new).or_default() += 1;
            }
        }
        let gains = gains.into_iter().filter(|(_, gain)| *gain != 0);
        let gains =
            gains.map(|(kind, gain)| format!("{} {gain:+}", self.releases.name(TypeId(kind))));
        (moved > 0).then(|| (moved, gains.collect::<Vec<_>>().join(", ")))
    }

    /// What the newest release changed, in words; `known` are versions of types that were never published.
    pub fn described(
        &self,
        joined: &[TypeId],
        left: &[TypeId],
        known: &BTreeMap<TypeId, u32>,
    ) -> String {
        let releases = &self.releases;
        let mut words: Vec<String> = releases
            .versions()
            .filter_map(|(kind, new)| {
                let old = self.published.get(&kind).or_else(|| known.get(&kind))?;
                (*old != new).then(|| format!("{} {old} -> {new}", releases.name(kind)))
            })
            .collect();
        let named = |kinds: &[TypeId], what: &str| -> Vec<String> {
            let names = kinds.iter().map(|kind| releases.name(*kind));
            names.map(|name| format!("{name} {what}")).collect()
        };
        words.extend(named(joined, "is added"));
        words.extend(named(left, "is removed"));
        format!("release {}: {}", releases.release(), words.join(", "))
    }

    /// `active 1 -> 2, power 1 -> 2`
    fn moves(&self, canary: &CanaryRelease) -> String {
        let moves = canary.types.iter().map(|of| {
            let VersionChange { old, new } = of.change;
            format!("{} {old} -> {new}", self.releases.name(of.kind))
        });
        moves.collect::<Vec<_>>().join(", ")
    }
}

fn mix_of(releases: &Releases) -> (Arc<[u16]>, BTreeMap<String, f64>) {
    let weights = releases.settings_in_effect().weights().clone();
    (Arc::clone(releases.users()), weights)
}
