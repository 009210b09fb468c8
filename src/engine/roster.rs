//! Release roster: which users run which version of which type. One immutable value, shared by all shards.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::arc_serde;
use crate::metrics::TypeId;
use crate::pace::Profile;
use crate::script::Bundle;

/// The name of what is no user: setup, teardown and clean-up.
pub const CROWD: &str = "_crowd";

/// The type of every user and the script of every type, at one moment.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Roster {
    /// Counts up with every change.
    pub revision: u64,
    /// By the ids of the types; a type that was deleted keeps its place.
    #[serde(with = "arc_serde::shared")]
    pub types: Arc<[UserType]>,
    /// The type of each user, by its number; its length is the size of the crowd.
    #[serde(with = "arc_serde::shared")]
    pub users: Arc<[u16]>,
    /// How many users there are over the run's time, where that changes: those with the first numbers. None: all of them.
    pub level: Option<Profile>,
    /// The sources of every version that somebody plays, by the number of the release that brought it.
    #[serde(with = "arc_serde::shared_values")]
    pub bundles: BTreeMap<u32, Arc<Bundle>>,
}

/// One type.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UserType {
    /// Its name.
    #[serde(with = "arc_serde::shared")]
    pub name: Arc<str>,
    /// What its users play; none when its file is gone.
    pub stable: Option<ScriptVersion>,
    /// What users with a number below this play instead, while it is a canary.
    pub canary: Option<(ScriptVersion, u32)>,
}

/// One version of a type's script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScriptVersion {
    /// Number of the release that brought it.
    pub version: u32,
    /// Requests in a session, within the limits of the plan.
    pub requests: (u32, u32),
}

impl Roster {
    /// Whether the level of users, where there is one, has come to this user.
    pub fn has_come_to(&self, number: u32, elapsed: Duration) -> bool {
        let level = self.level.as_ref();
        level.is_none_or(|level| level.level(elapsed) >= threshold(number))
    }

    /// When the level comes to this user, between two moments of the run.
    pub fn comes_to(&self, number: u32, from: Duration, until: Duration) -> Option<Duration> {
        match &self.level {
            Some(level) => level.first_at_least(threshold(number), from, until),
            None => Some(from),
        }
    }

    /// The type of a user; none when it does not belong to the crowd.
    pub fn kind_of(&self, number: u32) -> Option<TypeId> {
        self.users.get(number as usize).copied().map(TypeId)
    }

    /// What a user of this type plays; none when the type's file is gone.
    pub fn version_for(&self, kind: TypeId, number: u32) -> Option<ScriptVersion> {
        let of = self.types.get(usize::from(kind.0))?;
        match of.canary {
            Some((version, below)) if number < below => Some(version),
            _ => of.stable,
        }
    }

    /// Whether anybody of this type is meant to play this version.
    pub fn plays(&self, kind: TypeId, version: u32) -> bool {
        let of = self.types.get(usize::from(kind.0));
        let versions = of.into_iter().flat_map(|of| {
            let canary = of.canary.iter().map(|(version, _)| version);
            of.stable.iter().chain(canary)
        });
        versions.into_iter().any(|one| one.version == version)
    }

    /// The name of a type and the sources of one of its versions.
    pub fn sources(&self, kind: TypeId, version: u32) -> Option<(&str, &Arc<Bundle>)> {
        let of = self.types.get(usize::from(kind.0))?;
        Some((&of.name, self.bundles.get(&version)?))
    }
}

/// The level from which on there is the user with this number: a level is rounded to whole users.
fn threshold(number: u32) -> f64 {
    f64::from(number) + 0.5
}
