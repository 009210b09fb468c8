//! Sends workers what the run orders: numbered messages, one after the other; scripts as objects.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use super::checkpoints::{Checkpoint, LinkState};
use crate::cluster::error::ClusterError;
use crate::cluster::nats::{Objects, Publisher};
use crate::cluster::records::{
    Brief, CoordinatorMessage, Digests, Envelope, Notice, PROTOCOL, Part,
};
use crate::cluster::time_of_day::time_of_day;
use crate::cluster::wire;
use crate::engine::{Order, RemoteOrder, Roster, RunCheckpoint, RunStart};
use crate::script::{Bundle, RowAnswer};

/// Sends messages to all workers of a run.
pub struct Dispatcher {
    pub publisher: Publisher,
    pub objects: Objects,
    pub run: String,
    pub epoch: u64,
    pub parts: Vec<Part>,
    /// Who has them at first.
    pub incarnations: Vec<String>,
    /// Whether a worker that is stopped hands its users over to others.
    pub hands_over: bool,
    pub brief: Brief,
    /// How many notices there were.
    pub n: u64,
    /// Those of them that the server has.
    pub ordered: Arc<AtomicU64>,
    /// The digests of releases that are objects already.
    pub known: BTreeMap<u32, String>,
    /// Where checkpoints go.
    pub checkpoints: mpsc::UnboundedSender<(Checkpoint, Instant)>,
}

/// What is to be sent.
pub enum Dispatch {
    Order(RemoteOrder),
    Stage(u64, Arc<Bundle>),
    /// What a worker that comes later begins with.
    Join {
        part: Part,
        incarnation: String,
        start: Box<RunStart>,
        began: Instant,
        before: Vec<Order>,
    },
    /// This worker leaves.
    Leave(String),
    /// About rows of data files, to this worker or to all.
    Rows(Option<String>, RowAnswer),
    /// To be kept, after all orders before it: made at this moment.
    Checkpoint(LinkState, Box<RunCheckpoint>, Instant),
}

impl Dispatch {
    /// Whether it is something that is done to the run, not its daily business.
    pub fn is_control(&self) -> bool {
        use Order::{Breaker, EndRecording, Record, Timeouts};
        match self {
            Self::Order(RemoteOrder::One(..)) | Self::Rows(..) => false,
            Self::Order(RemoteOrder::All(order)) => !matches!(
                order,
                Breaker { .. } | EndRecording { .. } | Record(_) | Timeouts(_)
            ),
            _ => true,
        }
    }
}

impl Dispatcher {
    /// Sends it; returns once the server has it.
    ///
    /// # Errors
    /// When the server does not allow it.
    pub async fn send(&mut self, what: Dispatch) -> Result<(), ClusterError> {
        let what = match what {
            Dispatch::Checkpoint(link, run, made) => {
                let checkpoint = Checkpoint {
                    v: PROTOCOL,
                    link,
                    orders: self.n,
                    known: self.known.clone(),
                    run,
                    delay_us: 0,
                };
                let _ = self.checkpoints.send((checkpoint, made));
                return Ok(());
            }
            Dispatch::Stage(ticket, bundle) => CoordinatorMessage::Stage {
                ticket,
                digest: self.put(&bundle).await?,
            },
            Dispatch::Order(RemoteOrder::Start(mut start)) => {
                let (roster, bundles) = self.without_bundles(&start.roster).await?;
                start.roster = Arc::new(roster);
                CoordinatorMessage::Start {
                    parts: self.parts.clone(),
                    incarnations: self.incarnations.clone(),
                    hands_over: self.hands_over,
                    brief: self.brief.clone(),
                    start,
                    bundles,
                }
            }
            Dispatch::Join {
                part,
                incarnation,
                mut start,
                began,
                before,
            } => {
                let (roster, bundles) = self.without_bundles(&start.roster).await?;
                start.roster = Arc::new(roster);
                CoordinatorMessage::Join {
                    part,
                    incarnation,
                    hands_over: self.hands_over,
                    brief: self.brief.clone(),
                    start,
                    bundles,
                    unix_ns: unix_ns(began),
                    before,
                }
            }
            Dispatch::Leave(incarnation) => CoordinatorMessage::Leave { incarnation },
            Dispatch::Rows(to, what) => CoordinatorMessage::Rows { to, what },
            // The link says whose it is, and who comes or goes.
            Dispatch::Order(RemoteOrder::Join { .. } | RemoteOrder::Workers(_)) => return Ok(()),
            Dispatch::Order(RemoteOrder::Begin(at)) => CoordinatorMessage::Begin {
                unix_ns: unix_ns(at),
            },
            Dispatch::Order(RemoteOrder::All(Order::Roster(roster))) => {
                let (roster, bundles) = self.without_bundles(&roster).await?;
                CoordinatorMessage::Roster { roster, bundles }
            }
            Dispatch::Order(RemoteOrder::One(shard, order)) => {
                CoordinatorMessage::One(shard, order)
            }
            Dispatch::Order(RemoteOrder::All(order)) => CoordinatorMessage::All(order),
            Dispatch::Order(RemoteOrder::Clean) => CoordinatorMessage::Clean,
            Dispatch::Order(RemoteOrder::EndCleanup) => CoordinatorMessage::EndCleanup,
            // The link keeps them for itself.
            Dispatch::Order(RemoteOrder::Checkpoint { .. } | RemoteOrder::Changed) => return Ok(()),
            Dispatch::Order(RemoteOrder::Close) => CoordinatorMessage::Close,
        };
        self.n += 1;
        let notice = Notice {
            v: PROTOCOL,
            n: self.n,
            epoch: self.epoch,
            what,
        };
        let failed = |why| ClusterError::failed("order", why);
        let mut body = wire::encode(&Envelope::Here(notice)).map_err(failed)?;
        if body.len() > wire::LARGEST_MESSAGE {
            let digest = self.objects.put(&body).await?;
            body = wire::encode(&Envelope::Object(digest)).map_err(failed)?;
        }
        let id = format!("{}/ord/{}", self.run, self.n);
        self.publisher.publish(&id, body).await?;
        self.ordered.store(self.n, Ordering::Relaxed);
        Ok(())
    }

    /// A roster without its sources, and their digests. Each is sent once.
    async fn without_bundles(
        &mut self,
        roster: &Roster,
    ) -> Result<(Roster, Digests), ClusterError> {
        let mut roster = roster.clone();
        let bundles = std::mem::take(&mut roster.bundles);
        let mut digests = Digests::new();
        for (release, bundle) in bundles {
            let digest = match self.known.get(&release) {
                Some(known) => known.clone(),
                None => self.put(&bundle).await?,
            };
            digests.insert(release, digest);
        }
        self.known.clone_from(&digests);
        Ok((roster, digests))
    }

    async fn put(&self, bundle: &Bundle) -> Result<String, ClusterError> {
        let bytes = wire::encode(bundle).map_err(|why| ClusterError::failed("scripts", why))?;
        self.objects.put(&bytes).await
    }
}

/// A moment as the time of day, in nanoseconds since 1970.
fn unix_ns(at: Instant) -> u64 {
    let ahead = at.saturating_duration_since(Instant::now());
    let behind = Instant::now().saturating_duration_since(at);
    let nanoseconds = |span: Duration| u64::try_from(span.as_nanos()).unwrap_or(u64::MAX);
    time_of_day() + nanoseconds(ahead) - nanoseconds(behind)
}
