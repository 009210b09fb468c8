//! Expressions: names, and what is called and read behind them.

use full_moon::ast::{Call, Expression, FunctionArgs, Index, Prefix, Suffix, Var, VarExpression};
use full_moon::tokenizer::TokenReference;

use super::finding::{At, Rule};
use super::lua_names;
use super::scope::Sort;
use super::syntax::{at, literal, name, start};
use super::value::{Known, namespace};
use super::walk::{StrangeField, Walk};
use crate::script::api::GLOBALS;
use crate::script::api::signature::Object;
use crate::script::load::contract_signature::VALUES;
use crate::script::vm::sandbox::INSTEAD;
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
                return Known::Body(self.function(function.body(), false, false));
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
        if let Some(known) = global(word) {
            return known;
        }
        if !self.assigned.contains(word) {
            let words = self.undefined(word);
            self.say(at(token), Rule::UndefinedGlobal, words);
        }
        Known::Nothing
    }

    fn undefined(&self, word: &str) -> String {
        if let Some((_, instead)) = INSTEAD.iter().find(|(removed, _)| *removed == word) {
            return format!("'{word}' is not available to scripts; {instead}");
        }
        let mut known: Vec<&str> = globals().collect();
        known.extend(self.scopes.names());
        let meant = did_you_mean(word, known);
        format!("'{word}' is not defined: neither a local, nor something that throng gives{meant}")
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
                    self.field(known, name(field), place)
                }
                Suffix::Index(Index::Brackets { expression, .. }) => {
                    self.expression(expression);
                    place = start(expression.as_ref());
                    match literal(expression) {
                        Some(field) => self.field(known, field, place),
                        None => Known::Nothing,
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
    fn field(&mut self, of: Known, field: &str, place: At) -> Known {
        match of {
            Known::Namespace(table) => {
                let path = format!("{}.{field}", table.name);
                if let Some(inner) = namespace(&path) {
                    return Known::Namespace(inner);
                }
                if let Some(function) = table.functions.iter().find(|one| one.name == field) {
                    return Known::Function(function);
                }
                if table.values.iter().any(|value| value.name == field) {
                    return Known::Nothing;
                }
                let words = unknown_of_table(table.name, field);
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
                if !object.fields.iter().any(|one| one.name == field) {
                    let words = format!(
                        "{} has no field '{field}'{}",
                        object.name,
                        meant(object, field)
                    );
                    self.strange(local, field, place, Rule::UnknownField, words);
                }
                Known::Nothing
            }
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
                    false => unknown_of_table(table.name, method),
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
                    let words = format!(
                        "assignment to the global '{word}': write 'local {word}', or keep it in user.state"
                    );
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

/// What a global is; none where there is none of this name.
fn global(word: &str) -> Option<Known> {
    if let Some(table) = namespace(word) {
        return Some(Known::Namespace(table));
    }
    if let Some(function) = GLOBALS.iter().find(|function| function.name == word) {
        return Some(Known::Function(function));
    }
    if let Some((table, _)) = lua_names::table(word) {
        return Some(Known::LuaTable(table));
    }
    let is_value = VALUES.iter().any(|value| value.name == word) || word == "_G";
    if is_value {
        return Some(Known::Nothing);
    }
    lua_names::FUNCTIONS
        .contains(&word)
        .then_some(Known::LuaFunction)
}

/// The names of all globals.
fn globals() -> impl Iterator<Item = &'static str> {
    let api = crate::script::reference::globals().into_iter();
    let lua = lua_names::TABLES.iter().map(|(name, _)| *name);
    api.chain(lua).chain(lua_names::FUNCTIONS)
}

/// As a run says it.
fn unknown_of_table(table: &str, field: &str) -> String {
    let mut known = names_of(table);
    known.sort_unstable();
    let meant = did_you_mean(field, known.iter().copied());
    format!(
        "{table} has no '{field}'; there are: {}{meant}",
        known.join(", ")
    )
}

/// The names in a table of the API, with those of tables in it.
fn names_of(table: &str) -> Vec<&'static str> {
    let Some(found) = namespace(table) else {
        return Vec::new();
    };
    let inner = crate::script::api::NAMESPACES.iter().filter_map(|inner| {
        let (owner, last) = inner.name.rsplit_once('.')?;
        (owner == table).then_some(last)
    });
    let functions = found.functions.iter().map(|function| function.name);
    let values = found.values.iter().map(|value| value.name);
    functions.chain(values).chain(inner).collect()
}

/// `; there are: ..., did you mean ...?`
fn meant(object: &Object, field: &str) -> String {
    let fields = object.fields.iter().map(|one| one.name);
    let methods = object.methods.iter().map(|one| one.name);
    let known: Vec<&str> = fields.chain(methods).collect();
    let meant = did_you_mean(field, known.iter().copied());
    format!("; there are: {}{meant}", known.join(", "))
}
