//! What is recorded of a session's script: steps, states, errors.

use std::rc::Rc;
use std::time::Duration;

use mlua::{LuaSerdeExt, Table, Value};
use serde_json::{Map, Number, Value as Json};
use tokio::time::Instant;

use super::script_user::{CallEnd, ScriptUser};
use crate::request::masking::mask_body;
use crate::script::api::big_integer;
use crate::script::diagnostic::Diagnostic;
use crate::script::vm::read_only;
use crate::session_trace::{
    Phase, Recorder, ScriptError, SessionBegan, SessionEnded, StepBegan, StepEnded, What,
};

/// How deeply a state is shown.
const DEPTH: usize = 12;
/// Values of a state that are shown; those after them are left out.
const MOST_VALUES: usize = 5_000;
/// Shown in place of what is left out.
const LEFT_OUT: &str = "...";

/// A step under way that is recorded.
pub(super) struct RecordedStep {
    recorder: Rc<Recorder>,
    step: u32,
    began: Instant,
    /// Failures of the session before it.
    failures: u64,
}

impl ScriptUser {
    /// The session has begun: it is recorded where somebody waits for it.
    pub fn claim_recording(&self) {
        self.context.user.requester.session.is_live.set(true);
        if let Some(recorder) = self.context.user.requester.claim_recording() {
            recorder.add(What::SessionBegan(self.began(&recorder, false)));
        }
    }

    /// Records how the session ended; nothing more is recorded.
    pub fn end_recording(&self, result: &str, why: Option<&str>) {
        let requester = &self.context.user.requester;
        requester.session.is_live.set(false);
        if let Some(recorder) = requester.recorder() {
            let secrets = &requester.shared.run.secrets;
            recorder.add(What::SessionEnded(SessionEnded {
                result: result.to_owned(),
                why: why.map(|why| secrets.text(why).into_owned()),
                requests: requester.session.requests_made.get(),
            }));
            requester.end_recording();
        }
    }

    /// Records an error of the script.
    pub fn record_error(&self, fault: &Diagnostic) {
        let requester = &self.context.user.requester;
        if let Some(recorder) = requester.recorder() {
            let secrets = &requester.shared.run.secrets;
            let traceback = fault.traceback.iter();
            recorder.add(What::Error(ScriptError {
                place: fault.place.clone(),
                message: secrets.text(&fault.message).into_owned(),
                traceback: traceback
                    .map(|line| secrets.text(line).into_owned())
                    .collect(),
            }));
        }
    }

    /// The user thinks for so long before its next step.
    pub fn record_pause(&self, pause: Duration) {
        if pause.is_zero() {
            return;
        }
        if let Some(recorder) = self.context.user.requester.recorder() {
            recorder.add(What::Think {
                seconds: pause.as_secs_f64(),
                is_between_steps: true,
            });
        }
    }

    fn began(&self, recorder: &Recorder, is_under_way: bool) -> SessionBegan {
        let requester = &self.context.user.requester;
        SessionBegan {
            user: requester.number,
            kind: requester.shared.name(requester.kind.get()).to_string(),
            session: requester.session.number.get(),
            version: self.vm.version,
            is_under_way,
            state: self.recorded_state(recorder),
        }
    }

    /// A step begins; none where nobody records.
    pub(super) fn record_step(&self, phase: Phase, name: &str) -> Option<RecordedStep> {
        let requester = &self.context.user.requester;
        let recorder = requester.recorder()?;
        let step = recorder.next_step();
        recorder.add(What::StepBegan(StepBegan {
            step,
            phase,
            name: requester.shared.run.secrets.text(name).into_owned(),
            state: self.recorded_state(&recorder),
        }));
        Some(RecordedStep {
            recorder,
            step,
            began: Instant::now(),
            failures: requester.session.failures.get(),
        })
    }

