//! The orchestrator with its shards, against small real servers.
//!
//! A run goes by a clock that is [`FAST`]: what it waits for by itself (ramps, thinking, windows, back-off, seconds of
//! snapshots) takes a tenth of its time, while the network answers in real time. Spans that a test says are the run's;
//! [`Run::passed`] tells how much of them went by, and only tests of real times at the target ask for another speed.

mod arrivals;
mod breakers;
mod comebacks;
mod crowd;
mod degrading;
mod incidents;
mod limits;
mod mix;
mod moving;
mod next;
mod open;
mod own_shapes;
mod personas;
mod reload;
mod shapes;
mod stop;
mod thresholds;
mod trial;
mod valve;

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use throng::clock::Clock;
use throng::engine::{
    Command, CommandReply, Done, Ended, Initiator, Orchestrator, Refused, RunConfig,
    ShutdownDeadlines,
};
use throng::http::Settings;
use throng::metrics::Snapshot;
use throng::plan::{Change, Plan};
use throng::request::{LogDetail, RunInfo};
use throng::script::{self, Bundle, LoadedScripts, Place, ReloadEvent, ScriptConfig};
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::{oneshot, watch};

use crate::support::patience::wait_for;
use crate::support::scripts::Folder;
use crate::support::target::{Answer, Target};

/// The stop of a run, a thirtieth as long as the real one by the machine's clock.
const BRISK: ShutdownDeadlines = ShutdownDeadlines {
    cut: Duration::from_millis(400),
    end: Duration::from_millis(800),
    leave_behind: Duration::from_millis(1_000),
    clean: Duration::from_millis(1_200),
};

/// These deadlines of the machine's clock, by a clock of this speed: a target that answers needs as long as ever.
fn by_clock(speed: f64, deadlines: ShutdownDeadlines) -> ShutdownDeadlines {
    ShutdownDeadlines {
        cut: deadlines.cut.mul_f64(speed),
        end: deadlines.end.mul_f64(speed),
        leave_behind: deadlines.leave_behind.mul_f64(speed),
        clean: deadlines.clean.mul_f64(speed),
    }
}

/// The change of these settings.
fn change(values: &[(&str, &str)]) -> Change {
    Change::of(values.iter().copied()).unwrap()
}

/// Seconds of a run in one of the machine's.
const FAST: f64 = 10.0;
/// Where a target measures rates: by the clock of the machine, whose timers are late by milliseconds.
const REAL: f64 = 1.0;

/// A run under way on a thread of its own.
struct Run {
    commands: UnboundedSender<Command>,
    snapshots: watch::Receiver<Arc<Snapshot>>,
    thread: JoinHandle<Ended>,
    script_config: ScriptConfig,
}

impl Run {
    /// Two users, who come at once, against `target`, by a clock that is [`FAST`]. A stop waits as long as a real one, so
    /// that on a machine under load, too, nobody is left behind.
    fn start(target: &Target, scripts: &Folder, change: impl FnOnce(&mut Plan)) -> Self {
        Self::start_at(FAST, target, scripts, change)
    }

    /// The same by a clock of this speed.
    fn start_at(
        speed: f64,
        target: &Target,
        scripts: &Folder,
        change: impl FnOnce(&mut Plan),
    ) -> Self {
        let settings = Settings::default();
        Self::start_with(speed, &target.url(), &settings, 1, scripts, change)
    }

    /// The same with the deadlines of a stop that are [`BRISK`], for a target that does not answer.
    fn start_brisk(target: &Target, scripts: &Folder, change: impl FnOnce(&mut Plan)) -> Self {
        let (url, settings, brisk) = (target.url(), Settings::default(), by_clock(FAST, BRISK));
        Self::start_by(FAST, brisk, &url, &settings, 1, scripts, change)
    }

    /// The same against this URL, with these settings and this seed.
    fn start_with(
        speed: f64,
        url: &str,
        settings: &Settings,
        seed: u64,
        scripts: &Folder,
        change: impl FnOnce(&mut Plan),
    ) -> Self {
        let patient = by_clock(speed, ShutdownDeadlines::ASKED);
        Self::start_by(speed, patient, url, settings, seed, scripts, change)
    }

