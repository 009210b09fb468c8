//! Context that all users of one shard share: made once per shard thread, reached through each user's context.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use super::fair_share::FairShare;
use super::observed::Observed;
use crate::plan::{LiveSettings, Setting, TypeOverrides};
use crate::random::Locale;
use crate::request::{RunInfo, SharedContext};

/// Settings of the run as the script side needs them: plain data, the same on every shard.
#[derive(Debug, Clone)]
pub struct ScriptConfig {
    /// What requests need of them.
    pub run: RunInfo,
    /// Tells this run from all others in what it creates; not seeded.
    pub run_id: String,
    /// Of what `random` makes up; none: as it always was, names from many countries and all else in English.
    pub locale: Option<&'static Locale>,
    /// From `-e KEY=VALUE`.
    pub vars: Arc<BTreeMap<String, String>>,
    /// What takes the place of values in the scripts of types.
    pub overrides: Arc<BTreeMap<String, TypeOverrides>>,
    /// What `_crowd.lua` returned from `setup`, as JSON; read-only everywhere as `crowd`.
    pub crowd: Option<Arc<serde_json::Value>>,
    /// This shard and how many there are: exclusive rows of feeds are leased by it.
    pub shard: usize,
    /// Number of shards in the run.
    pub shards: usize,
}

/// One shard's shared things.
pub struct ShardContext {
    /// The run's settings.
    pub script_config: ScriptConfig,
    /// What its requests share.
    pub requests: Rc<SharedContext>,
    /// The present settings, as the run sent them last.
    settings: RefCell<LiveSettings>,
    /// Kinds of things that its users meant to create.
    pub kinds: RefCell<BTreeSet<String>>,
    /// Whose turn it is to compute.
    pub fair_share: FairShare,
    /// How many steps have kept responses: see [`KeptResponses`](super::user::context::KeptResponses).
    pub epochs: Cell<i64>,
    /// Where it is noted what sessions are like, if anybody asks.
    pub observed: Option<Rc<Observed>>,
}

impl ShardContext {
    /// For scripts whose requests share this, with the settings at first.
    pub fn new(
        requests: Rc<SharedContext>,
        script_config: ScriptConfig,
        settings: LiveSettings,
    ) -> Self {
        let fair_share = FairShare::new(script_config.run.clock);
        Self {
            script_config,
            requests,
            settings: RefCell::new(settings),
            kinds: RefCell::default(),
            fair_share,
            epochs: Cell::default(),
            observed: None,
        }
    }

    /// The same, whose sessions are noted there.
    #[must_use]
    pub fn observed_by(self, observed: Option<Rc<Observed>>) -> Self {
        Self { observed, ..self }
    }

    /// From now on these hold.
    pub fn set(&self, settings: LiveSettings) {
        self.settings.replace(settings);
    }

    /// Which of these is the step that all users take now; none: each type's own, or it has no such step.
    pub fn step_for_all(&self, names: &[Rc<str>]) -> Option<usize> {
        let settings = self.settings.borrow();
        let step = settings.step()?;
        names.iter().position(|name| &**name == step)
    }

    /// The value of a setting now.
    pub fn setting(&self, setting: Setting) -> f64 {
        self.settings.borrow().get(setting)
    }
}
