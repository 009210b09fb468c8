//! What is kept of single requests, sessions and steps for outputs: nothing where nobody asked for it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::captured::Captured;
use super::requester::Requester;
use super::unsettled::UnsettledSample;
use super::verdict::SampleId;
use super::{curl, masking, trace_context};
use crate::http::Request;
use crate::metrics::{PhaseTotals, RequestRecord, Sample, SpanIds, SpanKind, SpanRecord};

/// A request has ended; none where nothing is kept.
pub(super) fn ended(
    user: &Requester,
    request: &Request,
    sample: &Sample,
    took: Duration,
) -> Option<Captured> {
    let sampler = &user.shared.sampler;
    if !sampler.is_on() {
        return None;
    }
    let ended = now(user);
    let is_sample = sampler.takes(sample.outcome.failed());
    let span = span_of(user, request);
    let record = (is_sample || span.is_some()).then(|| {
        Box::new(RequestRecord {
            is_sample,
            span,
            ..of(user, request, sample, (ended, took))
        })
    });
    Some(Captured {
        ended,
        took,
        record,
    })
}

/// Its outcome is final. `failed` are the request and the script's reason of a failure.
pub(super) fn settle(
    user: &Requester,
    captured: Option<Captured>,
    sample: &Sample,
    failed: Option<(&Request, Option<&str>)>,
) {
    let Some(captured) = captured else { return };
    let mut record = captured.record;
    if let Some((request, reason)) = failed {
        let is_sample = user.shared.sampler.takes(true);
        if record.is_none() && is_sample {
            let times = (captured.ended, captured.took);
            record = Some(Box::new(of(user, request, sample, times)));
        }
        if let Some(record) = &mut record {
            record.is_sample = is_sample;
            record.curl = is_sample.then(|| curl::line(user, request));
            record.reason = reason.map(|why| user.shared.run.secrets.text(why).into_owned());
        }
    }
    if let Some(mut record) = record {
        record.outcome = sample.outcome;
        let mut recorder = user.shared.recorder.borrow_mut();
        recorder.keep_request(*record);
    }
}

fn of(
    user: &Requester,
    request: &Request,
    sample: &Sample,
    (ended, took): (Duration, Duration),
) -> RequestRecord {
    let (session, run) = (&user.session, &user.shared.run);
    let number = session.number.get();
    let mut phases = PhaseTotals::default();
    phases.record(&sample.phases);
    let trace_id = trace_context::id_of(run.trace.as_deref(), &request.headers);
    let step = session.step.borrow();
    let recorder = user.shared.recorder.borrow();
    let operation = recorder.known()[sample.series.index()].operation.clone();
    RequestRecord {
        is_sample: false,
        span: None,
        kind: user.shared.name(user.kind.get()).to_string(),
        user: (number > 0).then_some((user.number, number)),
        step: step
            .as_deref()
            .map(|step| run.secrets.text(step).into_owned()),
        operation,
        url: run.secrets.owned(masking::mask_url(&request.url())),
        version: sample.version,
        status: sample.status,
        outcome: sample.outcome,
        error: sample.error.map(str::to_owned),
        reason: None,
        ended,
        took,
        service: sample.service,
        response: sample.response,
        phases,
        bytes_sent: sample.bytes_sent,
        bytes_received: sample.bytes_received,
        trace_id: trace_id.map(String::from),
        curl: None,
    }
}

/// The span of a request that belongs to the trace of its session.
fn span_of(user: &Requester, request: &Request) -> Option<SpanIds> {
    if !user.shared.sampler.has_spans() || user.session.number.get() == 0 {
        return None;
    }
    let trace = user.session.trace.borrow();
    trace.as_ref()?.span_of(&request.headers)
}

impl Requester {
    /// Records a sample as it is: its script has waited since, and can judge it no more.
    pub fn settle(&self, sample: SampleId) {
        if let Some(unsettled) = self.unsettled.take(sample) {
            self.settle_one(unsettled);
        }
    }

    /// Records all samples as they are.
    pub fn settle_all(&self) {
        while let Some(unsettled) = self.unsettled.take_any() {
            self.settle_one(unsettled);
        }
    }

    fn settle_one(&self, mut unsettled: UnsettledSample) {
        unsettled.record(&mut self.shared.recorder.borrow_mut());
        settle(self, unsettled.captured.take(), &unsettled.sample, None);
    }

    /// A step has ended, after so long with its pauses.
    pub fn keep_step(&self, name: &str, took: Duration, result: &'static str, has_failed: bool) {
        if !self.shared.sampler.has_spans() {
            return;
        }
        let mut trace = self.session.trace.borrow_mut();
        let ids = trace.as_mut().and_then(|trace| trace.step_span());
        drop(trace);
        let name = self.shared.run.secrets.text(name).into_owned();
        self.keep_span(
            (SpanKind::Step, Some(name)),
            ids,
            took,
            (result, has_failed),
        );
    }

    /// A session has ended.
    pub fn keep_session(&self, result: &'static str, has_failed: bool) {
        if !self.shared.sampler.has_spans() {
            return;
        }
        let trace = self.session.trace.borrow();
        let ids = trace.as_ref().and_then(|trace| trace.session_span());
        drop(trace);
        let began = self.session.began.get();
        let took = began.map(|began| began.elapsed()).unwrap_or_default();
        self.keep_span((SpanKind::Session, None), ids, took, (result, has_failed));
    }

    fn keep_span(
        &self,
        (of, name): (SpanKind, Option<String>),
        ids: Option<SpanIds>,
        took: Duration,
        (result, has_failed): (&'static str, bool),
    ) {
        let number = self.session.number.get();
        let Some(ids) = ids.filter(|_| number > 0) else {
            return;
        };
        let record = SpanRecord {
            of,
            ids,
            kind: self.shared.name(self.kind.get()).to_string(),
            user: (self.number, number),
            name,
            version: self.version.get(),
            ended: now(self),
            took,
            result: result.to_owned(),
            has_failed,
        };
        self.shared.recorder.borrow_mut().keep_span(record);
    }
}

/// The time since 1970: the machine's, or in virtual time that of the run.
fn now(user: &Requester) -> Duration {
    let clock = &user.shared.run.clock;
    let now = match clock.is_virtual() {
        true => clock.time_of_day(),
        false => SystemTime::now(),
    };
    now.duration_since(UNIX_EPOCH).unwrap_or_default()
}
