//! Sends a request and follows its redirects; each of them on the wire is one request and one sample.

use std::borrow::Cow;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use super::admit::{self, NotAdmitted, Permit};
use super::attempt::{Attempt, Ended};
use super::call::Call;
use super::cancel::{CancelToken, Cancelled};
use super::endpoint_name;
use super::expect::Expect;
use super::recording;
use super::reply::{CIRCUIT_OPEN, FinalResponse, Place, Redirect, Reply};
use super::requester::Requester;
use super::trace_context;
use super::verdict::{State, Verdict};
use crate::http::redirect;
use crate::http::{ErrorKind, Failure, Headers, Origin, Request, Response, Timings};
use crate::session_trace::Via;

/// How long a call takes at least for which this machine had no descriptor or port.
const SHORTAGE: Duration = Duration::from_millis(250);

/// What the request and its redirects led to.
pub struct Followed {
    /// How it ended.
    pub reply: Reply,
    /// Which token of the user's was refused in the end, where the call does not count on that.
    pub refused_token: Option<u64>,
}

impl From<Reply> for Followed {
    fn from(reply: Reply) -> Self {
        Self {
            reply,
            refused_token: None,
        }
    }
}

/// Sends the request and follows where it leads.
///
/// # Errors
/// When the call has to end.
pub async fn follow(
    user: &Requester,
    call: &Call,
    cancel: CancelToken<'_>,
) -> Result<Followed, Cancelled> {
    let (mut request, token) = first_request(user, call);
    let mut name = Cow::Borrowed(&*call.name);
    let mut redirects = Vec::new();
    let mut challenges = 0;
    loop {
        let permit = match admit::acquire(user, cancel, &name, &request).await {
            Ok(permit) => permit,
            Err(NotAdmitted::BreakerTimeout(why)) => return Ok(not_sent(user, why).into()),
            Err(NotAdmitted::Cancelled(cancelled)) => return Err(cancelled),
        };
        let adaptive = adapt(user, call, &mut request, &permit);
        // A redirect to another origin has dropped the fields of the hop before it.
        if *request.origin == *user.shared.origin {
            user.trace(&call.headers, &mut request.headers);
        }
        sign(user, call, &mut request);
        let attempt = Attempt::begin(permit, call, &request);
        let ended = send(call, &request, &attempt).await;
        let response = match ended {
            Sent::Answer(response) => response,
            Sent::GivenUp => return Ok(attempt.given_up().into()),
            Sent::Failed(mut failure) => {
                if let Some(limit) = adaptive {
                    by_adaptive_timeout(user, limit, &mut failure);
                }
                let reply = attempt.failed(&failure);
                rest_after(user, failure.kind).await;
                return Ok(reply.into());
            }
        };
        if response.status == 401 && is_challenged(user, call, &request, &response, challenges) {
            // It is how such a login begins, not a failure.
            attempt.answered(&response, &Expect::Statuses(vec![(401, 401)]));
            challenges += 1;
            recording::note(user, Via::Challenge);
            user.planned.set(None);
            cancel.check()?;
            continue;
        }
        let next = leads_on(call, response.status)
            .then(|| redirect::next(&request, &response))
            .flatten();
        match next {
            None => {
                let ended = attempt.ended(&response);
                // The header stayed behind where a redirect led elsewhere.
                let is_refused = response.status == 401
                    && !call.options.expect.names(401)
                    && request.headers.contains("authorization");
                let place = place_of(&mut request);
                let context = user.shared.run.trace.as_deref();
                let trace_id = trace_context::id_of(context, &request.headers);
                let verdict = verdict_of(user, call, ended, request);
                let answered = FinalResponse {
                    response,
                    place,
                    redirects,
                    verdict,
                    trace_id,
                };
                return Ok(Followed {
                    reply: Reply::Response(Rc::new(answered)),
                    refused_token: token.filter(|_| is_refused),
                });
            }
            Some(Ok(mut following)) if redirects.len() < usize::from(call.options.redirects.0) => {
                attempt.answered(&response, &Expect::Success);
                // Also on the way back from another origin, as that of a login elsewhere.
                following.default_headers = session_headers(user, &following.origin);
                name = name_of(user, call, &following).into();
                redirects.push(Redirect {
                    status: response.status,
                    place: place_of(&mut std::mem::replace(&mut request, following)),
                    headers: response.headers,
                });
                user.planned.set(None);
                recording::note(user, Via::Redirect);
                cancel.check()?;
            }
            Some(leads_nowhere) => {
                let why = match leads_nowhere {
                    Ok(_) => {
                        let most = call.options.redirects.0;
                        format!("{}: more than {most} redirects", request.url())
                    }
                    Err(failure) => failure.message,
                };
                let reply = attempt.lost(&response, ErrorKind::Redirects, why);
                return Ok(reply.into());
            }
        }
    }
}

/// Signs a request to the target, for a user whose requests are signed.
fn sign(user: &Requester, call: &Call, request: &mut Request) {
    let mut tokens = user.tokens.borrow_mut();
    if let Some(signer) = tokens.signer()
        && !call.own_authorization
        && *request.origin == *user.shared.origin
    {
        signer.sign(request, user.shared.run.clock.time_of_day());
    }
}

/// Whether a 401 asks to sign the request in another way, where the call does not count on it.
fn is_challenged(
    user: &Requester,
    call: &Call,
    request: &Request,
    response: &Response,
    before: u32,
) -> bool {
    let mut tokens = user.tokens.borrow_mut();
    let is_ours = !call.own_authorization
        && !call.options.expect.names(401)
        && *request.origin == *user.shared.origin;
    tokens
        .signer()
        .is_some_and(|signer| is_ours && signer.is_challenged(response, before))
}

