//! The service as one thing to start and to stop: inside a runtime that is there, in a thread of its own, or as
//! a whole process.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread::JoinHandle;

use anyhow::Context as _;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::options::Options;
use crate::routes::metrics_text;
use crate::serve::serve;
use crate::state::AppState;

/// The name of every thread that [`spawn`] makes.
const THREAD: &str = "user-service";
/// Threads of the runtime that [`spawn`] makes for jobs that block: enough for every connection and core at once.
const BLOCKING_THREADS: usize = 64;

/// A service that runs as tasks of the caller's runtime.
pub struct Service {
    address: SocketAddr,
    state: AppState,
    stop: oneshot::Sender<()>,
    task: tokio::task::JoinHandle<()>,
    last_metrics: Option<PathBuf>,
}

/// Starts the service on the runtime of the caller.
///
/// # Errors
/// When the options are refused, the database cannot be opened or the address is taken.
pub async fn start(options: Options) -> anyhow::Result<Service> {
    let listen = options.listen;
    let last_metrics = options.last_metrics.clone();
    let state = AppState::open(options)?;
    let listener = TcpListener::bind(listen)
        .await
        .with_context(|| format!("cannot listen on {listen}"))?;
    let address = listener.local_addr()?;
    let (stop, stopped) = oneshot::channel();
    let shutdown = async move {
        // A sender that is gone means stop, too.
        let _ = stopped.await;
    };
    let task = tokio::spawn(serve(listener, state.clone(), shutdown));
    Ok(Service {
        address,
        state,
        stop,
        task,
        last_metrics,
    })
}

impl Service {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its parts, for whoever embeds or tests it.
    #[must_use]
    pub fn state(&self) -> &AppState {
        &self.state
    }

    /// Lets requests under way end (5 s at most) and closes.
    pub async fn stop(self) {
        // A receiver that is gone means that it has stopped already.
        let _ = self.stop.send(());
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the service did not end well");
        }
        if let Some(path) = &self.last_metrics
            && let Err(error) = write_metrics(&self.state, path).await
        {
            tracing::error!(%error, path = %path.display(), "the last metrics are lost");
        }
    }
}

/// Nothing is counted any more when this is called.
async fn write_metrics(state: &AppState, path: &Path) -> anyhow::Result<()> {
    let text = metrics_text(state)
        .await
        .map_err(|_| anyhow::anyhow!("the store does not answer"))?;
    std::fs::write(path, text)?;
    Ok(())
}

/// A service in a thread of its own.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// E-mail address of the first administrator.
    pub admin_email: String,
    /// Password of the first administrator.
    pub admin_password: String,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// Starts the service in a thread of its own, with a runtime of its own, and waits until it listens. It may be called
/// from anywhere, also from within another runtime, whose thread it holds up for some milliseconds.
///
/// # Errors
/// As [`start`], and when there is no thread to be had.
pub fn spawn(options: Options) -> anyhow::Result<Running> {
    let (admin_email, admin_password) =
        (options.admin_email.clone(), options.admin_password.clone());
    let (stop, stopped) = oneshot::channel();
    let (say, said) = mpsc::channel();
    let thread = std::thread::Builder::new()
        .name(THREAD.to_owned())
        .spawn(move || live(options, &say, stopped))?;
    let address = said
        .recv()
        .context("the thread of the user service ended before it listened")??;
    Ok(Running {
        address,
        admin_email,
        admin_password,
        stop: Some(stop),
        thread: Some(thread),
    })
}

/// The life of the thread: says where it listens or why it cannot, then serves until `stopped`.
fn live(
    options: Options,
    say: &mpsc::Sender<anyhow::Result<SocketAddr>>,
    stopped: oneshot::Receiver<()>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(BLOCKING_THREADS)
        // All of its threads have its name: who embeds it can tell its processor time from their own.
        .thread_name(THREAD)
        .build();
    let started = runtime.map_err(anyhow::Error::from).and_then(|runtime| {
        let service = runtime.block_on(start(options))?;
        Ok((runtime, service))
    });
    // A caller that is gone has dropped the other end of `stopped`, too.
    match started {
        Err(error) => {
            let _ = say.send(Err(error));
        }
        Ok((runtime, service)) => {
            let _ = say.send(Ok(service.address()));
            runtime.block_on(async {
                let _ = stopped.await;
                service.stop().await;
            });
        }
    }
}

impl Running {
    /// Lets requests under way end (5 s at most), closes and joins the thread.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread of the user service panicked");
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}

/// Runs the service until `shutdown` is done; says on standard output where it listens and, when the administrator is
/// the documented one, how to log in.
///
/// # Errors
/// As [`start`].
pub async fn run(options: Options, shutdown: impl Future<Output = ()>) -> anyhow::Result<()> {
    let admin = options
        .has_default_admin()
        .then(|| (options.admin_email.clone(), options.admin_password.clone()));
    let service = start(options).await?;
    println!("user service on http://{}", service.address());
    if let Some((email, password)) = admin {
        println!("administrator {email} with password {password}");
    }
    shutdown.await;
    service.stop().await;
    Ok(())
}
