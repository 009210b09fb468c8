//! Who plays what, as every shard sees it: made whole by the orchestrator, never changed, swapped by a pointer.

use std::sync::Arc;

use crate::metrics::TypeId;
use crate::script::{Bundle, Sheet};

/// The type of every user and the script of every type, at one moment.
#[derive(Debug, Clone)]
pub struct Roster {
    /// Counts up with every change.
    pub version: u64,
    /// By the ids of the types; a type that was deleted keeps its place.
    pub casts: Arc<[Cast]>,
    /// The type of each user, by its number; its length is the size of the crowd.
    pub types: Arc<[u16]>,
}

/// One type.
#[derive(Debug, Clone)]
pub struct Cast {
    /// Its name.
    pub name: Arc<str>,
    /// What its users play; none when its file is gone.
    pub stable: Option<Edition>,
    /// What users with a number below this play instead, while it is on trial.
    pub canary: Option<(Edition, u32)>,
}

/// One generation of a type.
#[derive(Debug, Clone)]
pub struct Edition {
    /// Number of the bundle that brought it.
    pub generation: u32,
    /// Where its sources are.
    pub bundle: Arc<Bundle>,
    /// What it says of itself.
    pub sheet: Arc<Sheet>,
    /// Requests in a session, within the limits of the plan.
    pub requests: (u32, u32),
}

impl Roster {
    /// The type of a user; none when it does not belong to the crowd.
    pub fn kind_of(&self, number: u32) -> Option<TypeId> {
        self.types.get(number as usize).copied().map(TypeId)
    }

    /// What a user of this type plays; none when the type's file is gone.
    pub fn edition(&self, kind: TypeId, number: u32) -> Option<&Edition> {
        let cast = self.casts.get(usize::from(kind.0))?;
        match &cast.canary {
            Some((edition, below)) if number < *below => Some(edition),
            _ => cast.stable.as_ref(),
        }
    }

    /// Whether anybody of this type is meant to play this generation.
    pub fn plays(&self, kind: TypeId, generation: u32) -> bool {
        let cast = self.casts.get(usize::from(kind.0));
        let editions = cast.into_iter().flat_map(|cast| {
            let canary = cast.canary.as_ref().map(|(edition, _)| edition);
            cast.stable.iter().chain(canary)
        });
        editions
            .into_iter()
            .any(|edition| edition.generation == generation)
    }
}
