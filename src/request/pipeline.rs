//! Carries out a call: hops, retries, tokens, the ledger; each hop on the wire is one request and one sample.

use std::borrow::Cow;
use std::future::{Future, pending, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use super::admission::Shut;
use super::attempt::Hop;
use super::creation::Pledge;
use super::endpoint_name;
use super::permit;
use super::permit::Pass;
use super::reply::{Answered, Place, Redirect};
use crate::http::redirect;
use crate::http::{ErrorKind, Failure, Request, Response, Timings};
use crate::script::api::auth;
use crate::script::api::http::call::Call;
use crate::script::api::http::expect::Expect;
use crate::script::api::http::{CIRCUIT_OPEN, retry};
use crate::script::user::context::{Context, Phase, User};

/// How long a call takes at least for which this machine had no descriptor or port.
const SHORTAGE: Duration = Duration::from_millis(250);

/// How a call ended.
pub enum Reply {
    /// The target answered.
    Answer {
        /// The last hop's answer.
        response: Rc<Answered>,
        /// Whose it is: it keeps the answer until the step ends.
        user: Rc<User>,
    },
    /// The user turned away, as the script declared.
    GivenUp {
        /// After how long.
        after: Duration,
    },
    /// No usable answer came.
    Failed {
        /// `dns`, `connect`, `timeout`, ...
        kind: &'static str,
        /// What happened.
        message: String,
        /// How far it came.
        timings: Timings,
    },
    /// The target answered, but not what `creates` says of its answers: a mistake of the script.
    Misread {
        /// What is not there, and where the script says that it is.
        why: String,
    },
}

impl Reply {
    /// The status, if there was an answer.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Answer { response, .. } => Some(response.status),
            _ => None,
        }
    }
}

/// Waits for ever when the run is ending and the user is still in a step: [`crate::script::user::context::Scope`] then takes
/// the step away. Users in `on_stop` go on.
pub async fn may_go_on(user: &User) {
    if user.shard.shutdown.is_set() && user.phase.get() == Phase::Stepping {
        user.leave.set(true);
        pending::<()>().await;
    }
}

/// Sends a call as its user, with the user's token, and follows where it leads.
///
/// The future is large: callers that are futures of Lua box it, so that it is not copied from hand to hand.
pub async fn perform(context: &Rc<Context>, mut call: Box<Call>) -> Reply {
    let user = &context.user;
    may_go_on(user).await;
    if carries_token(user, &call) && !call.expect.names(401) {
        auth::renew_if_due(context).await;
    }
    let mut pledge = match call.creates.take() {
        None => None,
        Some(creates) => match Pledge::make(user, creates, &call.left).await {
            Ok(pledge) => Some(pledge),
            Err(why) => {
                let (request, _) = first_request(user, &call);
                let pass = Pass::of(user, &call.name, &request);
                return Hop::begin(pass, &call, &request).withheld(&why);
            }
        },
    };
    let mut reply = attempt(context, &call).await;
    for number in 1..=call.retry.times {
        if !retry::again(context, &call, &reply, number).await {
            break;
        }
        if let Some(pledge) = &mut pledge {
            pledge.try_again(&reply);
        }
        reply = attempt(context, &call).await;
    }
    match pledge.map(|pledge| pledge.settle(&reply, &call)) {
        Some(Err(why)) => Reply::Misread { why },
        Some(Ok(())) | None => reply,
    }
}

/// One attempt, repeated with another token where that of the user is refused.
async fn attempt(context: &Rc<Context>, call: &Call) -> Reply {
    let user = &context.user;
    let (reply, refused) = follow(user, call).await;
    match refused {
        Some(token) if auth::is_renewed(context, token).await => follow(user, call).await.0,
        _ => reply,
    }
}

/// The request and the redirects it leads to; and which token of the user's was refused in the end, where the call does
/// not count on that.
async fn follow(user: &Rc<User>, call: &Call) -> (Reply, Option<u64>) {
    let (mut request, token) = first_request(user, call);
    let mut name = Cow::Borrowed(&*call.name);
    let mut redirects = Vec::new();
    loop {
        let pass = match permit::pass(user, &name, &request).await {
            Ok(pass) => pass,
            Err(shut) => return (not_sent(user, shut), None),
        };
        let adaptive = adapt(user, call, &mut request, &pass);
        let hop = Hop::begin(pass, call, &request);
        let ended = send(call, &request, &hop).await;
        let response = match ended {
            Sent::Answer(response) => response,
            Sent::GivenUp => return (hop.given_up(), None),
            Sent::Failed(mut failure) => {
                if let Some(limit) = adaptive {
                    by_adaptive_timeout(user, limit, &mut failure);
                }
                let reply = hop.failed(&failure);
                match failure.kind {
                    // Nothing was waited for: others have their turn before the script tries again.
                    ErrorKind::NotAllowed => tokio::task::yield_now().await,
                    // What is lacking comes back when others are done.
                    ErrorKind::Generator => tokio::select! {
                        () = tokio::time::sleep(SHORTAGE) => {}
                        () = user.shard.shutdown.wait() => {}
                    },
                    _ => {}
                }
                return (reply, None);
            }
        };
        let next = leads_on(call, response.status)
            .then(|| redirect::next(&request, &response))
            .flatten();
        match next {
            None => {
                hop.answered(&response, &call.expect);
                let is_refused = response.status == 401
                    && !call.expect.names(401)
                    // It stayed behind where a redirect led elsewhere.
                    && request.headers.contains("authorization");
                let answered = Answered {
                    response,
                    place: place_of(request),
                    redirects,
                };
                let reply = Reply::Answer {
                    response: Rc::new(answered),
                    user: Rc::clone(user),
                };
                return (reply, token.filter(|_| is_refused));
            }
            Some(Ok(following)) if redirects.len() < usize::from(call.redirects) => {
                hop.answered(&response, &Expect::Success);
                name = name_of(user, call, &following).into();
                redirects.push(Redirect {
                    status: response.status,
                    place: place_of(std::mem::replace(&mut request, following)),
                    headers: response.headers,
                });
                user.planned.set(None);
                may_go_on(user).await;
            }
            Some(leads_nowhere) => {
                let why = match leads_nowhere {
                    Ok(_) => format!("{}: more than {} redirects", request.url(), call.redirects),
                    Err(failure) => failure.message,
                };
                return (hop.lost(&response, ErrorKind::Redirects, why), None);
            }
        }
    }
}

