//! A user's life in the run: its start in the ramp, session after session, its end.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use tokio::time::Instant;

use super::session::{self, Dice, End};
use super::shard::Floor;
use crate::metrics::{SessionResult, TypeId};
use crate::pace::Backoff;
use crate::plan::Length;
use crate::script::{Actor, Context, Purpose, Stream, User};

/// Sessions that a user of a run without a duration tries before it gives up on a target that does not answer.
const TRIES: u32 = 5;

/// Waits for its turn in the ramp, then lives.
pub async fn live(floor: Rc<Floor>, number: u32, kind: TypeId, start: Duration) {
    tokio::select! {
        () = tokio::time::sleep_until(floor.began + start) => {}
        () = floor.world.halt.wait() => return,
    }
    let vm = match floor.fleet.place(kind) {
        Ok(vm) => vm,
        Err(faults) => return faults.iter().for_each(|fault| tracing::error!("{fault}")),
    };
    let generation = vm.generation;
    let user = Rc::new(User::new(
        u64::from(number),
        kind,
        Rc::clone(&floor.world),
        generation,
    ));
    let actor = match Actor::new(vm, Context::new(user)) {
        Ok(actor) => actor,
        Err(fault) => return tracing::error!("{fault}"),
    };
    floor.world.recorder.borrow_mut().users(kind, generation, 1);
    sessions(&floor, &actor).await;
    floor
        .world
        .recorder
        .borrow_mut()
        .users(kind, generation, -1);
}

async fn sessions(floor: &Floor, actor: &Actor) {
    let user = &actor.context.user;
    let stream = |purpose| Stream::new(floor.world.terms.seed, user.number, purpose);
    let mut dice = Dice {
        steps: stream(Purpose::Steps),
        think: stream(Purpose::Think),
        pace: stream(Purpose::Pace),
    };
    let requests = floor
        .requests
        .get(usize::from(user.kind.0))
        .copied()
        .unwrap_or((1, 1));
    let backoff = Backoff::default();
    let mut failures = 0;
    while !floor.world.halt.is_set() && floor.take_permit() {
        floor.rested(user.kind).await;
        if floor.world.halt.is_set() {
            break;
        }
        let end = Box::pin(session::live(floor, actor, &mut dice, requests)).await;
        let made = floor.world.ledger.borrow_mut().take(&user.created.take());
        floor.hand_over(made);
        count(floor, user, &end);
        let again = match (&end, floor.length) {
            (End::Stopped, _) => false,
            (_, Length::Duration(_) | Length::Continuous | Length::Sessions(_)) => true,
            (End::World(_), Length::Once) => {
                failures + 1 < TRIES
                    && user.requests_made.get() > 0
                    && user.network_errors.get() > 0
            }
            (_, Length::Once) => false,
        };
        if !again {
            break;
        }
        if end == End::Completed {
            failures = 0;
            continue;
        }
        failures += 1;
        tokio::select! {
            () = tokio::time::sleep(backoff.delay(failures, dice.pace.float())) => {}
            () = floor.world.halt.wait() => break,
        }
    }
}

fn count(floor: &Floor, user: &User, end: &End) {
    let result = match end {
        End::Completed => SessionResult::Completed,
        End::Stopped => SessionResult::Stopped,
        End::Script(why) | End::World(why) => SessionResult::Failed(why),
    };
    floor.world.recorder.borrow_mut().session(user.kind, result);
}

/// Sessions that a shard may still begin; none: as many as there is time for.
pub struct Permits(Cell<Option<u64>>);

impl Permits {
    /// So many, or no limit.
    pub fn new(count: Option<u64>) -> Self {
        Self(Cell::new(count))
    }

    /// Takes one; false when there is none left.
    pub fn take(&self) -> bool {
        match self.0.get() {
            None => true,
            Some(0) => false,
            Some(left) => {
                self.0.set(Some(left - 1));
                true
            }
        }
    }
}

/// Until when a type rests.
pub type RestUntil = Cell<Option<Instant>>;
