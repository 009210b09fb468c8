//! What a request passes before it is sent: circuit breakers, then the run's rate.
//!
//! What is waited here is throng's own doing: the plan's moment for the request moves by it, so that it is part of no
//! latency.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use super::admission::{Crossed, Ending, Shut};
use crate::http::retry_after;
use crate::http::{ErrorKind, Failure, Gate, Request, Response};
use crate::metrics::{Outcome, Protection, SeriesId, Waits};
use crate::request::pipeline::may_go_on;
use crate::script::user::context::{Phase, User};

/// The longest that a target's own wish (`Retry-After`) is obeyed.
pub const LONGEST_WISH: Duration = Duration::from_secs(60);

/// A request that may be sent now, once.
pub struct Pass {
    /// Whose it is.
    pub user: Rc<User>,
    /// As what it is counted.
    pub series: SeriesId,
    crossed: Cell<Crossed>,
    settled: Cell<bool>,
}

/// Waits until the limits of the run let a request go, which is counted under `name`.
///
/// # Errors
/// When it is not to be sent at all.
pub async fn pass(user: &Rc<User>, name: &str, request: &Request) -> Result<Pass, Shut> {
    let shard = &user.shard;
    let limits = &shard.limits;
    let pass = Pass::of(user, name, request);
    pass.crossed.set(
        limits
            .breakers
            .doors(&request.origin, pass.series, &shard.recorder.borrow()),
    );
    if let Err(shut) = pass.wait().await {
        shard.recorder.borrow_mut().protection().given_up += 1;
        return Err(shut);
    }
    Ok(pass)
}

async fn wait(pass: &Pass) -> Result<(), Shut> {
    let user = Rc::clone(&pass.user);
    let limits = &user.shard.limits;
    loop {
        if !limits.breakers.lets(&pass.crossed.get()) && !is_leaving(&user) {
            let _held = Held::by(&user, |protection| &mut protection.broken);
            cross(&user, &pass.crossed).await?;
        }
        if !limits.turnstile.is_open(&user.shard.clock) {
            let _held = Held::by(&user, |protection| &mut protection.throttled);
            tokio::select! {
                () = limits.turnstile.pass(&user.shard.clock) => {}
                () = user.shard.shutdown.wait(), if user.phase.get() == Phase::Stepping => {
                    may_go_on(&user).await;
                }
            }
        }
        // A breaker may have opened while it stood in the other queue.
        if limits.breakers.lets(&pass.crossed.get()) || is_leaving(&user) {
            return Ok(());
        }
    }
}

/// Waits for the breakers; a stop takes the step away, and ends the wait of who is leaving.
async fn cross(user: &User, crossed: &Cell<Crossed>) -> Result<(), Shut> {
    tokio::select! {
        biased;
        () = user.shard.shutdown.wait() => {
            may_go_on(user).await;
            Ok(())
        }
        crossed = user.shard.limits.breakers.cross(crossed) => crossed,
    }
}

/// Whether the run ends and the user takes its leave: that is done once, and not put off.
fn is_leaving(user: &User) -> bool {
    user.shard.shutdown.is_set() && user.phase.get() == Phase::Leaving
}

/// A request that is throttled; when it is not any more, that is counted, and the plan's moment moves by it.
struct Held<'a> {
    user: &'a User,
    began: Instant,
    by: fn(&mut Protection) -> &mut Waits,
}

impl<'a> Held<'a> {
    fn by(user: &'a User, by: fn(&mut Protection) -> &mut Waits) -> Self {
        Self {
            user,
            began: Instant::now(),
            by,
        }
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        let waited = self.began.elapsed();
        if let Some(planned) = self.user.planned.get() {
            self.user.planned.set(Some(planned + waited));
        }
        let mut recorder = self.user.shard.recorder.borrow_mut();
        (self.by)(recorder.protection()).add(1, waited);
    }
}

impl Pass {
    /// That of a request that asks nobody, and tells no breaker how it ended.
    pub fn of(user: &Rc<User>, name: &str, request: &Request) -> Self {
        let mut recorder = user.shard.recorder.borrow_mut();
        let series = recorder.series(user.kind.get(), request.method.as_str(), name);
        Self {
            user: Rc::clone(user),
            series,
            crossed: Cell::default(),
            settled: Cell::new(false),
        }
    }

    /// Waits until the limits let it go.
    async fn wait(&self) -> Result<(), Shut> {
        let limits = &self.user.shard.limits;
        if limits.breakers.lets(&self.crossed.get())
            && limits.turnstile.is_open(&self.user.shard.clock)
        {
            return Ok(());
        }
        // Boxed: few wait, and every request would carry the room for it.
        Box::pin(wait(self)).await
    }

    /// An answer came, and this is what the call makes of it.
    pub fn answered(&self, response: &Response, outcome: Outcome) {
        let refused = outcome == Outcome::Unexpected;
        let ending = match response.status {
            500.. if refused => Ending::Failed(wish(response)),
            429 if refused => wish(response).map_or(Ending::Fine, Ending::Asked),
            _ => Ending::Fine,
        };
        self.settle(ending);
    }

    /// No usable answer came.
    pub fn failed(&self, failure: &Failure) {
        self.settle(match failure.kind {
            ErrorKind::Dns
            | ErrorKind::Connect
            | ErrorKind::Tls
            | ErrorKind::Timeout
            | ErrorKind::Reset
            | ErrorKind::Protocol
            | ErrorKind::Truncated => Ending::Failed(None),
            // These say something of the call or of this machine, not of the target.
            ErrorKind::Decode
            | ErrorKind::TooLarge
            | ErrorKind::Redirects
            | ErrorKind::NotAllowed
            | ErrorKind::Generator => Ending::Unknown,
        });
    }

    fn settle(&self, ending: Ending) {
        if !self.settled.replace(true) {
            let breakers = &self.user.shard.limits.breakers;
            breakers.ended(&self.crossed.get(), ending);
        }
    }
}

/// A request that is sent again by the client passes what it passed before.
impl Gate for Pass {
    fn pass(&self) -> Pin<Box<dyn Future<Output = bool> + '_>> {
        Box::pin(async move {
            let again = self.wait().await.is_ok();
            if again {
                let mut recorder = self.user.shard.recorder.borrow_mut();
                recorder.protection().stale_retries += 1;
            }
            again
        })
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        self.settle(Ending::Unknown);
    }
}

/// For how long the target asks to be left alone; the longest time only when it asks for more.
pub fn wish(response: &Response) -> Option<Duration> {
    let asked = retry_after(&response.headers, SystemTime::now())?;
    (!asked.is_zero()).then(|| asked.min(LONGEST_WISH))
}