    /// It is over.
    pub(super) fn record_step_end(&self, step: Option<RecordedStep>, name: &str, end: &CallEnd) {
        let Some(step) = step else { return };
        let requester = &self.context.user.requester;
        let secrets = &requester.shared.run.secrets;
        let has_failed = requester.session.failures.get() > step.failures;
        let (result, why) = match end {
            CallEnd::Left => ("cancelled", None),
            CallEnd::Failed(_) => ("error", None),
            CallEnd::Declined(Some(why)) => ("failed", Some(why)),
            CallEnd::Done | CallEnd::Declined(None) if has_failed => ("failed", None),
            CallEnd::Done | CallEnd::Declined(None) => ("ok", None),
        };
        if let CallEnd::Failed(fault) = end {
            self.record_error(fault);
        }
        step.recorder.add(What::StepEnded(StepEnded {
            step: step.step,
            name: secrets.text(name).into_owned(),
            result: result.to_owned(),
            why: why.map(|why| secrets.text(why).into_owned()),
            seconds: step.began.elapsed().as_secs_f64(),
            state: self.recorded_state(&step.recorder),
        }));
    }

    /// `user.state` as JSON, with secrets masked, within the recorder's bound.
    fn recorded_state(&self, recorder: &Recorder) -> Json {
        let state = match self.table.raw_get::<Value>(&self.vm.state_key) {
            Ok(Value::Table(state)) => json_of(&state),
            _ => Json::Null,
        };
        let secrets = &self.context.user.requester.shared.run.secrets;
        let masked = mask_body(state.to_string().as_bytes());
        let masked = secrets.quoted(&masked);
        if masked.len() > recorder.limits().state {
            return Json::String(format!("{LEFT_OUT} ({} bytes)", masked.len()));
        }
        // Masks stand inside of texts, so it is JSON still.
        serde_json::from_str(&masked).unwrap_or(Json::Null)
    }
}

/// A table of Lua as JSON, as far as it goes.
fn json_of(table: &Table) -> Json {
    of_table(table, 0, &mut 0)
}

fn of_table(table: &Table, depth: usize, values: &mut usize) -> Json {
    let table = &read_only::real(table);
    if depth >= DEPTH {
        return Json::from(LEFT_OUT);
    }
    let length = table.raw_len();
    let mut list = Vec::new();
    let mut fields = Map::new();
    // What cannot be walked has no more fields to show.
    let _ = table.for_each(|key: Value, value: Value| {
        *values += 1;
        if *values > MOST_VALUES {
            return Err(mlua::Error::runtime(LEFT_OUT));
        }
        let value = of_value(&value, depth + 1, values);
        match key {
            Value::Integer(at)
                if fields.is_empty() && usize::try_from(at).ok() == Some(list.len() + 1) =>
            {
                list.push(value);
            }
            Value::String(name) => drop(fields.insert(name.to_string_lossy(), value)),
            other => drop(fields.insert(other.to_string().unwrap_or_default(), value)),
        }
        Ok(())
    });
    if fields.is_empty() && (length > 0 || is_list(table)) {
        return Json::Array(list);
    }
    for (at, value) in (1..).zip(list) {
        fields.insert(format!("{at}"), value);
    }
    Json::Object(fields)
}

/// Whether it is an empty list of JSON.
fn is_list(table: &Table) -> bool {
    let lua = table.weak_lua().upgrade();
    table.metatable().as_ref() == Some(&lua.array_metatable())
}

fn of_value(value: &Value, depth: usize, values: &mut usize) -> Json {
    match value {
        Value::Nil => Json::Null,
        Value::LightUserData(pointer) if pointer.0.is_null() => Json::Null,
        Value::Boolean(flag) => Json::Bool(*flag),
        Value::Integer(number) => Json::from(*number),
        Value::Number(number) => {
            Number::from_f64(*number).map_or_else(|| Json::from(number.to_string()), Json::Number)
        }
        Value::String(text) => Json::from(text.to_string_lossy()),
        Value::Table(table) => of_table(table, depth, values),
        other => match big_integer::digits(other) {
            Some(digits) => Json::from(digits),
            None => Json::from(format!("({})", other.type_name())),
        },
    }
}
