//! Calls for workers while a run is under way, where places are free, and reports who takes them.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::sync::{mpsc, watch};

use super::gather::{self, Member};
use crate::cluster::nats::{Nats, Stores};
use crate::cluster::records::{Call, Names, PROTOCOL};
use crate::cluster::wire;

/// How often it is looked who has come, and the call said again: a worker hears it only while it is there, and it ends
/// by itself when the coordinator is gone.
const LOOK: Duration = Duration::from_millis(500);

/// What calls.
pub struct Recruiting {
    pub nats: Nats,
    pub stores: Stores,
    pub names: Names,
    pub version: String,
    /// Rounds have higher numbers than those of earlier coordinators.
    pub round: u64,
    /// The places that are free, and how many workers that came were refused.
    pub vacant: watch::Receiver<(BTreeSet<usize>, u64)>,
    /// Who came, and to which place.
    pub came: mpsc::UnboundedSender<(usize, Member)>,
    /// Those who had places already: their claims are void.
    pub known: BTreeSet<String>,
}

impl Recruiting {
    /// Until nobody waits for those who come.
    pub async fn run(mut self) {
        let mut round = self.round;
        let mut called = BTreeSet::new();
        let mut seen = 0;
        loop {
            let (vacant, refused) = self.vacant.borrow_and_update().clone();
            if vacant.is_empty() {
                if !std::mem::take(&mut called).is_empty() {
                    let _ = self.stores.leases.delete(self.names.call()).await;
                }
                if self.vacant.changed().await.is_err() {
                    return;
                }
                continue;
            }
            // Who heard of a round and found no place does not look again before the next one.
            if !vacant.is_subset(&called) {
                round += 1;
                self.clear(&vacant).await;
            } else if refused != seen {
                // Its claim is in the way of others.
                self.clear(&vacant).await;
            }
            seen = refused;
            called.clone_from(&vacant);
            self.call(&vacant, round).await;
            for place in vacant {
                self.look(place).await;
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                changed = self.vacant.changed() => if changed.is_err() {
                    return;
                },
            }
        }
    }

    async fn call(&self, vacant: &BTreeSet<usize>, round: u64) {
        let call = Call {
            v: PROTOCOL,
            run: self.names.0.clone(),
            version: self.version.clone(),
            workers: vacant.last().map_or(0, |last| last + 1),
            round,
        };
        if let Ok(call) = wire::encode(&call) {
            let put = self.stores.leases.put(self.names.call(), call.into());
            let said = gather::in_time(&self.nats, "call", put).await;
            let _ = said.inspect_err(|why| tracing::warn!("cannot ask for more workers: {why}"));
        }
    }

    /// Removes the claims of those who are gone.
    async fn clear(&self, vacant: &BTreeSet<usize>) {
        for place in vacant {
            let claim = self.claim(*place).await;
            let is_void = claim.is_some_and(|member| self.known.contains(&member.incarnation));
            if is_void {
                let purge = self.stores.state.purge(self.names.place(*place));
                let _ = gather::in_time(&self.nats, "place", purge).await;
            }
        }
    }

    /// Who has claimed a place, if anybody who can take part.
    async fn claim(&self, place: usize) -> Option<Member> {
        let mut refused = BTreeSet::new();
        let (nats, stores, names) = (&self.nats, &self.stores, &self.names);
        let claim = gather::claim(nats, stores, names, place, &mut refused).await;
        for why in refused {
            tracing::warn!("{}", why.trim_start_matches("; "));
        }
        claim.ok().flatten()
    }

    async fn look(&mut self, place: usize) {
        let Some(member) = self.claim(place).await else {
            return;
        };
        if self.known.insert(member.incarnation.clone()) {
            let _ = self.came.send((place, member));
        }
    }
}
