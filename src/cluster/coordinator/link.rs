//! Passes on what the run orders and what workers report, until the last of them has said its last words.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc as blocking;
use std::time::Duration;

use futures_util::StreamExt as _;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::dispatcher::{Dispatch, Dispatcher};
use super::gather::{self, Member};
use super::members::{self, Tracked, parts};
use super::options::{OnLoss, Options};
use crate::cluster::error::ClusterError;
use crate::cluster::nats::{Nats, Objects, Ordered, Publisher, Stores};
use crate::cluster::records::{Beacon, Brief, Delta, Heartbeat, Names, PROTOCOL, WorkerMessage};
use crate::cluster::{signs_of_life, wire};
use crate::engine::{RemoteOrder, Report};
use crate::metrics::WorkerState;
use crate::script::Bundle;

/// How long the last words of workers may be on their way: a little longer than a worker tries to send them.
const LAST_WORDS: Duration = Duration::from_secs(12);

/// How long the last order may take to reach the server.
const LAST_ORDER: Duration = Duration::from_secs(1);

/// Scripts that are to be tried.
pub struct Staging {
    pub bundle: Arc<Bundle>,
    /// Place and cause of each fault.
    pub to: blocking::Sender<Vec<(String, String)>>,
}

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

/// Scripts that workers try.
struct Trial {
    /// Who has not said anything yet, by its place.
    waiting: Vec<usize>,
    faults: Vec<(String, String)>,
    to: blocking::Sender<Vec<(String, String)>>,
}

/// The link at work.
struct AtWork {
    members: Vec<Tracked>,
    options: Options,
    reports: mpsc::UnboundedSender<Report>,
    started: Instant,
    trials: BTreeMap<u64, Trial>,
    last_trial: u64,
    /// Whether the clean-up of the workers has begun.
    is_cleaning: bool,
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
            brief,
            n: 0,
            known: BTreeMap::new(),
        };
        let (failed, mut failure) = oneshot::channel();
        let dispatching = tokio::spawn(dispatch_all(dispatcher, dispatches, failed));
        let started = Instant::now();
        let members = members.into_iter().zip(all);
        let mut work = AtWork {
            members: members
                .map(|(member, part)| Tracked::new(member, part, Duration::ZERO))
                .collect(),
            options,
            reports,
            started,
            trials: BTreeMap::new(),
            last_trial: 0,
            is_cleaning: false,
        };
        let clock = work.options.clock;
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
                    let _ = dispatch.send(Dispatch::Order(order));
                }
                Some(staging) = staged.recv() => {
                    if let Some((ticket, bundle)) = work.begin_trial(staging) {
                        let _ = dispatch.send(Dispatch::Stage(ticket, bundle));
                    }
                }
                Some((subject, body)) = results.next() => work.on_record(&subject, &body),
                Some(message) = heartbeats.next() => work.on_heartbeat(&message.subject, &message.payload),
                Some(asked) = times.next() => gather::answer_time(&nats, asked).await,
                _ = second.tick() => {
                    work.look();
                    if let Ok(beacon) = serde_json::to_vec(&work.beacon()) {
                        let _ = nats.client.publish(names.beacon(), beacon.into()).await;
                    }
                }
                Ok(why) = &mut failure => return Err(why),
            }
        }
        work.end();
        // Those that left hear of the end, too.
        drop(dispatch);
        let _ = tokio::time::timeout(LAST_ORDER, dispatching).await;
        forget(&stores, &names, work.members.len()).await;
        let _ = nats.client.flush().await;
        Ok(())
    }
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
async fn forget(stores: &Stores, names: &Names, workers: usize) {
    for index in 0..workers {
        let _ = stores.state.purge(names.place(index)).await;
    }
    let _ = stores.results.purge().filter(names.results()).await;
    let _ = stores.orders.purge().filter(names.orders()).await;
}

impl AtWork {
    /// The time since it began, by the run's clock.
    fn now(&self) -> Duration {
        self.options.clock.span_of_real(self.started.elapsed())
    }

    fn is_over(&self, closing: Option<Instant>) -> bool {
        closing.is_some_and(|until| {
            Instant::now() >= until || self.members.iter().all(Tracked::is_over)
        })
    }

    fn publish(&self) {
        let view = Box::new(members::view(&self.members));
        let _ = self.reports.send(Report::Cluster(view));
    }

    fn beacon(&self) -> Beacon {
        let heard = self.members.iter();
        let heard = heard.map(|one| (one.member.incarnation.clone(), one.sent_ns));
        Beacon {
            heard: heard.collect(),
        }
    }

    /// Looks who is silent.
    fn look(&mut self) {
        let now = self.now();
        for index in 0..self.members.len() {
            if let Some(open) = self.members[index].look(now) {
                let name = &self.members[index].member.name;
                let seconds = signs_of_life::LOST.as_secs();
                let why = format!("worker {name} is lost: it was not heard of for {seconds} s");
                self.on_lost(index, &open, &why);
            }
        }
        self.publish();
    }

    /// The run is over: who has not said so by now may have counted more.
    fn end(&mut self) {
        for member in self.members.iter_mut().filter(|one| !one.is_over()) {
            let name = &member.member.name;
            tracing::warn!("worker {name} did not say its last words: it counts as lost");
            member.lose();
        }
        self.publish();
    }

