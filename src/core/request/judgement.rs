//! The judgement of a script on a response: one that says "sold out" with status 200 is a failure.

use super::reply::FinalResponse;
use super::requester::Requester;
use super::verdict::State;
use super::{capture, recording, request_log};
use crate::metrics::Outcome;

/// The response was counted before it was judged.
#[derive(Debug, thiserror::Error)]
#[error("the response is counted already")]
pub struct TooLate;

/// Records the response as unexpected, for the reason that its script gives. One that is a failure already keeps its own
/// reason. Circuit breakers have seen the response as it was.
///
/// # Errors
/// When its sample is recorded already.
pub fn fail(user: &Requester, response: &FinalResponse, why: &str) -> Result<(), TooLate> {
    let id = match response.verdict.state() {
        State::Failed => return Ok(()),
        State::Counted => return Err(TooLate),
        State::Open(id) => id,
    };
    let mut unsettled = user.unsettled.take(id).ok_or(TooLate)?;
    response.verdict.failed();
    unsettled.sample.outcome = Outcome::Unexpected;
    unsettled.request.target.clone_from(&response.place.target);
    user.session.count_failure();
    if request_log::wanted(user) {
        request_log::judged(user, &unsettled.request, response, why);
    }
    recording::judged(user, unsettled.call, why);
    let mut recorder = user.shared.recorder.borrow_mut();
    recorder.record_judged(&unsettled.sample, why, || {
        request_log::refusal(user, &unsettled.request, response)
    });
    unsettled.tags.count(&mut recorder, Outcome::Unexpected);
    drop(recorder);
    let failed = Some((&unsettled.request, Some(why)));
    capture::settle(user, unsettled.captured.take(), &unsettled.sample, failed);
    Ok(())
}
