//! Reload status: what happened to scripts and settings during the run.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::metrics::TypeId;

/// Maximum events; older ones are dropped.
pub const MAX_EVENTS: usize = 200;

/// Results of reloads, in the order in which they are shown.
pub const RELOAD_RESULTS: [&str; 5] = [
    "accepted",
    "unchanged",
    "refused",
    "rolled_back",
    "promoted",
];

/// How the state of users moves, in the order in which it is shown.
pub const MOVES: [&str; 3] = ["copied", "migrated", "restarted"];

/// The current scripts of a run, and their changes so far.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ReloadStatus {
    /// The newest release that was accepted.
    pub release: u32,
    /// Why the current state of the folders was refused; none if it was not.
    pub refusal: Option<Refusal>,
    /// Whether the folders hold scripts that were rolled back: they are not applied until one changes, or on request.
    pub rolled_back: bool,
    /// The last change of scripts that was accepted, rolled back or promoted.
    pub last: Option<Reload>,
    /// The canary under way.
    pub canary: Option<Canary>,
    /// Versions available for a rollback of a type, the current one last.
    pub previous: BTreeMap<TypeId, Vec<u32>>,
    /// Users whose state moved to another version, by how: `copied`, `migrated`, `restarted` (the state could not
    /// be kept, so `on_start` ran again).
    pub moved: BTreeMap<String, u64>,
    /// What was done to the run, oldest first, at most [`MAX_EVENTS`].
    pub events: VecDeque<Event>,
}

/// Why a state of the folders was refused.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The run's age at that moment.
    pub at: Duration,
    /// Each fault: `scripts/power.lua:12`, and the cause.
    pub faults: Vec<(String, String)>,
}

/// A change of scripts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reload {
    pub release: u32,
    /// The types that it gave a new version.
    pub types: Vec<TypeId>,
    /// The run's age when it was published.
    pub at: Duration,
    /// From the save to the moment when the last user had moved; none while some have not.
    pub took: Option<Duration>,
}

/// A new version as a canary.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Canary {
    pub release: u32,
    pub types: Vec<TypeId>,
    /// Target share of the users, 0 to 1.
    pub share: f64,
    /// Users that run it.
    pub users: u64,
    /// Steps that they have made, and how many are needed.
    pub steps: u64,
    pub steps_needed: u64,
    /// Time left of the canary; zero when only steps are missing.
    pub left: Duration,
}

/// An event of the run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Event {
    /// The run's age.
    pub at: Duration,
    /// `reload`, `moved`, `refused`, `canary`, `rollback`, `promote`, `set`, `mix`, `pause`, `resume`, `quarantine`,
    /// `stop`, `valve`, `breaker`, `degrade`, `dropped`, `watch`, `incident`.
    pub what: String,
    /// Who did it: `run`, `files`, `signal`, `page`, `ctl`, `api`, `terminal`.
    #[serde(default)]
    pub by: String,
    /// One sentence.
    pub text: String,
}

impl ReloadStatus {
    /// Adds an event.
    pub fn event(&mut self, event: Event) {
        if self.events.len() >= MAX_EVENTS {
            self.events.pop_front();
        }
        self.events.push_back(event);
    }

    /// Merges the status of another part of the run. The part with the newer release is right; moves
    /// add up, and events are merged.
    pub(crate) fn merge(&mut self, other: ReloadStatus) {
        let (mut newer, older) = if other.release > self.release {
            (other, std::mem::take(self))
        } else {
            (std::mem::take(self), other)
        };
        if newer.release == older.release {
            newer.refusal = newer.refusal.or(older.refusal);
            newer.canary = newer.canary.or(older.canary);
            newer.rolled_back |= older.rolled_back;
            newer.last = match (newer.last, older.last) {
                (Some(ours), Some(theirs)) => Some(ours.merged(theirs)),
                (ours, theirs) => ours.or(theirs),
            };
        }
        for (kind, theirs) in older.previous {
            let ours = newer.previous.remove(&kind).unwrap_or_default();
            newer.previous.insert(kind, union(&ours, &theirs));
        }
        for (how, users) in older.moved {
            *newer.moved.entry(how).or_default() += users;
        }
        let events: BTreeSet<_> = newer.events.into_iter().chain(older.events).collect();
        let surplus = events.len().saturating_sub(MAX_EVENTS);
        newer.events = events.into_iter().skip(surplus).collect();
        *self = newer;
    }
}

impl Reload {
    /// The later change; for the same one, the time when all parts have finished it.
    fn merged(self, other: Reload) -> Reload {
        if self.release != other.release {
            return if other.at > self.at { other } else { self };
        }
        Reload {
            at: self.at.min(other.at),
            took: self.took.zip(other.took).map(|(one, other)| one.max(other)),
            ..self
        }
    }
}

/// Versions of both, ascending, with the current one of the first last.
fn union(ours: &[u32], theirs: &[u32]) -> Vec<u32> {
    let present = ours.last().or(theirs.last()).copied();
    let both: BTreeSet<_> = ours.iter().chain(theirs).copied().collect();
    let before = both.into_iter().filter(|one| Some(*one) != present);
    before.chain(present).collect()
}

/// The current settings of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    pub users: u32,
    /// The other settings that are one number, by name.
    #[serde(flatten)]
    pub numbers: BTreeMap<String, f64>,
    /// Weight of each type, by name.
    pub weights: BTreeMap<String, f64>,
}

impl Settings {
    /// Whether they were set.
    pub fn are_known(&self) -> bool {
        *self != Settings::default()
    }
}
