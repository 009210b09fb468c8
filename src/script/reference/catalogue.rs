//! Everything that is described: the API, and the tables of a script.

use crate::script::api::signature::{Function, Object, Options};
use crate::script::api::{GLOBALS, NAMESPACES, OBJECTS, OPTIONS};
use crate::script::load::contract_signature::{
    CONTRACT, CROWD_SCRIPT, MISTAKES, STEP, USER, VALUES,
};

/// The objects that scripts get.
pub fn objects() -> impl Iterator<Item = &'static Object> {
    [&USER].into_iter().chain(OBJECTS.iter().copied())
}

/// The tables that scripts write.
pub fn options() -> impl Iterator<Item = &'static Options> {
    let tables: [&Options; 4] = [&CONTRACT, &STEP, &CROWD_SCRIPT, &MISTAKES];
    tables.into_iter().chain(OPTIONS.iter().copied())
}

/// The functions: those of tables, the global ones, the methods of objects.
pub fn functions() -> impl Iterator<Item = &'static Function> {
    let tables = NAMESPACES.iter().flat_map(|table| table.functions);
    let methods = objects().flat_map(|object| object.methods);
    tables.chain(GLOBALS).chain(methods).copied()
}

/// The names of the API that a script reads as globals.
pub fn globals() -> Vec<&'static str> {
    let tables = NAMESPACES.iter().map(|table| table.name);
    let tables = tables.filter(|name| !name.contains('.'));
    let functions = GLOBALS.iter().map(|function| function.name);
    let values = VALUES.iter().map(|value| value.name);
    let mut names: Vec<&str> = tables.chain(functions).chain(values).collect();
    names.sort_unstable();
    names.dedup();
    names
}
