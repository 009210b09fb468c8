//! What every shard is told before the run: plain data, shared.

use std::sync::Arc;

use crate::http::{Loaded, Origin};
use crate::metrics::TypeId;
use crate::plan::{Plan, crowd};
use crate::script::{Bundle, Sheet, Terms};

/// The run as all shards see it.
#[derive(Clone)]
pub struct Brief {
    /// What will run.
    pub plan: Arc<Plan>,
    /// The scripts.
    pub bundle: Arc<Bundle>,
    /// The types that take part, in the order of their ids.
    pub sheets: Arc<[Sheet]>,
    /// How requests are sent.
    pub http: Loaded,
    /// What the scripts may know of the run; shard numbers are filled in by each shard.
    pub terms: Terms,
    /// The type of each user, by its number.
    pub types: Arc<[u16]>,
}

impl Brief {
    /// Divides the crowd over the types of `sheets`.
    pub fn new(
        plan: Arc<Plan>,
        bundle: Arc<Bundle>,
        sheets: Vec<Sheet>,
        http: Loaded,
        terms: Terms,
    ) -> Self {
        let counts = Self::counts(&plan, &sheets);
        Self {
            plan,
            bundle,
            sheets: sheets.into(),
            http,
            terms,
            types: crowd::assign(&counts).into(),
        }
    }

    /// Users of each type.
    pub fn counts(plan: &Plan, sheets: &[Sheet]) -> Vec<u32> {
        let weights: Vec<f64> = sheets.iter().map(|sheet| sheet.weight).collect();
        crowd::apportion(&weights, plan.users)
    }

    /// Users that belong to a shard, by number, with their types.
    pub fn users_of(&self, shard: usize) -> impl Iterator<Item = (u32, TypeId)> + '_ {
        (0u32..)
            .zip(self.types.iter())
            .filter(move |(number, _)| crowd::shard_of(*number, self.plan.shards) == shard)
            .map(|(number, kind)| (number, TypeId(*kind)))
    }

    /// Where paths without a host go.
    pub fn origin(&self) -> Result<Origin, String> {
        Origin::of(&self.plan.base_url).map_err(|why| why.to_string())
    }

    /// Names of the types, and of the crowd's own requests (`_crowd.lua`, clean-up) after them.
    pub fn names(&self) -> Vec<String> {
        self.sheets
            .iter()
            .map(|sheet| sheet.name.clone())
            .chain([CROWD.to_owned()])
            .collect()
    }

    /// The name of a type.
    pub fn name(&self, kind: TypeId) -> &str {
        self.sheets
            .get(usize::from(kind.0))
            .map_or(CROWD, |sheet| &sheet.name)
    }

    /// The type under which requests of the crowd itself are counted.
    pub fn crowd_type(&self) -> TypeId {
        TypeId(u16::try_from(self.sheets.len()).unwrap_or(u16::MAX))
    }
}

/// The name of what is no user: setup, teardown and clean-up.
pub const CROWD: &str = "_crowd";