    /// The same with these deadlines of a stop.
    fn start_by(
        speed: f64,
        deadlines: ShutdownDeadlines,
        url: &str,
        settings: &Settings,
        seed: u64,
        scripts: &Folder,
        change: impl FnOnce(&mut Plan),
    ) -> Self {
        let mut plan = Plan {
            users: 2,
            ramp: Some(Duration::ZERO),
            error_rate: 0.0,
            base_url: url.parse().unwrap(),
            ..Plan::default()
        };
        change(&mut plan);
        let script_config = ScriptConfig {
            run: RunInfo {
                clock: Clock::with_speed(speed),
                seed,
                base_path: String::new(),
                secrets: Arc::default(),
                log: LogDetail::Nothing,
                trace: None,
                capture: throng::metrics::Capture::default(),
                contract: None,
            },
            run_id: "test".to_owned(),
            locale: None,
            vars: Arc::default(),
            overrides: Arc::default(),
            crowd: None,
            shard: 0,
            shards: plan.shards,
        };
        let bundle = Arc::new(Bundle::read(&Place::Folder(scripts.path()), None).unwrap());
        let specs = script::check(&bundle, &script_config).unwrap();
        let http = settings.load().unwrap();
        let ledger = throng::ledger::Ledger::in_memory(throng::ledger::Run {
            id: script_config.run_id.clone(),
            started: 0,
            version: String::new(),
            target: throng::ledger::Target::plain(plan.base_url.as_str()),
        })
        .unwrap();
        let config = RunConfig::new(
            Arc::new(plan),
            bundle,
            specs,
            http,
            script_config.clone(),
            ledger,
        );
        let (orchestrator, snapshots, commands) = Orchestrator::new(config, "test");
        let orchestrator = orchestrator.with_deadlines(deadlines);
        let thread = std::thread::spawn(move || orchestrator.run().unwrap());
        Self {
            commands,
            snapshots,
            thread,
            script_config,
        }
    }

    /// Offers the scripts of a folder, as the reader of the folders does.
    fn offer(&self, scripts: &Folder) {
        self.offer_with(scripts, Change::default());
    }

    /// The same with a `throng.toml`.
    fn offer_with(&self, scripts: &Folder, settings: Change) {
        let place = Place::Folder(scripts.path());
        let bundle = Arc::new(Bundle::read(&place, None).unwrap());
        let specs = script::check(&bundle, &self.script_config).unwrap();
        let loaded = LoadedScripts {
            bundle,
            specs,
            settings,
            saved: Instant::now(),
            ticket: None,
        };
        let offer = ReloadEvent::Loaded(Box::new(loaded));
        self.commands.send(Command::ReloadEvent(offer)).unwrap();
    }

    /// Gives a command and waits for the answer.
    fn tell(&self, command: impl FnOnce(CommandReply) -> Command) -> Result<String, Refused> {
        let (answer, answered) = oneshot::channel();
        let answer = CommandReply::new(Initiator::Api, answer);
        self.commands.send(command(answer)).unwrap();
        let said = answered.blocking_recv().unwrap();
        said.map(|Done(text)| text)
    }

    /// Waits for a snapshot that is so.
    fn until(&self, what: &str, is_so: impl Fn(&Snapshot) -> bool) -> Arc<Snapshot> {
        wait_for(
            || Some(self.snapshot()).filter(|snapshot| is_so(snapshot)),
            || format!("never {what}: {:#?}", self.snapshot()),
        )
    }

    /// The latest snapshot.
    fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshots.borrow())
    }

    /// How much of the run's time went by since an instant of the machine's.
    fn passed(&self, since: Instant) -> Duration {
        self.script_config.run.clock.span_of_real(since.elapsed())
    }

    /// Lets so much of the run's time go by, to see that something does not happen in it.
    fn let_pass(&self, span: Duration) {
        std::thread::sleep(self.script_config.run.clock.real_span(span));
    }

    /// Stops it, and says how it ended and how long that took.
    fn stop(self) -> (Ended, Duration) {
        let asked = Instant::now();
        self.commands
            .send(Command::Stop(Initiator::Signal))
            .unwrap();
        (self.thread.join().unwrap(), asked.elapsed())
    }

    /// Waits for its own end.
    fn end(self) -> Ended {
        self.thread.join().unwrap()
    }
}
