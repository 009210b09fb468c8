//! The contract of a script: the table that it returns, read and checked.

use std::rc::Rc;

use mlua::{Function, Table, Value};

use super::comebacks::Comebacks;
use super::contract_signature::CONTRACT;
use super::next_shares::{self, NextShares};
use super::session_headers::SessionHeaders;
use super::values::{number, show};
use crate::pace::Think;
use crate::plan::TypeOverrides;
use crate::request::admission::MOST;
use crate::script::api::argument::LONGEST_NAME;
use crate::script::diagnostic;
use crate::script::diagnostic::Diagnostic;
use crate::text::did_you_mean;

/// Seconds between steps of a type that says nothing, as humans do it.
const DEFAULT_THINK: Think = Think::Range(0.1, 2.0);

/// One type of user, as its script defines it.
#[derive(Clone)]
pub struct Contract {
    /// Its share of the crowd, in relation to the other types.
    pub weight: f64,
    /// Requests in a session; none: what the run says.
    pub requests: Option<(u32, u32)>,
    /// The pause between steps.
    pub think: ThinkTime,
    /// Headers of every request of a session.
    pub headers: Option<SessionHeaders>,
    /// Whether people come back, and when.
    pub comebacks: Comebacks,
    /// Called once at the start of a session.
    pub on_start: Option<Function>,
    /// What is done between.
    pub steps: Steps,
    /// Called at the end of a session, also when the run stops.
    pub on_stop: Option<Function>,
    /// Turns the state of another version into one of this.
    pub migrate: Option<Function>,
}

/// The pause between steps: drawn by the host, or asked of the script.
#[derive(Clone)]
pub enum ThinkTime {
    /// Drawn.
    Draw(Think),
    /// Returned by a function of the script, in seconds.
    Ask(Function),
    /// Until so many seconds after the start of the step before.
    Pace(f64),
}

/// What a user does between start and stop.
#[derive(Clone)]
pub enum Steps {
    /// One of several, drawn by weight.
    Drawn(Vec<Step>),
    /// A function that decides itself.
    Own(Function),
}

/// One of a type's steps.
#[derive(Clone)]
pub struct Step {
    /// Its share among the steps; 0 where only another step leads to it.
    pub weight: f64,
    /// What is done.
    pub function: Function,
    /// Its name, if it has one.
    pub name: Option<Rc<str>>,
    /// How soon it is left out when the target suffers: 0 never, 3 first.
    pub heavy: u8,
    /// The shares of the steps after it; none: they are drawn by weight.
    pub next: Option<NextShares>,
}

impl Contract {
    /// Reads the table that a script returned.
    ///
    /// # Errors
    /// Every fault of the table, each with `place`.
    pub fn from_lua(value: &Value, place: &str) -> Result<Self, Vec<Diagnostic>> {
        let Value::Table(table) = value else {
            return Err(vec![Diagnostic::at(
                place,
                format!(
                    "returns {}, not a table; end it with return {{ weight = 1, steps = {{ ... }} }}",
                    match value {
                        Value::Nil => "nothing".to_owned(),
                        other => diagnostic::one(other.type_name()),
                    }
                ),
            )]);
        };
        let mut reader = Reader {
            table,
            place,
            faults: Vec::new(),
        };
        reader.unknown_keys();
        let contract = Self {
            weight: reader.weight(),
            requests: reader.requests(),
            think: reader.think(),
            headers: reader.headers(),
            comebacks: Comebacks::read(table, &mut |words| reader.fault(words)),
            on_start: reader.function("on_start"),
            steps: reader.steps(),
            on_stop: reader.function("on_stop"),
            migrate: reader.function("migrate"),
        };
        if reader.faults.is_empty() {
            Ok(contract)
        } else {
            Err(reader.faults)
        }
    }
}

impl Contract {
    /// Takes over what the plan says of the type.
    pub fn replace(&mut self, overrides: &TypeOverrides) {
        self.requests = overrides.requests.or(self.requests);
        if let Some(think) = overrides.think {
            self.think = ThinkTime::Draw(think);
        }
        self.comebacks.replace(overrides);
        if let Some(pace) = overrides.pace {
            self.think = ThinkTime::Pace(pace);
        }
    }
}

