//! Ctrl-C and SIGTERM: once ends the run in order, twice at once.

use tokio::sync::mpsc::UnboundedSender;

use crate::engine::{By, Command};

/// Listens on a thread of its own for as long as the process lives.
///
/// # Errors
/// When the system does not let this process listen.
pub fn listen(commands: UnboundedSender<Command>) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let mut signals = {
        let _entered = runtime.enter();
        Signals::open()?
    };
    std::thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || {
            runtime.block_on(async {
                // The first asks the run to end, each further one ends it.
                signals.next().await;
                let mut sent = commands.send(Command::Stop(By::Signal));
                while sent.is_ok() {
                    signals.next().await;
                    sent = commands.send(Command::Abort);
                }
            });
        })?;
    Ok(())
}

/// The signals that end a program, from [`Signals::open`] on: none is lost between two calls of [`Signals::next`].
pub struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    /// Begins to listen; wants a runtime around it.
    ///
    /// # Errors
    /// When the system does not let this process listen.
    pub fn open() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// The next Ctrl-C or SIGTERM.
    pub async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
impl Signals {
    /// Begins to listen.
    ///
    /// # Errors
    /// None here.
    pub fn open() -> std::io::Result<Self> {
        Ok(Self {})
    }

    /// The next Ctrl-C.
    pub async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
