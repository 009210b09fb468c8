//! An attempt: one request on the wire and its one sample, whatever becomes of it.

use std::cell::Cell;
use std::time::Duration;

use tokio::time::Instant;

use super::admit::Permit;
use super::call::Call;
use super::captured::Captured;
use super::expect::Expect;
use super::recording::{CallEnd, RecordedCall};
use super::reply::{Reply, WITHHELD};
use super::unsettled::OpenSample;
use super::{capture, contract, request_log};
use crate::http::{ErrorKind, Failure, Phase, Progress, Request, Response, Timings};
use crate::metrics::{Example, Outcome, Phases, Sample};

/// The phases of a request of HTTP, as they are counted.
static PHASES: [&str; 6] = ["blocked", "dns", "connect", "tls", "wait", "receive"];

/// A request under way. Dropped without an end it was cancelled: by a stop, or by an error in another branch of `parallel`.
pub struct Attempt<'a> {
    permit: Permit<'a>,
    call: &'a Call,
    request: &'a Request,
    progress: Progress,
    planned: Instant,
    throttled: Cell<bool>,
    ended: bool,
    recorded: Option<Box<RecordedCall>>,
}

struct End {
    outcome: Outcome,
    status: u16,
    error: Option<&'static str>,
    timings: Timings,
    bytes_sent: u64,
    bytes_received: u64,
}

/// How an answer was counted.
pub enum Ended {
    /// As it arrived.
    Counted,
    /// As a failure.
    Failed,
    /// Not yet.
    Open(Box<OpenSample>),
}

impl<'a> Attempt<'a> {
    /// The request is about to be sent: it counts from now on.
    pub fn begin(permit: Permit<'a>, call: &'a Call, request: &'a Request) -> Self {
        let user = permit.user;
        user.session.begin_request();
        user.session.last_request.set(Some(permit.series));
        let planned = user.planned.take().unwrap_or_else(Instant::now);
        Self {
            permit,
            call,
            request,
            progress: Progress::new(),
            planned,
            throttled: Cell::new(false),
            ended: false,
            recorded: RecordedCall::begin(user),
        }
    }

