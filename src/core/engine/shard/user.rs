//! A user over the whole run: its start in the ramp, session after session, its end. It may change its type between two
//! sessions, and be parked while the crowd is smaller.

use std::rc::Rc;
use std::time::Duration;

use tokio::time::Instant;

use super::active_users::ActiveUser;
use super::session::SessionEnd;
use super::session_streams::SessionStreams;
use super::state::ShardState;
use super::{migrate, people, session};
use crate::metrics::{SessionResult, TypeId};
use crate::pace::{Backoff, UserProgress};
use crate::script::{Context, ScriptUser, User};

/// What a user does when it can have no more sessions as it is.
enum Next {
    /// It has another type now, or none.
    Look,
    /// Nothing: the run is over for it.
    Leave,
}

/// Waits for its turn, which is `due` on the run's clock, then lives, until the run is over for it or another shard has it.
pub async fn live(
    state: Rc<ShardState>,
    active: ActiveUser,
    number: u32,
    due: (Instant, Duration),
) {
    stay(&state, active, number, due).await;
    state.leave(number);
}

async fn stay(state: &Rc<ShardState>, active: ActiveUser, number: u32, due: (Instant, Duration)) {
    let mut active = Some(active);
    tokio::select! {
        biased;
        _ = state.context.requests.clock.sleep_until(due.0, due.1) => {}
        () = state.context.requests.shutdown.wait() => return,
        () = state.moves_away(number) => return,
    }
    // A user whose turn comes later costs little until then.
    while state.has_level() && state.kind_of(number).is_none() {
        if !state.residents.has(number) {
            return;
        }
        active = None;
        state.park(number).await;
        if state.context.requests.shutdown.is_set() {
            return;
        }
    }
    if active.is_none() {
        active = Some(state.active.unpark(number));
    }
    let user = User::new(u64::from(number), TypeId(0), Rc::clone(&state.context), 0);
    let seed = state.context.requests.run.seed;
    let mut streams = SessionStreams::of(seed, user.requester.number, 1);
    let context = Context::new(Rc::new(user));
    let present = state.present.enter(&context.user, &state.reporter);
    while !state.context.requests.shutdown.is_set() {
        let Some(kind) = state.kind_of(number) else {
            if !state.residents.has(number) {
                return;
            }
            active = None;
            // It may be long, or for ever; its cookies stay.
            context.user.requester.client.disconnect();
            present.has_left();
            state.park(number).await;
            continue;
        };
        if active.is_none() {
            active = Some(state.active.unpark(number));
            if state.has_level() {
                // The level says when each of them comes.
                continue;
            }
            // Many may come back at once; they come one after the other.
            tokio::select! {
                biased;
                _ = state.context.requests.clock.sleep(state.assignment.start_delay(number)) => {}
                () = state.context.requests.shutdown.wait() => return,
            }
            continue;
        }
        match live_as(state, &context, &mut streams, kind).await {
            Next::Look => {}
            Next::Leave => return,
        }
    }
}

/// Lives as this type for as long as the user is one.
async fn live_as(
    state: &ShardState,
    context: &Rc<Context>,
    streams: &mut SessionStreams,
    kind: TypeId,
) -> Next {
    let user = &context.user;
    if user.requester.kind.replace(kind) != kind && user.person.visits() > 0 {
        // What a person of another type keeps in mind is nothing to this one.
        people::become_another(context, streams);
    }
    let Some(mut script_user) = migrate::enter(state, context, kind) else {
        // Its script does not load; perhaps the next one does.
        tokio::select! {
            biased;
            () = state.assignment.changed() => {}
            () = state.context.requests.shutdown.wait() => {}
        }
        return Next::Look;
    };
    let next = sessions(state, &mut script_user, streams).await;
    migrate::leave(state, &script_user);
    next
}

async fn sessions(
    state: &ShardState,
    script_user: &mut ScriptUser,
    streams: &mut SessionStreams,
) -> Next {
    let user = Rc::clone(&script_user.context.user);
    let backoff = Backoff::default();
    let (mut failures, mut begun) = (0, 0);
    loop {
        state.wait_out_quarantine(user.requester.kind.get()).await;
        if state.context.requests.shutdown.is_set() {
            return Next::Leave;
        }
        if !state.keeps_type(&user) {
            return Next::Look;
        }
        migrate::between_sessions(state, script_user);
        if !state.sessions.take() {
            return Next::Leave;
        }
        if begun > 0 {
            people::next_person(state, script_user, streams);
        }
        let end = Box::pin(session::live(state, script_user, streams, None)).await;
        state
            .context
            .requests
            .ledger
            .over(user.requester.session.created.take());
        count(state, &user, &end);
        begun += 1;
        match end {
            SessionEnd::Removed => return Next::Look,
            SessionEnd::Interrupted => return Next::Leave,
            SessionEnd::Completed => failures = 0,
            SessionEnd::Script(_) | SessionEnd::GaveUp(_) => failures += 1,
        }
        let progress = UserProgress {
            failures,
            lost_target: lost_target(&user, &end),
        };
        if !state.rules.arrivals.repeats(progress) {
            return Next::Leave;
        }
        let delay = match failures {
            0 => Duration::ZERO,
            failures => backoff.delay(failures, streams.pace.float()),
        };
        if people::stay_away(state, script_user, streams, delay).await {
            continue;
        }
        if failures > 0 {
            rest(
                state,
                script_user,
                delay,
                matches!(end, SessionEnd::Script(_)),
            )
            .await;
        }
    }
}

/// Whether the target answered at first and then did not.
fn lost_target(user: &User, end: &SessionEnd) -> bool {
    matches!(end, SessionEnd::GaveUp(_))
        && user.requester.session.requests_made.get() > 0
        && user.requester.network.errors.get() > 0
}

/// Rests between two sessions. A new version is entered at once, since there is no state to take along; where it was
/// the script that failed, it is tried at once, too.
async fn rest(state: &ShardState, script_user: &mut ScriptUser, delay: Duration, by_script: bool) {
    let clock = &state.context.requests.clock;
    let (due, before) = (clock.now() + delay, clock.paused());
    loop {
        tokio::select! {
            biased;
            _ = clock.sleep_until(due, before) => return,
            () = state.context.requests.shutdown.wait() => return,
            () = migrate::due(state, script_user) => migrate::between_sessions(state, script_user),
        }
        if by_script {
            return;
        }
    }
}

/// Counts a session that ended.
pub fn count(state: &ShardState, user: &User, end: &SessionEnd) {
    let result = match end {
        SessionEnd::Completed => SessionResult::Completed,
        SessionEnd::Interrupted | SessionEnd::Removed => SessionResult::Interrupted,
        SessionEnd::Script(why) | SessionEnd::GaveUp(why) => SessionResult::Failed(why),
    };
    let mut recorder = state.context.requests.recorder.borrow_mut();
    recorder.session(user.requester.kind.get(), result);
}
