//! `setup` and `teardown` of `_crowd.lua` in the trace of a run of one session.

use std::rc::Rc;

use serde_json::Value as Json;
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::request::{Requester, Wanted, Whose};
use crate::script::Diagnostic;
use crate::session_trace::{
    Event, Limits, Phase, Recorder, ScriptError, StepBegan, StepEnded, What,
};

/// The only step of its recording.
const STEP: u32 = 1;

/// A hook under way that is recorded.
pub(super) struct RecordedHook {
    requester: Rc<Requester>,
    recorder: Rc<Recorder>,
    name: &'static str,
    began: Instant,
}

impl RecordedHook {
    /// A hook begins, whose calls this requester makes. An event is dropped where too many wait already.
    pub fn begin(requester: &Rc<Requester>, to: &mpsc::Sender<Event>, name: &'static str) -> Self {
        let to = to.clone();
        let recorder = requester.record_calls(Wanted {
            id: 0,
            whose: Whose::Anyone,
            limits: Limits::ALONE,
            sink: Box::new(move |event| drop(to.try_send(event))),
        });
        recorder.add(What::StepBegan(StepBegan {
            step: STEP,
            phase: Phase::Crowd,
            name: name.to_owned(),
            state: Json::Null,
        }));
        Self {
            requester: Rc::clone(requester),
            recorder,
            name,
            began: Instant::now(),
        }
    }

    /// It has returned, or raised an error.
    pub fn end(self, fault: Option<&Diagnostic>) {
        let secrets = &self.requester.shared.run.secrets;
        if let Some(fault) = fault {
            let traceback = fault.traceback.iter();
            self.recorder.add(What::Error(ScriptError {
                place: fault.place.clone(),
                message: secrets.text(&fault.message).into_owned(),
                traceback: traceback
                    .map(|line| secrets.text(line).into_owned())
                    .collect(),
            }));
        }
        let result = if fault.is_some() { "error" } else { "ok" };
        self.ended(result);
    }

    /// A signal or its time has taken it away.
    pub fn cancel(self) {
        self.ended("cancelled");
    }

    fn ended(self, result: &str) {
        self.recorder.add(What::StepEnded(StepEnded {
            step: STEP,
            name: self.name.to_owned(),
            result: result.to_owned(),
            why: None,
            seconds: self.began.elapsed().as_secs_f64(),
            state: Json::Null,
        }));
        self.requester.end_recording();
    }
}
