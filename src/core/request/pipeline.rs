//! Carries out a call: redirects, retries, tokens, the ledger.

use super::admit::Permit;
use super::attempt::Attempt;
use super::call::Call;
use super::cancel::{CancelToken, Cancelled};
use super::creation::{Creation, NotRecorded};
use super::deletion::DeletionByUser;
use super::recording;
use super::redirects::{carries_token, first_request, follow};
use super::reply::Reply;
use super::requester::Requester;
use super::token_refresh;
use crate::session_trace::{Via, What};

/// Sends a call as its user, with the user's token, and follows where it leads.
///
/// The future is large: callers that are futures of Lua box it, so that it is not copied from hand to hand.
///
/// # Errors
/// When the call has to end before its reply is there.
pub async fn perform(
    user: &Requester,
    mut call: Box<Call>,
    cancel: CancelToken<'_>,
) -> Result<Reply, Cancelled> {
    cancel.check()?;
    if carries_token(user, &call) && !call.options.expect.names(401) {
        token_refresh::refresh_if_due(user, cancel).await?;
    }
    let mut creation = match call.options.creates.take() {
        None => None,
        Some(creates) => match Creation::record(user, cancel, creates, &call.left).await {
            Ok(creation) => Some(creation),
            Err(NotRecorded::Cancelled(cancelled)) => return Err(cancelled),
            Err(NotRecorded::Failed(why)) => {
                let (request, _) = first_request(user, &call);
                let permit = Permit::unconditional(user, cancel, &call.name, &request);
                return Ok(Attempt::begin(permit, &call, &request).withheld(&why));
            }
        },
    };
    let deletion = DeletionByUser::of(user, &call);
    call.retries_left.set(call.options.retry.times);
    let mut reply = with_fresh_token(user, &call, cancel).await?;
    for number in 1..=call.options.retry.times {
        if !wants_retry(&call, &reply) {
            break;
        }
        settle(user, &reply);
        wait_for_retry(user, &call, &reply, number, cancel).await?;
        if let Some(creation) = &mut creation {
            creation.try_again(&reply);
        }
        call.retries_left.set(call.options.retry.times - number);
        reply = with_fresh_token(user, &call, cancel).await?;
    }
    if let Some(deletion) = deletion {
        deletion.settle(&reply);
    }
    let settled = creation.map(|creation| creation.settle(&reply, &call.method, &call.name));
    Ok(match settled {
        Some(Err(why)) => {
            settle(user, &reply);
            Reply::Misread {
                method: call.method.clone(),
                why,
            }
        }
        Some(Ok(())) | None => reply,
    })
}

/// One try, repeated with another token where that of the user is refused.
async fn with_fresh_token(
    user: &Requester,
    call: &Call,
    cancel: CancelToken<'_>,
) -> Result<Reply, Cancelled> {
    let followed = follow(user, call, cancel).await?;
    match followed.refused_token {
        Some(token) if token_refresh::refresh_after_401(user, token, cancel).await? => {
            Ok(follow(user, call, cancel).await?.reply)
        }
        _ => Ok(followed.reply),
    }
}

/// Only the last response to a call can be judged.
fn settle(user: &Requester, reply: &Reply) {
    if let Reply::Response(response) = reply
        && let Some(sample) = response.verdict.sample()
    {
        user.settle(sample);
    }
}

fn wants_retry(call: &Call, reply: &Reply) -> bool {
    let options = &call.options;
    options.retry.wants(&call.method, &options.expect, reply)
}

/// Waits before retry number `attempt` of a call, from 1.
async fn wait_for_retry(
    user: &Requester,
    call: &Call,
    reply: &Reply,
    attempt: u8,
    cancel: CancelToken<'_>,
) -> Result<(), Cancelled> {
    let retry = &call.options.retry;
    let pause = retry.pause(attempt, reply, &mut user.retry_stream());
    if let Some(recorder) = user.recorder() {
        recorder.add(What::Retry {
            attempt,
            seconds: pause.as_secs_f64(),
        });
    }
    tokio::select! {
        biased;
        () = user.shared.run.clock.sleep(pause) => {}
        () = user.shared.shutdown.wait() => {}
    }
    cancel.check()?;
    recording::note(user, Via::Retry);
    user.shared.recorder.borrow_mut().protection().retries += 1;
    Ok(())
}
