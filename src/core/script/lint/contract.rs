//! The table that a script returns: which functions it names as steps.

use full_moon::ast::{Ast, Expression, Field, FunctionBody, LastStmt, TableConstructor, Var};
use full_moon::tokenizer::TokenReference;

use super::finding::At;
use super::syntax::{at, name, start};
use crate::script::api::test_api::REQUEST;

/// Which file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A type of user.
    Type,
    /// `_crowd.lua`.
    Crowd,
    /// The module `mistakes`.
    Mistakes,
    /// Any other module.
    Module,
    /// A file of tests.
    Test,
    /// A file of answers.
    Mock,
}

/// A function that the table names.
#[derive(Debug, Clone, Copy)]
pub(super) enum Target<'a> {
    /// It stands there.
    Body(&'a FunctionBody),
    /// A name of it stands there.
    Name(&'a TokenReference),
}

/// One of the steps.
#[derive(Debug)]
pub(super) struct StepEntry<'a> {
    pub target: Target<'a>,
    pub at: At,
    /// How messages name it.
    pub label: String,
}

/// The functions of a contract.
#[derive(Debug, Default)]
pub(super) struct Functions<'a> {
    /// Steps.
    pub steps: Vec<StepEntry<'a>>,
    /// Those whose first argument is known, and its type.
    given: Vec<(Target<'a>, &'static str)>,
}

impl<'a> Functions<'a> {
    /// Those of the table that a type's script returns.
    pub fn of(ast: &'a Ast) -> Self {
        let mut found = Self::default();
        let Some(table) = returned(ast) else {
            return found;
        };
        for (key, value) in named(table) {
            match key {
                "on_start" | "on_stop" | "think" | "headers" => {
                    found.give(target(value), "User");
                }
                "step" => found.step(value, target(value), "step".to_owned()),
                "steps" => found.list(value),
                _ => {}
            }
        }
        found
    }

    /// Those of a mock file, which are given requests.
    pub fn of_mock(ast: &'a Ast) -> Self {
        let mut found = Self::default();
        match returned_value(ast) {
            Some(Expression::TableConstructor(table)) => found.give_routes(table),
            Some(other) => found.give(target(other), REQUEST.kind),
            None => {}
        }
        found
    }

    /// The functions of a table of routes are given requests.
    pub fn give_routes(&mut self, table: &'a TableConstructor) {
        for field in table.fields() {
            if let Some(Expression::TableConstructor(entry)) = positional(field) {
                let answer = named(entry).find(|(key, _)| *key == "answer");
                self.give(answer.and_then(|(_, value)| target(value)), REQUEST.kind);
            } else if let Some(value) = value_of(field) {
                self.give(target(value), REQUEST.kind);
            }
        }
    }

    fn list(&mut self, value: &'a Expression) {
        let Expression::TableConstructor(list) = value else {
            return;
        };
        let items = list.fields().iter().filter_map(positional);
        for (place, item) in (1..).zip(items) {
            let label = format!("steps[{place}]");
            match item {
                Expression::TableConstructor(step) => {
                    let function = step.fields().iter().filter_map(positional).nth(1);
                    self.step(item, function.and_then(target), label);
                }
                function => self.step(function, target(function), label),
            }
        }
    }

    fn step(&mut self, entry: &'a Expression, target: Option<Target<'a>>, label: String) {
        let Some(target) = target else { return };
        let label = match target {
            Target::Name(token) => format!("{label} ({})", name(token)),
            Target::Body(_) => label,
        };
        self.give(Some(target), "User");
        let at = start(entry);
        self.steps.push(StepEntry { target, at, label });
    }

    /// A function is called with an argument of this type first.
    pub fn give(&mut self, target: Option<Target<'a>>, kind: &'static str) {
        self.given.extend(target.map(|target| (target, kind)));
    }

    /// The type of the first argument of a function of the file's outermost scope.
    pub fn first_of(&self, called: &str) -> Option<&'static str> {
        self.first(|target| matches!(target, Target::Name(token) if name(token) == called))
    }

    /// The type of the first argument of this function.
    pub fn first_of_body(&self, body: &FunctionBody) -> Option<&'static str> {
        self.first(|target| matches!(target, Target::Body(own) if std::ptr::eq(*own, body)))
    }

    fn first(&self, is_it: impl Fn(&Target<'a>) -> bool) -> Option<&'static str> {
        let found = self.given.iter().find(|(target, _)| is_it(target));
        found.map(|(_, kind)| *kind)
    }
}

/// The table that a file returns, where it is written behind its last `return`.
pub(super) fn returned(ast: &Ast) -> Option<&TableConstructor> {
    match returned_value(ast) {
        Some(Expression::TableConstructor(table)) => Some(table),
        _ => None,
    }
}

/// What stands behind the last `return` of a file.
pub(super) fn returned_value(ast: &Ast) -> Option<&Expression> {
    let Some(LastStmt::Return(last)) = ast.nodes().last_stmt() else {
        return None;
    };
    last.returns().iter().next()
}

/// The entries of a table whose keys are names.
pub(super) fn named(table: &TableConstructor) -> impl Iterator<Item = (&str, &Expression)> {
    table.fields().iter().filter_map(|field| match field {
        Field::NameKey { key, value, .. } => Some((name(key), &**value)),
        Field::ExpressionKey { key, value, .. } => {
            super::syntax::literal(key).map(|key| (key, &**value))
        }
        _ => None,
    })
}

/// The value of an entry that has a key.
pub(super) fn value_of(field: &Field) -> Option<&Expression> {
    match field {
        Field::ExpressionKey { value, .. } | Field::NameKey { value, .. } => Some(value),
        _ => None,
    }
}

/// A value without a key.
pub(super) fn positional(field: &Field) -> Option<&Expression> {
    match field {
        Field::NoKey(value) => Some(value),
        _ => None,
    }
}

/// The key of an entry, and where it stands; none where only a run tells.
pub(super) fn key_of(field: &Field) -> Option<(&str, At)> {
    match field {
        Field::NameKey { key, .. } => Some((name(key), at(key))),
        Field::ExpressionKey { key, .. } => Some((super::syntax::literal(key)?, start(&**key))),
        _ => None,
    }
}

fn target(value: &Expression) -> Option<Target<'_>> {
    match value {
        Expression::Function(function) => Some(Target::Body(function.body())),
        Expression::Var(Var::Name(token)) => Some(Target::Name(token)),
        _ => None,
    }
}
