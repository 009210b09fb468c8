//! The shards of a run: their threads, or those of workers elsewhere; the way of orders to them and of reports from them.

mod elsewhere;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread::JoinHandle;

use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::ended::StartError;
use super::lockstep::{Lockstep, SteppedShard};
use super::thread_of_shard::spawn_thread;
use crate::engine::config::RunConfig;
use crate::engine::owners::Owners;
use crate::engine::protection::Quotas;
use crate::engine::protocol::{Order, Report};
use crate::engine::recording::RecordingOrder;
use crate::engine::remote::{RemoteOrder, RunStart};
use crate::engine::roster::Roster;
use crate::engine::shard::in_process::InProcess;
use crate::engine::shard::thread;
use crate::engine::shard::thread::ShardStart;
use crate::plan::LiveSettings;

/// Stands for every roster and map: those of a shard that is gone.
const GONE: (u64, u64) = (u64::MAX, u64::MAX);

/// The shards of a run; none before it begins.
pub struct Shards {
    links: Vec<Link>,
    reports: mpsc::UnboundedReceiver<Report>,
    /// How many have not ended yet.
    open: usize,
    /// Those without active users, and by which roster and map.
    idle: BTreeMap<usize, (u64, u64)>,
    /// Whether one ended before its time.
    lost_one: bool,
    /// What there is in place of the network: then the one shard is in this thread.
    in_process: Option<InProcess>,
    /// The shards are elsewhere.
    remote: Option<Remote>,
}

/// The way to shards elsewhere.
struct Remote {
    orders: mpsc::UnboundedSender<RemoteOrder>,
    /// How many workers have the shards.
    workers: usize,
    /// How many shards were started.
    count: usize,
}

/// The way to a shard of this process.
pub(super) struct Link {
    pub(super) orders: mpsc::UnboundedSender<Order>,
    /// None: it is a task of this thread.
    pub(super) thread: Option<JoinHandle<()>>,
}

impl Shards {
    /// None yet; without a network there will be one, in the thread of the orchestrator.
    pub fn none(in_process: Option<InProcess>) -> Self {
        // Nobody reports before the shards are there: they bring a channel of their own.
        let (_, reports) = mpsc::unbounded_channel();
        Self {
            links: Vec::new(),
            reports,
            open: 0,
            idle: BTreeMap::new(),
            lost_one: false,
            in_process,
            remote: None,
        }
    }

    /// Starts every shard; gives the moment when their users may begin.
    ///
    /// # Errors
    /// When one of them cannot start: then none begins.
    pub async fn start(
        &mut self,
        config: &RunConfig,
        roster: &Arc<Roster>,
        settings: &LiveSettings,
        (quotas, recording): (&Quotas, &Option<RecordingOrder>),
    ) -> Result<Instant, StartError> {
        if self.remote.is_some() {
            let start = RunStart {
                plan: Arc::clone(&config.plan),
                roster: Arc::clone(roster),
                owners: Owners::first(config.plan.shard_map()),
                settings: settings.clone(),
                quotas: (0..config.plan.shards)
                    .map(|shard| quotas.of(shard))
                    .collect(),
                recording: recording.clone(),
                crowd: config.script_config.crowd.as_deref().cloned(),
            };
            return self
                .start_elsewhere(start, config.script_config.run.clock)
                .await;
        }
        let (sender, reports) = mpsc::unbounded_channel();
        self.reports = reports;
        let (mut gates, mut stepped) = (Vec::new(), Vec::new());
        for index in 0..config.plan.shards {
            let (gate, began) = oneshot::channel();
            let start = ShardStart {
                shard: index,
                config: config.clone(),
                roster: Arc::clone(roster),
                owners: Owners::first(config.plan.shard_map()),
                began,
                settings: settings.clone(),
                quotas: quotas.of(index),
                recording: recording.clone(),
            };
            let link = match self.in_process.clone() {
                Some(_) if config.plan.shards > 1 => {
                    let (orders, receiver) = mpsc::unbounded_channel();
                    let (shard, thread) = SteppedShard::spawn(start, receiver)?;
                    stepped.push(shard);
                    Link {
                        orders,
                        thread: Some(thread),
                    }
                }
                Some(here) => {
                    let (orders, receiver) = mpsc::unbounded_channel();
                    let run = thread::run_here(start, here, receiver, sender.clone());
                    tokio::task::spawn_local(run);
                    Link {
                        orders,
                        thread: None,
                    }
                }
                None => spawn(start, sender.clone())?,
            };
            self.links.push(link);
            gates.push(gate);
        }
        if let Some(here) = self.in_process.as_ref().filter(|_| !stepped.is_empty()) {
            let clock = config.script_config.run.clock;
            let lockstep = Lockstep::new(stepped, clock, here.observed.clone());
            tokio::task::spawn_local(lockstep.lead(sender.clone()));
        }
        drop(sender);
        self.all_ready(gates.len()).await?;
        let began = config.script_config.run.clock.now().into_std();
        for gate in gates {
            // A shard that is gone by now will have said so.
            let _ = gate.send(began);
            self.open += 1;
        }
        Ok(Instant::from_std(began))
    }

