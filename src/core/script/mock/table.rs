//! The routes of a mock, out of the table that its file returned.

use std::cell::Cell;

use mlua::{Function, Table, Value};

use super::answer::{Answer, WrongAnswer};
use super::latency::Latency;
use super::lines::Lines;
use super::route::{self, Parameters, Pattern};
use crate::http::Method;
use crate::script::api::argument;
use crate::script::api::test_api::ANSWER;
use crate::script::diagnostic::Diagnostic;
use crate::script::vm::read_only;
use crate::text::did_you_mean;

/// How a file is written.
const FORM: &str = "return { [\"GET /users/{id}\"] = { status = 200, json = { id = 7 } } }";
/// How an entry of a list is written.
const ENTRY: &str = "{ route = \"GET /users\", status = 200 }";
/// The one key of the file that is not a route.
const LATENCY: &str = "latency";

/// What a mock answers.
#[derive(Debug, Default)]
pub struct Routes {
    /// In the order in which they are asked.
    list: Vec<Route>,
    /// Of answers that name none.
    pub latency: Option<Latency>,
}

/// One route.
#[derive(Debug)]
pub struct Route {
    /// As it was written.
    pub key: String,
    /// `mock.lua:12`.
    pub place: String,
    pattern: Pattern,
    pub answers: Answers,
    /// How many requests it has answered.
    pub count: Cell<u64>,
}

/// Where the answers of a route come from.
#[derive(Debug)]
pub enum Answers {
    /// Always this one.
    Fixed(Answer),
    /// What this returns for a request.
    Call(Function),
}

impl Routes {
    /// The route of a request with its parameters.
    pub fn find(
        &self,
        method: &Method,
        origin: Option<&str>,
        path: &str,
    ) -> Option<(&Route, Parameters)> {
        let segments = route::segments(path);
        self.list.iter().find_map(|route| {
            let parameters = route.pattern.matches(method, origin, &segments)?;
            Some((route, parameters))
        })
    }

    /// Its routes as they were written.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|route| &*route.key)
    }
}

/// Reads what a file returned.
///
/// # Errors
/// Every fault, with its line where the text tells it.
pub fn read(returned: &Value, path: &str, text: &str) -> Result<Routes, Vec<Diagnostic>> {
    let mut reading = Reading {
        path,
        lines: Lines(text),
        faults: Vec::new(),
    };
    let mut routes = Routes::default();
    match returned {
        Value::Function(function) => {
            routes
                .list
                .extend(reading.route(route::REST, &Value::Function(function.clone())));
        }
        Value::Table(table) => {
            reading
                .table(&read_only::real(table), &mut routes)
                .unwrap_or_else(|why| reading.fault(None, argument::words(&why)));
        }
        other => {
            let kind = argument::kind(other);
            let what = format!("returns {kind}, a table of routes was expected: {FORM}");
            reading.fault(None, what);
        }
    }
    if reading.faults.is_empty() {
        Ok(routes)
    } else {
        Err(reading.faults)
    }
}

struct Reading<'a> {
    path: &'a str,
    lines: Lines<'a>,
    faults: Vec<Diagnostic>,
}

impl Reading<'_> {
    /// Those of the list first, in their order, then those by key, the more special ones first.
    fn table(&mut self, table: &Table, routes: &mut Routes) -> mlua::Result<()> {
        for (index, item) in (1..).zip(table.sequence_values::<Value>()) {
            let item = item?;
            routes.list.extend(self.item(index, &item)?);
        }
        let listed = routes.list.len() as i64;
        let mut keyed = Vec::new();
        for pair in table.pairs::<Value, Value>() {
            let (key, value) = pair?;
            match key {
                Value::Integer(index) if (1..=listed.max(index)).contains(&index) => {}
                Value::String(key) if key.as_bytes() == LATENCY.as_bytes() => {
                    match Latency::read(&value) {
                        Ok(latency) => routes.latency = Some(latency),
                        Err(why) => self.fault(self.lines.of_field("", LATENCY), why),
                    }
                }
                Value::String(key) => {
                    let key = key.to_string_lossy();
                    keyed.extend(self.route(&key, &value));
                }
                other => {
                    let shown = argument::shown(&other);
                    let what = format!("the key {shown} is not a route; write {FORM}");
                    self.fault(None, what);
                }
            }
        }
        // Lua has no order of keys.
        keyed.sort_by(|one, other| {
            (one.pattern.order(), &one.key).cmp(&(other.pattern.order(), &other.key))
        });
        let (rest, keyed): (Vec<_>, Vec<_>) =
            keyed.into_iter().partition(|route| route.pattern.is_rest());
        routes.list.extend(keyed);
        routes.list.extend(rest);
        Ok(())
    }

    /// `{ route = "GET /users", ... }`: the answer itself, or one in `answer`.
    fn item(&mut self, index: usize, item: &Value) -> mlua::Result<Option<Route>> {
        let Value::Table(item) = item else {
            let kind = argument::kind(item);
            let what = format!("entry {index} of the list is {kind}; write {ENTRY}");
            self.fault(None, what);
            return Ok(None);
        };
        let item = read_only::real(item);
        let Value::String(key) = item.raw_get::<Value>("route")? else {
            let what = format!("entry {index} of the list has no route; write {ENTRY}");
            self.fault(None, what);
            return Ok(None);
        };
        let key = key.to_string_lossy();
        let answer: Value = item.raw_get("answer")?;
        if !answer.is_nil() {
            return Ok(self.route(&key, &answer));
        }
        Ok(self.checked_route(&key, &answer, |_| Answer::of_item(&item)))
    }

    fn route(&mut self, key: &str, value: &Value) -> Option<Route> {
        self.checked_route(key, value, Answer::read)
    }

    /// A route whose answer is read like this, unless it is a function.
    fn checked_route(
        &mut self,
        key: &str,
        value: &Value,
        read: impl FnOnce(&Value) -> Result<Answer, WrongAnswer>,
    ) -> Option<Route> {
        let line = self.lines.of_key(key);
        let pattern = match Pattern::parse(key) {
            Ok(pattern) => pattern,
            Err(why) => {
                let fields = ANSWER.fields.iter().map(|field| field.name);
                let meant = did_you_mean(key, fields.chain([LATENCY]));
                self.fault(line, format!("the route \"{key}\": {why}{meant}"));
                return None;
            }
        };
        let answers = match value {
            Value::Function(function) => Answers::Call(function.clone()),
            value => match read(value) {
                Ok(answer) => Answers::Fixed(answer),
                Err(WrongAnswer { field, what }) => {
                    let line = match &field {
                        Some(field) => self.lines.of_field(key, field),
                        None => line,
                    };
                    self.fault(line, format!("the route \"{key}\": {what}"));
                    return None;
                }
            },
        };
        Some(Route {
            key: key.to_owned(),
            place: self.place(line),
            pattern,
            answers,
            count: Cell::new(0),
        })
    }

    fn place(&self, line: Option<usize>) -> String {
        line.map_or_else(
            || self.path.to_owned(),
            |line| format!("{}:{line}", self.path),
        )
    }

    fn fault(&mut self, line: Option<usize>, what: String) {
        let place = self.place(line);
        self.faults.push(Diagnostic::at(place, what));
    }
}
