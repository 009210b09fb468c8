//! A visit: the one session of an arrival.

use std::rc::Rc;
use std::time::Duration;

use tokio::time::Instant;

use super::active_users::ActiveUser;
use super::arrival_schedule::Arrivals;
use super::away::Absent;
use super::people::away_span;
use super::places::Place;
use super::session_streams::SessionStreams;
use super::state::ShardState;
use super::{migrate, session, user};
use crate::metrics::{DropReason, TypeId};
use crate::script::{Context, Person, User};

/// Who comes.
pub struct Visit {
    pub kind: TypeId,
    pub who: Visitor,
    /// The moment at which the plan meant it to come, on the run's clock without pauses, and that of the machine.
    pub at: Duration,
    pub due: Instant,
    /// Held while it is there.
    pub place: Place,
    pub active: ActiveUser,
}

/// Someone new, or someone who was there before.
pub enum Visitor {
    /// The number of the person.
    New(u64),
    Back(Absent),
}

/// Lives one session and leaves; who may come back is kept in mind.
pub async fn live(state: Rc<ShardState>, arrivals: Rc<Arrivals>, visit: Visit) {
    let Visit {
        kind,
        who,
        at,
        due,
        place: _place,
        active: _active,
    } = visit;
    let shared = &state.context.requests;
    let is_back = matches!(who, Visitor::Back(_));
    let user = user_of(&state, kind, who);
    let _present = state.present.enter(&user, &state.reporter);
    let person = &user.person;
    let mut streams = SessionStreams::of(shared.run.seed, person.number(), person.visits() + 1);
    let context = Context::new(Rc::clone(&user));
    let Some(mut script_user) = migrate::enter(&state, &context, kind) else {
        let mut recorder = shared.recorder.borrow_mut();
        if is_back {
            recorder.people(kind).lost += 1;
        }
        return recorder.dropped(kind, DropReason::Script);
    };
    let session = session::live(&state, &mut script_user, &mut streams, Some(due));
    let end = Box::pin(session).await;
    shared.ledger.over(user.requester.session.created.take());
    user::count(&state, &user, &end);
    migrate::leave(&state, &script_user);
    let comebacks = state.comebacks_of(&user);
    if comebacks.returns.is_none_or(|share| share <= 0.0) || shared.shutdown.is_set() {
        return;
    }
    let left = at + streams.spent;
    let (memory, cookies, kept) = if comebacks.keeps_connections() {
        (None, None, Some(Rc::clone(&user)))
    } else {
        let cookies = || user.requester.client.take_cookies();
        let cookies = comebacks.keep_cookies.then(cookies);
        (person.take_memory(), cookies, None)
    };
    let absent = Absent {
        number: person.number(),
        visits: person.visits(),
        names: user.identity.count(),
        memory,
        cookies,
        user: kept,
        left,
        back: left + away_span(&comebacks, streams.away.float()),
    };
    arrivals.go_away(kind, absent, &mut shared.recorder.borrow_mut());
}

/// The user that comes.
fn user_of(state: &ShardState, kind: TypeId, who: Visitor) -> Rc<User> {
    let user = |number| User::new(number, kind, Rc::clone(&state.context), 0);
    let absent = match who {
        Visitor::New(number) => return Rc::new(user(number)),
        Visitor::Back(absent) => absent,
    };
    if let Some(user) = absent.user {
        return user;
    }
    let mut user = user(absent.number);
    user.person = Person::back(absent.number, absent.visits, absent.memory);
    user.identity.resume(absent.names);
    user.requester.session.number.set(absent.visits);
    if let Some(cookies) = absent.cookies {
        user.requester.client.put_cookies(cookies);
    }
    Rc::new(user)
}
