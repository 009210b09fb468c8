//! The buckets and streams of a server.

use std::time::Duration;

use async_nats::jetstream::context::CreateStreamErrorKind;
use async_nats::jetstream::kv;
use async_nats::jetstream::object_store::ObjectStore;
use async_nats::jetstream::stream::{Config, DiscardPolicy, StorageType, Stream};

use super::connect::{Nats, Server};
use crate::clock::Clock;
use crate::cluster::error::ClusterError;
use crate::cluster::failure_detector::LEASE;
use crate::cluster::records::{BUNDLES, LEASES, ORDERS, RESULTS, STATE};

/// What is left of a run that nobody ended goes after so long; a run may last as long.
pub const KEPT: Duration = Duration::from_secs(7 * 24 * 3600);

/// So many servers of a cluster have each record, so that one of them may be lost; a single server has it alone.
const REPLICAS: usize = 3;

/// More that workers reported and nobody took is refused, which holds them back.
const MOST_RESULTS: i64 = 256 << 20;

/// All that a cluster keeps on its server.
#[derive(Clone)]
pub struct Stores {
    pub leases: kv::Store,
    pub state: kv::Store,
    pub bundles: ObjectStore,
    pub orders: Stream,
    pub results: Stream,
}

impl Stores {
    /// Makes what is not there yet; leases last by this clock.
    ///
    /// # Errors
    /// When the server has no JetStream, or this user may not.
    pub async fn make(nats: &Nats, server: &Server, clock: Clock) -> Result<Self, ClusterError> {
        let of_leases = clock.real_span(LEASE);
        let leases = match bucket(nats, server, LEASES, (of_leases, REPLICAS)).await {
            Err(ClusterError::Failed { why, .. }) if has_too_few_servers(&why) => {
                bucket(nats, server, LEASES, (of_leases, 1)).await?
            }
            leases => leases?,
        };
        // As many as those of the first one, which may have been there.
        let num_replicas = leases.stream.cached_info().config.num_replicas;
        Ok(Self {
            leases,
            state: bucket(nats, server, STATE, (KEPT, num_replicas)).await?,
            bundles: {
                let config = async_nats::jetstream::object_store::Config {
                    bucket: BUNDLES.to_owned(),
                    max_age: KEPT,
                    num_replicas,
                    ..Default::default()
                };
                let made = nats.js.create_object_store(config);
                match nats.ask("objects", nats.js.get_object_store(BUNDLES)).await {
                    Ok(store) => store,
                    Err(denied @ ClusterError::Denied(_)) => return Err(denied),
                    Err(_) => nats.ask("objects", made).await?,
                }
            },
            orders: stream(
                nats,
                server,
                Config {
                    name: ORDERS.to_owned(),
                    subjects: vec!["throng.*.ord".into()],
                    max_age: KEPT,
                    storage: StorageType::File,
                    num_replicas,
                    ..Default::default()
                },
            )
            .await?,
            results: stream(
                nats,
                server,
                Config {
                    name: RESULTS.to_owned(),
                    subjects: vec!["throng.*.res.>".into()],
                    max_age: KEPT,
                    max_bytes: MOST_RESULTS,
                    discard: DiscardPolicy::New,
                    storage: StorageType::File,
                    num_replicas,
                    ..Default::default()
                },
            )
            .await?,
        })
    }

    /// Tells apart servers, also those that have one address after the other.
    pub fn identity(&self) -> String {
        let created = self.results.cached_info().created;
        created.unix_timestamp_nanos().to_string()
    }

    /// Those that somebody made; a worker may make none.
    ///
    /// # Errors
    /// When they are not there, or this user may not read them.
    pub async fn find(nats: &Nats) -> Result<Self, ClusterError> {
        let js = &nats.js;
        Ok(Self {
            leases: nats
                .ask("bucket of calls", js.get_key_value(LEASES))
                .await?,
            state: nats
                .ask("bucket of places", js.get_key_value(STATE))
                .await?,
            bundles: nats.ask("objects", js.get_object_store(BUNDLES)).await?,
            orders: nats.ask("stream of orders", js.get_stream(ORDERS)).await?,
            results: nats
                .ask("stream of results", js.get_stream(RESULTS))
                .await?,
        })
    }
}

