//! The thread that scales the Job of the workers.

use std::time::Duration;

use tokio::sync::watch;
use tokio::task::LocalSet;
use tokio::time::Instant;

use super::job::Job;

/// Between attempts, which double.
const MIN_BACKOFF: Duration = Duration::from_secs(1);
const MAX_BACKOFF: Duration = Duration::from_secs(60);
/// How long the Job controller gets to act on a smaller number. Only then it runs indexes from there on again, once there are
/// more.
const RECONCILED: Duration = Duration::from_secs(5);

/// Scales the Job whenever another number of pods is wanted, until the sender is dropped; `on_scaled` gets what was
/// accepted.
///
/// # Errors
/// When the system has no thread for it.
pub fn scale_on_a_thread(
    job: Job,
    wanted: watch::Receiver<usize>,
    on_scaled: impl Fn(usize) + Send + 'static,
) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let mut scaler = Scaler {
        job,
        wanted,
        on_scaled: Box::new(on_scaled),
    };
    std::thread::Builder::new()
        .name("kubernetes".to_owned())
        .spawn(move || LocalSet::new().block_on(&runtime, scaler.run()))?;
    Ok(())
}

struct Scaler {
    job: Job,
    wanted: watch::Receiver<usize>,
    on_scaled: Box<dyn Fn(usize) + Send>,
}

impl Scaler {
    async fn run(&mut self) {
        // What it has had before is not known.
        let mut last = usize::MAX;
        let mut shrunk: Option<Instant> = None;
        while self.wanted.changed().await.is_ok() {
            let (mut backoff, mut said) = (MIN_BACKOFF, None);
            loop {
                let pods = *self.wanted.borrow_and_update();
                let wait = match shrunk {
                    Some(since) if pods > last => RECONCILED.saturating_sub(since.elapsed()),
                    _ => Duration::ZERO,
                };
                let wait = if wait.is_zero() {
                    if self.scale(pods, &mut said).await {
                        if pods < std::mem::replace(&mut last, pods) {
                            shrunk = Some(Instant::now());
                        }
                        break;
                    }
                    let backed_off = backoff;
                    backoff = (backoff * 2).min(MAX_BACKOFF);
                    backed_off
                } else {
                    wait
                };
                tokio::select! {
                    () = tokio::time::sleep(wait) => {}
                    changed = self.wanted.changed() => if changed.is_err() {
                        return;
                    },
                }
            }
        }
    }

    /// One request, which is never cancelled: the API server might act on it later. `said` is the failure that is in the log.
    async fn scale(&self, pods: usize, said: &mut Option<String>) -> bool {
        let name = self.job.name();
        match self.job.scale(pods).await {
            Ok(ended) => {
                tracing::info!("the Job {name} was scaled to {pods} pod(s)");
                if let Some(how) = ended {
                    tracing::warn!(
                        "the Job {name} is {how}, and starts no pods any more: kubectl describe job {name}"
                    );
                }
                (self.on_scaled)(pods);
                true
            }
            Err(why) => {
                if said.as_ref() != Some(&why) {
                    tracing::warn!(
                        "scaling the Job {name} to {pods} pod(s) failed, retrying: {why}; to do it manually: {}",
                        self.job.command(pods)
                    );
                    *said = Some(why);
                }
                false
            }
        }
    }
}
