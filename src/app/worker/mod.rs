//! `throng worker`: waits for runs on several machines, and has a part of their users.
//!
//! In: the resolved line. Out: users at work, a log on stderr, an exit code. Must never know: how a run is led.

mod host;

use std::process::ExitCode;

use crate::app::display::screen::Screen;
use crate::app::process::clock;
use crate::app::process::exit::{Failure, SUCCESS};
use crate::app::process::panics;
use crate::app::process::signals::{self, Signals};
use crate::app::process::version::VERSION;
use crate::app::{nats_server, state_dir};
use crate::cli::{Output, WorkerConfig};
use crate::cluster::{Worker, WorkerOptions};
use crate::run_log::RunLog;
use crate::secrets::SharedMasker;
use host::Machine;

/// Takes part in runs, until a signal.
///
/// # Errors
/// When NATS cannot be used.
pub fn run(config: WorkerConfig) -> Result<ExitCode, Failure> {
    let server = nats_server::server(&config.nats)?;
    // Those of each run, once it takes part in it.
    let secrets = SharedMasker::default();
    panics::mask(secrets.clone());
    let _screen = Screen::open(&Output::default(), secrets.clone(), RunLog::default(), None);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(anyhow::Error::from)?;
    signals::end_by_the_second().map_err(anyhow::Error::from)?;
    // Where there is no folder for ledgers, each run says so.
    let state = state_dir::folder(config.state_dir.as_deref()).ok();
    let options = WorkerOptions {
        name: config.name.clone().unwrap_or_else(own_name),
        host: host_name(),
        threads: config.threads,
        index: config.index,
        once: config.once,
        wait: config.wait,
        version: VERSION.to_owned(),
        spool: state.map(|folder| folder.place().join("spool")),
        clock: clock::of_a_run(),
        seconds_ahead: clock::seconds_ahead(),
    };
    let machine = Machine::new(config, options.clock, secrets);
    runtime.block_on(async {
        let mut signals = Signals::open().map_err(anyhow::Error::from)?;
        let worker = Worker::connect(&server, options).await?;
        let mut stop = std::pin::pin!(async move {
            signals.next().await;
        });
        worker.run(&machine, stop.as_mut()).await?;
        Ok(ExitCode::from(SUCCESS))
    })
}

/// The name of the host, and the number of the process.
fn own_name() -> String {
    format!("{}-{}", host_name(), std::process::id())
}

/// The name of the host, as far as it is plain.
fn host_name() -> String {
    let host = rustix::system::uname();
    let host = host.nodename().to_string_lossy();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    host.chars().filter(|c| plain(*c)).collect()
}
