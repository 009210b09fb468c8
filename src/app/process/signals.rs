//! Signals: the first ends the run in order, the second ends everything.
//!
//! Ctrl-C, SIGTERM and SIGHUP (the terminal is gone) are a first one; only Ctrl-C and SIGTERM are a second one, since a
//! terminal that closes may send its SIGHUP twice.

use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;

use crate::app::process::exit::INTERRUPTED;
use crate::app::process::terminal;
use crate::engine::{Command, Initiator};

/// What an end at once may take, to write down what was counted; then the process ends, whatever it is at.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// What is left to do of a run that is over: to close its pages.
const CLOSING: Duration = Duration::from_secs(2);

/// How long the terminal may take to be given back.
const TERMINAL: Duration = Duration::from_millis(500);

/// A signal that ends a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// Ctrl-C or SIGTERM: somebody wants it to end.
    Stop,
    /// SIGHUP: the terminal is gone.
    HangUp,
}

/// Steers a run by signals, for as long as the process lives.
///
/// # Errors
/// When the system does not let this process listen.
pub fn listen(commands: UnboundedSender<Command>) -> std::io::Result<()> {
    let again = commands.clone();
    watch(
        // Where nobody takes commands any more the run is over.
        move || drop(commands.send(Command::Stop(Initiator::Signal))),
        move || match again.send(Command::Abort) {
            Ok(()) => LAST_WORDS,
            Err(_) => CLOSING,
        },
    )
}

/// Ends the process by its second signal; the first one is somebody else's.
///
/// # Errors
/// When the system does not let this process listen.
pub fn end_by_the_second() -> std::io::Result<()> {
    watch(|| {}, || Duration::ZERO)
}

/// On a thread of its own, so that nothing that the others do can keep it from hearing. `second` says how long
/// the process has to end by itself.
fn watch(
    first: impl Fn() + Send + 'static,
    second: impl Fn() -> Duration + Send + 'static,
) -> std::io::Result<()> {
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
                signals.next().await;
                first();
                signals.stop().await;
                // A third one waits for nothing.
                let _ = tokio::time::timeout(second(), signals.stop()).await;
            });
            leave();
        })?;
    Ok(())
}

/// Ends the process, whatever its threads are at.
fn leave() -> ! {
    // A terminal that does not take what is written to it must not hold this up.
    let restored = std::thread::Builder::new().spawn(terminal::restore);
    if let Ok(restored) = restored {
        wait_for(&restored, TERMINAL);
    }
    std::process::exit(i32::from(INTERRUPTED))
}

/// Waits until a thread has ended, for so long at most; whether it has.
pub fn wait_for<T>(thread: &std::thread::JoinHandle<T>, most: Duration) -> bool {
    let until = std::time::Instant::now() + most;
    while !thread.is_finished() && std::time::Instant::now() < until {
        std::thread::sleep(Duration::from_millis(2));
    }
    thread.is_finished()
}

/// The signals that end a program, from [`Signals::open`] on: none is lost between two calls of [`Signals::next`].
pub struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    /// None if this process was started with it ignored.
    #[cfg(unix)]
    hang_up: Option<tokio::signal::unix::Signal>,
}

impl Signals {
    /// The next Ctrl-C or SIGTERM.
    async fn stop(&mut self) {
        while self.next().await == Signal::HangUp {}
    }
}

#[cfg(unix)]
impl Signals {
    /// Begins to listen; wants a runtime around it.
    ///
    /// # Errors
    /// When the system does not let this process listen.
    pub fn open() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let hang_up = (!hang_up_is_ignored()).then(|| signal(SignalKind::hangup()));
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: hang_up.transpose()?,
        })
    }

    /// The next one.
    pub async fn next(&mut self) -> Signal {
        let hang_up = async {
            match &mut self.hang_up {
                Some(signal) => signal.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = self.interrupt.recv() => Signal::Stop,
            _ = self.terminate.recv() => Signal::Stop,
            _ = hang_up => Signal::HangUp,
        }
    }
}

/// Whether this process was started to outlive its terminal (`nohup`): POSIX lets an ignored signal stay ignored.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn hang_up_is_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    // Signal 1 is the lowest bit.
    ignored.is_some_and(|mask| mask & 1 == 1)
}

/// Unknown without `/proc`; so the signal has the system's default effect.
#[cfg(all(unix, not(any(target_os = "linux", target_os = "android"))))]
fn hang_up_is_ignored() -> bool {
    true
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
    pub async fn next(&mut self) -> Signal {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        Signal::Stop
    }
}
