//! Which globals a file has: that is not the same for scripts, for tests and for mocks.

use super::contract::Role;
use super::lua_names;
use super::value::{self, Known};
use crate::script::api::signature::{Function, Namespace};
use crate::script::api::test_api::{HOST_GLOBALS, HOST_TABLES, TEST_GLOBALS, TEST_NAMESPACES};
use crate::script::api::{GLOBALS, NAMESPACES};
use crate::script::load::contract_signature::VALUES;
use crate::script::vm::sandbox::INSTEAD;
use crate::text::did_you_mean;

/// What people look for in other files, and where it is.
const ELSEWHERE: &str = "belongs to users; tests and mocks send nothing themselves";

impl Role {
    fn is_of_script(self) -> bool {
        !matches!(self, Self::Test | Self::Mock)
    }

    /// The table of the API with this name, where files of this role have it.
    pub fn namespace(self, name: &str) -> Option<&'static Namespace> {
        let head = name.split('.').next().unwrap_or(name);
        if self.is_of_script() || HOST_TABLES.contains(&head) {
            return value::namespace(name);
        }
        let mut own = TEST_NAMESPACES.iter().copied();
        own.find(|table| self == Self::Test && table.name == name)
    }

    /// The function of no table with this name.
    pub fn function(self, name: &str) -> Option<&'static Function> {
        let find = |functions: &'static [&'static Function]| {
            functions.iter().copied().find(|one| one.name == name)
        };
        match self {
            Self::Test | Self::Mock if HOST_GLOBALS.contains(&name) => find(GLOBALS),
            Self::Test => find(TEST_GLOBALS),
            Self::Mock => None,
            _ => find(GLOBALS),
        }
    }

    /// Whether a value that is no table of functions has this name.
    fn is_value(self, name: &str) -> bool {
        let is_there = self.is_of_script() || HOST_GLOBALS.contains(&name);
        name == "_G" || is_there && VALUES.iter().any(|value| value.name == name)
    }

    /// What a global is; none where there is none of this name.
    pub fn global(self, word: &str) -> Option<Known> {
        if let Some(table) = self.namespace(word) {
            return Some(Known::Namespace(table));
        }
        if let Some(function) = self.function(word) {
            return Some(Known::Function(function));
        }
        if let Some((table, _)) = lua_names::table(word) {
            return Some(Known::LuaTable(table));
        }
        if self.is_value(word) {
            return Some(Known::Nothing);
        }
        lua_names::FUNCTIONS
            .contains(&word)
            .then_some(Known::LuaFunction)
    }

    /// The names of all globals.
    fn globals(self) -> Vec<&'static str> {
        let api = crate::script::reference::globals();
        let mut names = match self {
            Self::Test | Self::Mock => {
                let is_there =
                    |name: &&str| HOST_TABLES.contains(name) || HOST_GLOBALS.contains(name);
                api.into_iter().filter(is_there).collect()
            }
            _ => api,
        };
        if self == Self::Test {
            names.extend(TEST_NAMESPACES.iter().map(|table| table.name));
            names.extend(TEST_GLOBALS.iter().map(|function| function.name));
        }
        names.extend(lua_names::TABLES.iter().map(|(name, _)| *name));
        names.extend(lua_names::FUNCTIONS);
        names
    }

    /// What is said of a global that there is not; `locals` are those in scope.
    pub fn undefined<'n>(self, word: &str, locals: impl Iterator<Item = &'n str>) -> String {
        if let Some((_, instead)) = INSTEAD.iter().find(|(removed, _)| *removed == word) {
            return format!("'{word}' is not available to scripts; {instead}");
        }
        let known: Vec<&str> = self.globals().into_iter().chain(locals).collect();
        let meant = did_you_mean(word, known);
        let is_elsewhere = !self.is_of_script() && Self::Type.global(word).is_some();
        match is_elsewhere {
            true => format!("'{word}' is not defined here: it {ELSEWHERE}"),
            false => format!(
                "'{word}' is not defined: neither a local, nor something that throng gives{meant}"
            ),
        }
    }
}

/// As a run says it.
pub(super) fn unknown_of_table(table: &Namespace, field: &str) -> String {
    let mut known = names_of(table);
    known.sort_unstable();
    let meant = did_you_mean(field, known.iter().copied());
    format!(
        "{} has no '{field}'; there are: {}{meant}",
        table.name,
        known.join(", ")
    )
}

/// The names in a table of the API, with those of tables in it.
fn names_of(table: &Namespace) -> Vec<&'static str> {
    let inner = NAMESPACES.iter().filter_map(|inner| {
        let (owner, last) = inner.name.rsplit_once('.')?;
        (owner == table.name).then_some(last)
    });
    let functions = table.functions.iter().map(|function| function.name);
    let values = table.values.iter().map(|value| value.name);
    functions.chain(values).chain(inner).collect()
}
