//! The sources of versions as a worker has them: fetched once, by their digests.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::cluster::error::ClusterError;
use crate::cluster::nats::Objects;
use crate::cluster::records::Digests;
use crate::cluster::wire;
use crate::engine::Roster;
use crate::script::{Bundle, LeasePart};

/// What a worker has of them.
pub struct Sources {
    pub objects: Objects,
    /// Which rows of data files are this worker's.
    pub part: LeasePart,
    known: BTreeMap<String, Arc<Bundle>>,
    /// The first of them: all share its data files.
    first: Option<Arc<Bundle>>,
}

impl Sources {
    /// None yet; `part` is to be set before the first is fetched.
    pub fn new(objects: Objects) -> Self {
        Self {
            objects,
            part: LeasePart {
                first: 0,
                count: 0,
                of: 0,
            },
            known: BTreeMap::new(),
            first: None,
        }
    }

    /// A roster with its sources; others are forgotten.
    ///
    /// # Errors
    /// When one cannot be fetched or read.
    pub async fn of_roster(
        &mut self,
        mut roster: Roster,
        digests: Digests,
    ) -> Result<Roster, ClusterError> {
        for (release, digest) in &digests {
            let bundle = self.bundle(digest).await?;
            roster.bundles.insert(*release, bundle);
        }
        self.known
            .retain(|digest, _| digests.values().any(|wanted| wanted == digest));
        Ok(roster)
    }

    /// The sources of this digest.
    ///
    /// # Errors
    /// When they cannot be fetched or read.
    pub async fn bundle(&mut self, digest: &str) -> Result<Arc<Bundle>, ClusterError> {
        if let Some(known) = self.known.get(digest) {
            return Ok(Arc::clone(known));
        }
        let bytes = self.objects.get(digest).await?;
        let bundle = wire::decode::<Bundle>(&bytes);
        let bundle = bundle.map_err(|why| ClusterError::failed("scripts", why))?;
        let bundle = match &self.first {
            Some(first) => bundle.with_feeds_of(first),
            None => {
                bundle.keep_to(self.part);
                bundle
            }
        };
        let bundle = Arc::new(bundle);
        self.first.get_or_insert_with(|| Arc::clone(&bundle));
        self.known.insert(digest.to_owned(), Arc::clone(&bundle));
        Ok(bundle)
    }
}