    /// Sends an order to the link that reaches shards elsewhere; one that is gone has reported it.
    fn order(&self, order: RemoteOrder) {
        if let Some(remote) = &self.remote {
            let _ = remote.orders.send(order);
        }
    }

    async fn all_ready(&mut self, count: usize) -> Result<(), StartError> {
        let mut ready = 0;
        while ready < count {
            match self.reports.recv().await {
                Some(Report::Failed { why, .. }) => return Err(StartError::Machine(why)),
                Some(Report::Superseded { why }) => return Err(StartError::Superseded(why)),
                Some(Report::Ready) => ready += 1,
                Some(Report::Lost { shard }) => {
                    let why = format!("the worker of shard {shard} was lost before the run began");
                    return Err(StartError::Machine(why));
                }
                // Of shards, they say nothing else before they begin.
                Some(_) => {}
                None => {
                    return Err(StartError::Machine(
                        "the shards ended before they began".to_owned(),
                    ));
                }
            }
        }
        Ok(())
    }

    /// The next report; none once every shard has ended.
    pub async fn next_report(&mut self) -> Option<Report> {
        self.reports.recv().await
    }

    /// Reports that are there already.
    pub fn pending_reports(&mut self) -> Vec<Report> {
        std::iter::from_fn(|| self.reports.try_recv().ok()).collect()
    }

    /// Sends an order to one shard. A shard that is done listens no more.
    pub fn send(&self, shard: usize, order: Order) {
        if self.remote.is_some() {
            self.order(RemoteOrder::One(shard, order));
        } else if let Some(link) = self.links.get(shard) {
            let _ = link.orders.send(order);
        }
    }

    /// Sends an order to every shard.
    pub fn broadcast(&self, order: &Order) {
        if self.remote.is_some() && self.count() > 0 {
            self.order(RemoteOrder::All(order.clone()));
        }
        for link in &self.links {
            let _ = link.orders.send(order.clone());
        }
    }

    /// How many were started.
    pub fn count(&self) -> usize {
        let elsewhere = self.remote.as_ref().map(|remote| remote.count);
        elsewhere.unwrap_or(self.links.len())
    }

    /// How many have not ended.
    pub fn open(&self) -> usize {
        self.open
    }

    /// One has ended.
    pub fn ended(&mut self, shard: usize) {
        self.open = self.open.saturating_sub(1);
        self.idle.insert(shard, GONE);
    }

    /// One has ended before its time, which fails the run: whatever roster comes, it has no active users.
    pub fn lost(&mut self, shard: usize) {
        self.lost_one = true;
        self.gone(shard);
    }

    /// One is not there any more, and the run goes on without it.
    pub fn gone(&mut self, shard: usize) {
        self.open = self.open.saturating_sub(1);
        self.idle.insert(shard, GONE);
    }

    /// Whether one ended before its time.
    pub fn lost_one(&self) -> bool {
        self.lost_one
    }

    /// A shard has no active users, as the roster and the map of these revisions want it.
    pub fn idle(&mut self, shard: usize, revisions: (u64, u64)) {
        self.idle.insert(shard, revisions);
    }

    /// Whether none has active users, as the roster and the map of these revisions want it.
    pub fn all_idle(&self, revisions: (u64, u64)) -> bool {
        let is_idle = |by: &&(u64, u64)| **by == revisions || **by == GONE;
        self.idle.values().filter(is_idle).count() >= self.count()
    }

    /// Whether a shard has no active users, as the map of this revision wants it.
    pub fn is_idle_by(&self, shard: usize, owners: u64) -> bool {
        self.idle.get(&shard).is_some_and(|(_, by)| *by >= owners)
    }

    /// Waits for none of them any more.
    pub fn leave_behind(&mut self) {
        self.open = 0;
    }

    /// Joins the threads that have ended. One that was left behind computes for ever; the process ends without it.
    pub fn join(&mut self) {
        for Link { orders, thread } in self.links.drain(..) {
            drop(orders);
            if let Some(thread) = thread.filter(JoinHandle::is_finished) {
                let _ = thread.join();
            }
        }
    }
}

/// A shard on a thread of its own.
pub(super) fn spawn(
    start: ShardStart,
    reports: mpsc::UnboundedSender<Report>,
) -> Result<Link, StartError> {
    let (orders, receiver) = mpsc::unbounded_channel();
    let place = (start.shard, start.config.plan.shards);
    let thread = spawn_thread(place, move || thread::run(start, receiver, reports))?;
    Ok(Link {
        orders,
        thread: Some(thread),
    })
}
