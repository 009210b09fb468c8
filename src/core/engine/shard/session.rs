//! A session of a user: start, steps, stop.

use std::rc::Rc;
use std::time::Duration;

use tokio::time::Instant;

use super::migrate;
use super::next_step::{Next, StepBefore, draw};
pub use super::session_end::SessionEnd;
use super::session_streams::SessionStreams;
use super::state::ShardState;
use super::stop;
use crate::plan::ReloadAt;
use crate::request::Kept;
use crate::script::{CallEnd, Comebacks, Diagnostic, Pause, ScriptUser, Unfinished, User};

/// Network errors in a row after which a user leaves: the target does not answer.
const MAX_NETWORK_ERRORS: u32 = 3;

/// Runs one session. It ends after its step when the run is ending, and at once when steps are cancelled. It was to begin at
/// `due` on the run's clock; none: now.
pub async fn live(
    state: &ShardState,
    script_user: &mut ScriptUser,
    streams: &mut SessionStreams,
    due: Option<Instant>,
) -> SessionEnd {
    let end = whole(state, script_user, streams, due).await;
    script_user.end_recording(end.as_str(), end.why());
    end
}

async fn whole(
    state: &ShardState,
    script_user: &mut ScriptUser,
    streams: &mut SessionStreams,
    due: Option<Instant>,
) -> SessionEnd {
    let user = Rc::clone(&script_user.context.user);
    let (low, high) = state.requests_of(&user);
    let drawn = streams.steps.int(i64::from(low), i64::from(high));
    let comebacks = state.comebacks_of(&user);
    begin_visit(state, &user, &comebacks, drawn);
    script_user.claim_recording();
    streams.spent = Duration::ZERO;
    if let Err(fault) = script_user.begin() {
        return script_error(state, script_user, &fault);
    }
    if let Err(fault) = script_user.recall() {
        state.count_script_error(script_user, &fault);
    }
    let mut end = tokio::select! {
        biased;
        end = work(state, script_user, streams, due) => end,
        () = state.stop.cancel_steps.wait() => SessionEnd::Interrupted,
    };
    if !matches!(end, SessionEnd::GaveUp(_)) || user.requester.network.errors.get() == 0 {
        // The end comes first: once it is there, no `on_stop` begins.
        let left = tokio::select! {
            biased;
            () = state.stop.end.wait() => CallEnd::Left,
            call = script_user.stop() => call,
        };
        if let (
            CallEnd::Failed(fault),
            SessionEnd::Completed | SessionEnd::Interrupted | SessionEnd::Removed,
        ) = (left, &end)
        {
            end = script_error(state, script_user, &fault);
        }
    }
    if let Some(stopped) = stop::after_session(state, script_user, &end) {
        stopped.await;
    }
    close(script_user, &comebacks, end)
}

/// A person begins a session of so many requests.
fn begin_visit(state: &ShardState, user: &User, comebacks: &Comebacks, requests: i64) {
    user.person.begin_visit();
    let returns = user.person.visits() > 1;
    let kept = if returns {
        kept(comebacks)
    } else {
        Kept::default()
    };
    user.requester.begin_session(requests, kept);
    if comebacks.are_given() {
        let mut recorder = state.context.requests.recorder.borrow_mut();
        let people = recorder.people(user.requester.kind.get());
        if returns {
            people.returning += 1;
        } else {
            people.new += 1;
        }
    }
}

fn close(script_user: &ScriptUser, comebacks: &Comebacks, end: SessionEnd) -> SessionEnd {
    script_user.end(match &end {
        SessionEnd::Completed | SessionEnd::GaveUp(_) => Unfinished::Lost,
        SessionEnd::Script(_) => Unfinished::Error,
        SessionEnd::Interrupted | SessionEnd::Removed => Unfinished::Cancelled,
    });
    let requester = &script_user.context.user.requester;
    if let Some(observed) = &script_user.context.user.shard.observed {
        let began = requester.session.began.get();
        let length = began.map_or(Duration::ZERO, |began| began.elapsed());
        let requests = requester.session.requests_made.get();
        observed.session(requester.kind.get(), length, requests);
    }
    let has_failed = matches!(end, SessionEnd::Script(_) | SessionEnd::GaveUp(_));
    requester.keep_session(end.as_str(), has_failed);
    requester.end_session(kept(comebacks));
    end
}

