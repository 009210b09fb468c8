//! The thread of a shard in virtual time, which stops at the end of each window until the next is sent.

use std::rc::Rc;
use std::sync::mpsc::{Receiver, Sender};
use std::time::{Duration, SystemTime};

use tokio::sync::{mpsc, oneshot};
use tokio::task::{JoinError, LocalSet};
use tokio::time::Instant;

use super::in_process::InProcess;
use super::thread::{self, ShardStart};
use crate::clock::Clock;
use crate::engine::protocol::{Order, Report};
use crate::script::{Observations, Observed};

/// How far a shard may go.
pub struct Window {
    /// Whether its users begin with it.
    pub begins: bool,
    /// What the run has ordered meanwhile.
    pub orders: Vec<Order>,
    /// Its end, since the users began.
    pub until: Duration,
}

/// What came of it.
pub struct WindowResult {
    /// What the shard reported, in order.
    pub reports: Vec<Report>,
    /// What sessions were like; the shard has ended then.
    pub ended: Option<Observations>,
}

/// Where a shard in virtual time begins.
pub struct StepStart {
    /// As that of any shard, but for the moment when the run began: the first window has it.
    pub start: ShardStart,
    /// The time of day then.
    pub wall: SystemTime,
}

/// Runs a shard from window to window. The thread's main function; it ends with its shard, or with those that lead it.
pub fn run(step: StepStart, windows: &Receiver<Window>, results: &Sender<WindowResult>) {
    let shard = step.start.shard;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    let ended = match runtime {
        Ok(runtime) => LocalSet::new().block_on(&runtime, live(step, windows, results)),
        Err(why) => Err(format!("shard {shard} has no runtime: {why}")),
    };
    if let Err(why) = ended {
        let reports = vec![Report::Failed { shard, why }];
        let ended = Some(Observations::default());
        // Who does not listen any more does not wait either.
        let _ = results.send(WindowResult { reports, ended });
    }
}

async fn live(
    step: StepStart,
    windows: &Receiver<Window>,
    results: &Sender<WindowResult>,
) -> Result<(), String> {
    let StepStart { mut start, wall } = step;
    let shard = start.shard;
    let clock = Clock::virtual_from(wall);
    start.config.script_config.run.clock = clock;
    start.config.script_config.shard = shard;
    let responder = start.config.responder()?;
    let responder = responder.ok_or("there is nothing that answers")?;
    let observed = Rc::new(Observed::default());
    let in_process = InProcess {
        responder,
        observed: Some(Rc::clone(&observed)),
    };
    let (gate, began) = oneshot::channel();
    start.began = began;
    let (to_shard, orders) = mpsc::unbounded_channel();
    let (sender, mut reports) = mpsc::unbounded_channel();
    let running = tokio::task::spawn_local(thread::run_here(start, in_process, orders, sender));
    // That it can begin, or that it cannot.
    let first: Vec<Report> = reports.recv().await.into_iter().collect();
    if first.is_empty() {
        return Err(broken(shard, running.await.err()));
    }
    let mut gate = Some(gate);
    let say = |reports, ended| results.send(WindowResult { reports, ended }).is_ok();
    if !say(first, None) {
        return Ok(());
    }
    let origin = Instant::now();
    // Time stands while it waits for the next window.
    while let Ok(window) = windows.recv() {
        if window.begins
            && let Some(gate) = gate.take()
        {
            let _ = gate.send(clock.now().into_std());
        }
        for order in window.orders {
            let _ = to_shard.send(order);
        }
        clock.sleep_until(origin + window.until).await;
        let mut heard: Vec<Report> = std::iter::from_fn(|| reports.try_recv().ok()).collect();
        if running.is_finished() {
            if let Err(why) = running.await {
                let why = broken(shard, Some(why));
                heard.push(Report::Failed { shard, why });
            }
            say(heard, Some(observed.take()));
            return Ok(());
        }
        if !say(heard, None) {
            break;
        }
    }
    Ok(())
}

/// In words: its task ended by itself only if it panicked.
fn broken(shard: usize, why: Option<JoinError>) -> String {
    let why = why.map_or_else(String::new, |why| format!(": {why}"));
    format!("shard {shard} ended by a mistake in throng{why}")
}
