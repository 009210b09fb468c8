//! Calls for workers, and waits for those who take the places.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use serde::{Deserialize, Serialize};

use super::options::Options;
use crate::cluster::error::ClusterError;
use crate::cluster::nats::{Nats, Stores};
use crate::cluster::records::{
    Beacon, Call, Cannot, Claim, FIRST_EPOCH, Heartbeat, Names, PROTOCOL,
};
use crate::cluster::shard_map::Candidate;
use crate::cluster::time_of_day::time_of_day;
use crate::cluster::{failure_detector, wire};

/// How often the call is said again: who hears it for the first time may come at once.
const CALL: Duration = Duration::from_secs(2);

/// How often it is looked who has come.
const LOOK: Duration = Duration::from_millis(100);

/// How long the server may take for one answer; then it is asked again.
const ANSWER: Duration = Duration::from_secs(2);

/// Threads that a worker may have.
const THREADS: std::ops::RangeInclusive<usize> = 1..=1024;

/// A clock that is further off than this is said; what workers do goes by the coordinator's all the same.
const CLOCK_OFF: Duration = Duration::from_secs(10);

/// A worker that has a place of the run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Member {
    pub name: String,
    /// Identifies this process of it among all that have had its name.
    pub incarnation: String,
    /// Threads that it has for the run.
    pub threads: usize,
    /// By how much its clock is off, in either direction.
    pub clock_off: Duration,
}

impl Member {
    /// What is to be said of its clock, where that is far off.
    pub fn clock_warning(&self) -> Option<String> {
        (self.clock_off >= CLOCK_OFF).then(|| {
            format!(
                "the clock of worker {} is {:.0} s off; users still begin together, but its log \
                 has wrong times; synchronise it with NTP",
                self.name,
                self.clock_off.as_secs_f64()
            )
        })
    }

    /// As others see it who share out.
    pub fn candidate(&self) -> Candidate<'_> {
        Candidate {
            name: &self.name,
            weight: self.threads as f64,
        }
    }
}

/// Calls until all places are taken.
pub async fn gather(
    nats: &Nats,
    stores: &Stores,
    options: &Options,
) -> Result<Vec<Member>, ClusterError> {
    let names = Names(options.run.clone());
    let subscribe = nats.client.subscribe(names.refusals());
    let mut refusals = nats.ask("subscription", subscribe).await?;
    let subscribe = nats.client.subscribe(names.time());
    let mut times = nats.ask("subscription", subscribe).await?;
    let subscribe = nats.client.subscribe(names.heartbeats());
    let mut heartbeats = nats.ask("subscription", subscribe).await?;
    let mut heard = BTreeMap::new();
    let call = wire::encode(&Call {
        v: PROTOCOL,
        run: options.run.clone(),
        version: options.version.clone(),
        workers: options.workers,
        round: 0,
    });
    let call = bytes::Bytes::from(call.map_err(|why| ClusterError::failed("call", why))?);
    let mut members: Vec<Option<Member>> = vec![None; options.workers];
    let mut cannot = BTreeSet::new();
    let until = Instant::now() + options.clock.real_span(options.within);
    let mut call_again = tokio::time::interval(CALL);
    let mut look = tokio::time::interval(LOOK);
    let mut beacon = tokio::time::interval(options.clock.real_span(failure_detector::HEARTBEAT));
    while members.iter().any(Option::is_none) {
        tokio::select! {
            _ = call_again.tick() => {
                in_time(nats, "call", stores.leases.put(names.call(), call.clone())).await?;
            }
            Some(message) = heartbeats.next() => {
                if let Ok(beat) = serde_json::from_slice::<Heartbeat>(&message.payload) {
                    heard.insert(beat.incarnation, beat.sent_ns);
                }
            }
            // Who came first waits for the last one, and is not left alone meanwhile.
            _ = beacon.tick() => {
                let is_here = |of: &str| members.iter().flatten().any(|one| one.incarnation == of);
                heard.retain(|incarnation: &String, _| is_here(incarnation));
                let heard = heard.clone();
                let beacon = Beacon { epoch: FIRST_EPOCH, ordered: 0, heard };
                if let Ok(beacon) = serde_json::to_vec(&beacon) {
                    let _ = nats.client.publish(names.beacon(), beacon.into()).await;
                }
            }
            Some(asked) = times.next() => answer_time(nats, asked).await,
            Some(message) = refusals.next() => {
                if let Ok(one) = wire::decode::<Cannot>(&message.payload) {
                    cannot.insert(format!("; worker {} cannot join: {}", one.name, one.why));
                }
            }
            _ = look.tick() => {
                if Instant::now() > until {
                    break;
                }
                for (index, member) in members.iter_mut().enumerate() {
                    if member.is_none() {
                        *member = claim(nats, stores, &names, index, &mut cannot).await?;
                    }
                }
            }
        }
    }
    // Nobody else is wanted.
    let _ = stores.leases.delete(names.call()).await;
    let came: Vec<Member> = members.into_iter().flatten().collect();
    if came.len() < options.workers {
        return Err(ClusterError::TooFew {
            came: came.len(),
            wanted: options.workers,
            seconds: options.within.as_secs(),
            refused: cannot.into_iter().collect(),
        });
    }
    let mut known = BTreeSet::new();
    match came.iter().find(|member| !known.insert(&member.name)) {
        Some(twice) => Err(ClusterError::Machine(format!(
            "two workers have the name {}; give each its own with --name",
            twice.name
        ))),
        None => Ok(came),
    }
}

