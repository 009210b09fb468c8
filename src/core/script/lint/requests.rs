//! Calls of `http`: what their options and their path say together.

use full_moon::ast::{Expression, Field, TableConstructor};

use super::arguments::Argument;
use super::contract::{key_of, named, positional};
use super::finding::Rule;
use super::kinds::Literal;
use super::syntax::{literal, start};
use super::walk::Walk;
use crate::script::api::signature::Function;

/// The parameter of a function that is a path, and the type of its options.
const PATH: &str = "path";
const OPTIONS: &str = "RequestOptions";

impl<'a> Walk<'a> {
    /// A call whose path is written there: each `{name}` in it needs a value.
    pub fn request(&mut self, function: &'static Function, given: &[Argument<'a>]) {
        let place = |wanted: fn(&str, &str) -> bool| {
            let mut params = function.params.iter();
            params.position(|param| wanted(param.name, param.kind))
        };
        let path = place(|name, _| name == PATH).and_then(|place| given.get(place));
        let (Some(argument), Some(options)) = (path, place(|_, kind| kind == OPTIONS)) else {
            return;
        };
        let Some(path) = argument.text() else { return };
        let values = match given.get(options) {
            None => Some(None),
            Some(Argument::Table(table)) => params(table),
            // Only a run tells what is in it.
            Some(_) => None,
        };
        let Some(values) = values else { return };
        for name in placeholders(path) {
            if values.is_some_and(|table| may_have(table, name)) {
                continue;
            }
            let words = format!(
                "{} has {{{name}}} in its path and no params.{name}: write params = {{ {name} = ... }} in its options \
                 (a literal brace is %7B)",
                function.path()
            );
            self.say(argument.at(), Rule::MissingOption, words);
        }
    }

    /// What `expect` declares: a number from 100 to 599, a class such as `4xx`, or a list of them.
    pub fn statuses(&mut self, value: &'a Expression, what: &str) {
        if let Expression::TableConstructor(list) = value {
            let values = list.fields().iter().filter_map(positional);
            for (place, value) in (1..).zip(values) {
                self.status(value, &format!("{what}[{place}]"));
            }
        } else {
            self.status(value, what);
        }
    }

    fn status(&mut self, value: &'a Expression, what: &str) {
        let Some(Literal::Text(text)) = Literal::of(value) else {
            return;
        };
        if matches!(text.as_bytes(), [b'1'..=b'5', b'x', b'x']) {
            return;
        }
        let number = text.trim().parse::<u16>().ok();
        let words = match number.filter(|status| (100..600).contains(status)) {
            Some(status) => format!(
                "{what} is the string \"{text}\": write the number {status}, or the class \"{}xx\"",
                status / 100
            ),
            None => format!(
                "{what} is \"{text}\", which is not a status; write a number from 100 to 599, a class such as \
                 \"4xx\", or a list of these"
            ),
        };
        self.say(start(value), Rule::WrongType, words);
    }
}

/// The table behind `params`, none where there is none of it; nothing where only a run tells.
fn params(options: &TableConstructor) -> Option<Option<&TableConstructor>> {
    let is_closed = options.fields().iter().all(|field| key_of(field).is_some());
    match named(options).find(|(key, _)| *key == "params") {
        Some((_, Expression::TableConstructor(table))) => Some(Some(table)),
        Some(_) => None,
        None => is_closed.then_some(None),
    }
}

/// Whether a table has a value of this name, as far as its text tells.
fn may_have(table: &TableConstructor, name: &str) -> bool {
    let is_it = |field: &Field| match field {
        Field::NameKey { .. } => key_of(field).is_some_and(|(key, _)| key == name),
        Field::ExpressionKey { key, .. } => literal(key).is_none_or(|key| key == name),
        _ => false,
    };
    table.fields().iter().any(is_it)
}

/// The names in braces of a path.
fn placeholders(path: &str) -> impl Iterator<Item = &str> {
    let path = path.split('#').next().unwrap_or(path);
    let parts = path.split('{').skip(1);
    parts.filter_map(|part| part.split_once('}').map(|(name, _)| name))
}
