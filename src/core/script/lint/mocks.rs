//! Tables of routes: those that mock files return, and those that tests give to `mock`.

use full_moon::ast::{Expression, FunctionArgs, TableConstructor};

use super::arguments::Argument;
use super::contract::{key_of, named, positional, value_of};
use super::finding::{At, Rule};
use super::syntax::{literal, start};
use super::walk::Walk;
use crate::script::api::signature::Options;
use crate::script::api::test_api::{ANSWER, ROUTE};
use crate::script::mock::route_fault;

/// A key of a table of routes that is not a route.
const LATENCY: &str = "latency";

impl<'a> Walk<'a> {
    /// Notes which functions in a call of `mock` are given requests.
    pub fn route_functions(&mut self, args: &'a FunctionArgs) {
        if let Some(Argument::Table(table)) = Argument::of(args).first() {
            self.functions.give_routes(table);
        }
    }

    /// Looks at the routes of a table and their answers.
    pub fn routes(&mut self, table: &'a TableConstructor) {
        for field in table.fields() {
            if let Some(Expression::TableConstructor(entry)) = positional(field) {
                self.options(entry, &ROUTE, "the route");
                let route = named(entry).find(|(key, _)| *key == "route");
                if let Some((_, value)) = route
                    && let Some(key) = literal(value)
                {
                    self.route(key, start(value));
                }
                continue;
            }
            let (Some((key, at)), Some(value)) = (key_of(field), value_of(field)) else {
                continue;
            };
            if key == LATENCY {
                self.value_in(value, kind_of(&ANSWER, LATENCY), LATENCY);
            } else if self.route(key, at) {
                let what = format!("the route \"{key}\"");
                self.value_in(value, kind_of(&ROUTE, "answer"), &what);
            }
        }
    }

    /// Whether a text is a route; says why it is none.
    fn route(&mut self, key: &str, at: At) -> bool {
        let fault = route_fault(key);
        if let Some(why) = &fault {
            let words = format!("the route \"{key}\": {why}");
            self.say(at, Rule::WrongRoute, words);
        }
        fault.is_none()
    }
}

/// The type of a field of a table.
fn kind_of(options: &Options, name: &str) -> &'static str {
    let field = options.fields.iter().find(|field| field.name == name);
    field.map_or("any", |field| field.kind)
}
