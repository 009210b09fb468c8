//! A user's life in the run: its start in the ramp, session after session, its end. It may change its type between two
//! sessions, and wait off the street while the crowd is smaller.

use std::rc::Rc;
use std::time::Duration;

use tokio::time::Instant;

use super::session::{Dice, End};
use super::state::{Alive, Floor};
use super::{migrate, session};
use crate::metrics::{SessionResult, TypeId};
use crate::pace::Backoff;
use crate::plan::Length;
use crate::script::{Actor, Context, Purpose, Stream, User};

/// Sessions that a user of a run without a duration tries before it gives up on a target that does not answer.
const TRIES: u32 = 5;

/// What a user does when it can have no more sessions as it is.
enum Next {
    /// It has another type now, or none.
    Look,
    /// Nothing: the run is over for it.
    Leave,
}

/// Waits for its turn, which is `due` on the run's clock, then lives.
pub async fn live(floor: Rc<Floor>, alive: Alive, number: u32, due: (Instant, Duration)) {
    let mut alive = Some(alive);
    tokio::select! {
        _ = floor.world.clock.sleep_until(due.0, due.1) => {}
        () = floor.world.halt.wait() => return,
    }
    let user = User::new(u64::from(number), TypeId(0), Rc::clone(&floor.world), 0);
    let stream = |purpose| Stream::new(floor.world.terms.seed, user.number, purpose);
    let mut dice = Dice {
        steps: stream(Purpose::Steps),
        think: stream(Purpose::Think),
        pace: stream(Purpose::Pace),
    };
    let context = Context::new(Rc::new(user));
    while !floor.world.halt.is_set() {
        let Some(kind) = floor.roster().kind_of(number) else {
            alive = None;
            floor.park(number).await;
            continue;
        };
        if alive.is_none() {
            alive = Some(floor.unpark(number));
            // Many may come back at once; they come one after the other.
            tokio::select! {
                _ = floor.world.clock.sleep(floor.turn_of(number)) => {}
                () = floor.world.halt.wait() => return,
            }
            continue;
        }
        match live_as(&floor, &context, &mut dice, kind).await {
            Next::Look => {}
            Next::Leave => return,
        }
    }
}

/// Lives as this type for as long as the user is one.
async fn live_as(floor: &Floor, context: &Rc<Context>, dice: &mut Dice, kind: TypeId) -> Next {
    let user = &context.user;
    user.kind.set(kind);
    let Some(mut actor) = migrate::enter(floor, context, kind) else {
        // Its script does not load; perhaps the next one does.
        tokio::select! {
            () = floor.changed.notified() => {}
            () = floor.world.halt.wait() => {}
        }
        return Next::Look;
    };
    let next = sessions(floor, &mut actor, dice).await;
    migrate::leave(floor, &actor);
    next
}

async fn sessions(floor: &Floor, actor: &mut Actor, dice: &mut Dice) -> Next {
    let user = Rc::clone(&actor.context.user);
    let backoff = Backoff::default();
    let mut failures = 0;
    loop {
        floor.rested(user.kind.get()).await;
        if floor.world.halt.is_set() {
            return Next::Leave;
        }
        if !floor.has(&user) {
            return Next::Look;
        }
        migrate::between_sessions(floor, actor);
        if !floor.take_permit() {
            return Next::Leave;
        }
        let end = Box::pin(session::live(floor, actor, dice)).await;
        floor.world.ledger.over(user.created.take());
        count(floor, &user, &end);
        let again = match (&end, floor.length) {
            (End::Sent, _) => return Next::Look,
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
            return Next::Leave;
        }
        if end == End::Completed {
            failures = 0;
            continue;
        }
        failures += 1;
        let delay = backoff.delay(failures, dice.pace.float());
        rest(floor, actor, delay, matches!(end, End::Script(_))).await;
    }
}

/// Rests between two sessions. A new generation is entered at once, since there is no state to take along; where it was
/// the script that failed, it is tried at once, too.
async fn rest(floor: &Floor, actor: &mut Actor, delay: Duration, by_script: bool) {
    let clock = &floor.world.clock;
    let (due, before) = (Instant::now() + delay, clock.paused());
    loop {
        tokio::select! {
            _ = clock.sleep_until(due, before) => return,
            () = floor.world.halt.wait() => return,
            () = migrate::due(floor, actor) => migrate::between_sessions(floor, actor),
        }
        if by_script {
            return;
        }
    }
}

fn count(floor: &Floor, user: &User, end: &End) {
    let result = match end {
        End::Completed => SessionResult::Completed,
        End::Stopped | End::Sent => SessionResult::Stopped,
        End::Script(why) | End::World(why) => SessionResult::Failed(why),
    };
    let mut recorder = floor.world.recorder.borrow_mut();
    recorder.session(user.kind.get(), result);
}
