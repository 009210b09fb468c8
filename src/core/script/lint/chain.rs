//! Expressions: names, and what is called and read behind them.

use full_moon::ast::{Call, Expression, FunctionArgs, Index, Prefix, Suffix, Var, VarExpression};
use full_moon::tokenizer::TokenReference;

use super::contract::Role;
use super::finding::{At, Rule};
use super::globals::unknown_of_table;
use super::lua_names;
use super::scope::Sort;
use super::syntax::{at, literal, name, start};
use super::value::{Known, of_kind};
use super::walk::{StrangeField, Walk};
use crate::script::api::signature::Object;
use crate::text::did_you_mean;

impl<'a> Walk<'a> {
    /// Looks at an expression; what it is known to be.
    pub fn expression(&mut self, expression: &'a Expression) -> Known {
        match expression {
            Expression::BinaryOperator { .. } => self.operators(expression),
            Expression::Parentheses { expression, .. } => return self.expression(expression),
            Expression::UnaryOperator { expression, .. } => {
                self.expression(expression);
            }
            Expression::Function(function) => {
                return Known::Body(self.function(function.body(), None, false));
            }
            Expression::FunctionCall(call) => return self.chain(call.prefix(), call.suffixes()),
            Expression::TableConstructor(table) => self.entries(table),
            Expression::Var(Var::Name(token)) => return self.name(token),
            Expression::Var(Var::Expression(path)) => {
                return self.chain(path.prefix(), path.suffixes());
            }
            _ => {}
        }
        Known::Nothing
    }

    /// `a + b + c` is as deep on its left as it is long: it is not gone into by recursion.
    fn operators(&mut self, expression: &'a Expression) {
        let mut open = vec![expression];
        while let Some(next) = open.pop() {
            match next {
                Expression::BinaryOperator { lhs, rhs, .. } => {
                    open.push(rhs);
                    open.push(lhs);
                }
                other => {
                    self.expression(other);
                }
            }
        }
    }

    /// A name that is read.
    pub fn name(&mut self, token: &'a TokenReference) -> Known {
        let word = name(token);
        if let Some(id) = self.scopes.find(word) {
            let variable = &mut self.scopes.variables[id];
            variable.reads += 1;
            let known = match variable.known {
                Known::Object(object, _) => Known::Object(object, Some(id)),
                other => other,
            };
            if let Some(here) = self.here() {
                here.uses.push(id);
            }
            return known;
        }
        if word == "_ENV" {
            self.has_environment = true;
            return Known::Nothing;
        }
        if let Some(known) = self.role.global(word) {
            return known;
        }
        if !self.assigned.contains(word) {
            let words = self.role.undefined(word, self.scopes.names());
            self.say(at(token), Rule::UndefinedGlobal, words);
        }
        Known::Nothing
    }

    /// A name, and what is read and called behind it.
    pub fn chain(
        &mut self,
        prefix: &'a Prefix,
        suffixes: impl Iterator<Item = &'a Suffix>,
    ) -> Known {
        let (mut known, mut place) = match prefix {
            Prefix::Name(token) => (self.name(token), at(token)),
            Prefix::Expression(inner) => (self.expression(inner), start(&**inner)),
            _ => (Known::Nothing, At::default()),
        };
        let mut suffixes = suffixes.peekable();
        while let Some(suffix) = suffixes.next() {
            let is_called = matches!(suffixes.peek(), Some(Suffix::Call(_)));
            known = match suffix {
                Suffix::Index(Index::Dot { name: field, .. }) => {
                    place = at(field);
                    if is_called {
                        self.library(known, name(field), place);
                    }
                    self.field(known, name(field), place, is_called)
                }
                Suffix::Index(Index::Brackets { expression, .. }) => {
                    self.expression(expression);
                    place = start(expression.as_ref());
                    match (literal(expression), known) {
                        (Some(field), _) => self.field(known, field, place, is_called),
                        (None, Known::Elements(object)) => Known::Object(object, None),
                        (None, _) => Known::Nothing,
                    }
                }
                Suffix::Call(Call::AnonymousCall(args)) => self.call(known, args, place),
                Suffix::Call(Call::MethodCall(call)) => {
                    place = at(call.name());
                    self.method(known, name(call.name()), call.args(), place)
                }
                _ => Known::Nothing,
            };
        }
        known
    }

    /// A field that is read.
    fn field(&mut self, of: Known, field: &str, place: At, is_called: bool) -> Known {
        match of {
            Known::Namespace(table) => {
                let path = format!("{}.{field}", table.name);
                if let Some(inner) = self.role.namespace(&path) {
                    return Known::Namespace(inner);
                }
                if let Some(function) = table.functions.iter().find(|one| one.name == field) {
                    return Known::Function(function);
                }
                if table.values.iter().any(|value| value.name == field) {
                    return Known::Nothing;
                }
                let words = unknown_of_table(table, field);
                self.say(place, Rule::UnknownName, words);
                Known::Nothing
            }
            Known::LuaTable(table) => match lua_names::table(table) {
                Some((_, names)) if names.contains(&field) => Known::LuaFunction,
                _ => Known::Nothing,
            },
            Known::Object(object, local) => {
                if let Some(method) = object.methods.iter().find(|one| one.name == field) {
                    return Known::Method(method);
                }
                if let Some(known) = object.fields.iter().find(|one| one.name == field) {
                    return of_kind(known.kind);
                }
                // One that is called is nil, and calling it an error.
                let rule = match is_called {
                    true => Rule::UnknownName,
                    false => Rule::UnknownField,
                };
                let (owner, meant) = (object.name, meant(object, field));
                let words = format!("{owner} has no field '{field}'{meant}");
                self.strange(local, field, place, rule, words);
                Known::Nothing
            }
            Known::Elements(object) => Known::Object(object, None),
            Known::Nothing
            | Known::Function(_)
            | Known::Method(_)
            | Known::LuaFunction
            | Known::Body(_) => Known::Nothing,
        }
    }