struct Reader<'a> {
    table: &'a Table,
    place: &'a str,
    faults: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn fault(&mut self, message: impl Into<String>) {
        self.faults.push(Diagnostic::at(self.place, message));
    }

    fn get(&self, key: &str) -> Value {
        self.table.raw_get(key).unwrap_or(Value::Nil)
    }

    fn unknown_keys(&mut self) {
        for (key, _) in self.table.pairs::<Value, Value>().flatten() {
            let name = key.to_string().unwrap_or_default();
            if !CONTRACT.has(&name) {
                self.fault(format!("the table {}", CONTRACT.unknown(&name)));
            }
        }
    }

    fn weight(&mut self) -> f64 {
        match self.get("weight") {
            Value::Nil => 1.0,
            value => match number(&value) {
                Some(weight) if weight > 0.0 && weight.is_finite() => weight,
                _ => {
                    self.fault(format!(
                        "weight is {}; it takes a number above 0",
                        show(&value)
                    ));
                    1.0
                }
            },
        }
    }

    fn requests(&mut self) -> Option<(u32, u32)> {
        let value = self.get("requests");
        let range = match &value {
            Value::Nil => return None,
            Value::Table(pair) if pair.raw_len() <= 2 => (
                pair.raw_get::<Value>(1).ok()?,
                pair.raw_get::<Value>(2).ok()?,
            ),
            one => (one.clone(), one.clone()),
        };
        let whole = |value: &Value| match value {
            Value::Integer(number) => u32::try_from(*number).ok().filter(|number| *number > 0),
            _ => None,
        };
        match (whole(&range.0), whole(&range.1)) {
            (Some(low), Some(high)) if low <= high => Some((low, high)),
            _ => {
                self.fault(format!("requests is {}; it takes a range such as {{ 30, 100 }}, the smaller first, from 1 up", show(&value)));
                None
            }
        }
    }

    fn think(&mut self) -> ThinkTime {
        let value = self.get("think");
        if let Some(pace) = self.pace(&value) {
            return ThinkTime::Pace(pace);
        }
        let draw = match &value {
            Value::Nil => Some(DEFAULT_THINK),
            Value::Function(function) => return ThinkTime::Ask(function.clone()),
            Value::Table(pair) => {
                let ends =
                    [1, 2].map(|at| pair.raw_get::<Value>(at).ok().as_ref().and_then(number));
                match ends {
                    [Some(from), Some(to)] if 0.0 <= from && from <= to => {
                        Some(Think::Range(from, to))
                    }
                    _ => None,
                }
            }
            one => number(one)
                .filter(|seconds| *seconds >= 0.0)
                .map(Think::Fixed),
        };
        if draw.is_none() {
            self.fault(format!(
                "think is {}; it takes seconds, a range such as {{ 0.1, 2.0 }}, or a function",
                show(&value)
            ));
        }
        ThinkTime::Draw(draw.unwrap_or(DEFAULT_THINK))
    }

    /// Seconds from the start of a step to the start of the next one, in place of think time.
    fn pace(&mut self, think: &Value) -> Option<f64> {
        let value = self.get("pace");
        if value.is_nil() {
            return None;
        }
        if !think.is_nil() {
            self.fault("has both think and pace; keep think for a pause after each step, or pace for the time from the start of a step to the start of the next");
        }
        let pace = number(&value).filter(|seconds| *seconds > 0.0);
        if pace.is_none() {
            let value = show(&value);
            self.fault(format!(
                "pace is {value}; it takes seconds above 0, such as 2.0"
            ));
        }
        pace
    }

    fn headers(&mut self) -> Option<SessionHeaders> {
        let read = SessionHeaders::from_lua(&self.get("headers"));
        read.unwrap_or_else(|why| {
            self.fault(why);
            None
        })
    }

    fn function(&mut self, key: &str) -> Option<Function> {
        match self.get(key) {
            Value::Nil => None,
            Value::Function(function) => Some(function),
            other => {
                self.fault(format!("{key} is {}; it takes a function", show(&other)));
                None
            }
        }
    }

    fn steps(&mut self) -> Steps {
        let own = self.function("step");
        let listed = self.get("steps");
        match (own, listed) {
            (Some(step), Value::Nil) => return Steps::Own(step),
            (Some(_), _) => self.fault("has both steps and step; keep one"),
            (None, Value::Table(list)) => return Steps::Drawn(self.listed(&list)),
            // A `step` that is no function was said already.
            (None, Value::Nil) if !self.get("step").is_nil() => {}
            (None, Value::Nil) => {
                self.fault("has no steps; write steps = { { 1, function(user) ... end } }, or step = function(user) ... end");
            }
            (None, other) => self.fault(format!(
                "steps is {}; it takes a list such as {{ {{ 40, look_up }}, {{ 15, edit }} }}",
                show(&other)
            )),
        }
        Steps::Drawn(Vec::new())
    }

    fn listed(&mut self, list: &Table) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut count = 0;
        for item in list.sequence_values::<Value>().flatten() {
            count += 1;
            match step(&item) {
                Ok(step) => steps.push(step),
                Err(why) => self.fault(format!("steps[{count}] {why}")),
            }
        }
        let beside = list
            .pairs::<Value, Value>()
            .flatten()
            .find(|(key, _)| !matches!(key, Value::Integer(place) if (1..=count).contains(place)));
        match beside {
            Some((Value::Integer(place), _)) if place > count => self.fault(format!(
                "steps has a hole: {place} is set, {} is nil; is a name misspelt, or defined further down?",
                count + 1
            )),
            Some((key, _)) => self.fault(format!(
                "steps has the unknown key '{}'; it is a list such as {{ {{ 40, look_up }}, {{ 15, edit }} }}",
                key.to_string().unwrap_or_default()
            )),
            None if count == 0 => self.fault(
                "steps is empty; write at least one, such as { 1, function(user) ... end }",
            ),
            None => {}
        }
        steps
    }
}

