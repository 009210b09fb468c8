//! The shards of a dry run on threads of their own, in one virtual time: all live through a stretch of it before any begins the
//! next.
//!
//! A conservative parallel simulation (R. Fujimoto, "Parallel Discrete Event Simulation", 1990) whose look-ahead is a stretch:
//! orders arrive at its end, and nothing else goes from one shard to another. So what happens depends on the plan and the seed
//! alone, not on which thread is faster.

use std::rc::Rc;
use std::sync::mpsc::{Receiver, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::ended::StartError;
use super::thread_of_shard::spawn_thread;
use crate::clock::Clock;
use crate::engine::protocol::{Order, Report};
use crate::engine::shard::step_thread::{self, Lived, StepStart, Stretch};
use crate::engine::shard::thread::ShardStart;
use crate::script::Observed;

/// How long a stretch is. A whole number of them is a second, so that the end of a second is the end of a stretch.
const STRETCH: Duration = Duration::from_millis(500);
/// So often others have their turn at the end of a stretch: what is due then was ordered before the next begins.
const TURNS: usize = 16;

/// The shards, each with its thread.
pub struct Lockstep {
    lanes: Vec<Lane>,
    clock: Clock,
    /// Where it is noted what sessions are like.
    observed: Option<Rc<Observed>>,
}

/// The way to the thread of one shard.
pub struct Lane {
    /// Orders of the run that were not sent on.
    orders: mpsc::UnboundedReceiver<Order>,
    /// When its users may begin.
    began: oneshot::Receiver<std::time::Instant>,
    /// Tells the thread how far it may go.
    stretches: Sender<Stretch>,
    /// What the thread says at the end of a stretch, and once before the first.
    lived: Receiver<Lived>,
    /// The shard's number.
    shard: usize,
}

impl Lockstep {
    /// Of these shards, beside an orchestrator with this clock.
    pub fn new(lanes: Vec<Lane>, clock: Clock, observed: Option<Rc<Observed>>) -> Self {
        Self {
            lanes,
            clock,
            observed,
        }
    }

    /// Leads the shards from stretch to stretch until the last has ended; what they report goes to `reports`, shard by shard.
    pub async fn lead(mut self, reports: mpsc::UnboundedSender<Report>) {
        self.lanes.retain_mut(|lane| lane.listen(&reports, None));
        for lane in &mut self.lanes {
            // None begins where another cannot: then the threads end with what leads to them.
            if (&mut lane.began).await.is_err() {
                return;
            }
        }
        let began = self.clock.now();
        let mut until = Duration::ZERO;
        while !self.lanes.is_empty() {
            let begins = until.is_zero();
            until += STRETCH;
            for lane in &mut self.lanes {
                let orders = std::iter::from_fn(|| lane.orders.try_recv().ok()).collect();
                // One that is gone is found out below.
                let _ = lane.stretches.send(Stretch {
                    begins,
                    orders,
                    until,
                });
            }
            let observed = self.observed.as_deref();
            self.lanes
                .retain_mut(|lane| lane.listen(&reports, observed));
            self.reach(began + until).await;
        }
    }

    async fn reach(&self, moment: Instant) {
        self.clock.sleep_until(moment).await;
        for _ in 0..TURNS {
            tokio::task::yield_now().await;
        }
    }
}

impl Lane {
    /// Starts the thread of a shard, which waits for what comes of its orders here.
    ///
    /// # Errors
    /// When the machine has no thread for it.
    pub fn spawn(
        mut start: ShardStart,
        orders: mpsc::UnboundedReceiver<Order>,
    ) -> Result<(Self, JoinHandle<()>), StartError> {
        // What the thread has in place of it is never used: the lane has the moment.
        let (_, never) = oneshot::channel();
        let began = std::mem::replace(&mut start.began, never);
        let (shard, shards) = (start.shard, start.config.plan.shards);
        let wall = start.config.script_config.run.clock.time_of_day();
        let (stretches, told) = std::sync::mpsc::channel();
        let (says, lived) = std::sync::mpsc::channel();
        let step = StepStart { start, wall };
        let thread = spawn_thread((shard, shards), move || {
            step_thread::run(step, &told, &says);
        })?;
        let lane = Self {
            orders,
            began,
            stretches,
            lived,
            shard,
        };
        Ok((lane, thread))
    }

    /// Waits until the thread has lived through its stretch; false once its shard has ended. Virtual time stands meanwhile.
    fn listen(
        &mut self,
        reports: &mpsc::UnboundedSender<Report>,
        observed: Option<&Observed>,
    ) -> bool {
        let Ok(lived) = self.lived.recv() else {
            let why = format!("the thread of shard {} is gone", self.shard);
            let shard = self.shard;
            let _ = reports.send(Report::Failed { shard, why });
            return false;
        };
        for report in lived.reports {
            let _ = reports.send(report);
        }
        match lived.ended {
            None => true,
            Some(noted) => {
                if let Some(observed) = observed {
                    observed.add(noted);
                }
                false
            }
        }
    }
}
