//! One OS thread with its users: a current-thread runtime, its own VMs, connections and recorder. It shares nothing.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::LocalSet;
use tokio::time::Instant;

use super::brief::Brief;
use super::control::{Order, Report};
use super::fleet::Fleet;
use super::user::{self, Permits, RestUntil};
use super::watchman;
use crate::http::Transport;
use crate::metrics::{Recorder, TypeId};
use crate::pace::Ramp;
use crate::plan::Length;
use crate::script::ledger::{Entry, Ledger};
use crate::script::{Clock, Halt, World};

/// What the users of a shard stand on.
pub struct Floor {
    /// What the scripts share.
    pub world: Rc<World>,
    /// The VMs.
    pub fleet: Fleet,
    /// When the run began.
    pub began: Instant,
    /// How long the run goes on.
    pub length: Length,
    /// Requests in a session, by type.
    pub requests: Vec<(u32, u32)>,
    /// Says that steps are cut.
    pub cut: Halt,
    /// Says that everything is dropped.
    pub end: Halt,
    /// VMs and the bytes they hold, as last counted.
    pub size: Cell<(u64, u64)>,
    permits: Permits,
    rest: Vec<RestUntil>,
    reports: mpsc::UnboundedSender<Report>,
}

impl Floor {
    /// Whether one more session may begin.
    pub fn take_permit(&self) -> bool {
        self.permits.take()
    }

    /// Waits until the type may begin a session.
    pub async fn rested(&self, kind: TypeId) {
        while let Some(until) = self
            .rest
            .get(usize::from(kind.0))
            .and_then(std::cell::Cell::get)
            .filter(|until| *until > Instant::now())
        {
            tokio::select! {
                () = tokio::time::sleep_until(until) => {}
                () = self.world.halt.wait() => return,
            }
        }
    }

    /// Hands to the orchestrator what a session created, for clean-up.
    pub fn hand_over(&self, made: Vec<Entry>) {
        if !made.is_empty() {
            // The orchestrator is gone only after an abort: then nobody cleans up.
            let _ = self.reports.send(Report::Created(made));
        }
    }

    fn obey(&self, order: Order) {
        match order {
            Order::Drain => self.world.halt.set(),
            Order::CutSteps => self.cut.set(),
            Order::End => {
                self.cut.set();
                self.end.set();
            }
            Order::Roster(_) => {}
            Order::Pause(now) => self.world.clock.pause(Instant::from_std(now)),
            Order::Resume(now) => self.world.clock.resume(Instant::from_std(now)),
            Order::Rest(kind, pause) => {
                if let Some(rest) = self.rest.get(usize::from(kind.0)) {
                    rest.set(Some(Instant::now() + pause));
                }
            }
        }
    }
}

/// Runs a shard until its last user has left. The thread's main function.
pub fn run(
    shard: usize,
    brief: &Brief,
    began: std::time::Instant,
    orders: mpsc::UnboundedReceiver<Order>,
    reports: mpsc::UnboundedSender<Report>,
) {
    let last = reports.clone();
    let _farewell = Farewell(shard, reports.clone());
    let runtime = match tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(why) => {
            let _ = last.send(Report::Broken(format!(
                "no runtime for shard {shard}: {why}"
            )));
            return;
        }
    };
    let origin = match brief.origin() {
        Ok(origin) => origin,
        Err(why) => {
            let _ = last.send(Report::Broken(why));
            return;
        }
    };
    LocalSet::new().block_on(&runtime, async {
        let mut terms = brief.terms.clone();
        terms.shard = shard;
        let transport = Transport::new(brief.http.clone());
        let world = Rc::new(World {
            transport,
            origin: Rc::new(origin),
            recorder: RefCell::new(Recorder::new()),
            clock: Clock::default(),
            halt: Halt::default(),
            ledger: RefCell::new(Ledger::new(brief.plan.cleanup.is_some())),
            names: brief.names().into_iter().map(Rc::from).collect(),
            terms: terms.clone(),
        });
        let floor = Rc::new(Floor {
            world,
            fleet: Fleet::new(brief.bundle.clone(), brief.sheets.clone(), terms),
            began: Instant::from_std(began),
            length: brief.plan.length,
            requests: brief
                .sheets
                .iter()
                .map(|sheet| brief.plan.requests.clamp(sheet.requests))
                .collect(),
            cut: Halt::default(),
            end: Halt::default(),
            size: Cell::default(),
            permits: permits(brief, shard),
            rest: brief.sheets.iter().map(|_| RestUntil::default()).collect(),
            reports: reports.clone(),
        });
        crowd(shard, brief, &floor, orders).await;
        let batch = floor.world.recorder.borrow_mut().take();
        let _ = reports.send(Report::Batch(shard, Box::new(batch)));
        floor.hand_over(floor.world.ledger.borrow_mut().take_all());
    });
    // Tasks that outlived their shard (after an abort) are dropped with the runtime, before the last word.
    drop(runtime);
    let _ = last.send(Report::Done);
}