/// A bucket. Made as a stream: `create_key_value` asks for the account, whose answer from a server before 2.10 lacks
/// fields that the client wants. It allows direct reads, which a worker may do that may not read the stream in any
/// other way.
///
/// # Errors
/// As [`Stores::make`].
async fn bucket(
    nats: &Nats,
    server: &Server,
    name: &str,
    (max_age, num_replicas): (Duration, usize),
) -> Result<kv::Store, ClusterError> {
    let config = Config {
        name: format!("KV_{name}"),
        subjects: vec![format!("$KV.{name}.>")],
        max_messages_per_subject: 1,
        max_age,
        num_replicas,
        allow_rollup: true,
        deny_delete: true,
        allow_direct: true,
        discard: DiscardPolicy::New,
        storage: StorageType::File,
        ..Default::default()
    };
    stream(nats, server, config).await?;
    nats.ask("bucket", nats.js.get_key_value(name)).await
}

/// Whether a server refused replicas because there are too few servers.
fn has_too_few_servers(why: &str) -> bool {
    why.contains("non-clustered") || why.contains("no suitable peers")
}

async fn stream(nats: &Nats, server: &Server, config: Config) -> Result<Stream, ClusterError> {
    let what = config.name.clone();
    let wanted = config.clone();
    let made = async {
        let made = nats.js.get_or_create_stream(config).await;
        made.map_err(|why| match why.kind() {
            CreateStreamErrorKind::JetStreamUnavailable => None,
            _ => Some(why.to_string()),
        })
    };
    let mut is_without = false;
    let made = nats.ask(&what, async {
        made.await.map_err(|why| {
            is_without = why.is_none();
            why.unwrap_or_default()
        })
    });
    match made.await {
        Err(ClusterError::Failed { why, .. })
            if is_without || why.contains("no responders") || why.contains("not enabled") =>
        {
            Err(ClusterError::NoJetStream(server.shown()))
        }
        Err(ClusterError::Failed { why, .. }) if why.contains("subjects overlap") => {
            Err(ClusterError::Overlap {
                url: server.shown(),
                subjects: wanted.subjects.join(" "),
            })
        }
        // What is there is taken as it is, by an old version of throng or by others.
        Ok(made) => match differs(&made.cached_info().config, &wanted) {
            differs if differs.is_empty() => Ok(made),
            differs => Err(ClusterError::OtherStore {
                name: what,
                url: server.shown(),
                differs: differs.join(", "),
            }),
        },
        failed => failed,
    }
}

/// In what a stream that is there differs from the one that is wanted; its size and its replicas are the server's
/// own affair.
fn differs(is: &Config, wanted: &Config) -> Vec<String> {
    let age = |of: &Config| format!("{} s", of.max_age.as_secs());
    [
        ("subjects", is.subjects.join(" "), wanted.subjects.join(" ")),
        ("max_age", age(is), age(wanted)),
        (
            "max_msgs_per_subject",
            is.max_messages_per_subject.max(0).to_string(),
            wanted.max_messages_per_subject.to_string(),
        ),
        (
            "discard",
            format!("{:?}", is.discard).to_lowercase(),
            format!("{:?}", wanted.discard).to_lowercase(),
        ),
        (
            "allow_direct",
            is.allow_direct.to_string(),
            wanted.allow_direct.to_string(),
        ),
        (
            "allow_rollup_hdrs",
            is.allow_rollup.to_string(),
            wanted.allow_rollup.to_string(),
        ),
    ]
    .into_iter()
    .filter(|(_, is, wanted)| is != wanted)
    .map(|(what, is, wanted)| format!("its {what} is {is} and not {wanted}"))
    .collect()
}
