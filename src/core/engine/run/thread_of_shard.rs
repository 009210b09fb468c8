//! Starts the thread of a shard.

use std::thread::JoinHandle;

use super::ended::StartError;

/// A thread for a shard: its number, and how many shards there are.
///
/// # Errors
/// When the machine has no thread for it.
pub(super) fn spawn_thread(
    (shard, shards): (usize, usize),
    run: impl FnOnce() + Send + 'static,
) -> Result<JoinHandle<()>, StartError> {
    std::thread::Builder::new()
        .name(format!("shard-{shard}"))
        .spawn(run)
        .map_err(|why| {
            StartError::Machine(format!(
                "shard {shard} of {shards} cannot start: no thread for it: {why}; give fewer \
                 --threads, or let this user have more processes (ulimit -u)"
            ))
        })
}
