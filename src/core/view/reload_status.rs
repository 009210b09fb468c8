use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::metrics::{self, MOVES, RELOAD_RESULTS, Snapshot, TypeId};

/// The scripts of a run, and how they came to be as they are. Moments are the run's age.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ReloadStatus {
    /// The newest release that was accepted.
    pub release: u32,
    /// Reloads by result: `accepted`, `unchanged`, `refused`, `rolled_back`, `promoted`.
    pub reloads: BTreeMap<String, u64>,
    /// Users whose state moved to another version by how: `copied`, `migrated`, `restarted`.
    pub moved: BTreeMap<String, u64>,
    /// The last change that was accepted, rolled back or promoted.
    pub last: Option<Reload>,
    /// The canary under way.
    pub canary: Option<Canary>,
    /// Whether the folders hold scripts that were rolled back: they stay away until one changes, or someone asks for a reload.
    pub rolled_back: bool,
    /// Why the folders as they are now were refused; none when they were not.
    pub refusal: Option<Refusal>,
    /// Versions that a type can go back to.
    pub previous: Vec<Previous>,
    /// What was done to the run, oldest first; the oldest of many are forgotten.
    pub events: Vec<Event>,
}

/// A change of scripts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reload {
    pub release: u32,
    /// The types that have a new version by it.
    pub types: Vec<String>,
    /// When it was published.
    pub at_seconds: f64,
    /// From the save to the moment when the last user had moved; none while some have not.
    pub took_seconds: Option<f64>,
}

/// A release that some users have first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Canary {
    pub release: u32,
    pub types: Vec<String>,
    /// Of the users, 0 to 1.
    pub share: f64,
    /// Users that have it.
    pub users: u64,
    /// Steps that they have made, and how many are needed.
    pub steps: u64,
    pub steps_needed: u64,
    /// Until it ends; 0 when only steps are missing.
    pub left_seconds: f64,
}

/// Why a state of the folders was not taken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Refusal {
    pub at_seconds: f64,
    pub faults: Vec<Fault>,
}

/// One fault of a script.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// `scripts/power.lua:12`
    pub place: String,
    pub cause: String,
}

/// Versions of one type, its present one last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Previous {
    #[serde(rename = "type")]
    pub kind: String,
    pub versions: Vec<u32>,
}

/// Something that was done to the run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    pub at_seconds: f64,
    /// `reload`, `refused`, `moved`, `canary`, `rollback`, `promote`, `set`, `mix`, `pause`, `resume`, `quarantine`, `stop`, `valve`, `watch`.
    pub what: String,
    /// Who did it: `run` itself, `files` (a save), `signal`, `page`, `ctl`, `api`, `terminal`.
    #[serde(default)]
    pub by: String,
    /// One sentence.
    pub text: String,
}

impl ReloadStatus {
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        let status = &snapshot.reload_status;
        let names = |types: &[TypeId]| -> Vec<String> {
            let names = types.iter().map(|kind| snapshot.type_name(*kind));
            names.map(str::to_owned).collect()
        };
        Self {
            release: status.release,
            reloads: known(&RELOAD_RESULTS, &snapshot.reloads),
            moved: known(&MOVES, &status.moved),
            last: status.last.as_ref().map(|last| Reload {
                release: last.release,
                types: names(&last.types),
                at_seconds: last.at.as_secs_f64(),
                took_seconds: last.took.map(|took| took.as_secs_f64()),
            }),
            canary: status.canary.as_ref().map(|canary| Canary {
                release: canary.release,
                types: names(&canary.types),
                share: canary.share,
                users: canary.users,
                steps: canary.steps,
                steps_needed: canary.steps_needed,
                left_seconds: canary.left.as_secs_f64(),
            }),
            rolled_back: status.rolled_back,
            refusal: status.refusal.as_ref().map(Refusal::from),
            previous: status
                .previous
                .iter()
                .map(|(kind, versions)| Previous {
                    kind: snapshot.type_name(*kind).to_owned(),
                    versions: versions.clone(),
                })
                .collect(),
            events: status.events.iter().map(Event::from).collect(),
        }
    }
}

impl From<&metrics::Refusal> for Refusal {
    fn from(refusal: &metrics::Refusal) -> Self {
        let faults = refusal.faults.iter();
        Self {
            at_seconds: refusal.at.as_secs_f64(),
            faults: faults
                .map(|(place, cause)| Fault {
                    place: place.clone(),
                    cause: cause.clone(),
                })
                .collect(),
        }
    }
}

impl From<&metrics::Event> for Event {
    fn from(event: &metrics::Event) -> Self {
        Self {
            at_seconds: event.at.as_secs_f64(),
            what: event.what.clone(),
            by: event.by.clone(),
            text: event.text.clone(),
        }
    }
}

/// The known words, also at 0.
fn known(words: &[&str], counted: &BTreeMap<String, u64>) -> BTreeMap<String, u64> {
    let none = words.iter().map(|word| ((*word).to_owned(), 0));
    none.chain(counted.iter().map(|(word, count)| (word.clone(), *count)))
        .collect()
}
