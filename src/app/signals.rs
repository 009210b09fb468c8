//! Ctrl-C and SIGTERM: once ends the run in order, twice at once.

use tokio::sync::mpsc::UnboundedSender;

use crate::engine::Command;

/// Listens on a thread of its own for as long as the process lives.
///
/// # Errors
/// When the system does not let this process listen.
pub fn listen(commands: UnboundedSender<Command>) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    std::thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || {
            runtime.block_on(async {
                let mut command = Command::Stop;
                while next().await.is_ok() {
                    if commands.send(command).is_err() {
                        return;
                    }
                    command = Command::Abort;
                }
            });
        })?;
    Ok(())
}

/// The next Ctrl-C or SIGTERM.
///
/// # Errors
/// When the system does not let this process listen.
#[cfg(unix)]
pub async fn next() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (
        signal(SignalKind::interrupt())?,
        signal(SignalKind::terminate())?,
    );
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Ok(())
}

#[cfg(not(unix))]
pub async fn next() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
