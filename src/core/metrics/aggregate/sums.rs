//! What an aggregator has added up, as plain data.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::metrics::model::pairs;
use crate::metrics::{Health, IncidentStatus, Phase, Snapshot, TypeId};

/// All that an [`Aggregator`](super::aggregator::Aggregator) has added up, for another that goes on with it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sums {
    pub(super) state: Snapshot,
    pub(super) health: BTreeMap<usize, Health>,
    pub(super) present: BTreeMap<usize, Present>,
    pub(super) forgotten: BTreeSet<usize>,
    pub(super) noted: u64,
}

impl Sums {
    /// The incidents of the plan, as they stood.
    pub fn incidents(&self) -> &[IncidentStatus] {
        &self.state.incidents
    }

    /// Whether a canary was under way.
    pub fn has_canary(&self) -> bool {
        self.state.reload_status.canary.is_some()
    }

    /// What the run was doing.
    pub fn phase(&self) -> Phase {
        self.state.phase
    }
}

/// Who is there of a shard.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Present {
    #[serde(with = "pairs")]
    pub users: BTreeMap<(TypeId, u32), i64>,
    pub away: BTreeMap<TypeId, i64>,
}
