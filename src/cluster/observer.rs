//! Lists the workers of a server, and the runs that they are in.

use std::collections::BTreeMap;
use std::time::Duration;

use async_nats::jetstream::kv;
use futures_util::StreamExt as _;

use super::error::ClusterError;
use super::nats::{Nats, Server};
use super::records::{Call, LEASES, Presence, WHO};
use super::wire;

/// How long workers may take to answer who they are: many times a way there and back.
const ANSWERS: Duration = Duration::from_secs(1);

/// How often it is looked whether somebody still leads a run.
const LOOK: Duration = Duration::from_millis(100);

/// The workers of a server, and its runs.
#[derive(Debug, Default)]
pub struct Listing {
    /// Those that wait and those at work, by their names.
    pub workers: Vec<Presence>,
    /// By their ids.
    pub runs: BTreeMap<String, ListedRun>,
}

/// A run that is under way, or calls for workers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListedRun {
    /// How many workers answered that they are in it.
    pub workers: usize,
    /// How many it wants.
    pub wanted: usize,
    /// Whether it still waits for some.
    pub calls: bool,
}

/// Asks the workers of this server who they are, and looks which runs call.
///
/// # Errors
/// When the server cannot be reached, or does not allow it.
pub async fn list(server: &Server) -> Result<Listing, ClusterError> {
    let nats = Nats::connect(server, "throng cluster ls", None).await?;
    let workers = workers(&nats).await?;
    let mut runs: BTreeMap<String, ListedRun> = BTreeMap::new();
    for call in calls(&nats).await? {
        let run = runs.entry(call.run).or_default();
        (run.wanted, run.calls) = (run.wanted.max(call.workers), true);
    }
    for work in workers.iter().filter_map(|one| one.work.as_ref()) {
        let run = runs.entry(work.run.clone()).or_default();
        run.workers += 1;
        run.wanted = run.wanted.max(work.workers);
    }
    Ok(Listing { workers, runs })
}

/// Waits until nobody leads a run of this server any more that had its workers: until then its coordinator reads what they have
/// reported.
///
/// # Errors
/// When the server cannot be reached, or does not allow it.
pub async fn until_no_run_is_led(server: &Server) -> Result<(), ClusterError> {
    let nats = Nats::connect(server, "throng cluster up", None).await?;
    loop {
        match (keys(&nats, ".leader").await, keys(&nats, ".call").await) {
            (Err(denied @ ClusterError::Denied(_)), _) => return Err(denied),
            (Ok((Some(_), led)), Ok((_, calls))) => {
                // One that calls for workers does not end for want of them.
                let calls = |run: &str| calls.iter().any(|key| key == &format!("{run}.call"));
                let mut runs = led.iter().filter_map(|key| key.strip_suffix(".leader"));
                if runs.all(calls) {
                    return Ok(());
                }
            }
            _ => tracing::debug!("whether a run is led is not known; it is tried again"),
        }
        tokio::time::sleep(LOOK).await;
    }
}

async fn workers(nats: &Nats) -> Result<Vec<Presence>, ClusterError> {
    let inbox = nats.client.new_inbox();
    let subscribe = nats.client.subscribe(inbox.clone());
    let mut answers = nats.ask("subscription", subscribe).await?;
    let asked = async {
        let none = bytes::Bytes::new();
        let sent = nats.client.publish_with_reply(WHO, inbox, none).await;
        sent.map_err(|why| why.to_string())?;
        nats.client.flush().await.map_err(|why| why.to_string())
    };
    nats.ask("question", asked).await?;
    let mut workers: Vec<Presence> = Vec::new();
    let heard = async {
        while let Some(answer) = answers.next().await {
            match serde_json::from_slice(&answer.payload) {
                Ok(worker) => workers.push(worker),
                // A server says so when nobody heard the question.
                Err(_) if answer.payload.is_empty() => {}
                Err(why) => tracing::debug!("an answer that cannot be read: {why}"),
            }
        }
    };
    let _ = tokio::time::timeout(ANSWERS, heard).await;
    workers.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(workers)
}

/// The runs that wait for workers.
async fn calls(nats: &Nats) -> Result<Vec<Call>, ClusterError> {
    let (leases, keys) = keys(nats, ".call").await?;
    let mut calls = Vec::new();
    for key in keys {
        let Some(leases) = &leases else {
            break;
        };
        // It may have gone meanwhile.
        let call = nats.ask("call", leases.get(key)).await?;
        calls.extend(call.and_then(|call| wire::decode::<Call>(&call).ok()));
    }
    Ok(calls)
}

/// The bucket of leases, and its keys that end like this; none where no run has made it yet.
async fn keys(nats: &Nats, end: &str) -> Result<(Option<kv::Store>, Vec<String>), ClusterError> {
    let bucket = nats.ask("bucket of leases", nats.js.get_key_value(LEASES));
    let leases: kv::Store = match bucket.await {
        Ok(leases) => leases,
        Err(denied @ ClusterError::Denied(_)) => return Err(denied),
        Err(_) => return Ok((None, Vec::new())),
    };
    let mut keys = nats.ask("leases", leases.keys()).await?;
    let mut found = Vec::new();
    while let Some(key) = keys.next().await {
        found.extend(key.ok().filter(|key| key.ends_with(end)));
    }
    drop(keys);
    Ok((Some(leases), found))
}
