//! Passes on what the run orders and what workers report, until the last of them has said its last words.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::{FutureExt as _, StreamExt as _};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;

use super::asked::Asked;
use super::checkpoints::{Checkpoint, Keeper, LinkState};
use super::dispatcher::{Dispatch, Dispatcher};
use super::gather::{self, Member};
use super::lease::{self, Leadership};
use super::members::{Tracked, parts};
use super::options::{OnLoss, Options};
use super::recruiting::Recruiting;
use super::trials::Staging;
use super::workers::Workers;
use crate::cluster::error::ClusterError;
use crate::cluster::failure_detector;
use crate::cluster::nats::{Nats, Objects, Ordered, Publisher, Stores};
use crate::cluster::overdue::Overdue;
use crate::cluster::records::{Brief, Digests, Names};
use crate::cluster::wire;
use crate::engine::{Order, RemoteOrder, Report};
use crate::script::Bundle;

/// How long the last words of workers may be on their way: a little longer than a worker tries to send them.
const LAST_WORDS: Duration = Duration::from_secs(12);

/// How long the last order may take to reach the server.
const LAST_ORDER: Duration = Duration::from_secs(1);

/// How long the server may take to create a consumer.
const REOPEN: Duration = Duration::from_secs(1);

/// How often a checkpoint of the run is kept.
const CHECKPOINT: Duration = Duration::from_secs(5);

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
    pub leadership: Leadership,
    /// How the link of another coordinator stood, which sources are objects, and the number of its last order.
    pub taken: Option<(LinkState, Digests, u64)>,
}

