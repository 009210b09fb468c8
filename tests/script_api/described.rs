//! What scripts can call is described as data, and the page of the Lua API tells exactly that.

use std::collections::{BTreeMap, BTreeSet};

use throng::script::api::describe::{Field, Function};
use throng::script::api::{GLOBALS, NAMESPACES, OBJECTS, OPTIONS};

const PAGE: &str = include_str!("../../docs/lua-api.md");

fn functions() -> impl Iterator<Item = &'static Function> {
    let tables = NAMESPACES.iter().flat_map(|table| table.functions);
    let methods = OBJECTS.iter().flat_map(|object| object.methods);
    tables.chain(methods).chain(GLOBALS).copied()
}

fn fields() -> impl Iterator<Item = &'static Field> {
    let values = NAMESPACES.iter().flat_map(|table| table.values);
    let objects = OBJECTS.iter().flat_map(|object| object.fields);
    let options = OPTIONS.iter().flat_map(|options| options.fields);
    values.chain(objects).chain(options)
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

/// What the first cells of the tables that list functions say of how each is called.
fn told_signatures() -> BTreeMap<String, BTreeSet<&'static str>> {
    let mut told = BTreeMap::<String, BTreeSet<_>>::new();
    let mut listing = false;
    for line in PAGE.lines() {
        listing = line.starts_with('|') && (listing || line.starts_with("| function |"));
        let Some(cell) = line.split('|').nth(1).filter(|_| listing) else {
            continue;
        };
        for span in cell.split('`').skip(1).step_by(2) {
            told.entry(head(span).to_owned()).or_default().insert(span);
        }
    }
    told
}

#[test]
fn every_function_is_told_as_it_is_described_and_no_other() {
    let told = told_signatures();
    let heads: BTreeSet<&str> = spans().into_iter().map(head).collect();
    for function in functions() {
        let (path, signature) = (function.path(), function.signature());
        assert!(
            heads.contains(&*path),
            "docs/lua-api.md does not tell {signature}"
        );
        for span in told
            .get(&path)
            .into_iter()
            .flatten()
            .filter(|span| span.contains('('))
        {
            // `print(...)` takes anything, which needs no brackets.
            assert_eq!(
                span.replace("[...]", "..."),
                signature.replace("[...]", "...")
            );
        }
    }
    let described: BTreeSet<String> = functions().map(Function::path).collect();
    let values = NAMESPACES.iter().flat_map(|table| {
        let of = |field: &Field| format!("{}.{}", table.name, field.name);
        table.values.iter().map(of)
    });
    let known: BTreeSet<String> = described.into_iter().chain(values).collect();
    for head in heads {
        let owner = head.rsplit_once(['.', ':']).map(|(owner, _)| owner);
        let ours = NAMESPACES.iter().any(|table| Some(table.name) == owner)
            || OBJECTS
                .iter()
                .any(|object| Some(object.name) == owner && head.contains(':'));
        let is_table = NAMESPACES.iter().any(|table| table.name == head);
        assert!(
            !ours || is_table || known.contains(head),
            "`{head}` is told and not described"
        );
    }
}

#[test]
fn every_option_is_told() {
    let words: BTreeSet<&str> = spans()
        .into_iter()
        .flat_map(|span| span.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')))
        .collect();
    for options in OPTIONS {
        for field in options.fields {
            assert!(
                words.contains(field.name),
                "{}.{}",
                options.kind,
                field.name
            );
        }
    }
    for object in OBJECTS {
        for field in object.fields {
            assert!(words.contains(field.name), "{}.{}", object.name, field.name);
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
    let kinds: BTreeSet<&str> = OBJECTS
        .iter()
        .map(|object| object.kind)
        .chain(OPTIONS.iter().map(|options| options.kind))
        .chain(PLAIN)
        .collect();
    let params = functions().flat_map(|function| function.params);
    let types = params.chain(fields()).map(|field| field.kind);
    for kind in types.chain(functions().flat_map(|function| function.returns.iter().copied())) {
        for word in kind.split(|c: char| !c.is_ascii_alphanumeric()) {
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
    for options in OPTIONS {
        assert!(
            options.fields.iter().all(|field| field.doc.ends_with('.')),
            "{}",
            options.kind
        );
    }
}
