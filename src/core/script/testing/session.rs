//! A session of a user in a test: as in a run, without a crowd around it.

use std::time::Duration;

use crate::plan::RequestLimits;
use crate::random::{Purpose, Stream, weighted};
use crate::request::Kept;
use crate::script::{CallEnd, Diagnostic, Pause, ScriptUser, Unfinished};

/// Network errors in a row after which a user leaves, as in a run.
const MAX_NETWORK_ERRORS: u32 = 3;

/// How a session ended.
#[derive(Debug, Clone, PartialEq)]
pub enum SessionEnd {
    Completed,
    /// It gave up, for reasons of the target or of its own, in words.
    GaveUp(String),
}

/// Draws of a user.
pub struct Draws {
    pub steps: Stream,
    pub think: Stream,
}

impl Draws {
    /// Those of a seed.
    pub fn of(seed: u64) -> Self {
        Self {
            steps: Stream::new(seed, 0, Purpose::Steps),
            think: Stream::new(seed, 0, Purpose::Think),
        }
    }
}

/// Begins a session and calls `on_start`; `requests` in place of a number that is drawn.
///
/// # Errors
/// What its script raised.
pub async fn begin(
    user: &ScriptUser,
    draws: &mut Draws,
    requests: Option<u32>,
) -> Result<Option<SessionEnd>, Diagnostic> {
    let (low, high) = RequestLimits::default().clamp(user.vm.contract.requests);
    let drawn = draws.steps.int(low.into(), high.into());
    let inner = &user.context.user;
    inner.person.begin_visit();
    inner
        .requester
        .begin_session(requests.map_or(drawn, i64::from), Kept::default());
    user.begin()?;
    user.recall()?;
    after(user, user.start().await)
}

/// Makes one step, without a pause before it.
///
/// # Errors
/// What its script raised.
pub async fn step(user: &ScriptUser, index: usize) -> Result<Option<SessionEnd>, Diagnostic> {
    after(user, user.step(index).await)
}

/// Lives a session that has begun to its end, with pauses.
///
/// # Errors
/// What its script raised.
pub async fn live(user: &ScriptUser, draws: &mut Draws) -> Result<SessionEnd, Diagnostic> {
    let session = &user.context.user.requester.session;
    let clock = user.context.user.shard.requests.run.clock;
    let mut before = None;
    while session.requests_left.get() > 0 {
        let (Pause::Think(span) | Pause::Pace(span)) = user.pause(draws.think.float())?;
        clock.sleep(span).await;
        let chain = &user.vm.chain;
        let row = before.and_then(|before| chain.row(before));
        let index = weighted(&mut draws.steps, row.unwrap_or(chain.weights())).unwrap_or(0);
        if index == chain.len() {
            return Ok(SessionEnd::Completed);
        }
        before = Some(index);
        let made = session.requests_made.get();
        if let Some(end) = step(user, index).await? {
            return Ok(end);
        }
        if session.requests_made.get() == made {
            session.requests_left.set(session.requests_left.get() - 1);
            clock.breathe().await;
        }
    }
    Ok(SessionEnd::Completed)
}

/// Calls `on_stop`; the session ends with [`close`].
///
/// # Errors
/// What its script raised.
pub async fn stop(user: &ScriptUser) -> Result<(), Diagnostic> {
    match user.stop().await {
        CallEnd::Failed(fault) => Err(fault),
        CallEnd::Done | CallEnd::Declined(_) | CallEnd::Left => Ok(()),
    }
}

/// The session is over: what it held goes.
pub fn close(user: &ScriptUser) {
    user.end(Unfinished::Lost);
    user.context.user.requester.end_session(Kept::default());
}

fn after(user: &ScriptUser, call: CallEnd) -> Result<Option<SessionEnd>, Diagnostic> {
    let network = &user.context.user.requester.network;
    Ok(match call {
        CallEnd::Failed(fault) => return Err(fault),
        CallEnd::Declined(why) => {
            let why = why.unwrap_or_else(|| "on_start returned false".to_owned());
            Some(SessionEnd::GaveUp(why))
        }
        CallEnd::Left => Some(SessionEnd::Completed),
        CallEnd::Done
            if network.is_unreachable.get() || network.errors.get() >= MAX_NETWORK_ERRORS =>
        {
            let why = network.last_error.borrow().clone();
            Some(SessionEnd::GaveUp(why.unwrap_or_default()))
        }
        CallEnd::Done => None,
    })
}

/// The longest that a test waits in virtual time: for something that never comes it would wait for ever.
pub const LONGEST_WAIT: Duration = Duration::from_secs(3600 * 24 * 365);
