//! Tables of options that are written as literals: their keys and values; and what is said of locals at the end.

use full_moon::ast::{Expression, Field, TableConstructor};
use full_moon::tokenizer::TokenReference;

use super::contract::{key_of, named, positional};
use super::finding::Rule;
use super::kinds::{Kind, table as options_of};
use super::scope::{Sort, Variable};
use super::syntax::{at, name, start};
use super::value::Known;
use super::walk::Walk;
use crate::script::api::signature::Options;

/// Types whose tables have values without keys, and how many.
const POSITIONS: [(&str, usize); 2] = [("Step", 2), ("Retry", 1)];

impl<'a> Walk<'a> {
    /// Looks at the keys and values of a table.
    pub fn entries(&mut self, table: &'a TableConstructor) {
        for field in table.fields() {
            match field {
                Field::ExpressionKey { key, value, .. } => {
                    self.expression(key);
                    self.expression(value);
                }
                Field::NameKey { value, .. } => {
                    self.expression(value);
                }
                Field::NoKey(value) => {
                    self.expression(value);
                }
                _ => {}
            }
        }
    }

    /// A table where this type is taken.
    pub fn table(&mut self, table: &'a TableConstructor, kind: &Kind, what: &str) {
        let has_names = table
            .fields()
            .iter()
            .any(|field| positional(field).is_none());
        let takes_any = kind.each().contains(&Kind::Table);
        for kind in kind.each() {
            match kind {
                Kind::Options(kind) => {
                    if let Some(options) = options_of(kind) {
                        self.options(table, options, what);
                    }
                }
                Kind::List(element) if !has_names || !takes_any => {
                    let values = table.fields().iter().filter_map(positional);
                    for (place, value) in (1..).zip(values) {
                        self.element(value, element, &format!("{what}[{place}]"));
                    }
                }
                _ => {}
            }
        }
    }

    fn element(&mut self, value: &'a Expression, kind: &Kind, what: &str) {
        if let Expression::TableConstructor(table) = value {
            self.table(table, kind, what);
        } else if let Some(literal) = super::kinds::Literal::of(value)
            && !literal.is(kind)
        {
            let words = format!("{what} is {}, which is not taken there", literal.words());
            self.say(start(value), Rule::WrongType, words);
        }
    }

    /// A table of options: keys that there are not, values of other types, keys that are missing.
    pub fn options(&mut self, table: &'a TableConstructor, options: &'static Options, what: &str) {
        let positions = POSITIONS.iter().find(|(kind, _)| *kind == options.kind);
        let positions = positions.map_or(0, |(_, count)| *count);
        let mut is_closed = true;
        for (place, value) in (1..).zip(table.fields().iter().filter_map(positional)) {
            if place > positions {
                let words = format!("{what} {}", options.unknown(&place.to_string()));
                self.say(start(value), Rule::UnknownOption, words);
            }
        }
        for field in table.fields() {
            let Some((key, place)) = key_of(field) else {
                is_closed &= positional(field).is_some();
                continue;
            };
            let value = match field {
                Field::ExpressionKey { value, .. } | Field::NameKey { value, .. } => value,
                _ => continue,
            };
            match options.fields.iter().find(|one| one.name == key) {
                Some(known) => {
                    let inner = match what {
                        "the table" => key.to_owned(),
                        outer => format!("{outer}.{key}"),
                    };
                    self.value_in(value, known.kind, &inner);
                    if options.kind == "RequestOptions" && key == "expect" {
                        self.statuses(value, &inner);
                    }
                }
                None => {
                    let words = format!("{what} {}", options.unknown(key));
                    self.say(place, Rule::UnknownOption, words);
                }
            }
        }
        if is_closed {
            self.missing(table, options, what);
        }
    }

    fn missing(&mut self, table: &'a TableConstructor, options: &'static Options, what: &str) {
        let has = |wanted: &str| named(table).any(|(key, _)| key == wanted);
        let place = start(table);
        for field in options.fields.iter().filter(|field| !field.optional) {
            if !has(field.name) {
                let words = format!("{what} has no {}: {}", field.name, field.doc);
                self.say(place, Rule::MissingOption, words);
            }
        }
        if options.kind == "Creates" && !has("find") {
            let words = format!(
                "{what} has no find: what was created by a request without a response cannot be looked up, and stays \
                 on the target"
            );
            self.say(place, Rule::CreatesWithoutFind, words);
        }
    }

    /// Declares a parameter, or the variable of a loop.
    pub fn declare(&mut self, token: &'a TokenReference, sort: Sort, known: Known) {
        self.shadows(token);
        self.scopes.declare(name(token), at(token), sort, known);
    }

    /// Says that a local of this name is in scope already.
    pub fn shadows(&mut self, token: &'a TokenReference) {
        let word = name(token);
        self.has_environment |= word == "_ENV";
        if word.starts_with('_') {
            return;
        }
        if let Some(id) = self.scopes.find(word) {
            let line = self.scopes.variables[id].at.line;
            let words = format!("the local '{word}' shadows the one of line {line}");
            self.say(at(token), Rule::ShadowedLocal, words);
        }
    }

    /// Leaves a scope: says which of its locals are never read.
    pub fn leave(&mut self) {
        let ids = self.scopes.leave();
        for id in &ids {
            // A value in front of one that is used has to have a name.
            let group = self.groups.get(id).copied().unwrap_or(*id);
            let has_use = (*id..=group).any(|id| self.scopes.variables[id].reads > 0);
            let variable = &self.scopes.variables[*id];
            if has_use || !is_reported(variable) {
                continue;
            }
            let word = &variable.name;
            let words = match variable.writes {
                0 => format!("the local '{word}' is never read; delete it, or name it _{word}"),
                _ => format!("the local '{word}' is set and never read"),
            };
            let place = variable.at;
            self.say(place, Rule::UnusedLocal, words);
        }
    }

    /// What can be said once the whole file was seen.
    pub fn settle(&mut self) {
        for strange in std::mem::take(&mut self.strange) {
            let variable = &self.scopes.variables[strange.local];
            let is_own = variable.own_fields.contains(&strange.field);
            if variable.writes == 0 && !is_own {
                self.say(strange.at, strange.rule, strange.message);
            }
        }
        if self.has_environment {
            let of_globals = [Rule::UndefinedGlobal, Rule::AssignedGlobal];
            self.found.retain(|(_, rule, _)| !of_globals.contains(rule));
        }
        self.found.sort();
        self.found.dedup();
    }
}

fn is_reported(variable: &Variable) -> bool {
    variable.sort == Sort::Local && !variable.closes && !variable.name.starts_with('_')
}