    /// What it passes before it is sent again.
    pub fn permit(&self) -> &Permit<'a> {
        &self.permit
    }

    /// How far it has come.
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// To be called whenever it was polled: while the limits of the run throttle it, its time is part of no step.
    pub fn note_throttling(&self) {
        let is_throttled = self.progress.is_held();
        if self.throttled.replace(is_throttled) != is_throttled {
            let session = &self.permit.user.session;
            session.throttle_request(is_throttled);
        }
    }

    /// An answer came that leads on; `expect` says what it is.
    pub fn answered(mut self, response: &Response, expect: &Expect) {
        let (end, _) = self.judge(response, expect.judge(response.status));
        self.record(&end, || {
            request_log::refusal(self.permit.user, self.request, response)
        });
        self.ended = true;
    }

    /// The call's own answer came. Its sample is recorded now, unless it is no failure and its caller may judge it; then what
    /// is needed for that is kept.
    pub fn ended(mut self, response: &Response) -> Ended {
        let options = &self.call.options;
        let outcome = match self.call.retries_left.get() {
            0 => options.expect.judge(response.status),
            _ => {
                let method = &self.call.method;
                let retry = &options.retry;
                retry.judge(method, &options.expect, response.status)
            }
        };
        let (end, call) = self.judge(response, outcome);
        if end.outcome.failed() {
            self.record(&end, || {
                request_log::refusal(self.permit.user, self.request, response)
            });
            self.ended = true;
            return Ended::Failed;
        }
        if !self.call.is_judged {
            self.record(&end, String::new);
            self.ended = true;
            return Ended::Counted;
        }
        self.ended = true;
        let sample = self.sample(&end);
        let captured = self.captured(&end, &sample);
        Ended::Open(Box::new(OpenSample {
            sample,
            captured,
            call,
        }))
    }

    fn judge(&self, response: &Response, outcome: Outcome) -> (End, Option<u32>) {
        let end = End {
            outcome,
            status: response.status,
            error: None,
            timings: response.timings,
            bytes_sent: response.bytes_sent,
            bytes_received: response.bytes_received,
        };
        self.permit.answered(response, end.outcome);
        self.permit.user.network.worked();
        contract::answered(self.permit.user, self.request, response);
        if request_log::wanted(self.permit.user) {
            request_log::response(self.permit.user, self.request, response, end.outcome);
        }
        let call = self.tell(&end, Some(response), None);
        (end, call)
    }

    /// Records how the call ended; gives its number there.
    fn tell(&self, end: &End, response: Option<&Response>, why: Option<&str>) -> Option<u32> {
        let recorded = self.recorded.as_ref()?;
        let end = CallEnd {
            outcome: end.outcome,
            response,
            timings: &end.timings,
            error: why.map(|why| (end.error.unwrap_or("cancelled"), why)),
        };
        let user = self.permit.user;
        Some(recorded.end(user, &self.call.name, self.request, &end))
    }

    /// No usable answer came: says so in the log, and records it.
    fn say_why(&self, end: &End, response: Option<&Response>, why: &str) {
        let user = self.permit.user;
        if request_log::wanted(user) {
            let (outcome, error) = (end.outcome, end.error);
            request_log::no_response(user, self.request, why, outcome, error, &end.timings);
        }
        self.tell(end, response, Some(why));
    }

    /// The user turned away on purpose.
    pub fn given_up(mut self) -> Reply {
        let end = self.so_far(Outcome::Expected, Some("given_up"));
        self.record(&end, String::new);
        self.ended = true;
        self.say_why(&end, None, "given up on purpose");
        Reply::GivenUp {
            after: end.timings.service(),
        }
    }

    /// No usable answer came.
    pub fn failed(mut self, failure: &Failure) -> Reply {
        self.permit.failed(failure);
        self.permit.user.network.failed(failure);
        if failure.kind == ErrorKind::Generator {
            return self.not_sent(failure);
        }
        let end = End {
            outcome: Outcome::Error,
            status: failure.status.unwrap_or(0),
            error: Some(failure.kind.as_str()),
            timings: failure.timings,
            bytes_sent: failure.bytes_sent,
            bytes_received: failure.bytes_received,
        };
        self.record(&end, || {
            request_log::failure(self.permit.user, self.request, &failure.message)
        });
        self.ended = true;
        self.say_why(&end, None, &failure.message);
        Reply::Failed {
            kind: failure.kind.as_str(),
            message: failure.message.clone(),
            timings: failure.timings,
        }
    }

    /// This machine could not send it: it is no request of the session, and counted among those that never left.
    fn not_sent(mut self, failure: &Failure) -> Reply {
        let user = self.permit.user;
        user.session.take_back_request();
        user.shared.transport.take_back(&self.progress);
        user.session.count_failure();
        let mut recorder = user.shared.recorder.borrow_mut();
        recorder.not_sent(&failure.message);
        drop(recorder);
        self.ended = true;
        let end = End {
            outcome: Outcome::Error,
            error: Some(failure.kind.as_str()),
            timings: failure.timings,
            ..self.so_far(Outcome::Error, None)
        };
        self.say_why(&end, None, &failure.message);
        Reply::Failed {
            kind: failure.kind.as_str(),
            message: failure.message.clone(),
            timings: failure.timings,
        }
    }

    /// It must not leave: what it means to create cannot be written down. Nothing of it says anything of the target.
    pub fn withheld(mut self, why: &str) -> Reply {
        let end = self.so_far(Outcome::Error, Some(WITHHELD));
        let message = format!("not sent: the ledger cannot be written: {why}");
        self.record(&end, || {
            request_log::failure(self.permit.user, self.request, &message)
        });
        self.ended = true;
        self.say_why(&end, None, &message);
        Reply::Failed {
            kind: WITHHELD,
            message,
            timings: end.timings,
        }
    }

    /// An answer came, but it leads nowhere.
    pub fn lost(mut self, response: &Response, kind: ErrorKind, why: String) -> Reply {
        let mut end = self.so_far(Outcome::Error, Some(kind.as_str()));
        end.status = response.status;
        end.timings = response.timings;
        contract::answered(self.permit.user, self.request, response);
        self.record(&end, || {
            request_log::failure(self.permit.user, self.request, &why)
        });
        self.ended = true;
        self.say_why(&end, Some(response), &why);
        Reply::Failed {
            kind: kind.as_str(),
            message: why,
            timings: response.timings,
        }
    }

    fn so_far(&self, outcome: Outcome, error: Option<&'static str>) -> End {
        End {
            outcome,
            status: 0,
            error,
            timings: self.progress.timings(),
            bytes_sent: self.progress.bytes_sent(),
            bytes_received: self.progress.bytes_received(),
        }
    }

    fn record<E: Into<Example>>(&self, end: &End, example: impl FnOnce() -> E) {
        let user = self.permit.user;
        let sample = self.sample(end);
        if end.outcome.failed() {
            user.session.count_failure();
        }
        let mut recorder = user.shared.recorder.borrow_mut();
        recorder.record(&sample, example);
        let tags = &self.call.options.tags;
        tags.count(&mut recorder, end.outcome);
        drop(recorder);
        let failed = end.outcome.failed().then_some((self.request, None));
        let captured = self.captured(end, &sample);
        capture::settle(user, captured, &sample, failed);
    }

    fn captured(&self, end: &End, sample: &Sample) -> Option<Captured> {
        capture::ended(self.permit.user, self.request, sample, end.timings.total())
    }

    fn sample(&self, end: &End) -> Sample {
        let transport = &self.permit.user.shared.transport;
        transport.settle(&self.progress);
        let timings = &end.timings;
        // What was sent on a connection that was closed already is time without one.
        let left = (end.bytes_sent > 0 || end.status != 0) && !timings.service().is_zero();
        Sample {
            series: self.permit.series,
            version: self.permit.user.version.get(),
            status: end.status.into(),
            outcome: end.outcome,
            error: end.error,
            service: left.then(|| timings.service()),
            response: self.planned.elapsed().saturating_sub(self.progress.held()),
            phases: phases(timings),
            bytes_sent: end.bytes_sent,
            bytes_received: end.bytes_received,
        }
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        let user = self.permit.user;
        if self.throttled.get() {
            user.session.throttle_request(false);
        }
        user.session.end_request();
        let phase = self.progress.phase();
        if self.progress.bytes_sent() > 0
            || matches!(phase, Phase::Send | Phase::Wait | Phase::Receive)
        {
            self.call.left.set(true);
        }
        if !self.ended {
            let end = self.so_far(Outcome::Cancelled, None);
            self.record(&end, String::new);
            self.tell(&end, None, Some("it was cancelled"));
        }
    }
}

fn phases(timings: &Timings) -> Phases {
    let times = [
        timings.blocked,
        timings.dns,
        timings.connect,
        timings.tls,
        timings.wait,
        timings.receive,
    ];
    Phases::new(&PHASES, times.map(micros))
}

fn micros(duration: Duration) -> u32 {
    u32::try_from(duration.as_micros()).unwrap_or(u32::MAX)
}