/// `{ weight, function, name = "..." }`, or a function alone with weight 1.
fn step(item: &Value) -> Result<Step, String> {
    let table = match item {
        Value::Function(function) => {
            return Ok(Step {
                weight: 1.0,
                function: function.clone(),
                name: None,
                heavy: 0,
                next: None,
            });
        }
        Value::Table(table) => table,
        other => {
            return Err(format!(
                "is {}; it takes {{ weight, function }}",
                show(other)
            ));
        }
    };
    let weight: Value = table.raw_get(1).unwrap_or(Value::Nil);
    let function: Value = table.raw_get(2).unwrap_or(Value::Nil);
    let Some(share) = number(&weight).filter(|weight| *weight >= 0.0) else {
        return Err(format!(
            "has the weight {}; it takes a number above 0",
            show(&weight)
        ));
    };
    let Value::Function(function) = function else {
        return Err(format!(
            "has {} where its function belongs; is a name misspelt, or defined further down?",
            show(&function)
        ));
    };
    let name = match table.raw_get("name").unwrap_or(Value::Nil) {
        Value::Nil => None,
        Value::String(name) if name.as_bytes().len() > LONGEST_NAME => {
            return Err(format!(
                "has a name of {} bytes; a name has at most {LONGEST_NAME}",
                name.as_bytes().len()
            ));
        }
        Value::String(name) => Some(Rc::from(name.to_string_lossy())),
        other => return Err(format!("has the name {}; it takes a string", show(&other))),
    };
    let heavy = match table.raw_get("heavy").unwrap_or(Value::Nil) {
        Value::Nil | Value::Boolean(false) => 0,
        Value::Boolean(true) => MOST,
        Value::Integer(heavy) if (0..=i64::from(MOST)).contains(&heavy) => heavy as u8,
        other => {
            return Err(format!(
                "has heavy = {}; it takes true, or 1 to {MOST}, where {MOST} is skipped first",
                show(&other)
            ));
        }
    };
    let next = next_shares::read(table)?;
    for (key, _) in table.pairs::<Value, Value>().flatten() {
        let key = key.to_string().unwrap_or_default();
        if !["1", "2", "name", "heavy", "next"].contains(&key.as_str()) {
            return Err(format!(
                "has the unknown key '{key}'; there are: weight, function, name, heavy, next{}",
                did_you_mean(&key, ["weight", "function", "name", "heavy", "next"])
            ));
        }
    }
    Ok(Step {
        weight: share,
        function,
        name,
        heavy,
        next,
    })
}
