//! The table that a script returns: which functions it names as steps.

use full_moon::ast::{Ast, Expression, Field, FunctionBody, LastStmt, TableConstructor, Var};
use full_moon::tokenizer::TokenReference;

use super::finding::At;
use super::syntax::{at, name, start};

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
    /// All that are called with the user first.
    of_user: Vec<Target<'a>>,
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
                "on_start" | "on_stop" | "think" | "headers" => found.of_user.extend(target(value)),
                "step" => found.step(value, target(value), "step".to_owned()),
                "steps" => found.list(value),
                _ => {}
            }
        }
        found
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
        self.of_user.push(target);
        let at = start(entry);
        self.steps.push(StepEntry { target, at, label });
    }

    /// Whether a function of the file's outermost scope is called with the user.
    pub fn names(&self, called: &str) -> bool {
        let mut targets = self.of_user.iter();
        targets.any(|target| matches!(target, Target::Name(token) if name(token) == called))
    }

    /// Whether this function is called with the user.
    pub fn has(&self, body: &FunctionBody) -> bool {
        let mut targets = self.of_user.iter();
        targets.any(|target| matches!(target, Target::Body(own) if std::ptr::eq(*own, body)))
    }
}

/// The table that a file returns, where it is written behind its last `return`.
pub(super) fn returned(ast: &Ast) -> Option<&TableConstructor> {
    let Some(LastStmt::Return(last)) = ast.nodes().last_stmt() else {
        return None;
    };
    match last.returns().iter().next() {
        Some(Expression::TableConstructor(table)) => Some(table),
        _ => None,
    }
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