/// What a failure is followed by, so that a script that tries again and again does not hold its thread.
async fn rest_after(user: &Requester, kind: ErrorKind) {
    match kind {
        // Nothing was waited for: others have their turn before the script tries again.
        ErrorKind::NotAllowed => user.shared.run.clock.breathe().await,
        // What is lacking comes back when others are done.
        ErrorKind::Generator => tokio::select! {
            biased;
            () = tokio::time::sleep(SHORTAGE) => {}
            () = user.shared.shutdown.wait() => {}
        },
        _ => {}
    }
}

/// Whether an answer may send the call elsewhere: it holds one that it declared itself.
fn leads_on(call: &Call, status: u16) -> bool {
    call.options.redirects.0 > 0
        && (300..400).contains(&status)
        && !call.options.expect.names(status)
}

/// The name of a hop that was redirected.
fn name_of(user: &Requester, call: &Call, request: &Request) -> String {
    let shared = &user.shared;
    let is_home = *request.origin == *shared.origin;
    let base = if is_home { &*shared.run.base_path } else { "" };
    let given = call.named.then_some(&*call.name);
    endpoint_name::of_redirect(given, base, &request.target)
}

/// Takes the target out of a request that has ended.
fn place_of(request: &mut Request) -> Place {
    Place {
        origin: Rc::clone(&request.origin),
        target: std::mem::take(&mut request.target),
    }
}

fn verdict_of(user: &Requester, call: &Call, ended: Ended, request: Request) -> Verdict {
    Verdict::of(match ended {
        Ended::Counted => State::Counted,
        Ended::Failed => State::Failed,
        Ended::Open(open) => {
            let tags = call.options.tags.clone();
            State::Open(user.unsettled.keep(*open, request, tags))
        }
    })
}

/// The request's timeout by what its endpoint usually takes, unless the call names one; given when it is what holds.
fn adapt(
    user: &Requester,
    call: &Call,
    request: &mut Request,
    permit: &Permit<'_>,
) -> Option<Duration> {
    // What the hop before had was not asked for by the call.
    request.timeout = call.options.timeout;
    if call.options.timeout.is_some() {
        return None;
    }
    let usual = user.shared.limits.timeouts.of(permit.endpoint?)?;
    let longest = user.shared.transport.request_timeout();
    (usual < longest).then(|| {
        request.timeout = Some(usual);
        usual
    })
}

/// Says so where a request failed by its adaptive timeout.
fn by_adaptive_timeout(user: &Requester, limit: Duration, failure: &mut Failure) {
    if failure.kind == ErrorKind::Timeout && failure.timings.total() >= limit {
        failure.message += " (adaptive timeout: 1.5 x the p95 of its endpoint)";
        let mut recorder = user.shared.recorder.borrow_mut();
        recorder.protection().adaptive_timeouts += 1;
    }
}

/// The circuit breaker stayed open: the call ends without a request, and so does the session with its step.
fn not_sent(user: &Requester, why: String) -> Reply {
    user.network.stayed_open(why.clone());
    user.session.count_failure();
    Reply::Failed {
        kind: CIRCUIT_OPEN,
        message: why,
        timings: Timings::default(),
    }
}

/// Whether a call goes to the target.
pub fn is_home(user: &Requester, call: &Call) -> bool {
    let origin = call.origin.as_ref();
    origin.is_none_or(|origin| **origin == *user.shared.origin)
}

/// The headers of the user's session, which go to the target alone.
fn session_headers(user: &Requester, origin: &Origin) -> Option<Rc<Headers>> {
    let headers = user.session.headers.borrow();
    headers.clone().filter(|_| *origin == *user.shared.origin)
}

/// Whether the token of the user goes along.
pub fn carries_token(user: &Requester, call: &Call) -> bool {
    !call.own_authorization && (call.declared || is_home(user, call))
}

/// The request as it leaves first, and which token of the user's it carries.
pub fn first_request(user: &Requester, call: &Call) -> (Request, Option<u64>) {
    let origin = call.origin.as_ref().unwrap_or(&user.shared.origin);
    let mut request = Request::new(call.method.clone(), Rc::clone(origin), call.target.clone());
    request.headers = call.headers.clone();
    request.default_headers = session_headers(user, origin);
    request.body = call.body.clone();
    request.timeout = call.options.timeout;
    let with_token = carries_token(user, call);
    let tokens = user.tokens.borrow();
    tokens.authorize(&mut request.headers, with_token, is_home(user, call));
    (request, tokens.version().filter(|_| with_token))
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
async fn send(call: &Call, request: &Request, attempt: &Attempt<'_>) -> Sent {
    let (permit, progress) = (attempt.permit(), attempt.progress());
    let mut sending = pin!(permit.user.client.send_gated(request, progress, permit));
    let mut timer = pin!(None);
    poll_fn(|cx| {
        let polled = sending.as_mut().poll(cx);
        attempt.note_throttling();
        match polled {
            Poll::Ready(Ok(response)) => return Poll::Ready(Sent::Answer(response)),
            Poll::Ready(Err(failure)) => return Poll::Ready(Sent::Failed(failure)),
            Poll::Pending => {}
        }
        let Some(patience) = call.options.give_up_after else {
            return Poll::Pending;
        };
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
