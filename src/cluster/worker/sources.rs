//! The sources of versions as a worker has them: fetched once, by their digests.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::mpsc;

use crate::cluster::error::ClusterError;
use crate::cluster::nats::Objects;
use crate::cluster::records::{Digests, WorkerMessage};
use crate::cluster::wire;
use crate::engine::Roster;
use crate::script::{Bundle, RowAnswer, RowRequest};

/// What a worker has of them.
pub struct Sources {
    pub objects: Objects,
    /// To the coordinator, which leases rows of data files.
    rows: mpsc::UnboundedSender<RowRequest>,
    known: BTreeMap<String, Arc<Bundle>>,
    /// The first of them: all share its data files.
    first: Option<Arc<Bundle>>,
}

impl Sources {
    /// None yet. What is asked about rows goes with all that the worker says, for as long as it says anything.
    pub fn new(objects: Objects, say: &mpsc::UnboundedSender<WorkerMessage>) -> Self {
        let (rows, mut requests) = mpsc::unbounded_channel();
        let say = say.downgrade();
        tokio::spawn(async move {
            while let (Some(request), Some(say)) = (requests.recv().await, say.upgrade()) {
                let _ = say.send(WorkerMessage::Rows(request));
            }
        });
        Self {
            objects,
            rows,
            known: BTreeMap::new(),
            first: None,
        }
    }

    /// What the coordinator answers about rows of data files.
    pub fn on_rows(&self, answer: RowAnswer) {
        match &self.first {
            Some(bundle) => bundle.on_rows(answer),
            None if answer == RowAnswer::Declare => {
                let feeds = Vec::new();
                let _ = self.rows.send(RowRequest::Holds { feeds });
            }
            None => {}
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
                bundle.lease_rows(self.rows.clone());
                bundle
            }
        };
        let bundle = Arc::new(bundle);
        self.first.get_or_insert_with(|| Arc::clone(&bundle));
        self.known.insert(digest.to_owned(), Arc::clone(&bundle));
        Ok(bundle)
    }
}