/// What people who come back have of their last session.
fn kept(comebacks: &Comebacks) -> Kept {
    Kept {
        cookies: comebacks.keep_cookies,
        connections: comebacks.keeps_connections(),
    }
}

async fn work(
    state: &ShardState,
    script_user: &mut ScriptUser,
    streams: &mut SessionStreams,
    due: Option<Instant>,
) -> SessionEnd {
    let user = Rc::clone(&script_user.context.user);
    let clock = state.context.requests.run.clock;
    let planned = due.map_or_else(Instant::now, |due| clock.real_instant(due));
    user.requester.planned.set(Some(planned));
    let started = script_user.start().await;
    // Where nothing was sent yet, the first step is as late as the session, or as the last pause of `on_start`.
    let is_late = due.is_some() && user.requester.session.requests_made.get() == 0;
    let planned = user.requester.planned.get().filter(|_| is_late);
    let mut since = planned.map(|planned| clock.at_real(planned));
    if let Some(end) = after(state, script_user, started) {
        return end;
    }
    let mut step_began = None;
    let mut before = StepBefore::default();
    while user.requester.session.requests_left.get() > 0 {
        if user.shard.requests.shutdown.is_set() {
            return SessionEnd::Interrupted;
        }
        let since = since.take();
        if let Err(end) = pause(state, script_user, streams, since, &mut step_began).await {
            return end;
        }
        if state.leaves_session(&user) {
            return SessionEnd::Removed;
        }
        if state.rules.reload_at != ReloadAt::Session && migrate::between_steps(state, script_user)
        {
            before = StepBefore::default();
            if let Some(end) = after(state, script_user, script_user.start().await) {
                return end;
            }
        }
        let made = user.requester.session.requests_made.get();
        let index = match draw(
            state,
            script_user,
            streams,
            before.index_in(&script_user.vm),
        ) {
            Next::Step(index) => index,
            Next::Leave => return SessionEnd::Completed,
            Next::AllShed => {
                // It rests until the target is better, or the roster is another.
                tokio::select! {
                    biased;
                    () = user.shard.requests.limits.shed_level.changed() => {}
                    () = user.shard.requests.shutdown.wait() => {}
                    () = state.assignment.changed() => {}
                }
                continue;
            }
        };
        if let Some(stopped) = stop::before_step(state, script_user, index)
            && let Err(end) = stopped.await
        {
            return end;
        }
        before = StepBefore::made(&script_user.vm, index);
        let call = step(state, script_user, index).await;
        if let Some(end) = call.and_then(|call| after(state, script_user, call)) {
            return end;
        }
        if user.requester.session.requests_made.get() == made {
            // A step without a request spends one all the same, and lets the others of its shard in.
            user.requester
                .session
                .requests_left
                .set(user.requester.session.requests_left.get() - 1);
            clock.breathe().await;
        }
    }
    SessionEnd::Completed
}

/// Makes one step; none: it was cancelled at its wait, for a new version.
async fn step(state: &ShardState, script_user: &ScriptUser, index: usize) -> Option<CallEnd> {
    let call = if state.rules.reload_at == ReloadAt::Now {
        tokio::select! {
            biased;
            call = script_user.step(index) => Some(call),
            () = migrate::due(state, script_user) => None,
        }
    } else {
        Some(script_user.step(index).await)
    };
    let user = &script_user.context.user;
    user.requester.planned.set(None);
    let mut recorder = state.context.requests.recorder.borrow_mut();
    recorder.step(user.requester.kind.get(), script_user.vm.version);
    call
}

/// When a step was meant to begin, and all pauses of the run until then.
type StepStart = (Instant, Duration);

