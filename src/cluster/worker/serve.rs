//! One run of a worker: obeys what the coordinator tells, until the run is over or nobody is heard of any more.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::StreamExt as _;
use tokio::sync::mpsc;

use super::at_work::AtWork;
use super::departures::Gates;
use super::fence::{Fence, boot_ns};
use super::host::{Host, Stop};
use super::leader::LeaderWatch;
use super::leaving::{Cut, Leaving};
use super::liveness::{Found, Liveness, Verdict};
use super::options::WorkerOptions;
use super::orders::Orders;
use super::outbox::Outbox;
use super::place::Placed;
use super::recovery::publisher_id;
use super::reporter::{self, Declared, Reporter};
use super::sources::Sources;
use crate::cluster::error::ClusterError;
use crate::cluster::failure_detector;
use crate::cluster::nats::{Nats, Objects, Publisher, Stores};
use crate::cluster::records::{Beacon, Heartbeat};
use crate::spool::Owner;

/// How long the last words may take to reach the server.
const LAST_WORDS: Duration = Duration::from_secs(10);

/// How long what is still to be sent may take after that.
const FLUSH: Duration = Duration::from_secs(2);

/// How a run ended for a worker.
pub enum Served {
    /// It is over.
    Over,
    /// The worker was stopped.
    Stopped,
    /// The worker was stopped, and the run may go on or begin with another one in its place.
    Replaced,
}

/// How a run that is over ended for a worker that may be about to leave it.
fn over(leaving: Option<&Leaving>) -> Served {
    match leaving.is_some_and(Leaving::is_stopped) {
        true => Served::Stopped,
        false => Served::Over,
    }
}

/// How a run that goes on ended for a worker that leaves it.
fn left(leaving: Option<&Leaving>) -> Served {
    match leaving.is_some_and(Leaving::is_stopped) {
        true => Served::Replaced,
        false => Served::Over,
    }
}

