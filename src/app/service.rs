//! `throng service`: the demo service alone, until a signal.

use std::io::IsTerminal as _;
use std::process::ExitCode;

use anyhow::Context as _;
use tracing_subscriber::EnvFilter;

use crate::app::process::exit::{Failure, SUCCESS};
use crate::app::process::signals::{self, Signals};
use crate::app::process::threads;

/// Serves until a signal.
///
/// # Errors
/// When the options are refused or the port is taken.
pub fn run(options: user_service::Options) -> Result<ExitCode, Failure> {
    // What is wrong with the options is the caller's to mend; the rest is the machine's.
    options
        .check()
        .map_err(|why| Failure::Usage(why.to_string()))?;
    // A port that is taken is found out here, as a fault of the line and not of the machine.
    if let Err(why) = std::net::TcpListener::bind(options.listen) {
        return Err(Failure::Usage(format!(
            "--listen {}: {why}; name another one, or port 0 for any free one",
            options.listen
        )));
    }
    log();
    signals::end_by_the_second().context("cannot listen for Ctrl-C")?;
    threads::available(std::thread::available_parallelism().map_or(1, usize::from) + 1)
        .context("the service needs more threads than this user may have")?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("no runtime")?;
    runtime.block_on(async {
        let mut signals = Signals::open().context("cannot listen for Ctrl-C")?;
        user_service::run(options, async {
            signals.next().await;
        })
        .await
    })?;
    Ok(ExitCode::from(SUCCESS))
}

/// Warnings, or what THRONG_LOG says: the access log, with `access=debug`; as JSON with THRONG_LOG_FORMAT=json.
fn log() {
    let filter = EnvFilter::try_from_env("THRONG_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    let is_json = std::env::var("THRONG_LOG_FORMAT").is_ok_and(|format| format == "json");
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(!is_json && std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    // A test may have a log already.
    let _ = match is_json {
        true => log.json().try_init(),
        false => log.try_init(),
    };
}
