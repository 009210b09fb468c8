//! What happened to the scripts and settings while the crowd was out.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::metrics::TypeId;

/// Events kept; older ones are forgotten.
pub const MAX_EVENTS: usize = 200;

/// How reloads end, in the order in which they are shown.
pub const RELOAD_RESULTS: [&str; 5] = [
    "accepted",
    "unchanged",
    "refused",
    "rolled_back",
    "promoted",
];

/// How users take their state along, in the order in which it is shown.
pub const MOVES: [&str; 3] = ["copied", "migrated", "restarted"];

/// The scripts of a run as they are now, and how they came to be so.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ReloadStatus {
    /// The newest release that was accepted.
    pub release: u32,
    /// Why the folders as they are now were refused; none when they were not.
    pub refusal: Option<Refusal>,
    /// Whether the folders hold scripts that were rolled back: they stay away until one changes, or somebody asks.
    pub rolled_back: bool,
    /// The last change of scripts that was accepted, rolled back or promoted.
    pub last: Option<Reload>,
    /// The canary under way.
    pub canary: Option<Canary>,
    /// Versions that a type can go back to, its present one last.
    pub previous: BTreeMap<TypeId, Vec<u32>>,
    /// Users whose state moved to another version, by how: `copied`, `migrated`, `restarted` (the state could not
    /// be taken along, so `on_start` ran again).
    pub moved: BTreeMap<String, u64>,
    /// What was done to the run, oldest first, at most [`MAX_EVENTS`].
    pub events: VecDeque<Event>,
}

/// Why a state of the folders was not taken.
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
    /// The types that have a new version by it.
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
    /// Share of the users that try it, 0 to 1.
    pub share: f64,
    /// Users that try it.
    pub users: u64,
    /// Steps that they have made, and how many are needed.
    pub steps: u64,
    pub steps_needed: u64,
    /// Time left of the canary; zero when only steps are missing.
    pub left: Duration,
}

/// Something that was done to the run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Event {
    /// The run's age.
    pub at: Duration,
    /// `reload`, `moved`, `refused`, `canary`, `rollback`, `promote`, `set`, `pause`, `resume`, `quarantine`,
    /// `stop`, `valve`, `breaker`, `degrade`, `watch`.
    pub what: String,
    /// Who did it: `run`, `files`, `signal`, `page`, `ctl`, `api`, `terminal`.
    #[serde(default)]
    pub by: String,
    /// One sentence.
    pub text: String,
}

impl ReloadStatus {
    /// Remembers an event.
    pub fn event(&mut self, event: Event) {
        if self.events.len() >= MAX_EVENTS {
            self.events.pop_front();
        }
        self.events.push_back(event);
    }

    /// Adds what another part of the run knows. The part with the newer release is right; moves
    /// add up, and nothing that happened is forgotten.
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
    /// The later one; of the same one, when all parts are through with it.
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

/// Versions of both, ascending, but for the present one of the first, which stays last.
fn union(ours: &[u32], theirs: &[u32]) -> Vec<u32> {
    let present = ours.last().or(theirs.last()).copied();
    let both: BTreeSet<_> = ours.iter().chain(theirs).copied().collect();
    let before = both.into_iter().filter(|one| Some(*one) != present);
    before.chain(present).collect()
}

/// The settings of a run as they are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    pub users: u32,
    /// The other settings that are one number, by name.
    #[serde(flatten)]
    pub numbers: BTreeMap<String, f64>,
    /// Share of each type in the crowd, by name.
    pub weights: BTreeMap<String, f64>,
}

impl Settings {
    /// Whether anybody has said what they are.
    pub fn told(&self) -> bool {
        *self != Settings::default()
    }
}
