use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Fault;
use crate::metrics::{self, Snapshot, TypeId};

/// The scripts of a run, and how they came to be as they are. Times are the run's age, in seconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReloadStatus {
    /// The newest state of the folders that was accepted.
    pub release: u32,
    /// Why the folders as they are now were refused; null when they were not.
    pub refusal: Option<Refusal>,
    /// Whether the folders hold scripts that were rolled back: they stay away until one changes, or someone asks for a reload.
    pub rolled_back: bool,
    /// The canary under way.
    pub canary: Option<Canary>,
    /// The last change that was accepted, rolled back or promoted.
    pub last: Option<Reload>,
    /// Reloads so far by result: `accepted`, `unchanged`, `refused`, `rolled_back`, `promoted`.
    pub results: BTreeMap<String, u64>,
    /// Users whose state moved to another version by how: `copied`, `migrated`, `restarted`.
    pub moved: BTreeMap<String, u64>,
    /// What was done to the run, oldest first; the oldest of many are forgotten.
    pub events: Vec<Event>,
}

/// Why a state of the folders was not taken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Refusal {
    pub at: f64,
    pub faults: Vec<Fault>,
}

/// A new version as a canary.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Canary {
    pub release: u32,
    pub types: Vec<String>,
    /// Of the users, 0 to 1.
    pub share: f64,
    /// Users that try it.
    pub users: u64,
    /// Steps that they have made, and how many are needed.
    pub steps: u64,
    pub steps_needed: u64,
    /// Seconds until it ends; 0 when only steps are missing.
    pub left: f64,
}

/// A change of scripts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reload {
    pub release: u32,
    /// The types that have a new version by it.
    pub types: Vec<String>,
    pub at: f64,
    /// Seconds from the save to the moment when the last user had moved; null while some have not.
    pub took: Option<f64>,
}

/// Something that was done to the run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    pub at: f64,
    /// `reload`, `refused`, `moved`, `canary`, `rollback`, `promote`, `set`, `pause`, `resume`, `quarantine`, `stop`, `valve`, `watch`.
    pub what: String,
    /// Who did it: `run` itself, `files` (a save), `signal`, `page`, `ctl`, `api`, `terminal`.
    #[serde(default)]
    pub by: String,
    /// One sentence.
    pub text: String,
}

impl ReloadStatus {
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        let metrics::ReloadStatus {
            release,
            refusal,
            rolled_back,
            last,
            canary,
            previous: _,
            moved,
            events,
        } = &snapshot.reload_status;
        let names = |types: &[TypeId]| {
            types
                .iter()
                .map(|kind| snapshot.type_name(*kind).to_owned())
                .collect()
        };
        Self {
            release: *release,
            refusal: refusal.as_ref().map(|refusal| Refusal {
                at: refusal.at.as_secs_f64(),
                faults: refusal.faults.iter().map(fault).collect(),
            }),
            rolled_back: *rolled_back,
            canary: canary.as_ref().map(|canary| Canary {
                release: canary.release,
                types: names(&canary.types),
                share: canary.share,
                users: canary.users,
                steps: canary.steps,
                steps_needed: canary.steps_needed,
                left: canary.left.as_secs_f64(),
            }),
            last: last.as_ref().map(|last| Reload {
                release: last.release,
                types: names(&last.types),
                at: last.at.as_secs_f64(),
                took: last.took.map(|took| took.as_secs_f64()),
            }),
            results: snapshot.reloads.clone(),
            moved: moved.clone(),
            events: events
                .iter()
                .map(|event| Event {
                    at: event.at.as_secs_f64(),
                    what: event.what.clone(),
                    by: event.by.clone(),
                    text: event.text.clone(),
                })
                .collect(),
        }
    }
}

fn fault((place, cause): &(String, String)) -> Fault {
    Fault {
        place: place.clone(),
        cause: cause.clone(),
        remedy: None,
    }
}