/// Thinks before a step, or waits until it is its time by the type's pace, or for the end of a pause of the run; the plan
/// meant the next request to leave then. The pause began at `since` on the run's clock; none: now.
async fn pause(
    state: &ShardState,
    script_user: &mut ScriptUser,
    streams: &mut SessionStreams,
    since: Option<Instant>,
    step_began: &mut Option<StepStart>,
) -> Result<(), SessionEnd> {
    let user = Rc::clone(&script_user.context.user);
    let pause = script_user.pause(streams.think.float()).map_err(|fault| {
        script_user.record_error(&fault);
        script_error(state, script_user, &fault)
    })?;
    if let Some(observed) = &user.shard.observed {
        // The first step follows none: no pace holds it back, and without a pause before it none is noted.
        let waited = match (pause, *step_began) {
            (Pause::Think(time), None) => Some(time).filter(|time| !time.is_zero()),
            (Pause::Pace(_), None) => None,
            (Pause::Think(time) | Pause::Pace(time), Some(_)) => Some(time),
        };
        if let Some(time) = waited {
            observed.pause(user.requester.kind.get(), time);
        }
    }
    let clock = &user.shard.requests.clock;
    let now = (clock.now(), clock.paused());
    let (due, before) = match (pause, *step_began) {
        (Pause::Think(time), _) => {
            streams.spent += time;
            (since.unwrap_or(now.0) + time, now.1)
        }
        // A step that is late begins at once, and the next one counts from then: nothing is caught up with.
        (Pause::Pace(time), Some((began, before))) => {
            streams.spent += time;
            let due = began + time + now.1.saturating_sub(before);
            (due.max(now.0), now.1)
        }
        (Pause::Pace(_), None) => (since.unwrap_or(now.0), now.1),
    };
    *step_began = Some((due, before));
    script_user.record_pause(due.saturating_duration_since(now.0));
    if due <= now.0 && !clock.is_paused() {
        let planned = since.map(|_| clock.source().real_instant(due));
        user.requester.planned.set(planned);
        return Ok(());
    }
    loop {
        tokio::select! {
            biased;
            until = clock.sleep_until(due, before) => {
                // How long requests take is measured by the machine's clock.
                let planned = clock.source().real_instant(until);
                user.requester.planned.set(Some(planned));
                if let Pause::Pace(pace) = pause {
                    let mut recorder = user.shard.requests.recorder.borrow_mut();
                    recorder.paced(user.requester.kind.get(), pace, planned.elapsed());
                }
                return Ok(());
            }
            () = user.shard.requests.shutdown.wait() => return Err(SessionEnd::Interrupted),
            // A user that is to move at once moves during its pause, and goes on with it.
            () = migrate::due(state, script_user), if state.rules.reload_at == ReloadAt::Now => {}
        }
        if migrate::between_steps(state, script_user)
            && let Some(end) = after(state, script_user, script_user.start().await)
        {
            return Err(end);
        }
    }
}

/// What a call of the script means for the session; none: it goes on.
fn after(state: &ShardState, script_user: &ScriptUser, call: CallEnd) -> Option<SessionEnd> {
    let user = &script_user.context.user;
    user.requester.planned.set(None);
    match call {
        CallEnd::Left => Some(SessionEnd::Interrupted),
        CallEnd::Failed(fault) => Some(script_error(state, script_user, &fault)),
        CallEnd::Declined(why) => {
            let why = why.unwrap_or_else(|| "on_start returned false".to_owned());
            Some(SessionEnd::GaveUp(why))
        }
        CallEnd::Done
            if user.requester.network.is_unreachable.get()
                || user.requester.network.errors.get() >= MAX_NETWORK_ERRORS =>
        {
            let why = user
                .requester
                .network
                .last_error
                .borrow()
                .clone()
                .unwrap_or_default();
            Some(SessionEnd::GaveUp(why))
        }
        CallEnd::Done => None,
    }
}

fn script_error(state: &ShardState, script_user: &ScriptUser, fault: &Diagnostic) -> SessionEnd {
    state.count_script_error(script_user, fault);
    SessionEnd::Script(format!("script error at {}", fault.place))
}