    /// A function of Lua's library that is called: a misspelt one is nil.
    fn library(&mut self, of: Known, field: &str, place: At) {
        if let Known::LuaTable(table) = of
            && let Some((_, names)) = lua_names::table(table)
            && !names.contains(&field)
        {
            let meant = did_you_mean(field, names.iter().copied());
            let words = format!("{table} has no '{field}'{meant}");
            self.say(place, Rule::UnknownName, words);
        }
    }

    /// Says it now, or, of a local, when it is known to hold nothing else.
    fn strange(
        &mut self,
        local: Option<super::value::Id>,
        field: &str,
        at: At,
        rule: Rule,
        message: String,
    ) {
        match local {
            None => self.say(at, rule, message),
            Some(local) => self.strange.push(StrangeField {
                local,
                field: field.to_owned(),
                at,
                rule,
                message,
            }),
        }
    }

    fn method(&mut self, of: Known, method: &str, args: &'a FunctionArgs, place: At) -> Known {
        match of {
            Known::Object(object, local) => {
                if let Some(function) = object.methods.iter().find(|one| one.name == method) {
                    return self.call(Known::Function(function), args, place);
                }
                let words = format!(
                    "{} has no method '{method}'{}",
                    object.name,
                    meant(object, method)
                );
                self.strange(local, method, place, Rule::UnknownName, words);
                self.call(Known::LuaFunction, args, place)
            }
            Known::Namespace(table) => {
                let words = match table.functions.iter().any(|one| one.name == method) {
                    true => format!(
                        "{0}:{method} would give {0} as the first argument; write {0}.{method}(...)",
                        table.name
                    ),
                    false => unknown_of_table(table, method),
                };
                self.say(place, Rule::WrongCall, words);
                self.call(Known::LuaFunction, args, place)
            }
            _ => self.call(Known::Nothing, args, place),
        }
    }

    /// An assignment to a name.
    pub fn assigned_name(&mut self, token: &'a TokenReference, known: Known) {
        let word = name(token);
        match self.scopes.find(word) {
            Some(id) => {
                let variable = &mut self.scopes.variables[id];
                variable.writes += 1;
                // `local read; function read() ... end`: what it sends is known where nothing else is assigned.
                if !matches!(known, Known::Body(_)) || variable.sort == Sort::Given {
                    variable.known = Known::Nothing;
                }
            }
            None => {
                if self.assigned.insert(word.to_owned()) {
                    let or = match self.role {
                        Role::Test | Role::Mock => "",
                        _ => ", or keep it in user.state",
                    };
                    let words =
                        format!("assignment to the global '{word}': write 'local {word}'{or}");
                    self.say(at(token), Rule::AssignedGlobal, words);
                }
            }
        }
    }

    /// An assignment to a field, or to what stands behind an index.
    pub fn assigned_place(&mut self, target: &'a VarExpression) {
        let suffixes: Vec<&Suffix> = target.suffixes().collect();
        let Some((last, before)) = suffixes.split_last() else {
            return;
        };
        let known = self.chain(target.prefix(), before.iter().copied());
        match last {
            Suffix::Index(Index::Dot { name: field, .. }) => {
                self.assigned_field(known, name(field), at(field));
            }
            Suffix::Index(Index::Brackets { expression, .. }) => {
                self.expression(expression);
                if let Some(field) = literal(expression) {
                    self.assigned_field(known, field, start(expression.as_ref()));
                }
            }
            _ => {}
        }
    }

    pub fn assigned_field(&mut self, of: Known, field: &str, place: At) {
        match of {
            Known::Namespace(_) | Known::LuaTable(_) => {
                let table = match of {
                    Known::Namespace(table) => table.name,
                    Known::LuaTable(table) => table,
                    _ => "",
                };
                let words =
                    format!("{table}.{field}: {table} is read-only; keep your own in a local");
                self.say(place, Rule::ReadOnly, words);
            }
            Known::Object(_, Some(local)) => {
                self.scopes.variables[local]
                    .own_fields
                    .push(field.to_owned());
            }
            _ => {}
        }
    }
}

/// `; there are: ..., did you mean ...?`
fn meant(object: &Object, field: &str) -> String {
    let fields = object.fields.iter().map(|one| one.name);
    let methods = object.methods.iter().map(|one| one.name);
    let known: Vec<&str> = fields.chain(methods).collect();
    let meant = did_you_mean(field, known.iter().copied());
    format!("; there are: {}{meant}", known.join(", "))
}
