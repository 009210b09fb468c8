//! Resources that the VMs of a shard share, of every type and version.

use std::rc::Rc;

use crate::script::api::log::LogRate;
use crate::script::feed::Cursors;

/// Made once for each shard, and handed to each VM that is made there.
#[derive(Clone)]
pub struct VmResources {
    /// Whose turn it is in each feed.
    pub cursors: Rc<Cursors>,
    /// How much scripts may write.
    pub log_rate: Rc<LogRate>,
}

impl VmResources {
    /// Those of one of so many shards.
    pub fn new(shard: u32, shards: u32) -> Self {
        Self {
            cursors: Rc::new(Cursors::new(shard, shards)),
            log_rate: Rc::default(),
        }
    }

    /// Those of VMs that no shard has: bundles that are checked, and setup.
    pub fn alone() -> Self {
        Self::new(0, 1)
    }
}
