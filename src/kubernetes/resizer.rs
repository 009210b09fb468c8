//! The thread that gives the Job of the workers as many pods as are wanted.

use std::time::Duration;

use tokio::sync::watch;
use tokio::task::LocalSet;

use super::job::Job;
use crate::http::{Client, Transport};

/// Between attempts, which double.
const MIN_BACKOFF: Duration = Duration::from_secs(1);
const MAX_BACKOFF: Duration = Duration::from_secs(60);

/// Resizes the Job whenever another number of workers is wanted, until nobody wants any.
///
/// # Errors
/// When the system has no thread for it.
pub fn resize_on_a_thread(job: Job, wanted: watch::Receiver<usize>) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    std::thread::Builder::new()
        .name("kubernetes".to_owned())
        .spawn(move || LocalSet::new().block_on(&runtime, follow(&job, wanted)))?;
    Ok(())
}

async fn follow(job: &Job, mut wanted: watch::Receiver<usize>) {
    let client = Client::new(Transport::new(job.http()));
    while wanted.changed().await.is_ok() {
        let pods = *wanted.borrow_and_update();
        let mut later = wanted.clone();
        tokio::select! {
            () = resize(job, &client, pods) => {}
            // Another number is wanted meanwhile, or none any more.
            _ = later.changed() => {}
        }
    }
}

/// Tries until it has so many.
async fn resize(job: &Job, client: &Client, pods: usize) {
    let (mut backoff, mut said) = (MIN_BACKOFF, None);
    loop {
        let why = match job.resize(client, pods).await {
            Ok(()) => {
                tracing::info!("the Job {} is resized to {pods} pod(s)", job.name());
                return;
            }
            Err(why) => why,
        };
        if said.as_ref() != Some(&why) {
            tracing::warn!(
                "the Job {} cannot be resized to {pods} pod(s), which is retried: {why}; by hand: {}",
                job.name(),
                job.command(pods)
            );
            said = Some(why);
        }
        tokio::time::sleep(backoff).await;
        backoff = (backoff * 2).min(MAX_BACKOFF);
    }
}
