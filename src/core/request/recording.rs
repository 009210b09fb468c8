//! The recording of a requester's session: who claims one, and what is recorded of a call.

use std::rc::Rc;

use tokio::time::Instant;

use super::recordings::Wanted;
use super::request_log::{self, Part};
use super::requester::Requester;
use super::{curl, masking, trace_context};
use crate::http::{Request, Response, Timings};
use crate::metrics::Outcome;
use crate::session_trace::{Body, Call, CallError, Message, Recorder, SessionBegan, Via, What};

/// A call under way that is recorded.
pub(super) struct RecordedCall {
    recorder: Rc<Recorder>,
    began: Instant,
    via: Via,
    place: Option<String>,
}

/// How a call ended.
pub(super) struct CallEnd<'a> {
    pub outcome: Outcome,
    pub response: Option<&'a Response>,
    pub timings: &'a Timings,
    /// Kind and message.
    pub error: Option<(&'a str, &'a str)>,
}

impl Requester {
    /// Who records its session, if anybody does.
    pub fn recorder(&self) -> Option<Rc<Recorder>> {
        if !self.shared.recordings.is_on() {
            return None;
        }
        self.recording.borrow().clone()
    }

    /// A session has begun: it is recorded where somebody waits for it.
    pub fn claim_recording(&self) -> Option<Rc<Recorder>> {
        if !self.shared.recordings.is_on() {
            return None;
        }
        let wanted = self.shared.recordings.claim(self.number, self.kind.get())?;
        Some(self.record(wanted))
    }

    /// Its session, which is under way, is recorded from now on.
    pub fn begin_recording(&self, wanted: Wanted) -> Rc<Recorder> {
        self.shared.recordings.begin();
        let recorder = self.record(wanted);
        recorder.add(What::SessionBegan(SessionBegan {
            user: self.number,
            kind: self.shared.name(self.kind.get()).to_string(),
            session: self.session.number.get(),
            version: self.version.get(),
            is_under_way: true,
            state: serde_json::Value::Null,
        }));
        recorder
    }

    /// What it does from now on is recorded, which is no session of a user: the calls of a hook.
    pub fn record_calls(&self, wanted: Wanted) -> Rc<Recorder> {
        self.shared.recordings.begin();
        self.record(wanted)
    }

    fn record(&self, wanted: Wanted) -> Rc<Recorder> {
        let began = self.session.began.get().unwrap_or_else(Instant::now);
        let recorder = Rc::new(Recorder::new(wanted.id, wanted.sink, wanted.limits, began));
        if self.recording.replace(Some(Rc::clone(&recorder))).is_some() {
            // The one before it has a follower of its own, who gets no more events.
            self.shared.recordings.end();
        }
        recorder
    }

    /// Nobody follows this recording any more; others go on.
    pub fn end_recording_of(&self, id: u64) {
        let is_its = self
            .recording
            .borrow()
            .as_ref()
            .is_some_and(|one| one.id() == id);
        if is_its {
            self.end_recording();
        }
    }

    /// Its session is over: nothing of it is recorded any more.
    pub fn end_recording(&self) {
        if self.recording.take().is_some() {
            self.shared.recordings.end();
        }
    }
}

impl RecordedCall {
    /// A request is about to be sent; none where nobody records.
    /// In a box: those whom nobody records have no room for it in their tasks.
    pub fn begin(user: &Requester) -> Option<Box<Self>> {
        let recorder = user.recorder()?;
        Some(Box::new(Self {
            began: Instant::now(),
            via: recorder.take_via(),
            place: user.shared.place_in_script.get().and_then(|place| place()),
            recorder,
        }))
    }

    /// It has ended; gives its number.
    pub fn end(&self, user: &Requester, name: &str, request: &Request, end: &CallEnd<'_>) -> u32 {
        let number = self.recorder.next_call();
        let secrets = &user.shared.run.secrets;
        let limit = self.recorder.limits().body;
        let context = user.shared.run.trace.as_deref();
        let ended = self.recorder.seconds_until(Instant::now());
        let began = self.recorder.seconds_until(self.began);
        let (headers, body) = request_log::parts_sent(user, request, limit);
        let response = end.response.map(|response| {
            let (headers, body) =
                request_log::parts(secrets, &response.headers, &response.body, limit);
            message(headers, body)
        });
        let call = Call {
            number,
            began,
            seconds: ((ended - began).max(0.0) * 1e6).round() / 1e6,
            phases: phases(end.timings),
            via: self.via,
            method: request.method.to_string(),
            url: secrets.owned(masking::mask_url(&request.url())),
            name: secrets.text(name).into_owned(),
            request: message(headers, body),
            status: end.response.map(|response| response.status),
            response,
            outcome: end.outcome.as_str().to_owned(),
            error: end.error.map(|(kind, message)| CallError {
                kind: kind.to_owned(),
                message: secrets.text(message).into_owned(),
            }),
            place: self.place.clone(),
            trace_id: trace_context::id_of(context, &request.headers).map(String::from),
            curl: curl::line(user, request),
        };
        self.recorder.add(What::Call(Box::new(call)));
        number
    }
}

/// The script judges the response of a call to be a failure.
pub(super) fn judged(user: &Requester, call: Option<u32>, why: &str) {
    if let Some((recorder, call)) = user.recorder().zip(call) {
        let why = user.shared.run.secrets.text(why).into_owned();
        recorder.add(What::Judged { call, why });
    }
}

/// The next request comes about like this.
pub(super) fn note(user: &Requester, via: Via) {
    if let Some(recorder) = user.recorder() {
        recorder.note(via);
    }
}

fn message(headers: Vec<(String, String)>, body: Part) -> Message {
    Message {
        headers,
        body: Body {
            text: body.text,
            bytes: body.bytes as u64,
            is_cut: body.is_cut,
        },
    }
}

/// The phases that took time, in seconds.
fn phases(timings: &Timings) -> Vec<(String, f64)> {
    let all = [
        ("blocked", timings.blocked),
        ("dns", timings.dns),
        ("connect", timings.connect),
        ("tls", timings.tls),
        ("send", timings.send),
        ("wait", timings.wait),
        ("receive", timings.receive),
    ];
    let taken = all.into_iter().filter(|(_, time)| !time.is_zero());
    taken
        .map(|(name, time)| (name.to_owned(), (time.as_secs_f64() * 1e6).round() / 1e6))
        .collect()
}
