//! A user with its script in a VM: calls of the script, one at a time, with the user's context around each poll.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use mlua::{Function, MultiValue, Table, Value};

use super::state;
use super::step_timer::StepTimer;
use crate::http::Headers;
use crate::metrics::StepResult;
use crate::pace::Think;
use crate::plan::Setting;
use crate::script::budgets::SLICE_BUDGET;
use crate::script::diagnostic::{Diagnostic, tidy};
use crate::script::fair_share::LONG;
use crate::script::load::contract::{Steps, ThinkTime};
use crate::script::load::instance::Vm;
use crate::script::load::session_headers::{self, SessionHeaders};
use crate::script::load::values::show;
use crate::script::user::context::{Context, Phase};
use crate::script::user::journeys::{Unfinished, Whereabouts};
use crate::script::vm::cpu_budget;
use crate::script::vm::cpu_budget::Slice;
use crate::script::vm::scope::{self, Ended, Scope};
use crate::secrets::remember;
use crate::session_trace;

const ON_START: &str = "on_start";
const ON_STOP: &str = "on_stop";

/// The pause before a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pause {
    /// So long after the end of the step before.
    Think(Duration),
    /// So long after its start.
    Pace(Duration),
}

/// How a call of the script ended.
#[derive(Debug)]
pub enum CallEnd {
    /// It returned.
    Done,
    /// It returned false, and perhaps why: the session cannot go on, for reasons of the world.
    Declined(Option<String>),
    /// It raised an error, ran too long, or left `user.state` unfit.
    Failed(Diagnostic),
    /// It was taken away at a wait, because the run stops.
    Left,
}

/// A user and its `user` table.
pub struct ScriptUser {
    /// The user as its requests see it.
    pub context: Rc<Context>,
    /// Where it lives.
    pub vm: Rc<Vm>,
    pub(crate) table: Table,
    /// Whether it filled its VM in this session.
    filled: Cell<bool>,
    /// The globals of lines that are typed, while it stops for them.
    pub(super) typed: RefCell<Option<Table>>,
}

impl ScriptUser {
    /// Puts a user into a VM.
    ///
    /// # Errors
    /// When the VM has no memory left.
    pub fn new(vm: Rc<Vm>, context: Rc<Context>) -> Result<Self, Diagnostic> {
        let make = || -> mlua::Result<Table> {
            let user = &context.user;
            let table = vm.lua.create_table_with_capacity(0, 4)?;
            table.raw_set("id", user.requester.number)?;
            table.raw_set(
                "type",
                &*user.shard.requests.name(user.requester.kind.get()),
            )?;
            table.set_metatable(Some(vm.user_meta.clone()))?;
            Ok(table)
        };
        let table = make().map_err(|why| Diagnostic::from_lua(&why, &vm.path))?;
        Ok(Self {
            context,
            vm,
            table,
            filled: Cell::new(false),
            typed: RefCell::default(),
        })
    }

    /// A new session: fresh state.
    ///
    /// # Errors
    /// When the VM has no memory left.
    pub fn begin(&self) -> Result<(), Diagnostic> {
        let fresh = || -> mlua::Result<()> {
            self.table
                .raw_set("session", self.context.user.requester.session.number.get())?;
            self.table.raw_set(&self.vm.memory_key, Value::Nil)?;
            self.table
                .raw_set(&self.vm.state_key, self.vm.lua.create_table()?)
        };
        fresh().map_err(|why| Diagnostic::from_lua(&why, &self.vm.path))
    }

    /// The session is over: what it held of feeds goes back, journeys under way end by this, and the person keeps its memory.
    pub fn end(&self, why: Unfinished) {
        self.end_journeys(why);
        self.context.user.leases.borrow_mut().clear();
        self.keep_memory();
        let _ = self.table.raw_set(&self.vm.state_key, Value::Nil);
        let _ = self.table.raw_set(&self.vm.memory_key, Value::Nil);
        if self.filled.take() {
            let _ = self.vm.lua.gc_collect();
        }
    }

    pub(super) fn end_journeys(&self, why: Unfinished) {
        let user = &self.context.user;
        let mut journeys = user.journeys.borrow_mut();
        journeys.end_session(&user.requester, why);
    }

    /// The headers of the session, then `on_start`, if the script has them.
    pub async fn start(&self) -> CallEnd {
        if let Err(fault) = self.take_headers() {
            self.record_error(&fault);
            return CallEnd::Failed(fault);
        }
        match &self.vm.contract.on_start {
            Some(function) => {
                let step = self.record_step(session_trace::Phase::Start, ON_START);
                let end = self.call(function, Phase::Stepping).await;
                self.record_step_end(step, ON_START, &end);
                end
            }
            None => CallEnd::Done,
        }
    }

