//! The shards of a run: their threads, the way of orders to them and of reports from them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread::JoinHandle;

use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::ended::StartError;
use super::lockstep::{Lane, Lockstep};
use crate::engine::config::RunConfig;
use crate::engine::protection::Quotas;
use crate::engine::protocol::{Order, Report};
use crate::engine::recording::RecordingOrder;
use crate::engine::roster::Roster;
use crate::engine::shard::in_process::InProcess;
use crate::engine::shard::step_thread::{self, StepStart};
use crate::engine::shard::thread;
use crate::engine::shard::thread::ShardStart;
use crate::plan::LiveSettings;

/// Stands for every roster: that of a shard that is gone.
const GONE: u64 = u64::MAX;

/// The shards of a run; none before it begins.
pub struct Shards {
    links: Vec<Link>,
    reports: mpsc::UnboundedReceiver<Report>,
    /// How many have not ended yet.
    open: usize,
    /// Those without active users, and by which roster.
    idle: BTreeMap<usize, u64>,
    /// Whether one ended before its time.
    lost_one: bool,
    /// What there is in place of the network: then the one shard is in this thread.
    in_process: Option<InProcess>,
}

struct Link {
    orders: mpsc::UnboundedSender<Order>,
    /// None: it is a task of this thread.
    thread: Option<JoinHandle<()>>,
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
        let (sender, reports) = mpsc::unbounded_channel();
        self.reports = reports;
        let (mut gates, mut lanes) = (Vec::new(), Vec::new());
        for index in 0..config.plan.shards {
            let (orders, receiver) = mpsc::unbounded_channel();
            let sender = sender.clone();
            let (gate, began) = oneshot::channel();
            let start = ShardStart {
                shard: index,
                config: config.clone(),
                roster: Arc::clone(roster),
                began,
                settings: settings.clone(),
                quotas: quotas.of(index),
                recording: recording.clone(),
            };
            let thread = match self.in_process.clone() {
                Some(_) if config.plan.shards > 1 => {
                    let (lane, thread) = spawn_in_step(start, config, receiver)?;
                    lanes.push(lane);
                    Some(thread)
                }
                Some(here) => {
                    tokio::task::spawn_local(thread::run_here(start, here, receiver, sender));
                    None
                }
                None => Some(spawn(start, config.plan.shards, receiver, sender)?),
            };
            self.links.push(Link { orders, thread });
            gates.push(gate);
        }
        if let Some(here) = self.in_process.as_ref().filter(|_| !lanes.is_empty()) {
            let clock = config.script_config.run.clock;
            let lockstep = Lockstep::new(lanes, clock, here.observed.clone());
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

    async fn all_ready(&mut self, count: usize) -> Result<(), StartError> {
        for _ in 0..count {
            match self.reports.recv().await {
                Some(Report::Failed { why, .. }) => return Err(StartError::Machine(why)),
                // They say nothing else before they begin.
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
        if let Some(link) = self.links.get(shard) {
            let _ = link.orders.send(order);
        }
    }

    /// Sends an order to every shard.
    pub fn broadcast(&self, order: &Order) {
        for link in &self.links {
            let _ = link.orders.send(order.clone());
        }
    }

    /// How many were started.
    pub fn count(&self) -> usize {
        self.links.len()
    }

    /// How many have not ended.
    pub fn open(&self) -> usize {
        self.open
    }

    /// One has ended.
    pub fn ended(&mut self) {
        self.open -= 1;
    }

    /// One has ended before its time: whatever roster comes, it has no active users.
    pub fn lost(&mut self, shard: usize) {
        self.open -= 1;
        self.lost_one = true;
        self.idle.insert(shard, GONE);
    }

    /// Whether one ended before its time.
    pub fn lost_one(&self) -> bool {
        self.lost_one
    }

    /// A shard has no active users, as the roster of this revision wants it.
    pub fn idle(&mut self, shard: usize, revision: u64) {
        self.idle.insert(shard, revision);
    }

    /// Whether none has active users, as the roster of this revision wants it.
    pub fn all_idle(&self, revision: u64) -> bool {
        let is_idle = |by: &&u64| **by == revision || **by == GONE;
        self.idle.values().filter(is_idle).count() >= self.links.len()
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
fn spawn(
    start: ShardStart,
    shards: usize,
    orders: mpsc::UnboundedReceiver<Order>,
    reports: mpsc::UnboundedSender<Report>,
) -> Result<JoinHandle<()>, StartError> {
    thread_of(start.shard, shards, move || {
        thread::run(start, orders, reports);
    })
}

/// A shard on a thread of its own, in virtual time.
fn spawn_in_step(
    mut start: ShardStart,
    config: &RunConfig,
    orders: mpsc::UnboundedReceiver<Order>,
) -> Result<(Lane, JoinHandle<()>), StartError> {
    // What its thread has in place of it is never used: the lane has the moment.
    let (_, never) = oneshot::channel();
    let began = std::mem::replace(&mut start.began, never);
    let (shard, wall) = (start.shard, config.script_config.run.clock.time_of_day());
    let (stretches, told) = std::sync::mpsc::channel();
    let (says, lived) = std::sync::mpsc::channel();
    let step = StepStart { start, wall };
    let thread = thread_of(shard, config.plan.shards, move || {
        step_thread::run(step, &told, &says);
    })?;
    let lane = Lane {
        orders,
        began,
        stretches,
        lived,
        shard,
    };
    Ok((lane, thread))
}

fn thread_of(
    index: usize,
    shards: usize,
    run: impl FnOnce() + Send + 'static,
) -> Result<JoinHandle<()>, StartError> {
    std::thread::Builder::new()
        .name(format!("shard-{index}"))
        .spawn(run)
        .map_err(|why| {
            StartError::Machine(format!(
                "shard {index} of {shards} cannot start: no thread for it: {why}; give fewer \
                 --threads, or let this user have more processes (ulimit -u)"
            ))
        })
}
