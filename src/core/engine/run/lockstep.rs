//! The shards of a dry run on threads of their own, in one virtual time: none begins a window of it before all have reached the
//! end of the one before.
//!
//! A conservative parallel simulation (R. Fujimoto, "Parallel Discrete Event Simulation", 1990) whose lookahead is a window:
//! orders arrive at its end, and nothing else goes from one shard to another. So what happens depends on the plan and the seed
//! alone, not on which thread is faster.

use std::rc::Rc;
use std::sync::mpsc::{Receiver, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::ended::StartError;
use super::thread_of_shard::spawn_thread;
use crate::clock::Clock;
use crate::engine::protocol::{Order, Report};
use crate::engine::shard::step_thread::{self, StepStart, Window, WindowResult};
use crate::engine::shard::thread::ShardStart;
use crate::script::{Observations, Observed};

/// How long a window is. A whole number of them is a second, so that the end of a second is the end of a window.
const WINDOW: Duration = Duration::from_millis(500);
/// How often the other tasks of the orchestrator run at the end of a window: what is due then is ordered before the next begins.
const TURNS: usize = 16;

/// The shards, each with its thread.
pub struct Lockstep {
    shards: Vec<SteppedShard>,
    clock: Clock,
    /// Where it is noted what sessions are like.
    observed: Option<Rc<Observed>>,
}

/// A shard on a thread that goes from window to window.
pub struct SteppedShard {
    /// Orders of the run that were not sent on.
    orders: mpsc::UnboundedReceiver<Order>,
    /// When its users may begin.
    began: oneshot::Receiver<std::time::Instant>,
    /// The next window, for the thread.
    windows: Sender<Window>,
    /// What came of each window, and of the start before the first.
    results: Receiver<WindowResult>,
    /// The shard's number.
    shard: usize,
}

impl Lockstep {
    /// Of these shards, beside an orchestrator with this clock.
    pub fn new(shards: Vec<SteppedShard>, clock: Clock, observed: Option<Rc<Observed>>) -> Self {
        Self {
            shards,
            clock,
            observed,
        }
    }

    /// Leads the shards from window to window until the last has ended; what they report goes to `reports`, shard by shard.
    pub async fn lead(mut self, reports: mpsc::UnboundedSender<Report>) {
        self.listen(&reports).await;
        for shard in &mut self.shards {
            // None begins where another cannot: then the threads end with what leads to them.
            if (&mut shard.began).await.is_err() {
                return;
            }
        }
        let began = self.clock.now();
        let mut until = Duration::ZERO;
        while !self.shards.is_empty() {
            let begins = until.is_zero();
            until += WINDOW;
            for shard in &mut self.shards {
                let orders = std::iter::from_fn(|| shard.orders.try_recv().ok()).collect();
                // One that is gone is found out below.
                let _ = shard.windows.send(Window {
                    begins,
                    orders,
                    until,
                });
            }
            self.listen(&reports).await;
            self.clock.sleep_until(began + until).await;
            for _ in 0..TURNS {
                tokio::task::yield_now().await;
            }
        }
    }

    /// Waits until each shard is at the end of its window, and forgets those that have ended. What one reports is taken while
    /// others still run: virtual time stands meanwhile.
    async fn listen(&mut self, reports: &mpsc::UnboundedSender<Report>) {
        for mut shard in std::mem::take(&mut self.shards) {
            let result = shard.listen();
            for report in result.reports {
                let _ = reports.send(report);
            }
            match (result.ended, &self.observed) {
                (None, _) => self.shards.push(shard),
                (Some(noted), Some(observed)) => observed.add(noted),
                (Some(_), None) => {}
            }
            tokio::task::yield_now().await;
        }
    }
}

impl SteppedShard {
    /// Starts the thread of a shard, which waits for what comes of its orders here.
    ///
    /// # Errors
    /// When the machine has no thread for it.
    pub fn spawn(
        mut start: ShardStart,
        orders: mpsc::UnboundedReceiver<Order>,
    ) -> Result<(Self, JoinHandle<()>), StartError> {
        // The thread makes a gate of its own; this one tells when the first window may begin.
        let (_, never) = oneshot::channel();
        let began = std::mem::replace(&mut start.began, never);
        let (shard, shards) = (start.shard, start.config.plan.shards);
        let wall = start.config.script_config.run.clock.time_of_day();
        let (windows, next_windows) = std::sync::mpsc::channel();
        let (to_lockstep, results) = std::sync::mpsc::channel();
        let step = StepStart { start, wall };
        let thread = spawn_thread((shard, shards), move || {
            step_thread::run(step, &next_windows, &to_lockstep);
        })?;
        let shard = Self {
            orders,
            began,
            windows,
            results,
            shard,
        };
        Ok((shard, thread))
    }

    /// Waits until the thread is at the end of its window. Virtual time stands meanwhile.
    fn listen(&mut self) -> WindowResult {
        self.results.recv().unwrap_or_else(|_| {
            let why = format!("the thread of shard {} is gone", self.shard);
            WindowResult {
                reports: vec![Report::Failed {
                    shard: self.shard,
                    why,
                }],
                ended: Some(Observations::default()),
            }
        })
    }
}