    /// The clean-up of the workers begins.
    fn begin_cleaning(&mut self) {
        self.is_cleaning = true;
        for index in 0..self.members.len() {
            self.clean_for(index);
        }
    }

    /// A worker of which nothing more is expected leaves what it created: nobody waits for its clean-up.
    fn clean_for(&mut self, index: usize) {
        let member = &mut self.members[index];
        if self.is_cleaning && member.is_over() && !member.has_cleaned {
            member.has_cleaned = true;
            let left = BTreeMap::new();
            let _ = self.reports.send(Report::Cleaned { left });
        }
    }

    /// A worker is lost, with these shards.
    fn on_lost(&mut self, index: usize, open: &[usize], why: &str) {
        let name = self.members[index].member.name.clone();
        tracing::warn!(
            "what worker {name} created is in the ledger on its machine: throng cleanup there \
             deletes it"
        );
        if self.options.on_loss == OnLoss::Degrade {
            tracing::warn!("{why}; the run goes on without its users");
        }
        for (place, shard) in open.iter().enumerate() {
            let shard = *shard;
            let report = match self.options.on_loss {
                OnLoss::Abort if place == 0 => Report::Failed {
                    shard,
                    why: why.to_owned(),
                },
                _ => Report::Lost { shard },
            };
            let _ = self.reports.send(report);
        }
        self.clean_for(index);
        let said = vec![(format!("worker {name}"), "it is lost".to_owned())];
        let tickets: Vec<u64> = self.trials.keys().copied().collect();
        for ticket in tickets {
            self.on_tried(ticket, index, said.clone());
        }
    }

    fn on_heartbeat(&mut self, subject: &str, body: &[u8]) {
        let Ok(beat) = serde_json::from_slice::<Heartbeat>(body) else {
            return;
        };
        let now = self.now();
        let index = subject
            .rsplit('.')
            .next()
            .and_then(|text| text.parse().ok());
        let member = index.and_then(|index: usize| self.members.get_mut(index));
        let member = member.filter(|one| one.member.incarnation == beat.incarnation);
        if let Some(member) = member {
            member.heard = now;
            member.sent_ns = beat.sent_ns;
            member.declares(beat.declared);
        }
    }

    fn on_record(&mut self, subject: &str, body: &[u8]) {
        let mut words = subject.rsplit('.');
        let (incarnation, index) = (words.next(), words.next());
        let index = index.and_then(|text| text.parse::<usize>().ok());
        let now = self.now();
        let known = index.and_then(|index| self.members.get_mut(index).zip(Some(index)));
        let known = known.filter(|(one, _)| Some(&*one.member.incarnation) == incarnation);
        let Some((member, index)) = known else {
            return tracing::debug!("a record of nobody who takes part: {subject}");
        };
        let delta = match wire::decode::<Delta>(body) {
            Ok(delta) if delta.v == PROTOCOL => delta,
            Ok(delta) => {
                return tracing::error!("a record of protocol {} is not read", delta.v);
            }
            Err(why) => {
                return tracing::error!(
                    "a record of worker {} cannot be read: {why}",
                    member.member.name
                );
            }
        };
        if !member.take(delta.n, delta.declared) {
            return;
        }
        member.heard = now;
        for said in delta.said {
            match said {
                WorkerMessage::Report(report) => {
                    if self.members[index].note(&report) {
                        let _ = self.reports.send(report);
                    }
                }
                WorkerMessage::Began { late_us } => {
                    self.members[index].began(Duration::from_micros(late_us));
                }
                WorkerMessage::Staged { ticket, faults } => self.on_tried(ticket, index, faults),
                WorkerMessage::Leaves { why } if !self.members[index].is_over() => {
                    let open = self.members[index].lose();
                    self.on_lost(index, &open, &why);
                }
                WorkerMessage::Leaves { .. } => {}
            }
        }
        if delta.last && self.members[index].state != WorkerState::Lost {
            self.members[index].state = WorkerState::Done;
            self.clean_for(index);
        }
    }

    /// Begins to try scripts; none where nobody is left who could.
    fn begin_trial(&mut self, staging: Staging) -> Option<(u64, Arc<Bundle>)> {
        let at_work = (0..self.members.len()).filter(|index| !self.members[*index].is_over());
        let waiting: Vec<usize> = at_work.collect();
        if waiting.is_empty() {
            let _ = staging.to.send(Vec::new());
            return None;
        }
        self.last_trial += 1;
        let trial = Trial {
            waiting,
            faults: Vec::new(),
            to: staging.to,
        };
        self.trials.insert(self.last_trial, trial);
        Some((self.last_trial, staging.bundle))
    }

    fn on_tried(&mut self, ticket: u64, index: usize, faults: Vec<(String, String)>) {
        let Some(trial) = self.trials.get_mut(&ticket) else {
            return;
        };
        let before = trial.waiting.len();
        trial.waiting.retain(|waiting| *waiting != index);
        if before > trial.waiting.len() {
            trial.faults.extend(faults);
        }
        if trial.waiting.is_empty()
            && let Some(trial) = self.trials.remove(&ticket)
        {
            let _ = trial.to.send(trial.faults);
        }
    }
}
