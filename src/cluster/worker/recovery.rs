//! What earlier processes of this machine could not report any more: sent while their run is still there, removed after it.

use std::future::Future;
use std::time::Duration;

use super::host::Stop;
use super::options::WorkerOptions;
use super::reporter::record_id;
use crate::cluster::error::ClusterError;
use crate::cluster::nats::{KEPT, Nats, Publisher, Stores};
use crate::cluster::records::{Delta, Heartbeat, Names, PROTOCOL, WorkerMessage};
use crate::cluster::wire;
use crate::spool::{self, Left, Owner, Record};

/// How long it may take to send what one process left: a coordinator that ends waits about as long.
const SEND: Duration = Duration::from_secs(10);

/// Sends what was left for runs of this server; false where the worker was stopped meanwhile.
///
/// # Errors
/// When the server does not allow it.
pub async fn send_what_was_left(
    nats: &Nats,
    stores: &Stores,
    options: &WorkerOptions,
    stop: &mut Stop<'_>,
) -> Result<bool, ClusterError> {
    let Some(folder) = options.spool.as_deref() else {
        return Ok(true);
    };
    for left in spool::left(folder) {
        if left.owner.server != stores.identity() {
            // It is for another server; a worker of that one will find it.
            // No server knows its run for longer.
            if left.age() > KEPT {
                left.remove();
            }
            continue;
        }
        let sent = tokio::select! {
            sent = in_time(send(nats, stores, &left)) => sent,
            () = &mut *stop => return Ok(false),
        };
        let Owner { run, name, .. } = &left.owner;
        match sent {
            Ok(()) => left.remove(),
            Err(denied @ ClusterError::Denied(_)) => return Err(denied),
            Err(why) => tracing::warn!(
                "the reports left by killed worker {name} for run {run} are not sent yet: {why}; the next \
                 worker started here tries again"
            ),
        }
    }
    Ok(true)
}

async fn in_time(
    sending: impl Future<Output = Result<(), ClusterError>>,
) -> Result<(), ClusterError> {
    let sent = tokio::time::timeout(SEND, sending).await;
    sent.unwrap_or_else(|_| {
        let why = format!("no answer within {} s", SEND.as_secs());
        Err(ClusterError::failed("message", why))
    })
}

/// Sends what one process left, if its run is still there.
async fn send(nats: &Nats, stores: &Stores, left: &Left) -> Result<(), ClusterError> {
    let owner = &left.owner;
    let names = Names(owner.run.clone());
    let record = stores.state.get(names.record());
    if nats.ask("record of the run", record).await?.is_none() {
        tracing::debug!("run {} is over: what was left of it is removed", owner.run);
        return Ok(());
    }
    let beat = Heartbeat {
        incarnation: owner.incarnation.clone(),
        declared: 0,
        sent: left.sent(),
        remains: true,
        obeyed: 0,
        sent_ns: 0,
    };
    let beat = serde_json::to_vec(&beat).map_err(|why| ClusterError::failed("heartbeat", why))?;
    let subject = names.heartbeat_of(owner.index);
    let sent = nats.client.publish(subject, beat.into()).await;
    sent.map_err(|why| ClusterError::failed("heartbeat", why))?;
    let subject = names.results_of(owner.index, &owner.incarnation);
    let results = stores.results.clone();
    let (mut publisher, _) = Publisher::resume(nats.clone(), results, subject).await?;
    let own = last_words(left)?;
    for record in left.records.iter().chain(&own) {
        let id = record_id(&publisher_id(owner), record.n);
        publisher.publish(&id, record.body.clone()).await?;
    }
    tracing::info!(
        "recovered the reports of killed worker {} for run {}: it had sent {} requests",
        owner.name,
        owner.run,
        left.sent()
    );
    Ok(())
}

/// What its process did not come to say: how many requests had left. None where it had said it.
fn last_words(left: &Left) -> Result<Option<Record>, ClusterError> {
    if left.records.iter().any(|record| record.last) {
        return Ok(None);
    }
    let name = &left.owner.name;
    let why = format!("worker {name} was killed; its reports were recovered");
    let delta = Delta {
        v: PROTOCOL,
        n: left.made() + 1,
        said: vec![WorkerMessage::Leaves { why }],
        declared: left.sent(),
        last: true,
    };
    let body = wire::encode(&delta).map_err(|why| ClusterError::failed("record", why))?;
    Ok(Some(Record {
        n: delta.n,
        last: true,
        body,
    }))
}

/// Begins the id of each record of a worker in a run.
pub fn publisher_id(owner: &Owner) -> String {
    format!("{}/{}/{}", owner.run, owner.index, owner.incarnation)
}
