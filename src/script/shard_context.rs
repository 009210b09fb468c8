//! What all users of one shard share: made once per shard thread, reached through each user's context.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use crate::http::{Origin, Transport};
use crate::ledger::LedgerHandle;
use crate::metrics::{Recorder, TypeId, Wording};
use crate::secrets::Masker;

use super::live_settings::Dials;
use crate::request::admission::Limits;
use crate::request::run_clock::Clock;
use crate::request::shutdown::Shutdown;

/// Settings of the run as the script side needs them: plain data, the same on every shard.
#[derive(Debug, Clone)]
pub struct Terms {
    /// Tells this run from all others in what it creates; not seeded.
    pub run_id: String,
    /// The seed of all randomness.
    pub seed: u64,
    /// What may be turned while the crowd is out.
    pub dials: Arc<Dials>,
    /// From `-e KEY=VALUE`.
    pub vars: Arc<BTreeMap<String, String>>,
    /// What comes before every path that a script names: the path of the base URL without a slash at its end.
    pub base_path: String,
    /// What must not be told.
    pub secrets: Arc<Masker>,
    /// Whether each request is told (`--verbose`), and whether with headers and bodies (`--debug`).
    pub tell: Tell,
    /// What `_crowd.lua` returned from `setup`, as JSON; read-only everywhere as `crowd`.
    pub crowd: Option<Arc<serde_json::Value>>,
    /// This shard and how many there are: exclusive rows of feeds are leased by it.
    pub shard: usize,
    /// Number of shards in the run.
    pub shards: usize,
}

impl Terms {
    /// A recorder that keeps no secret.
    pub fn recorder(&self) -> Recorder {
        let secrets = Arc::clone(&self.secrets);
        let wording: Wording = Arc::new(move |text| secrets.text(text));
        Recorder::new().worded(wording)
    }
}

/// How much is said of each request while the crowd is out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tell {
    /// Nothing.
    Nothing,
    /// A line for each.
    Lines,
    /// Headers and bodies too, secrets masked.
    Everything,
}

/// One shard's shared things.
pub struct ShardContext {
    /// The run's settings.
    pub terms: Terms,
    /// Makes connections; one for all users of the shard.
    pub transport: Rc<Transport>,
    /// Where paths without a host go.
    pub origin: Rc<Origin>,
    /// Counts what happens.
    pub recorder: RefCell<Recorder>,
    /// The run's time, which stands still in a pause.
    pub clock: Clock,
    /// Says that the run is ending.
    pub shutdown: Shutdown,
    /// What holds requests back.
    pub limits: Limits,
    /// Where requests hand in what they mean to create on the target.
    pub ledger: LedgerHandle,
    /// Kinds of things that its users meant to create.
    pub kinds: RefCell<BTreeSet<String>>,
    /// Names of the types, by id; new types come at the end.
    pub names: RefCell<Vec<Rc<str>>>,
}

impl ShardContext {
    /// The name of a type.
    pub fn name(&self, kind: TypeId) -> Rc<str> {
        self.names
            .borrow()
            .get(usize::from(kind.0))
            .cloned()
            .unwrap_or_else(|| Rc::from("?"))
    }
}