/// Until the run is over.
pub async fn serve(
    nats: &Nats,
    stores: &Stores,
    options: &WorkerOptions,
    placed: &Placed,
    host: &dyn Host,
    stop: &mut Stop<'_>,
) -> Result<Served, ClusterError> {
    let names = &placed.names;
    let subscribe = nats.client.subscribe(names.beacon());
    let mut beacons = nats.ask("subscription", subscribe).await?;
    let mut orders = Orders::of(nats, &stores.orders, names.orders()).await?;
    let (say, said) = mpsc::unbounded_channel();
    let declared = Declared::default();
    let subject = names.results_of(placed.index, &placed.incarnation);
    let owner = Owner {
        run: names.0.clone(),
        index: placed.index,
        incarnation: placed.incarnation.clone(),
        name: options.name.clone(),
        server: stores.identity(),
    };
    let ways = Gates::count(options.threads);
    let outbox = Outbox::begin(options.spool.as_deref(), &owner, ways);
    let counts = Arc::clone(outbox.counts());
    let fence_span = options.clock.real_span(failure_detector::LAST_REQUEST);
    let gates = Gates {
        counts: Arc::clone(&counts),
        fence: Arc::new(Fence::open_for(fence_span)),
    };
    let fence = Arc::clone(&gates.fence);
    let reporter = Reporter {
        publisher: Publisher::new(nats.clone(), stores.results.clone(), subject),
        said,
        declared: Arc::clone(&declared),
        outbox,
        seal: options.clock.real_span(reporter::SEAL),
        id: publisher_id(&owner),
    };
    let mut reporting = tokio::spawn(reporter.run());
    let sources = Sources::new(Objects::new(nats.clone(), stores.bundles.clone()), &say);
    let mut work = AtWork::new(sources, options, placed, (host, say), gates);
    let mut liveness = Liveness::default();
    let clock = options.clock;
    let came = boot_ns();
    // Time in which the machine slept counts: nobody else waited.
    let now = || clock.span_of_real(Duration::from_nanos(boot_ns().saturating_sub(came)));
    let heartbeat = clock.real_span(failure_detector::HEARTBEAT);
    let mut epoch = work.epoch;
    let mut leader = LeaderWatch::new(
        nats,
        stores,
        names,
        clock.real_span(failure_detector::SUSPECT),
    );
    let mut second = tokio::time::interval(heartbeat);
    let mut leaving: Option<Leaving> = None;
    let mut has_ended = false;
    let served = loop {
        tokio::select! {
            Some(body) = orders.next() => {
                match work.read_in_time(&body).await {
                    Ok(true) => break Ok(over(leaving.as_ref())),
                    Ok(false) if work.is_dismissed && leaving.is_none() => {
                        if let Some(why) = work.cannot_start.take() {
                            break Err(ClusterError::Machine(why));
                        }
                        leaving = Some(Leaving::dismissed());
                    }
                    Ok(false) => {}
                    Err(why) => {
                        work.leave(format!("worker {}: {why}", options.name));
                        break Err(why);
                    }
                }
            }
            Some(message) = beacons.next() => {
                let beacon = serde_json::from_slice::<Beacon>(&message.payload).unwrap_or_default();
                if let Some(sent) = beacon.heard.get(&placed.incarnation)
                    && work.follows(beacon.epoch)
                {
                    orders.note(beacon.ordered);
                    let sent = Duration::from_nanos(*sent);
                    liveness.acknowledge(sent);
                    let sent = u64::try_from(clock.real_span(sent).as_nanos()).unwrap_or(0);
                    fence.put_off(came.saturating_add(sent), fence_span);
                }
            }
            _ = second.tick() => {
                let beat = Heartbeat {
                    incarnation: placed.incarnation.clone(),
                    declared: declared.load(Ordering::Relaxed),
                    sent: counts.sent(),
                    remains: false,
                    sent_ns: u64::try_from(now().as_nanos()).unwrap_or(u64::MAX),
                    obeyed: work.obeyed(),
                };
                if let Ok(beat) = serde_json::to_vec(&beat) {
                    let subject = names.heartbeat_of(placed.index);
                    let _ = nats.client.publish(subject, beat.into()).await;
                }
                orders.look(work.obeyed(), now()).await;
                work.report_machine();
                if let Some(is_on_its_own) = liveness.leases(now()) {
                    work.end_leases(is_on_its_own);
                }
                if let Some(cut) = leaving.as_mut().and_then(|leaving| leaving.due(now())) {
                    work.cut(cut == Cut::Everything);
                }
                if std::mem::replace(&mut epoch, work.epoch) < work.epoch {
                    liveness.found(Found::Other, now());
                }
                if liveness.wants_look(now()) {
                    leader.look(work.epoch, now());
                }
                if let Some(span) = liveness.goes_on(now()) {
                    fence.put_off(boot_ns(), clock.real_span(span));
                }
                if !fence.is_open() {
                    liveness.close();
                }
                match liveness.look(now()) {
                    Verdict::Fine => {}
                    Verdict::Orphaned => tracing::warn!(
                        "run {} has no coordinator: users go on for up to {} s",
                        names.0,
                        failure_detector::ORPHAN.as_secs()
                    ),
                    Verdict::Fence => {
                        let silent = liveness.silent(now()).as_secs();
                        tracing::error!(
                            "the coordinator of run {} sent no heartbeat for {silent} s: users stop",
                            names.0
                        );
                        work.leave(format!("worker {} was cut off for {silent} s", options.name));
                    }
                    Verdict::Abandoned => {
                        break Err(ClusterError::CoordinatorGone(names.0.clone()));
                    }
                }
            }
            Some((found, at)) = leader.found.recv() => liveness.found(found, at),
            ended = &mut reporting => {
                work.end_shards();
                let why = match ended {
                    Ok(Err(why)) => why,
                    _ => ClusterError::Machine("the reports of the run failed".to_owned()),
                };
                return after(leaving.as_ref(), Err(why));
            }
            () = work.ended(has_ended), if leaving.is_some() => {
                if has_ended {
                    break Ok(left(leaving.as_ref()));
                }
                // Nobody else knows what they created. Meanwhile heartbeats go on: the last report is still to come.
                work.clean();
                has_ended = true;
            }
            () = &mut *stop, if !leaving.as_ref().is_some_and(Leaving::is_stopped) => {
                if work.may_hand_over() {
                    work.hand_over(format!("worker {} was stopped", options.name));
                    leaving = Some(Leaving::stopped(now()));
                    continue;
                }
                work.leave(format!("worker {} was stopped", options.name));
                break Ok(match work.has_begun() {
                    true => Served::Stopped,
                    false => Served::Replaced,
                });
            }
        }
    };
    drop(work);
    // What was said goes out, if the server takes it in time.
    let said = tokio::time::timeout(LAST_WORDS, &mut reporting).await;
    if said.is_err() {
        reporting.abort();
    }
    let _ = tokio::time::timeout(FLUSH, nats.client.flush()).await;
    after(leaving.as_ref(), served)
}

/// How it ended; a worker that was stopped waits for no other run, whatever failed meanwhile.
fn after(
    leaving: Option<&Leaving>,
    served: Result<Served, ClusterError>,
) -> Result<Served, ClusterError> {
    match served {
        Err(why) if leaving.is_some_and(Leaving::is_stopped) => {
            tracing::error!("{why}");
            Ok(Served::Replaced)
        }
        served => served,
    }
}
