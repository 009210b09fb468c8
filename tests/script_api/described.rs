//! What scripts can call is described as data, and the page of the Lua API tells exactly that.

use std::collections::{BTreeMap, BTreeSet};

use throng::script::api::signature::{Field, Function, Object, Options};
use throng::script::api::{GLOBALS, NAMESPACES, OBJECTS, OPTIONS};
use throng::script::{CONTRACT, STEP, USER};

const PAGE: &str = include_str!("../../docs/lua-api.md");

fn objects() -> impl Iterator<Item = &'static Object> {
    OBJECTS.iter().copied().chain([&USER])
}

fn options() -> impl Iterator<Item = &'static Options> {
    OPTIONS.iter().copied().chain([&CONTRACT, &STEP])
}

fn functions() -> impl Iterator<Item = &'static Function> {
    let tables = NAMESPACES.iter().flat_map(|table| table.functions);
    let methods = objects().flat_map(|object| object.methods);
    tables.chain(methods).chain(GLOBALS).copied()
}

fn fields() -> impl Iterator<Item = &'static Field> {
    let values = NAMESPACES.iter().flat_map(|table| table.values);
    let objects = objects().flat_map(|object| object.fields);
    let options = options().flat_map(|options| options.fields);
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
    for options in options() {
        for field in options.fields {
            assert!(
                words.contains(field.name),
                "{}.{}",
                options.kind,
                field.name
            );
        }
    }
    for object in objects() {
        for field in object.fields {
            assert!(words.contains(field.name), "{}.{}", object.name, field.name);
        }
    }
}

/// The names in the first cells of the tables with this head.
fn listed(table_head: &str) -> BTreeSet<&'static str> {
    let mut inside = false;
    let mut names = BTreeSet::new();
    for line in PAGE.lines() {
        if inside && line.starts_with('|') {
            let cell = line.split('|').nth(1).unwrap_or_default();
            names.extend(cell.split('`').skip(1).step_by(2));
        }
        inside = line == table_head || inside && line.starts_with('|');
    }
    names
}

#[test]
fn the_tables_of_options_list_those_that_there_are() {
    let names = |options: &'static Options| options.fields.iter().map(|field| field.name);
    let of = |kind: &str| OPTIONS.iter().copied().find(|options| options.kind == kind);
    let request = of("RequestOptions").unwrap();
    assert_eq!(listed("| option | value |"), names(request).collect());
    assert_eq!(
        listed("| key | value | default |"),
        names(&CONTRACT)
            .chain(names(of("Retry").unwrap()))
            .collect()
    );
    let known: BTreeSet<&str> = options().flat_map(names).collect();
    for key in listed("| key | |") {
        assert!(known.contains(key), "`{key}` is told and not described");
    }
    let fields = |object: &'static Object| {
        let name = |field: &Field| format!("{}.{}", object.name, field.name);
        object.fields.iter().map(name)
    };
    let response = OBJECTS
        .iter()
        .copied()
        .find(|object| object.kind == "Response");
    let described: BTreeSet<String> = fields(&USER).chain(fields(response.unwrap())).collect();
    let told = listed("| field | |").into_iter();
    let told: BTreeSet<String> = told
        .filter(|field| !field.contains(':'))
        .map(str::to_owned)
        .collect();
    assert_eq!(told, described);
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
    let kinds: BTreeSet<&str> = objects()
        .map(|object| object.kind)
        .chain(options().map(|options| options.kind))
        .chain(PLAIN)
        .collect();
    let params = functions().flat_map(|function| function.params);
    let types = params.chain(fields()).map(|field| field.kind);
    for kind in types.chain(functions().flat_map(|function| function.returns.iter().copied())) {
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