/// Who has a place, if anybody.
pub async fn claim(
    nats: &Nats,
    stores: &Stores,
    names: &Names,
    index: usize,
    cannot: &mut BTreeSet<String>,
) -> Result<Option<Member>, ClusterError> {
    let asked = stores.state.get(names.place(index));
    let Some(bytes) = in_time(nats, "place", asked).await?.flatten() else {
        return Ok(None);
    };
    let claim: Claim = match wire::decode(&bytes) {
        Ok(claim) => claim,
        Err(why) => {
            cannot.insert(format!(
                "; who took place {index} was refused: its claim cannot be read: {why}"
            ));
            let _ = in_time(nats, "place", stores.state.purge(names.place(index))).await?;
            return Ok(None);
        }
    };
    if !THREADS.contains(&claim.threads) {
        cannot.insert(format!(
            "; worker {} was refused: it says that it has {} threads; from {} to {} are possible",
            claim.name,
            claim.threads,
            THREADS.start(),
            THREADS.end()
        ));
        let _ = in_time(nats, "place", stores.state.purge(names.place(index))).await?;
        return Ok(None);
    }
    Ok(Some(Member {
        name: claim.name,
        incarnation: claim.incarnation,
        threads: claim.threads,
        clock_off: Duration::from_micros(claim.clock_offset_us.unsigned_abs()),
    }))
}

/// What was asked of the server; none where it did not answer in time, which is no reason to give up.
pub async fn in_time<T, E: std::fmt::Display>(
    nats: &Nats,
    what: &str,
    asked: impl Future<Output = Result<T, E>>,
) -> Result<Option<T>, ClusterError> {
    match tokio::time::timeout(ANSWER, nats.ask(what, asked)).await {
        Ok(Ok(answer)) => Ok(Some(answer)),
        Ok(Err(denied @ ClusterError::Denied(_))) => Err(denied),
        Ok(Err(why)) => {
            tracing::debug!("{why}; it is tried again");
            Ok(None)
        }
        Err(_) => {
            tracing::debug!("NATS: {what}: no answer yet; it is tried again");
            Ok(None)
        }
    }
}

/// Says what time it is here.
pub async fn answer_time(nats: &Nats, asked: async_nats::Message) {
    if let Some(to) = asked.reply {
        let now = time_of_day().to_string();
        let _ = nats.client.publish(to, now.into()).await;
    }
}