    /// The step with this index; a script with its own `step` has only one.
    pub async fn step(&self, index: usize) -> CallEnd {
        let (names, ids) = (&self.vm.step_names, &self.vm.step_ids);
        let (Some(name), Some(id)) = (names.get(index), ids.get(index)) else {
            return CallEnd::Done;
        };
        let (function, logged_as) = match &self.vm.contract.steps {
            Steps::Own(function) => (function, None),
            Steps::Drawn(steps) => match steps.get(index) {
                Some(step) => (&step.function, Some(Rc::clone(name))),
                None => return CallEnd::Done,
            },
        };
        let user = &self.context.user;
        user.journeys.borrow_mut().place = Whereabouts::Step(Rc::clone(name));
        let timer = StepTimer::start(&user.requester, (name, id), logged_as);
        let step = self.record_step(session_trace::Phase::Step, name);
        let end = self.call(function, Phase::Stepping).await;
        self.record_step_end(step, name, &end);
        timer.end(match &end {
            CallEnd::Left => Some(StepResult::Cancelled),
            CallEnd::Failed(_) => Some(StepResult::Error),
            // It said why the session cannot go on.
            CallEnd::Declined(Some(_)) => Some(StepResult::Failed),
            CallEnd::Done | CallEnd::Declined(None) => None,
        });
        match end {
            // A step may well end in a call whose result is false; only with a reason is it meant for the session.
            CallEnd::Declined(None) => CallEnd::Done,
            end => end,
        }
    }

    /// `on_stop`, if the script has one.
    pub async fn stop(&self) -> CallEnd {
        match &self.vm.contract.on_stop {
            Some(function) => {
                let step = self.record_step(session_trace::Phase::Stop, ON_STOP);
                let end = self.call(function, Phase::Leaving).await;
                self.record_step_end(step, ON_STOP, &end);
                end
            }
            None => CallEnd::Done,
        }
    }

    /// The pause until the next step, for one draw from 0 to 1.
    ///
    /// # Errors
    /// When the script's own function fails or returns no number.
    pub fn pause(&self, unit: f64) -> Result<Pause, Diagnostic> {
        match &self.vm.contract.think {
            ThinkTime::Pace(seconds) => {
                let factor = self.context.user.shard.setting(Setting::ThinkFactor);
                Ok(Pause::Pace(Think::Fixed(*seconds).draw(0.0, factor)))
            }
            ThinkTime::Draw(_) | ThinkTime::Ask(_) => self.think(unit).map(Pause::Think),
        }
    }

    /// The think time, for one draw from 0 to 1; none of a type with a pace.
    ///
    /// # Errors
    /// When the script's own function fails or returns no number.
    pub fn think(&self, unit: f64) -> Result<Duration, Diagnostic> {
        let factor = self.context.user.shard.setting(Setting::ThinkFactor);
        match &self.vm.contract.think {
            ThinkTime::Draw(think) => Ok(think.draw(unit, factor)),
            ThinkTime::Ask(function) => self.ask_think(function, factor),
            ThinkTime::Pace(_) => Ok(Duration::ZERO),
        }
    }

    /// The headers of all requests of the session, which are the user's: they come along to another version of its script.
    fn take_headers(&self) -> Result<(), Diagnostic> {
        let headers = match &self.vm.contract.headers {
            None => None,
            Some(SessionHeaders::Fixed(headers)) => Some(Rc::clone(headers)),
            Some(SessionHeaders::Ask(function)) => self.ask_headers(function)?,
        };
        self.context.user.requester.session.headers.replace(headers);
        Ok(())
    }

    fn ask_headers(&self, function: &Function) -> Result<Option<Rc<Headers>>, Diagnostic> {
        let at = |message: String| Diagnostic::at(self.begin_of(function), message);
        let headers = match self.ask(function)? {
            Value::Nil => None,
            Value::Table(table) => Some(session_headers::read(&table, remember).map_err(at)?),
            other => {
                return Err(at(format!(
                    "headers returned {}; it returns a table of names and values, or nil",
                    show(&other)
                )));
            }
        };
        state::check(&self.table, &self.vm.state_key)
            .and_then(|()| self.check_memory())
            .map_err(at)?;
        Ok(headers)
    }

