//! The time after a run in which its last figures can still be read.

use std::net::SocketAddr;
use std::time::Duration;

use crate::app::process::signals::Signals;
use crate::cli::show_span;

/// Waits for so long, or for a signal.
///
/// # Errors
/// When the system does not let this process listen for signals.
pub fn wait(time: Duration, address: SocketAddr) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut signals = Signals::open()?;
        tracing::info!(
            "the run is over; its figures stay at http://{address}/metrics for {}, Ctrl-C ends \
             that",
            show_span(time)
        );
        tokio::select! {
            () = tokio::time::sleep(time) => {}
            _ = signals.next() => {}
        }
        Ok(())
    })
}