/// Whether an answer may send the call elsewhere: it holds one that it declared itself.
fn leads_on(call: &Call, status: u16) -> bool {
    call.redirects > 0 && (300..400).contains(&status) && !call.expect.names(status)
}

/// The name of a hop that was redirected.
fn name_of(user: &User, call: &Call, request: &Request) -> String {
    let shard = &user.shard;
    let is_home = *request.origin == *shard.origin;
    let base = if is_home { &*shard.terms.base_path } else { "" };
    let given = call.named.then_some(&*call.name);
    endpoint_name::of_redirect(given, base, &request.target)
}

fn place_of(request: Request) -> Place {
    Place {
        origin: request.origin,
        target: request.target,
    }
}

/// The request's timeout by what its endpoint usually takes, unless the call names one; given when it is what holds.
fn adapt(user: &User, call: &Call, request: &mut Request, pass: &Pass) -> Option<Duration> {
    // What the hop before had is no wish of the call.
    request.timeout = call.timeout;
    if call.timeout.is_some() {
        return None;
    }
    let usual = user.shard.limits.timeouts.of(pass.series)?;
    let longest = user.shard.transport.request_timeout();
    (usual < longest).then(|| {
        request.timeout = Some(usual);
        usual
    })
}

/// Says so where a request failed by its adaptive timeout.
fn by_adaptive_timeout(user: &User, limit: Duration, failure: &mut Failure) {
    if failure.kind == ErrorKind::Timeout && failure.timings.total() >= limit {
        failure.message += " (adaptive timeout: 1.5 x the p95 of its endpoint)";
        let mut recorder = user.shard.recorder.borrow_mut();
        recorder.protection().adaptive_timeouts += 1;
    }
}

/// The target is left alone: the call ends without a request, and so does the session with its step.
fn not_sent(user: &User, Shut(why): Shut) -> Reply {
    user.network_errors.set(user.network_errors.get() + 1);
    user.unreachable.set(true);
    *user.last_error.borrow_mut() = Some(why.clone());
    Reply::Failed {
        kind: CIRCUIT_OPEN,
        message: why,
        timings: Timings::default(),
    }
}

fn is_home(user: &User, call: &Call) -> bool {
    let origin = call.origin.as_ref();
    origin.is_none_or(|origin| **origin == *user.shard.origin)
}

fn carries_token(user: &User, call: &Call) -> bool {
    !call.own_authorization && (call.declared || is_home(user, call))
}

/// The request as it leaves first, and which token of the user's it carries.
fn first_request(user: &User, call: &Call) -> (Request, Option<u64>) {
    let origin = call.origin.as_ref().unwrap_or(&user.shard.origin);
    let mut request = Request::new(call.method.clone(), Rc::clone(origin), call.target.clone());
    request.headers = call.headers.clone();
    request.body = call.body.clone();
    request.timeout = call.timeout;
    let with_token = carries_token(user, call);
    let login = user.login.borrow();
    login.authorize(&mut request.headers, with_token, is_home(user, call));
    (request, login.version().filter(|_| with_token))
}

#[expect(
    clippy::large_enum_variant,
    reason = "one a hop, and a box would be an allocation for each"
)]
enum Sent {
    Answer(Response),
    GivenUp,
    Failed(Box<Failure>),
}

/// One hop on the wire. `give_up_after` counts from the moment the whole request has left, so that the target always
/// sees a complete request and then a close.
async fn send(call: &Call, request: &Request, hop: &Hop<'_>) -> Sent {
    let (pass, progress) = (hop.pass(), hop.progress());
    let mut sending = pin!(pass.user.client.send_gated(request, progress, pass));
    let Some(patience) = call.give_up_after else {
        return match sending.await {
            Ok(response) => Sent::Answer(response),
            Err(failure) => Sent::Failed(failure),
        };
    };
    let mut timer = pin!(None);
    poll_fn(|cx| {
        match sending.as_mut().poll(cx) {
            Poll::Ready(Ok(response)) => return Poll::Ready(Sent::Answer(response)),
            Poll::Ready(Err(failure)) => return Poll::Ready(Sent::Failed(failure)),
            Poll::Pending => {}
        }
        if progress.sent_at().is_none() {
            // It is not sent yet, or to be sent again.
            timer.set(None);
            return Poll::Pending;
        }
        if patience.is_zero() {
            return Poll::Ready(Sent::GivenUp);
        }
        if timer.is_none() {
            timer.set(Some(tokio::time::sleep(patience)));
        }
        match timer.as_mut().as_pin_mut() {
            Some(timer) => timer.poll(cx).map(|()| Sent::GivenUp),
            None => Poll::Pending,
        }
    })
    .await
}
