//! Calls: their arguments, beside what the description says.

use full_moon::ast::{Expression, FunctionArgs, TableConstructor};
use full_moon::tokenizer::TokenReference;

use super::contract::Role;
use super::finding::{At, Rule};
use super::kinds::{Kind, Literal};
use super::syntax::{at, literal, quoted, start};
use super::value::{Known, result};
use super::walk::Walk;
use crate::script::api::signature::{Field, Function};
use crate::script::api::test_api::MOCK;
use crate::text::did_you_mean;

/// Functions in which the user waits and nothing is sent.
const WAITS_ONLY: [&str; 2] = ["think", "parallel"];

/// An argument.
#[derive(Clone, Copy)]
pub(super) enum Argument<'a> {
    Value(&'a Expression),
    Text(&'a TokenReference),
    Table(&'a TableConstructor),
}

impl<'a> Argument<'a> {
    pub fn of(args: &'a FunctionArgs) -> Vec<Self> {
        match args {
            FunctionArgs::Parentheses { arguments, .. } => {
                arguments.iter().map(Self::plain).collect()
            }
            FunctionArgs::String(token) => vec![Self::Text(token)],
            FunctionArgs::TableConstructor(table) => vec![Self::Table(table)],
            _ => Vec::new(),
        }
    }

    fn plain(value: &'a Expression) -> Self {
        match value {
            Expression::TableConstructor(table) => Self::Table(table),
            other => Self::Value(other),
        }
    }

    pub fn at(self) -> At {
        match self {
            Self::Value(value) => start(value),
            Self::Text(token) => at(token),
            Self::Table(table) => start(table),
        }
    }

    fn literal(self) -> Option<Literal<'a>> {
        match self {
            Self::Value(value) => Literal::of(value),
            Self::Text(token) => quoted(token).map(Literal::Text),
            Self::Table(_) => Some(Literal::Table),
        }
    }

    /// A text that is written there.
    pub fn text(self) -> Option<&'a str> {
        match self.literal() {
            Some(Literal::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// How many values it gives is not known.
    fn is_open(self) -> bool {
        let Self::Value(value) = self else {
            return false;
        };
        match value {
            Expression::FunctionCall(_) => true,
            Expression::Symbol(token) => token.token().to_string() == "...",
            _ => false,
        }
    }
}

impl<'a> Walk<'a> {
    /// A call of what is known; what it gives.
    pub fn call(&mut self, callee: Known, args: &'a FunctionArgs, place: At) -> Known {
        let is_mock = self.role == Role::Test && is_named(callee, MOCK.name);
        if is_mock {
            self.route_functions(args);
        }
        match args {
            FunctionArgs::Parentheses { arguments, .. } => {
                for value in arguments {
                    self.expression(value);
                }
            }
            FunctionArgs::TableConstructor(table) => self.entries(table),
            _ => {}
        }
        let function = match callee {
            Known::Function(function) => function,
            Known::Namespace(table) => {
                let Some(function) = self.role.function(table.name) else {
                    self.sends();
                    return Known::Nothing;
                };
                function
            }
            // `expect(x).to_be(1)`.
            Known::Method(method) if !method.method => method,
            Known::Method(method) => {
                if Argument::of(args).is_empty() {
                    let words = format!(
                        "{}.{name} is a method; call it with a colon: {}:{name}(...)",
                        method.table,
                        method.table,
                        name = method.name
                    );
                    self.say(place, Rule::WrongCall, words);
                }
                return result(method);
            }
            // What a function of the script sends is known where it is read.
            Known::Body(_) | Known::LuaFunction => return Known::Nothing,
            Known::Nothing | Known::LuaTable(_) | Known::Object(..) | Known::Elements(_) => {
                self.sends();
                return Known::Nothing;
            }
        };
        if function.waits && !WAITS_ONLY.contains(&function.name) {
            self.sends();
        }
        let given = Argument::of(args);
        self.arguments(function, &given, place);
        if let (true, Some(Argument::Table(routes))) = (is_mock, given.first()) {
            self.routes(routes);
        }
        self.request(function, &given);
        result(function)
    }

    fn sends(&mut self) {
        if let Some(here) = self.here() {
            here.may_send = true;
        }
    }

    fn arguments(&mut self, function: &'static Function, given: &[Argument<'a>], place: At) {
        let path = function.path();
        let params = function.params;
        let is_open = given.last().is_some_and(|last| last.is_open());
        let takes_any = params.last().is_some_and(|last| last.name == "...");
        if let Some(further) = given.get(params.len()).filter(|_| !takes_any) {
            let words = match params.len() {
                0 => format!("{path} takes no argument"),
                1 => format!("{path} takes one argument, {} are given", given.len()),
                most => format!(
                    "{path} takes {most} arguments at most, {} are given",
                    given.len()
                ),
            };
            self.say(further.at(), Rule::WrongArguments, words);
        }
        let needed = |field: &&Field| !field.optional && field.kind != "any";
        if let Some(missing) = params.iter().skip(given.len()).find(needed)
            && !is_open
        {
            let words = format!("{path} needs {}: {}", missing.name, function.signature());
            self.say(place, Rule::WrongArguments, words);
        }
        for (argument, param) in given.iter().zip(params) {
            let what = format!("{path}: {}", param.name);
            self.value(*argument, param.kind, &what);
        }
        if path == "require" {
            self.module(given);
        }
    }

    /// A value beside the type that is taken there.
    fn value(&mut self, value: Argument<'a>, kind: &'static str, what: &str) {
        let read = Kind::read(kind);
        let Some(literal) = value.literal() else {
            return;
        };
        if !literal.is(&read) {
            let words = format!(
                "{what} is {}, {} was expected",
                literal.words(),
                in_words(kind)
            );
            self.say(value.at(), Rule::WrongType, words);
        } else if let Argument::Table(table) = value {
            self.table(table, &read, what);
        }
    }

    /// A value in a table, beside the type that is taken there.
    pub fn value_in(&mut self, value: &'a Expression, kind: &'static str, what: &str) {
        self.value(Argument::plain(value), kind, what);
    }

    fn module(&mut self, given: &[Argument<'a>]) {
        let Some(first) = given.first() else { return };
        let name = match first {
            Argument::Text(token) => quoted(token),
            Argument::Value(value) => literal(value),
            Argument::Table(_) => None,
        };
        let Some(name) = name.filter(|name| !self.modules.contains(*name)) else {
            return;
        };
        let meant = did_you_mean(name, self.modules.iter().map(String::as_str));
        let words = format!(
            "there is no module '{name}': neither in the lib folder, nor among the built-in ones{meant}"
        );
        self.say(first.at(), Rule::UnknownModule, words);
    }
}

/// Whether it is the table of this name.
fn is_named(known: Known, name: &str) -> bool {
    matches!(known, Known::Namespace(table) if table.name == name)
}

/// A type as messages name it.
fn in_words(kind: &str) -> String {
    let plain = kind.replace('|', " or ").replace("[]", " list");
    match plain.split_once("fun(") {
        Some((before, _)) => format!("{before}a function"),
        None => plain,
    }
}
