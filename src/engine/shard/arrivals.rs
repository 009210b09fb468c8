//! Arrivals of an open crowd at one shard.
//!
//! The run has one sequence of arrivals, which the seed and the rate decide. Each shard walks the whole of it and lives those
//! arrivals whose [pool](POOLS) it has, so that the same people come at the same moments on any number of threads.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::active_users::ActiveUser;
use super::away::{self, Absent, AwayPool};
use super::places::Places;
use super::state::ShardState;
use super::visit::{self, Visit, Visitor};
use crate::engine::roster::Roster;
use crate::metrics::{DropReason, Recorder, TypeId};
use crate::pace::{Arrival, ArrivalModel, ArrivalSequence, ArrivalSpacing, Profile};
use crate::plan::{OpenCrowd, crowd};
use crate::random::{Purpose, Stream};

/// People of an open crowd are divided into this many pools, whatever the number of threads; a pool is never split. Fewer than
/// the virtual shards of a closed crowd, so that a pool soon has somebody who can come back; threads beyond have no arrivals.
const POOLS: u64 = 64;

/// An arrival that cannot begin within this time of its moment is dropped: late by more, the load is another one than was
/// planned. By the machine's clock.
pub const LATEST: Duration = Duration::from_secs(1);

/// After so many arrivals in a row that were due already, the shard's other tasks have a turn.
const BURST: u32 = 16;

/// Who comes to a shard, and when.
pub struct Arrivals {
    spacing: ArrivalSpacing,
    /// Arrivals of the whole run; none: as many as there is time for.
    most: Option<u64>,
    /// None come from this moment of the run on.
    until: Option<Duration>,
    shard: u64,
    shards: u64,
    profile: RefCell<Arc<Profile>>,
    changed: Notify,
    places: Rc<Places>,
    /// Who may come back, by pool.
    away: RefCell<BTreeMap<u64, AwayPool>>,
}

/// Where a shard is in the run's sequence of arrivals.
#[derive(Clone)]
struct Walk {
    sequence: ArrivalSequence,
    gaps: Stream,
}

impl Arrivals {
    /// Of one of so many shards, in a run that ends as the model says.
    pub fn new(open: &OpenCrowd, model: &dyn ArrivalModel, shard: usize, shards: usize) -> Self {
        let (shard, shards) = (shard as u64, shards as u64);
        let pools = (0..POOLS).filter(|pool| pool % shards == shard).count() as u32;
        let weights = [f64::from(pools), f64::from(POOLS as u32 - pools)];
        let limit = crowd::apportion(&weights, open.max_users)[0];
        Self {
            spacing: open.spacing,
            most: model.sessions(),
            until: model.end(),
            shard,
            shards,
            profile: RefCell::new(Arc::new(open.profile.clone())),
            changed: Notify::new(),
            places: Places::new(u64::from(limit)),
            away: RefCell::default(),
        }
    }

    /// From now on they come by this; it has what came before, too.
    pub fn change(&self, profile: Arc<Profile>) {
        self.profile.replace(profile);
        self.changed.notify_waiters();
    }

    /// Someone has left and may come back.
    pub fn go_away(&self, kind: TypeId, absent: Absent, recorder: &mut Recorder) {
        let mut pools = self.away.borrow_mut();
        let pool = pools.entry(absent.number % POOLS).or_default();
        recorder.away(kind, 1);
        for kind in pool.put(kind, absent, away::MOST_BYTES / POOLS as usize) {
            recorder.away(kind, -1);
            recorder.people(kind).lost += 1;
        }
    }

    /// Someone of this type who is back at an arrival; none where nobody is.
    fn come_back(&self, kind: TypeId, arrival: Arrival, recorder: &mut Recorder) -> Option<Absent> {
        let mut pools = self.away.borrow_mut();
        let pool = pools.get_mut(&(arrival.number % POOLS))?;
        let absent = pool.take(kind, arrival.at)?;
        recorder.away(kind, -1);
        Some(absent)
    }

    /// People of types that are gone do not come back.
    pub fn keep_types(&self, roster: &Roster, recorder: &mut Recorder) {
        for pool in self.away.borrow_mut().values_mut() {
            for (kind, gone) in pool.keep(|kind| roster.stable_version(kind).is_some()) {
                recorder.away(kind, -i32::try_from(gone).unwrap_or(i32::MAX));
                recorder.people(kind).lost += gone as u64;
            }
        }
    }

    /// The next arrival of this shard; none where no more come.
    fn next(&self, walk: &mut Walk) -> Option<Arrival> {
        let profile = Arc::clone(&self.profile.borrow());
        loop {
            let arrival = walk.sequence.next(&profile, walk.gaps.float())?;
            let is_late = self.until.is_some_and(|until| arrival.at >= until);
            if is_late || self.most.is_some_and(|most| arrival.number >= most) {
                return None;
            }
            if (arrival.number % POOLS) % self.shards == self.shard {
                return Some(arrival);
            }
        }
    }
}

/// Lets everybody in who comes, until nobody comes any more or the run ends; so long it counts as a user.
pub async fn come(state: Rc<ShardState>, arrivals: Rc<Arrivals>, _active: ActiveUser) {
    let shared = Rc::clone(&state.context.requests);
    let mut walk = Walk {
        sequence: ArrivalSequence::new(arrivals.spacing),
        gaps: Stream::new(shared.run.seed, 0, Purpose::Arrivals),
    };
    let mut burst = 0;
    loop {
        // A change of the rate before the next arrival moves it: it is looked for again from the last one.
        let mut ahead = walk.clone();
        let is_served = arrivals.shard < POOLS;
        let next = is_served.then(|| arrivals.next(&mut ahead)).flatten();
        let Some(arrival) = next else {
            if arrivals.most.is_some() {
                return;
            }
            tokio::select! {
                () = shared.shutdown.wait() => return,
                () = arrivals.changed.notified() => continue,
            }
        };
        let due = state.rules.began + arrival.at;
        if due + shared.clock.paused() <= shared.clock.now() {
            burst += 1;
        } else {
            burst = 0;
        }
        if burst >= BURST {
            burst = 0;
            tokio::task::yield_now().await;
        }
        tokio::select! {
            biased;
            () = shared.shutdown.wait() => return,
            () = arrivals.changed.notified() => continue,
            due = shared.clock.sleep_until(due, Duration::ZERO) => {
                walk = ahead;
                begin(&state, &arrivals, arrival, due);
            }
        }
    }
}

/// Begins the session of an arrival, if it has a place.
fn begin(state: &Rc<ShardState>, arrivals: &Rc<Arrivals>, arrival: Arrival, due: Instant) {
    let shared = &state.context.requests;
    let mut stream = Stream::new(shared.run.seed, arrival.number, Purpose::Arrival);
    let roster = state.assignment.roster();
    let Some(kind) = roster.draw(stream.float()) else {
        return;
    };
    let returns = stream.chance(roster.comebacks(kind).returns.unwrap_or_default());
    let late = shared.run.clock.real_instant(due).elapsed();
    let mut recorder = shared.recorder.borrow_mut();
    recorder.arrival(kind);
    recorder.lag(late);
    if late > LATEST {
        return recorder.dropped(kind, DropReason::Late);
    }
    if state.quarantined.until(kind).is_some() {
        return recorder.dropped(kind, DropReason::Script);
    }
    let Some(place) = arrivals.places.take() else {
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
