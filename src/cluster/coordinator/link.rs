//! Passes on what the run orders and what workers report, until the last of them has said its last words.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures_util::StreamExt as _;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;

use super::dispatcher::{Dispatch, Dispatcher};
use super::gather::{self, Member};
use super::members::{Tracked, parts};
use super::options::{OnLoss, Options};
use super::recruiting::Recruiting;
use super::trials::Staging;
use super::workers::Workers;
use crate::cluster::error::ClusterError;
use crate::cluster::nats::{Nats, Objects, Ordered, Publisher, Stores};
use crate::cluster::records::{Brief, Names};
use crate::cluster::signs_of_life;
use crate::engine::{Order, RemoteOrder, Report};

/// How long the last words of workers may be on their way: a little longer than a worker tries to send them.
const LAST_WORDS: Duration = Duration::from_secs(12);

/// How long the last order may take to reach the server.
const LAST_ORDER: Duration = Duration::from_secs(1);

/// The link between a run and its workers.
pub struct Link {
    pub nats: Nats,
    pub stores: Stores,
    pub names: Names,
    pub options: Options,
    pub members: Vec<Member>,
    pub brief: Brief,
    pub orders: mpsc::UnboundedReceiver<RemoteOrder>,
    pub reports: mpsc::UnboundedSender<Report>,
    pub staged: mpsc::UnboundedReceiver<Staging>,
}

impl Link {
    /// Until the run is over.
    pub async fn run(self) {
        let reports = self.reports.clone();
        if let Err(why) = self.pass_on().await {
            // With the first of them the run ends, or does not begin.
            let why = why.to_string();
            let _ = reports.send(Report::Failed { shard: 0, why });
        }
    }

    async fn pass_on(self) -> Result<(), ClusterError> {
        let Self {
            nats,
            stores,
            names,
            options,
            members,
            brief,
            mut orders,
            reports,
            mut staged,
        } = self;
        let subscribe = |subject: String| {
            let nats = nats.clone();
            async move {
                nats.ask("subscription", nats.client.subscribe(subject))
                    .await
            }
        };
        let mut heartbeats = subscribe(names.heartbeats()).await?;
        let mut times = subscribe(names.time()).await?;
        let mut results = Ordered::once(&nats, &stores.results, names.results()).await?;
        let all = parts(&members);
        let (dispatch, dispatches) = mpsc::unbounded_channel();
        let dispatcher = Dispatcher {
            publisher: Publisher::new(nats.clone(), stores.orders.clone(), names.orders()),
            objects: Objects::new(nats.clone(), stores.bundles.clone()),
            run: names.0.clone(),
            parts: all.clone(),
            incarnations: members.iter().map(|one| one.incarnation.clone()).collect(),
            hands_over: options.on_loss == OnLoss::Reassign,
            brief,
            n: 0,
            known: BTreeMap::new(),
        };
        let (failed, mut failure) = oneshot::channel();
        let dispatching = tokio::spawn(dispatch_all(dispatcher, dispatches, failed));
        let (places, vacant) = watch::channel(BTreeSet::new());
        let (came, mut coming) = mpsc::unbounded_channel();
        let recruiting = Recruiting {
            nats: nats.clone(),
            stores: stores.clone(),
            names: names.clone(),
            version: options.version.clone(),
            vacant,
            came,
            known: members.iter().map(|one| one.incarnation.clone()).collect(),
        };
        let recruiting = tokio::spawn(recruiting.run());
        let members = members.into_iter().zip(all);
        let members = members.map(|(member, part)| Tracked::new(member, part, Duration::ZERO));
        let clock = options.clock;
        let mut work = Workers::new(members.collect(), options, (reports, dispatch));
        let mut second = tokio::time::interval(clock.real_span(signs_of_life::HEARTBEAT));
        let mut closing = None;
        while !work.is_over(closing) {
            tokio::select! {
                order = orders.recv(), if closing.is_none() => {
                    // Without anybody who orders, the run is over.
                    let order = order.unwrap_or(RemoteOrder::Close);
                    if matches!(order, RemoteOrder::Clean) {
                        work.begin_cleaning();
                    }
                    if matches!(order, RemoteOrder::Close) {
                        closing = Some(Instant::now() + LAST_WORDS);
                    }
                    match order {
                        RemoteOrder::Join { first, start, began, before } => {
                            work.admit(first, start, began, before);
                        }
                        RemoteOrder::Workers(wanted) => work.want(wanted),
                        order => {
                            work.is_ending |= ends(&order);
                            work.tell(Dispatch::Order(order));
                        }
                    }
                }
                Some((place, member)) = coming.recv() => work.on_came(place, member),
                Some(staging) = staged.recv() => {
                    if let Some((ticket, bundle)) = work.begin_trial(staging) {
                        work.tell(Dispatch::Stage(ticket, bundle));
                    }
                }
                Some((subject, body)) = results.next() => work.on_record(&subject, &body),
                Some(message) = heartbeats.next() => work.on_heartbeat(&message.subject, &message.payload),
                Some(asked) = times.next() => gather::answer_time(&nats, asked).await,
                _ = second.tick() => {
                    work.look();
                    places.send_if_modified(|places| {
                        let now = work.vacant();
                        std::mem::replace(places, now.clone()) != now
                    });
                    if let Ok(beacon) = serde_json::to_vec(&work.beacon()) {
                        let _ = nats.client.publish(names.beacon(), beacon.into()).await;
                    }
                }
                Ok(why) = &mut failure => return Err(why),
            }
        }
        work.end();
        recruiting.abort();
        let places = work.members.iter().map(|one| one.place).collect();
        // Those that left hear of the end, too.
        drop(work);
        let _ = tokio::time::timeout(LAST_ORDER, dispatching).await;
        forget(&stores, &names, places).await;
        let _ = nats.client.flush().await;
        Ok(())
    }
}

/// Whether nobody joins the run after this order.
fn ends(order: &RemoteOrder) -> bool {
    use RemoteOrder::{All, Clean, Close};
    matches!(
        order,
        All(Order::Drain | Order::End | Order::Finish) | Clean | Close
    )
}

/// Sends one after the other, so that a server that is slow holds up nothing but orders.
async fn dispatch_all(
    mut dispatcher: Dispatcher,
    mut dispatches: mpsc::UnboundedReceiver<Dispatch>,
    failed: oneshot::Sender<ClusterError>,
) {
    while let Some(what) = dispatches.recv().await {
        if let Err(why) = dispatcher.send(what).await {
            let _ = failed.send(why);
            return;
        }
    }
}

/// Nothing of the run is wanted any more.
async fn forget(stores: &Stores, names: &Names, places: BTreeSet<usize>) {
    let _ = stores.leases.delete(names.call()).await;
    for place in places {
        let _ = stores.state.purge(names.place(place)).await;
    }
    let _ = stores.results.purge().filter(names.results()).await;
    let _ = stores.orders.purge().filter(names.orders()).await;
}