/// Starts the users and waits for the last, obeying orders meanwhile.
async fn crowd(
    shard: usize,
    brief: &Brief,
    floor: &Rc<Floor>,
    mut orders: mpsc::UnboundedReceiver<Order>,
) {
    let ramp = Ramp {
        users: brief.plan.users,
        over: brief.plan.ramp(),
    };
    let (alive, mut gone) = mpsc::channel::<()>(1);
    for (number, kind) in brief.users_of(shard) {
        let life = user::live(Rc::clone(floor), number, kind, ramp.start_of(number));
        let alive = alive.clone();
        tokio::task::spawn_local(async move {
            life.await;
            drop(alive);
        });
    }
    drop(alive);
    let watch = tokio::task::spawn_local(watchman::watch(shard, Rc::clone(floor)));
    loop {
        tokio::select! {
            order = orders.recv() => match order {
                Some(order) => floor.obey(order),
                // The orchestrator is gone: nobody would hear of what users do.
                None => floor.obey(Order::End),
            },
            _ = gone.recv() => break,
        }
        if floor.end.is_set() {
            // Users leave at their next wait; one moment for them to count themselves out.
            let _ = tokio::time::timeout(Duration::from_millis(500), gone.recv()).await;
            break;
        }
    }
    watch.abort();
}

/// This shard's part of `--sessions N`: by its part of the users, the remainder to the first.
fn permits(brief: &Brief, shard: usize) -> Permits {
    let Length::Sessions(sessions) = brief.plan.length else {
        return Permits::new(None);
    };
    let weights: Vec<f64> = (0..brief.plan.shards)
        .map(|shard| brief.users_of(shard).count() as f64)
        .collect();
    let whole = u32::try_from(sessions).unwrap_or(u32::MAX);
    let shares = crate::plan::crowd::apportion(&weights, whole);
    Permits::new(shares.get(shard).map(|share| u64::from(*share)))
}

impl Floor {
    /// Sends what was counted since the last time.
    pub fn report(&self, shard: usize) {
        let batch = self.world.recorder.borrow_mut().take();
        let _ = self.reports.send(Report::Batch(shard, Box::new(batch)));
    }
}

/// Tells the orchestrator when a shard ends by a panic: it would wait for ever for its last word.
struct Farewell(usize, mpsc::UnboundedSender<Report>);

impl Drop for Farewell {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let _ = self.1.send(Report::Broken(format!(
                "shard {} ended by a panic, which is a mistake in throng",
                self.0
            )));
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
        let Some(Report::Broken(why)) = reports.blocking_recv() else {
            panic!("nothing was said");
        };
        assert!(why.starts_with("shard 3 ended by a panic"), "{why}");
        assert!(reports.blocking_recv().is_none(), "said once");
    }
}
