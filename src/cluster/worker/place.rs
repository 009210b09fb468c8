//! Waits for a run that calls, and takes a place of it.

use std::time::Instant;

use async_nats::jetstream::kv::{CreateErrorKind, Operation};
use futures_util::StreamExt as _;

use super::options::{AGAIN, WorkerOptions};
use crate::cluster::error::ClusterError;
use crate::cluster::nats::{Nats, Stores};
use crate::cluster::records::{Call, Cannot, Claim, Names, PROTOCOL, Work};
use crate::cluster::wire;

/// How often the coordinator is asked what time it is; the quickest answer counts.
const TIMES: usize = 8;

/// So many runs that it has nothing to do with are remembered.
const MOST_PASSED: usize = 100;

/// A run, and which of its calls was heard.
pub type Passed = (String, u64);

/// A place of a run.
pub struct Placed {
    pub names: Names,
    pub index: usize,
    pub incarnation: String,
    /// Whether the run was under way when it called.
    pub is_late: bool,
    /// The clock of this machine.
    pub clock: ClockOffset,
    /// How many places the run has.
    pub workers: usize,
}

impl Placed {
    /// As others are told of it.
    pub fn work(&self) -> Work {
        Work {
            run: self.names.0.clone(),
            place: self.index,
            workers: self.workers,
        }
    }
}

/// How far a clock is ahead of the coordinator's, in nanoseconds, and by how much that may be wrong.
#[derive(Clone, Copy, Debug, Default)]
pub struct ClockOffset {
    pub ahead_ns: i64,
    pub error_ns: u64,
}

/// Until it has a place; runs in `passed` are of no interest.
pub async fn wait(
    nats: &Nats,
    stores: &Stores,
    options: &WorkerOptions,
    passed: &mut Vec<Passed>,
) -> Result<Placed, ClusterError> {
    loop {
        let watch = stores.leases.watch_with_history("run.*.call");
        let mut calls = nats.ask("calls", watch).await?;
        while let Some(entry) = calls.next().await {
            let entry = match entry {
                Ok(entry) => entry,
                Err(why) => {
                    tracing::debug!("NATS: calls: {why}");
                    break;
                }
            };
            if entry.operation != Operation::Put {
                continue;
            }
            let Ok(call) = wire::decode::<Call>(&entry.value) else {
                continue;
            };
            let round = (call.run.clone(), call.round);
            if passed.contains(&round) {
                continue;
            }
            pass(passed, round);
            if let Some(placed) = take(nats, stores, options, &call).await? {
                return Ok(placed);
            }
        }
        // A stream that ends is made anew, after a break: many that are made at once burden a server.
        tokio::time::sleep(AGAIN).await;
    }
}

fn pass(passed: &mut Vec<Passed>, round: Passed) {
    if passed.len() >= MOST_PASSED {
        passed.remove(0);
    }
    passed.push(round);
}

/// Takes a place, if one is left and this worker can take part.
async fn take(
    nats: &Nats,
    stores: &Stores,
    options: &WorkerOptions,
    call: &Call,
) -> Result<Option<Placed>, ClusterError> {
    let names = Names(call.run.clone());
    if let Some(why) = unfit(options, call) {
        tracing::warn!(
            "run {} needs workers, but this one cannot join: {why}",
            call.run
        );
        let cannot = Cannot {
            name: options.name.clone(),
            why,
        };
        if let Ok(words) = wire::encode(&cannot) {
            let _ = nats.client.publish(names.refusals(), words.into()).await;
            let _ = nats.client.flush().await;
        }
        return Ok(None);
    }
    let clock = clock_offset(nats, options, &names).await;
    let claim = Claim {
        v: PROTOCOL,
        incarnation: uuid::Uuid::new_v4().simple().to_string(),
        name: options.name.clone(),
        threads: options.threads,
        clock_offset_us: clock.ahead_ns / 1_000,
    };
    let body = wire::encode(&claim).map_err(|why| ClusterError::failed("claim", why))?;
    let body = bytes::Bytes::from(body);
    let places = match options.index {
        Some(index) => index..index + 1,
        None => 0..call.workers,
    };
    // A later call is for the places that are free.
    for index in places.filter(|index| *index < call.workers) {
        let mut is_taken = false;
        let created = async {
            let created = stores.state.create(names.place(index), body.clone()).await;
            created.inspect_err(|why| is_taken = why.kind() == CreateErrorKind::AlreadyExists)
        };
        match nats.ask("place", created).await {
            Ok(_) => {
                return Ok(Some(Placed {
                    names,
                    index,
                    incarnation: claim.incarnation,
                    is_late: call.round > 0,
                    clock,
                    workers: call.workers,
                }));
            }
            Err(_) if is_taken => {}
            Err(why) => return Err(why),
        }
    }
    tracing::info!("run {} already has all its workers", call.run);
    Ok(None)
}

/// Why this worker cannot take part, if so.
fn unfit(options: &WorkerOptions, call: &Call) -> Option<String> {
    if call.v != PROTOCOL || call.version != options.version {
        return Some(format!(
            "it is throng {}, the run uses {}; install the same version on all machines",
            options.version, call.version
        ));
    }
    // A later call is for the places that are free, not for all of them.
    let index = options
        .index
        .filter(|index| *index >= call.workers && call.round == 0)?;
    Some(format!(
        "its --index {index} is out of range: the run has {} worker(s), with indexes 0 to {}; use one of these, or \
         raise --workers",
        call.workers,
        call.workers.saturating_sub(1)
    ))
}

/// Compares this machine's clock with the coordinator's (as NTP does: the middle of a question and its answer is when
/// the other looked at its clock).
async fn clock_offset(nats: &Nats, options: &WorkerOptions, names: &Names) -> ClockOffset {
    let mut best = ClockOffset {
        ahead_ns: 0,
        error_ns: u64::MAX,
    };
    for _ in 0..TIMES {
        let (asked, asked_at) = (Instant::now(), options.time_of_day());
        let request = nats.client.request(names.time(), bytes::Bytes::new());
        let Ok(Ok(answer)) = tokio::time::timeout(AGAIN, request).await else {
            continue;
        };
        let half = u64::try_from(asked.elapsed().as_nanos() / 2).unwrap_or(u64::MAX);
        let theirs = std::str::from_utf8(&answer.payload).ok();
        let Some(theirs) = theirs.and_then(|text| text.parse::<u64>().ok()) else {
            continue;
        };
        if half < best.error_ns {
            let ours = asked_at + i128::from(half);
            let ahead = ours - i128::from(theirs);
            best = ClockOffset {
                ahead_ns: i64::try_from(ahead).unwrap_or(i64::MAX),
                error_ns: half,
            };
        }
    }
    if best.error_ns == u64::MAX {
        tracing::warn!(
            "run {}: the coordinator did not answer with its time, so both clocks are assumed equal; the \
             start skew is not reliable",
            names.0
        );
        best.error_ns = 0;
    }
    best
}
