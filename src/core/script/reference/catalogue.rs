//! Everything that is described: the API, the tables of a script, and what test files and mock files have.

use crate::script::api::signature::{Function, Namespace, Object, Options};
use crate::script::api::test_api::{TEST_GLOBALS, TEST_NAMESPACES, TEST_OBJECTS, TEST_OPTIONS};
use crate::script::api::{GLOBALS, NAMESPACES, OBJECTS, OPTIONS};
use crate::script::load::contract_signature::{
    CONTRACT, CROWD_SCRIPT, MISTAKES, STEP, USER, VALUES,
};

/// The tables of functions, first those of scripts, then those of tests.
pub fn namespaces() -> impl Iterator<Item = &'static Namespace> {
    NAMESPACES.iter().chain(TEST_NAMESPACES).copied()
}

/// The objects that scripts and tests get.
pub fn objects() -> impl Iterator<Item = &'static Object> {
    let objects = OBJECTS.iter().chain(TEST_OBJECTS).copied();
    [&USER].into_iter().chain(objects)
}

/// The tables that scripts and tests write.
pub fn options() -> impl Iterator<Item = &'static Options> {
    let tables: [&Options; 4] = [&CONTRACT, &STEP, &CROWD_SCRIPT, &MISTAKES];
    let options = OPTIONS.iter().chain(TEST_OPTIONS).copied();
    tables.into_iter().chain(options)
}

/// The functions: those of tables, the global ones, the methods of objects.
pub fn functions() -> impl Iterator<Item = &'static Function> {
    let tables = namespaces().flat_map(|table| table.functions).copied();
    let globals = GLOBALS.iter().chain(TEST_GLOBALS).copied();
    let methods = objects().flat_map(|object| object.methods).copied();
    tables.chain(globals).chain(methods)
}

/// Whether only test files or mock files have it.
pub fn is_of_tests(function: &Function) -> bool {
    let is_table = TEST_NAMESPACES
        .iter()
        .any(|table| table.functions.contains(&function));
    let is_method = TEST_OBJECTS
        .iter()
        .any(|object| object.methods.contains(&function));
    is_table || is_method || TEST_GLOBALS.contains(&function)
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
