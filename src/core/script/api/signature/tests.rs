//! Descriptions and registrations agree.

use mlua::Lua;

use super::*;

const ONE: Function = Function::new("t", "one", "Does nothing.");
const TWO: Function = Function::new("t", "two", "Waits.").waits();
const OTHER: Function = Function::new("t", "other", "Is not listed.");
const TABLE: Namespace = Namespace {
    name: "t",
    doc: "A table.",
    functions: &[&ONE, &TWO],
    values: &[],
};

#[test]
fn a_function_is_registered_only_as_it_is_described() {
    let lua = Lua::new();
    let table = Registration::new(&lua, &TABLE).unwrap();
    assert!(
        table.function(&OTHER, |_, ()| Ok(())).is_err(),
        "not listed"
    );
    assert!(
        table.function(&TWO, |_, ()| Ok(())).is_err(),
        "does not wait"
    );
    assert!(table.waiting(&ONE, async |_, ()| Ok(())).is_err(), "waits");
    table.function(&ONE, |_, ()| Ok(())).unwrap();
    let why = table.finish().unwrap_err().to_string();
    assert!(why.contains("t.two"), "{why}");
}

#[test]
fn a_signature_has_its_optional_parameters_in_brackets() {
    const PARAMS: &[Field] = &[
        required("n", "integer"),
        optional("a", "string"),
        optional("b", "string"),
    ];
    const OPTIONAL: &[Field] = &[optional("a", "string")];
    assert_eq!(ONE.takes(PARAMS).signature(), "t.one(n [, a, b])");
    assert_eq!(ONE.takes(OPTIONAL).signature(), "t.one([a])");
    assert_eq!(
        Function::method("feed", "len", "").signature(),
        "feed:len()"
    );
    assert_eq!(Function::global("f", "").signature(), "f()");
}