    /// Calls a function of the script that may draw, but cannot wait.
    fn ask(&self, function: &Function) -> Result<Value, Diagnostic> {
        let call = || function.call::<Value>(&self.table);
        match scope::as_user(&self.context, call) {
            Ended::Done(answer) => answer.map_err(|why| self.raised(function, &why)),
            Ended::Overrun(place) => Err(self.overrun(function, place)),
            // Nothing waits in there.
            Ended::Left => Ok(Value::Nil),
        }
    }

    /// The script's own think function.
    fn ask_think(&self, function: &Function, factor: f64) -> Result<Duration, Diagnostic> {
        let value = self.ask(function)?;
        let seconds = match &value {
            #[expect(clippy::cast_precision_loss, reason = "seconds are small")]
            Value::Integer(number) if *number >= 0 => *number as f64,
            Value::Number(number) if *number >= 0.0 && number.is_finite() => *number,
            other => {
                let message = format!(
                    "think returned {}; it returns seconds, a finite number from 0 up",
                    show(other)
                );
                return Err(Diagnostic::at(self.begin_of(function), message));
            }
        };
        Ok(Think::Fixed(seconds).draw(0.0, factor))
    }

    async fn call(&self, function: &Function, phase: Phase) -> CallEnd {
        let user = &self.context.user;
        user.enter(phase);
        // Of a call that was taken away from outside.
        self.end_call(Unfinished::Cancelled, Unfinished::Cancelled);
        let future = function.call_async::<MultiValue>(&self.table);
        let ended = Scope::new(&self.vm.lua, Rc::clone(&self.context), Box::pin(future)).await;
        user.requester.settle_all();
        user.responses.borrow_mut().clear();
        let end = match ended {
            Ended::Left => CallEnd::Left,
            Ended::Overrun(place) => CallEnd::Failed(self.overrun(function, place)),
            Ended::Done(Err(why)) => CallEnd::Failed(self.raised(function, &why)),
            Ended::Done(Ok(values)) => self.judge(values),
        };
        match end {
            CallEnd::Left => self.end_call(Unfinished::Cancelled, Unfinished::Cancelled),
            CallEnd::Failed(_) => self.end_call(Unfinished::Error, Unfinished::Error),
            // What a branch of `parallel` was in whose sibling failed, and what a coroutine was in that nobody resumes.
            CallEnd::Done | CallEnd::Declined(_) => {
                self.end_call(Unfinished::Cancelled, Unfinished::Lost);
            }
        }
        end
    }

    fn end_call(&self, dropped: Unfinished, held: Unfinished) {
        let user = &self.context.user;
        let mut journeys = user.journeys.borrow_mut();
        journeys.end_call(&user.requester, dropped, held);
    }

    /// The line in which a function begins, for what has no line of its own: an error of memory, a call in tail position.
    fn begin_of(&self, function: &Function) -> String {
        match function.info().line_defined {
            Some(line) => format!("{}:{line}", self.vm.path),
            None => self.vm.path.clone(),
        }
    }

    fn overrun(&self, function: &Function, place: Option<String>) -> Diagnostic {
        let place = place.unwrap_or_else(|| self.begin_of(function));
        Diagnostic::at(place, cpu_budget::message(SLICE_BUDGET))
    }

    fn raised(&self, function: &Function, why: &mlua::Error) -> Diagnostic {
        let mut fault = Diagnostic::from_lua(why, &self.vm.path);
        if fault.place == self.vm.path {
            fault.place = self.begin_of(function);
        }
        if fault.is_memory() {
            // What filled the VM is garbage now, but the collector would rest until as much again is asked for.
            let slice = Slice::start(SLICE_BUDGET);
            let _ = self.vm.lua.gc_collect();
            scope::held(&self.context.user, slice.stretch(LONG));
            self.filled.set(true);
        }
        fault
    }

    fn judge(&self, values: MultiValue) -> CallEnd {
        let (state_key, memory_key) = (&self.vm.state_key, &self.vm.memory_key);
        if !state::is_usual(&self.table, state_key, memory_key)
            && let Err(message) =
                state::check(&self.table, state_key).and_then(|()| self.check_memory())
        {
            return CallEnd::Failed(Diagnostic::at(&self.vm.path, message));
        }
        let mut values = values.into_iter();
        match values.next() {
            Some(Value::Boolean(false)) => {
                CallEnd::Declined(values.next().map(|why| tidy(words(&why))))
            }
            _ => CallEnd::Done,
        }
    }
}

/// What a script gave as words, whatever its bytes.
fn words(value: &Value) -> String {
    match value {
        Value::String(text) => text.to_string_lossy(),
        other => other.to_string().unwrap_or_default(),
    }
}
