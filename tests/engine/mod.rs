//! The orchestrator with its shards, against small real servers, by a timetable of tenths of seconds.

mod stop;

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use throng::engine::{Brief, Command, Ended, Orchestrator, Timetable};
use throng::http::Settings;
use throng::plan::Plan;
use throng::script::{self, Bundle, Dials, Place, Tell, Terms};
use tokio::sync::mpsc::UnboundedSender;

use crate::command::folder::Folder;
use crate::command::target::{Answer, Target};

/// The stop of a run, a thirtieth as long as the real one.
const BRISK: Timetable = Timetable {
    cut: Duration::from_millis(400),
    end: Duration::from_millis(800),
    leave_behind: Duration::from_millis(1_000),
    clean: Duration::from_millis(1_200),
};

/// A run under way on a thread of its own.
struct Run {
    commands: UnboundedSender<Command>,
    thread: JoinHandle<Ended>,
}

impl Run {
    /// Two users, who come at once, against `target`.
    fn start(target: &Target, scripts: &Folder, change: impl FnOnce(&mut Plan)) -> Self {
        let mut plan = Plan {
            users: 2,
            ramp: Some(Duration::ZERO),
            base_url: target.url().parse().unwrap(),
            ..Plan::default()
        };
        change(&mut plan);
        let terms = Terms {
            run_id: "test".to_owned(),
            seed: 1,
            dials: Arc::new(Dials::new(0.0, 1.0)),
            vars: Arc::default(),
            base_path: String::new(),
            tell: Tell::Nothing,
            crowd: None,
            shard: 0,
            shards: plan.shards,
        };
        let bundle = Arc::new(Bundle::read(&Place::Folder(scripts.path()), None).unwrap());
        let sheets = script::check(&bundle, &terms).unwrap();
        let http = Settings::default().load().unwrap();
        let brief = Brief::new(Arc::new(plan), bundle, sheets, http, terms);
        let (orchestrator, _, commands) = Orchestrator::new(brief, "test");
        let orchestrator = orchestrator.with_timetable(BRISK);
        let thread = std::thread::spawn(move || orchestrator.run().unwrap());
        Self { commands, thread }
    }

    /// Stops it, and says how it ended and how long that took.
    fn stop(self) -> (Ended, Duration) {
        let asked = Instant::now();
        self.commands.send(Command::Stop).unwrap();
        (self.thread.join().unwrap(), asked.elapsed())
    }

    /// Waits for its own end.
    fn end(self) -> Ended {
        self.thread.join().unwrap()
    }
}
