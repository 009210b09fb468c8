//! The thread of a shard: a current-thread runtime, its own VMs, connections and recorder. It shares nothing.

use std::rc::Rc;
use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};
use tokio::task::LocalSet;
use tokio::time::Instant;

use super::arrival_schedule::Arrivals;
use super::assignment::Assignment;
use super::event_loop::EventLoop;
use super::in_process::InProcess;
use super::outlook::Outlook;
use super::panic_report::PanicReport;
use super::quarantined_types::QuarantinedTypes;
use super::quota_keeper::QuotaKeeper;
use super::reporter::Reporter;
use super::residents::Residents;
use super::session_quota::SessionQuota;
use super::state::{ShardState, StopStages, UserRules};
use super::stops::Stops;
use super::vm_pool::VmPool;
use crate::clock::FineTimers;
use crate::engine::config::RunConfig;
use crate::engine::owners::Owners;
use crate::engine::protocol::{Order, Report};
use crate::engine::recording::RecordingOrder;
use crate::engine::roster::Roster;
use crate::http::Origin;
use crate::plan::{LiveSettings, Plan};
use crate::request::SharedContext;
use crate::request::admission::Limits;
use crate::script::ShardContext;

/// What a shard starts with.
pub struct ShardStart {
    /// Which shard it is.
    pub shard: usize,
    /// The run.
    pub config: RunConfig,
    /// Who plays what at first.
    pub roster: Arc<Roster>,
    /// Which shard has which users at first.
    pub owners: Owners,
    /// Tells when the run began, once every shard can begin.
    pub began: oneshot::Receiver<std::time::Instant>,
    /// What the settings are at first.
    pub settings: LiveSettings,
    /// Its part of the rate and of the connections, where those have a limit.
    pub quotas: (Option<u64>, Option<u64>),
    /// A recording that is there before its first user.
    pub recording: Option<RecordingOrder>,
}

/// Runs a shard until the order to end comes. The thread's main function.
pub fn run(
    start: ShardStart,
    orders: mpsc::UnboundedReceiver<Order>,
    reports: mpsc::UnboundedSender<Report>,
) {
    let reporter = Reporter::new(start.shard, reports);
    let _panic_report = PanicReport::new(start.shard, reporter.clone());
    let runtime = match tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(why) => {
            return reporter.broken(format!(
                "shard {} of {} cannot start: {why}; give fewer --threads, or let this \
                 process open more files (ulimit -n)",
                start.shard, start.config.plan.shards
            ));
        }
    };
    LocalSet::new().block_on(&runtime, async {
        // Where the system has none, tokio's timers do: later by a millisecond.
        let _timers = FineTimers::start()
            .inspect_err(|why| tracing::debug!("shard {} has no fine timers: {why}", start.shard))
            .ok();
        run_shard(start, None, orders, &reporter).await;
    });
    // Tasks that outlived their shard (after an abort) are dropped with the runtime, before the last report.
    drop(runtime);
    reporter.done();
}

/// Runs the one shard of a run whose requests are answered in its thread, beside its orchestrator.
pub async fn run_here(
    start: ShardStart,
    in_process: InProcess,
    orders: mpsc::UnboundedReceiver<Order>,
    reports: mpsc::UnboundedSender<Report>,
) {
    let reporter = Reporter::new(start.shard, reports);
    run_shard(start, Some(in_process), orders, &reporter).await;
    reporter.done();
}

async fn run_shard(
    start: ShardStart,
    in_process: Option<InProcess>,
    orders: mpsc::UnboundedReceiver<Order>,
    reporter: &Reporter,
) {
    let ShardStart {
        shard,
        config,
        roster,
        owners,
        began,
        settings,
        quotas,
        recording,
    } = start;
    let origin = match config.origin() {
        Ok(origin) => origin,
        Err(why) => return reporter.broken(why),
    };
    let vms = vm_pool(&config, shard);
    vms.prepare(&roster);
    reporter.ready();
    // Nobody begins where another shard cannot.
    let Ok(began) = began.await else {
        return;
    };
    let (rate, connections) = quotas;
    let is_limited = rate.or(connections).is_some();
    let target = (origin, in_process);
    let context = script_context(&config, shard, &roster, (settings, rate), target);
    let (clock, began) = (context.requests.run.clock, Instant::from_std(began));
    let quotas = QuotaKeeper::new(Rc::clone(&context), reporter.clone(), is_limited);
    let state = Rc::new(ShardState {
        vms,
        context,
        sessions: SessionQuota::of(&config.plan, &roster, shard),
        arrivals: arrivals_of(&config.plan, &roster, (shard, &owners)),
        residents: Residents::new(shard, owners),
        assignment: Assignment::new(roster, clock, began),
        outlook: Outlook::default(),
        active: Rc::default(),
        present: Rc::default(),
        stops: Stops::new(config.step_prompt.clone()),
        quarantined: QuarantinedTypes::new(clock),
        stop: StopStages::default(),
        quotas,
        reporter: reporter.clone(),
        rules: UserRules {
            began,
            arrivals: Rc::new(config.plan.arrivals()),
            reload_at: config.plan.reload.at,
            mix_at: config.plan.reload.mix_at,
        },
    });
    state.quotas.begin(connections);
    if let Some(order) = recording {
        state.obey(Order::Record(order));
    }
    EventLoop::new(&state).run(orders).await;
    state.vms.settle_log();
    state.report();
}

/// The VMs of a shard.
fn vm_pool(config: &RunConfig, shard: usize) -> VmPool {
    let mut script_config = config.script_config.clone();
    script_config.shard = shard;
    VmPool::new(script_config, config.plan.is_open())
}

/// Who comes, where the crowd is open.
fn arrivals_of(plan: &Plan, roster: &Roster, place: (usize, &Owners)) -> Option<Rc<Arrivals>> {
    let open = plan.open()?;
    let model = plan.arrivals();
    Some(Rc::new(Arrivals::new(&open, roster, &model, place)))
}

/// What the scripts of a shard share.
fn script_context(
    config: &RunConfig,
    shard: usize,
    roster: &Roster,
    (settings, rate): (LiveSettings, Option<u64>),
    (origin, in_process): (Origin, Option<InProcess>),
) -> Rc<ShardContext> {
    let mut script_config = config.script_config.clone();
    script_config.shard = shard;
    let limits = Limits::new(
        script_config.run.clock,
        &config.plan.limits,
        // One that joined a run under way takes turns with one that was there.
        shard % config.plan.shards.max(1),
        config.plan.shards,
        rate,
    );
    let (http, ledger) = (config.shard_http(shard), config.shard_ledger(shard));
    let requests = SharedContext::new(script_config.run.clone(), http, origin, limits, ledger)
        .answered_by(in_process.as_ref().map(|here| Rc::clone(&here.responder)))
        .named(roster.types.iter().map(|of| &*of.name));
    let context = ShardContext::new(Rc::new(requests), script_config, settings);
    Rc::new(context.observed_by(in_process.and_then(|here| here.observed)))
}