impl Link {
    /// Until the run is over.
    pub async fn run(self) {
        let reports = self.reports.clone();
        if let Err(why) = self.pass_on().await {
            let is_superseded = matches!(why, ClusterError::Superseded { .. });
            let why = why.to_string();
            let _ = reports.send(match is_superseded {
                true => Report::Superseded { why },
                // With the first of them the run ends, or does not begin.
                false => Report::Failed { shard: 0, why },
            });
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
            mut leadership,
            taken,
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
        let is_taken = taken.is_some();
        let (state, known, ordered) = taken.unwrap_or_default();
        let first = state.sequence + 1;
        let mut results = Ordered::once(&nats, &stores.results, names.results(), first).await?;
        let all = parts(&members);
        let publisher = Publisher::resume(nats.clone(), stores.orders.clone(), names.orders());
        let (publisher, last) = publisher.await?;
        // Numbers go on after the last order, which the id of its message ends with.
        let last = last.as_deref().and_then(|id| id.rsplit('/').next());
        let n = last
            .and_then(|last| last.parse().ok())
            .unwrap_or(0)
            .max(ordered);
        let (dispatch, dispatches) = mpsc::unbounded_channel();
        let (keep, to_keep) = mpsc::unbounded_channel();
        let (say_kept, mut kept) = mpsc::unbounded_channel();
        let keeper = Keeper::new(&nats, &stores, &names, leadership.epoch);
        let keeping = tokio::spawn(keep_all(keeper, to_keep, say_kept));
        let objects = Objects::new(nats.clone(), stores.bundles.clone());
        let played = sources(&objects, &known).await;
        let ordered_to = Arc::new(AtomicU64::new(0));
        let dispatcher = Dispatcher {
            publisher,
            objects,
            run: names.0.clone(),
            epoch: leadership.epoch,
            parts: all.clone(),
            incarnations: members.iter().map(|one| one.incarnation.clone()).collect(),
            hands_over: options.on_loss == OnLoss::Reassign,
            brief,
            n,
            ordered: Arc::clone(&ordered_to),
            known,
            checkpoints: keep,
        };
        let (failed, mut failure) = oneshot::channel();
        let dispatching = tokio::spawn(dispatch_all(
            dispatcher,
            dispatches,
            (failed, leadership.clone()),
        ));
        let (places, vacant) = watch::channel((BTreeSet::new(), 0));
        let (came, mut coming) = mpsc::unbounded_channel();
        let recruiting = Recruiting {
            nats: nats.clone(),
            stores: stores.clone(),
            names: names.clone(),
            version: options.version.clone(),
            round: leadership.epoch << 32,
            vacant,
            came,
            known: members.iter().map(|one| one.incarnation.clone()).collect(),
        };
        let recruiting = tokio::spawn(recruiting.run());
        let clock = options.clock;
        let mut asked = Asked::new(reports.clone(), is_taken);
        let ways = (reports, dispatch.clone());
        let mut work = if is_taken {
            Workers::resume(state, options, ways, n)
        } else {
            let members = members.into_iter().zip(all);
            let members = members.map(|(member, part)| Tracked::new(member, part, Duration::ZERO));
            Workers::new(members.collect(), options, ways, n)
        };
        if is_taken {
            work.ask_for_rows(&played);
            work.resume_pods();
        }
        let mut checkpoint = tokio::time::interval(clock.real_span(CHECKPOINT));
        let mut second = tokio::time::interval(clock.real_span(failure_detector::HEARTBEAT));
        let held = leadership.clone();
        let (mut unread, mut overdue) = (None, Overdue::default());
        let mut closing = None;
        while !work.is_over(closing) {
            tokio::select! {
                order = orders.recv(), if closing.is_none() => {
                    // Without anybody who orders, the run is over.
                    let order = order.unwrap_or(RemoteOrder::Close);
                    if let RemoteOrder::Checkpoint { number, state } = order {
                        if let Some((link, made)) = asked.answered(number) {
                            let _ = dispatch.send(Dispatch::Checkpoint(link, state, made));
                        }
                        continue;
                    }
                    if matches!(order, RemoteOrder::Changed) {
                        asked.ask(work.state());
                        continue;
                    }
                    let begins = matches!(order, RemoteOrder::Begin(_));
                    if matches!(order, RemoteOrder::Clean) {
                        work.begin_cleaning();
                    }
                    if matches!(order, RemoteOrder::Close) {
                        closing = Some(Instant::now() + LAST_WORDS);
                    }
                    match order {
                        RemoteOrder::Join { first, start, began, before } => {
                            work.admit(first, start, began, before);
                            asked.ask(work.state());
                        }
                        RemoteOrder::Workers(wanted) => {
                            work.want(wanted);
                            asked.ask(work.state());
                        }
                        order => {
                            work.is_ending |= ends(&order);
                            work.send(Dispatch::Order(order));
                        }
                    }
                    if begins {
                        asked.begin(work.state());
                    }
                }
                _ = checkpoint.tick() => asked.ask(work.state()),
                Some(sequence) = kept.recv() => {
                    if let Some(sequence) = sequence {
                        results.kept(sequence);
                    }
                    if asked.is_over() {
                        asked.ask(work.state());
                    }
                }
                Some((place, member)) = coming.recv() => {
                    work.on_came(place, member);
                    asked.ask(work.state());
                }
                Some(staging) = staged.recv() => {
                    if let Some((ticket, bundle)) = work.begin_trial(staging) {
                        work.send(Dispatch::Stage(ticket, bundle));
                    }
                }
                record = results.next(), if unread.is_none() => unread = record,
                // One that was suspended may have been replaced: then another coordinator reads it.
                () = held.held(), if unread.is_some() => {
                    overdue.came();
                    if let Some((subject, body, place)) = unread.take() {
                        work.on_record(&subject, &body, place);
                    }
                }
                Some(message) = heartbeats.next() => work.on_heartbeat(&message.subject, &message.payload),
                Some(asked) = times.next() => gather::answer_time(&nats, asked).await,
                // Who may not lead any more says nothing until that is clear.
                _ = second.tick(), if leadership.is_held() => {
                    // After a while in which it was not sure who leads, heartbeats wait to be heard.
                    while let Some(Some(message)) = heartbeats.next().now_or_never() {
                        work.on_heartbeat(&message.subject, &message.payload);
                    }
                    work.look();
                    work.publish_pods();
                    let is_behind = work.members.iter().any(Tracked::is_behind);
                    if overdue.look(is_behind, work.now()) {
                        let again = results.reopen(&nats, work.sequence);
                        let _ = tokio::time::timeout(REOPEN, again).await;
                    }
                    places.send_if_modified(|places| {
                        let now = (work.vacant(), work.refused);
                        std::mem::replace(places, now.clone()) != now
                    });
                    if let Ok(beacon) = serde_json::to_vec(&work.beacon(leadership.epoch, ordered_to.load(Ordering::Relaxed))) {
                        let _ = nats.client.publish(names.beacon(), beacon.into()).await;
                    }
                }
                Ok(why) = &mut failure => return Err(why),
                why = leadership.superseded() => return Err(why),
            }
            if std::mem::take(&mut work.has_divided) {
                asked.ask(work.state());
            }
        }
        work.end();
        recruiting.abort();
        work.publish_pods();
        let places = work.members.iter().map(|one| one.place).collect();
        let mut pods = std::mem::take(&mut work.pods);
        // Those that left hear of the end, too.
        drop((work, dispatch));
        let forgotten = async {
            let _ = tokio::time::timeout(LAST_ORDER, dispatching).await;
            keeping.abort();
            forget(&nats, &stores, &names, places).await;
        };
        tokio::join!(forgotten, pods.settle());
        let _ = nats.client.flush().await;
        Ok(())
    }
}

/// The sources of these digests, which another coordinator sent; those that cannot be read are left out.
async fn sources(objects: &Objects, digests: &Digests) -> Vec<Arc<Bundle>> {
    let mut sources = Vec::new();
    for digest in digests.values() {
        let read = objects.get(digest).await.map_err(|why| why.to_string());
        match read.and_then(|bytes| wire::decode::<Bundle>(&bytes)) {
            Ok(bundle) => sources.push(Arc::new(bundle)),
            Err(why) => tracing::warn!(
                "the scripts of the run cannot be read: {why}; take gives nil until they are reloaded"
            ),
        }
    }
    sources
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
    (failed, leadership): (oneshot::Sender<ClusterError>, Leadership),
) {
    while let Some(what) = dispatches.recv().await {
        leadership.held().await;
        if let Err(why) = dispatcher.send(what).await {
            let _ = failed.send(why);
            return;
        }
    }
}

/// Keeps checkpoints one after the other; says of each what it reaches, or that it could not be kept.
async fn keep_all(
    keeper: Keeper,
    mut to_keep: mpsc::UnboundedReceiver<(Checkpoint, Instant)>,
    say: mpsc::UnboundedSender<Option<u64>>,
) {
    while let Some((checkpoint, made)) = to_keep.recv().await {
        let kept = keeper.keep(checkpoint, made).await;
        let kept = kept.inspect_err(|why| {
            tracing::warn!("{why}; a standby would resume from the previous one")
        });
        let _ = say.send(kept.ok());
    }
}

/// Nothing of the run is wanted any more.
async fn forget(nats: &Nats, stores: &Stores, names: &Names, places: BTreeSet<usize>) {
    let _ = stores.leases.delete(names.call()).await;
    let _ = stores.state.purge(names.record()).await;
    Keeper::new(nats, stores, names, 0).forget().await;
    for place in places {
        let _ = stores.state.purge(names.place(place)).await;
    }
    let _ = stores.results.purge().filter(names.results()).await;
    let _ = stores.orders.purge().filter(names.orders()).await;
    lease::release(stores, names).await;
}
