//! Lets in who comes to a shard of an open crowd.

use std::rc::Rc;
use std::time::Duration;

use tokio::time::Instant;

use super::active_users::ActiveUser;
use super::arrival_schedule::Arrivals;
use super::arrival_walk::{Coming, Walk};
use super::state::ShardState;
use super::visit::{self, Visit, Visitor};
use crate::metrics::DropReason;
use crate::pace::Arrival;
use crate::random::{Purpose, Stream};

/// An arrival that cannot begin within this time of its moment is dropped: late by more, the load is another one than was
/// planned. By the machine's clock.
const LATEST: Duration = Duration::from_secs(1);

/// After so many arrivals in a row that were due already, the shard's other tasks have a turn.
const BURST: u32 = 16;

/// Lets everybody in who comes, until nobody comes any more or the run ends; so long it counts as a user, but for the time in
/// which all who come go elsewhere.
pub async fn come(state: Rc<ShardState>, arrivals: Rc<Arrivals>, active: ActiveUser) {
    let mut active = Some(active);
    let shared = Rc::clone(&state.context.requests);
    let mut walk = arrivals.walk(shared.run.seed);
    let mut burst = 0;
    while !shared.shutdown.is_set() {
        // Before the rate is looked at: it may change meanwhile.
        if burst >= BURST {
            burst = 0;
            tokio::task::yield_now().await;
        }
        // A change of the rate before the next arrival moves it: it is looked for again from the last one.
        let mut ahead = walk.clone();
        let Some(coming) = arrivals.next(&mut ahead) else {
            let goes_elsewhere = !arrivals.has_pools();
            if !arrivals.may_change() && !goes_elsewhere {
                return;
            }
            if goes_elsewhere {
                active = None;
                state.active.look_again();
            }
            tokio::select! {
                biased;
                () = shared.shutdown.wait() => {}
                () = arrivals.changed() => {}
            }
            active.get_or_insert_with(|| state.active.add());
            continue;
        };
        let arrival = coming.arrival;
        burst = if is_due(&state, arrival, shared.clock.now()) {
            burst + 1
        } else {
            0
        };
        let due = state.rules.began + arrival.at;
        tokio::select! {
            biased;
            () = shared.shutdown.wait() => {}
            () = arrivals.changed() => {}
            due = shared.clock.sleep_until(due, Duration::ZERO) => {
                walk = ahead;
                begin(&state, &arrivals, coming, due);
            }
        }
    }
    count_overdue(&state, &arrivals, walk).await;
}

/// Whether the moment of an arrival has come by this one.
fn is_due(state: &ShardState, arrival: Arrival, now: Instant) -> bool {
    let clock = &state.context.requests.clock;
    state.rules.began + arrival.at + clock.paused() <= now
}

/// The run is over: those whose moment had come and who were not let in yet are dropped. Users leave in the meantime.
async fn count_overdue(state: &ShardState, arrivals: &Arrivals, mut walk: Walk) {
    let shared = &state.context.requests;
    let roster = state.assignment.roster();
    // More may come in the meantime than can be counted in it: those of now are all.
    let now = shared.clock.now();
    let is_overdue = |coming: &Coming| is_due(state, coming.arrival, now);
    let mut burst = 0;
    while let Some(coming) = arrivals.next(&mut walk).filter(is_overdue) {
        burst += 1;
        if burst % BURST == 0 {
            tokio::task::yield_now().await;
        }
        let number = coming.arrival.number;
        let mut stream = Stream::new(shared.run.seed, number, Purpose::Arrival);
        if let Some(kind) = arrivals.kind_of(coming, &roster, stream.float()) {
            let mut recorder = shared.recorder.borrow_mut();
            recorder.arrival(kind, LATEST);
            recorder.dropped(kind, DropReason::Late);
        }
    }
}

/// Begins the session of an arrival, if it has a place.
fn begin(state: &Rc<ShardState>, arrivals: &Rc<Arrivals>, coming: Coming, due: Instant) {
    let shared = &state.context.requests;
    let arrival = coming.arrival;
    let mut stream = Stream::new(shared.run.seed, arrival.number, Purpose::Arrival);
    let drawn = state.assignment.with(|roster| {
        let kind = arrivals.kind_of(coming, roster, stream.float())?;
        let returns = roster.comebacks(kind).returns.unwrap_or_default();
        Some((kind, stream.chance(returns)))
    });
    let Some((kind, returns)) = drawn else {
        return;
    };
    let late = shared.run.clock.real_instant(due).elapsed();
    let mut recorder = shared.recorder.borrow_mut();
    recorder.arrival(kind, late);
    recorder.lag(late);
    if late > LATEST {
        return recorder.dropped(kind, DropReason::Late);
    }
    if state.quarantined.until(kind).is_some() {
        return recorder.dropped(kind, DropReason::Script);
    }
    let Some(place) = arrivals.place_at(arrival.at) else {
        return recorder.dropped(kind, DropReason::MaxUsers);
    };
    let back = returns
        .then(|| arrivals.come_back(kind, arrival, &mut recorder))
        .flatten();
    drop(recorder);
    let visit = Visit {
        kind,
        who: back.map_or(Visitor::New(arrival.number), Visitor::Back),
        at: arrival.at,
        due,
        place,
        active: state.active.add(),
    };
    let live = visit::live(Rc::clone(state), Rc::clone(arrivals), visit);
    tokio::task::spawn_local(live);
}
