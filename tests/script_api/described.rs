//! What scripts can call is described as data, and the page of the Lua API tells nothing else.

use std::collections::BTreeSet;

use throng::script::api::signature::{Field, Function, Object};
use throng::script::api::{GLOBALS, NAMESPACES, OBJECTS};
use throng::script::{USER, reference};

const PAGE: &str = include_str!("../../docs/lua-api.md");

fn objects() -> impl Iterator<Item = &'static Object> {
    OBJECTS.iter().copied().chain([&USER])
}

fn functions() -> impl Iterator<Item = &'static Function> {
    let tables = NAMESPACES.iter().flat_map(|table| table.functions);
    let methods = objects().flat_map(|object| object.methods);
    tables.chain(methods).chain(GLOBALS).copied()
}

/// The code spans of the page outside its examples.
fn spans() -> Vec<&'static str> {
    let mut example = false;
    let mut spans = Vec::new();
    for line in PAGE.lines() {
        if line.starts_with("```") {
            example = !example;
        } else if !example {
            spans.extend(line.split('`').skip(1).step_by(2));
        }
    }
    spans
}

/// The name at the beginning of a span: `random.int` of `random.int(lo, hi)`.
fn head(span: &str) -> &str {
    let end = span.find(|c: char| !(c.is_ascii_alphanumeric() || "._:".contains(c)));
    span[..end.unwrap_or(span.len())].trim_end_matches(['.', ':'])
}

#[test]
fn the_page_tells_nothing_that_is_not_described() {
    let heads: BTreeSet<&str> = spans().into_iter().map(head).collect();
    let described: BTreeSet<String> = functions().map(Function::path).collect();
    let values = NAMESPACES.iter().flat_map(|table| {
        let of = |field: &Field| format!("{}.{}", table.name, field.name);
        table.values.iter().map(of)
    });
    let known: BTreeSet<String> = described.into_iter().chain(values).collect();
    let mut told = 0;
    for head in heads {
        let owner = head.rsplit_once(['.', ':']).map(|(owner, _)| owner);
        let ours = NAMESPACES.iter().any(|table| Some(table.name) == owner)
            || objects().any(|object| Some(object.name) == owner && head.contains(':'));
        let is_table = NAMESPACES.iter().any(|table| table.name == head);
        told += usize::from(ours);
        assert!(
            !ours || is_table || known.contains(head),
            "`{head}` is told and not described"
        );
    }
    assert!(told >= 20, "only {told} names were found");
}

#[test]
fn the_page_tells_only_fields_that_objects_have() {
    for object in objects() {
        let owner = format!("{}.", object.name);
        for span in spans() {
            let Some(field) = head(span).strip_prefix(&owner) else {
                continue;
            };
            let field = field.split('.').next().unwrap_or(field);
            assert!(
                object.fields.iter().any(|one| one.name == field),
                "`{span}` is told and not described"
            );
        }
    }
}

#[test]
fn every_description_is_whole() {
    const PLAIN: [&str; 12] = [
        "any",
        "boolean",
        "false",
        "fun",
        "function",
        "integer",
        "lightuserdata",
        "nil",
        "number",
        "string",
        "table",
        "true",
    ];
    let objects = || reference::objects();
    let options = || reference::options();
    let functions = || reference::functions();
    let kinds: BTreeSet<&str> = objects()
        .map(|object| object.kind)
        .chain(options().map(|options| options.kind))
        .chain(PLAIN)
        .collect();
    let params = functions().flat_map(|function| function.params);
    let values = reference::namespaces().flat_map(|table| table.values);
    let of_objects = objects().flat_map(|object| object.fields);
    let of_options = options().flat_map(|options| options.fields);
    let fields = values.chain(of_objects).chain(of_options);
    let types = params.chain(fields).map(|field| field.kind);
    let results = functions().flat_map(|function| function.returns);
    for kind in types.chain(results.map(|result| result.kind)) {
        // The parameters of a function have names: `fun(user: User)`.
        let types = kind.split(['(', ' ']).filter(|part| !part.ends_with(':'));
        let words = types.flat_map(|part| part.split(|c: char| !c.is_ascii_alphanumeric()));
        for word in words {
            assert!(
                word.is_empty() || kinds.contains(word),
                "{kind}: there is no type {word}"
            );
        }
    }
    for function in functions() {
        let path = function.path();
        assert!(function.doc.ends_with('.'), "{path} has no sentence");
        let optional = function.params.iter().skip_while(|param| !param.optional);
        assert!(
            optional.clone().all(|param| param.optional),
            "{path}: optional parameters are last"
        );
    }
    for options in options() {
        assert!(
            options.fields.iter().all(|field| field.doc.ends_with('.')),
            "{}",
            options.kind
        );
    }
}
