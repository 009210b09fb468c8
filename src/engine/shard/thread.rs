//! One OS thread with its users: a current-thread runtime, its own VMs, connections and recorder. It shares nothing.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::LocalSet;
use tokio::time::Instant;

use super::session_quota::Permits;
use super::state::{Alive, Floor};
use super::vm_pool::Fleet;
use super::{health, user};
use crate::engine::config::{Brief, users_of};
use crate::engine::protocol::{Order, Report};
use crate::engine::roster::Roster;
use crate::http::Transport;
use crate::pace::Ramp;
use crate::script::api::log;
use crate::script::limits::Limits;
use crate::script::{Clock, Halt, World};

/// Where a shard begins.
pub struct Start {
    /// Which shard it is.
    pub shard: usize,
    /// The run.
    pub brief: Brief,
    /// Who plays what at first.
    pub roster: Arc<Roster>,
    /// Tells when the run began, once every shard can begin.
    pub began: oneshot::Receiver<std::time::Instant>,
    /// Its part of the rate and of the connections, where those have a limit.
    pub quotas: (Option<u64>, Option<u64>),
}

/// Runs a shard until it is told that the run is over. The thread's main function.
pub fn run(
    start: Start,
    orders: mpsc::UnboundedReceiver<Order>,
    reports: mpsc::UnboundedSender<Report>,
) {
    let Start {
        shard,
        brief,
        roster,
        began,
        quotas,
    } = start;
    let last = reports.clone();
    let _farewell = Farewell(shard, reports.clone());
    let runtime = match tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(why) => {
            let why = format!(
                "shard {shard} of {} cannot start: {why}; give fewer --threads, or let this process open more files (ulimit -n)",
                brief.plan.shards
            );
            let _ = last.send(Report::Broken(shard, why));
            return;
        }
    };
    let origin = match brief.origin() {
        Ok(origin) => origin,
        Err(why) => {
            let _ = last.send(Report::Broken(shard, why));
            return;
        }
    };
    let _ = last.send(Report::Ready);
    // Nobody begins where another shard cannot.
    let Ok(began) = began.blocking_recv() else {
        return;
    };
    LocalSet::new().block_on(&runtime, async {
        let mut terms = brief.terms.clone();
        terms.shard = shard;
        let names = roster.casts.iter().map(|cast| Rc::from(&*cast.name));
        let (rate, connections) = quotas;
        let limits = Limits::new(&brief.plan.limits, shard, brief.plan.shards, rate);
        let world = Rc::new(World {
            transport: Transport::new(brief.http.clone()),
            limits,
            origin: Rc::new(origin),
            recorder: RefCell::new(terms.recorder()),
            clock: Clock::default(),
            halt: Halt::default(),
            ledger: brief.desk(shard),
            kinds: RefCell::default(),
            names: RefCell::new(names.collect()),
            terms: terms.clone(),
        });
        let began = Instant::from_std(began);
        let floor = Rc::new(Floor {
            shard,
            world,
            fleet: Fleet::new(terms),
            began,
            length: brief.plan.length,
            reload_at: brief.plan.reload.at,
            cut: Halt::default(),
            end: Halt::default(),
            changed: Notify::new(),
            size: Cell::default(),
            empty: Notify::new(),
            permits: Permits::of(&brief.plan, &roster, shard),
            roster: RefCell::new(roster),
            rest: RefCell::default(),
            reports: reports.clone(),
            alive: Cell::new(0),
            parked: RefCell::default(),
            newcomers: Cell::new((u32::MAX, began)),
            unsettled: Cell::new(None),
            is_limited: rate.or(connections).is_some(),
            seats_order: Rc::default(),
        });
        floor.keep_limits(connections);
        Street::new(&brief, &floor).lead(orders).await;
        log::settle();
        floor.report();
    });
    // Tasks that outlived their shard (after an abort) are dropped with the runtime, before the last word.
    drop(runtime);
    let _ = last.send(Report::Done(shard));
}

/// The users of a shard, as the shard starts them and waits for them.
struct Street {
    floor: Rc<Floor>,
    ramp: Ramp,
    shards: usize,
    /// Users that were started at one time or another.
    started: HashSet<u32>,
}

impl Street {
    fn new(brief: &Brief, floor: &Rc<Floor>) -> Self {
        let ramp = Ramp {
            users: brief.plan.users,
            over: brief.plan.ramp(),
        };
        Self {
            floor: Rc::clone(floor),
            ramp,
            shards: brief.plan.shards,
            started: HashSet::new(),
        }
    }

    /// Starts the users, and those that come later, obeys orders, ends when told to.
    async fn lead(mut self, mut orders: mpsc::UnboundedReceiver<Order>) {
        let floor = Rc::clone(&self.floor);
        self.start();
        let watch = tokio::task::spawn_local(health::watch(Rc::clone(&floor)));
        floor.empty.notify_one();
        loop {
            tokio::select! {
                order = orders.recv() => match order {
                    Some(Order::Roster(roster)) => {
                        floor.publish(roster);
                        self.start();
                        floor.empty.notify_one();
                    }
                    Some(Order::Finish) => break,
                    Some(order) => floor.obey(order),
                    // The orchestrator is gone: nobody would hear of what users do.
                    None => floor.obey(Order::End),
                },
                () = floor.empty.notified(), if !floor.end.is_set() => if floor.is_empty() {
                    let version = floor.roster().version;
                    let _ = floor.reports.send(Report::Empty(floor.shard, version));
                }
            }
            if floor.end.is_set() {
                // Users leave at their next wait; one moment for them to count themselves out.
                while floor.alive.get() > 0 {
                    let left = floor.empty.notified();
                    if tokio::time::timeout(LAST_STEPS, left).await.is_err() {
                        break;
                    }
                }
                break;
            }
        }
        watch.abort();
    }

    /// Starts every user of the roster that was never started.
    fn start(&mut self) {
        let floor = &self.floor;
        let roster = floor.roster();
        let (first, came) = floor.newcomers.get();
        for (number, _) in users_of(&roster, floor.shard, self.shards) {
            if !self.started.insert(number) {
                continue;
            }
            let due = if number < first {
                (floor.began + self.ramp.start_of(number), Duration::ZERO)
            } else {
                (came + floor.turn_of(number), floor.world.clock.paused())
            };
            let life = user::live(Rc::clone(floor), Alive::on(floor), number, due);
            tokio::task::spawn_local(life);
        }
    }
}

/// How long users may take to count themselves out when everything is dropped.
const LAST_STEPS: Duration = Duration::from_millis(500);

/// Tells the orchestrator when a shard ends by a panic: it would wait for ever for its last word.
struct Farewell(usize, mpsc::UnboundedSender<Report>);

impl Drop for Farewell {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let why = format!(
                "shard {} ended by a panic, which is a mistake in throng",
                self.0
            );
            let _ = self.1.send(Report::Broken(self.0, why));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shard_that_panics_is_said_to_be_broken() {
        let (sender, mut reports) = mpsc::unbounded_channel();
        let thread = std::thread::spawn(move || {
            let _farewell = Farewell(3, sender);
            std::panic::resume_unwind(Box::new("quietly"));
        });
        assert!(thread.join().is_err());
        let Some(Report::Broken(3, why)) = reports.blocking_recv() else {
            panic!("nothing was said");
        };
        assert!(why.starts_with("shard 3 ended by a panic"), "{why}");
        assert!(reports.blocking_recv().is_none(), "said once");
    }
}
