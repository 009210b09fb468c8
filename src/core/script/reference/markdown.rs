//! The reference as Markdown: a page for each table of the API.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::about;
use super::catalogue::{functions, is_of_tests, namespaces, objects, options};
use super::kinds::type_names;
use super::wrap::wrap;
use crate::script::api::signature::{Field, Function, Namespace, Object, Options};
use crate::script::api::test_api::TEST_NAMESPACES;
use crate::script::load::contract_signature::VALUES;

/// Longest line, in characters.
const WIDTH: usize = 120;
/// Where the pages of scripts link to for what is behind the functions.
const GUIDE: &str = "../../lua-api.md";
/// The page of test files.
const TESTS: &str = "tests";
const MADE: &str =
    "<!-- Made from the descriptions in src/core/script/api, with THRONG_WRITE_DOCS=1. -->";

// Writing to a string cannot fail: the results of `write!` below are of no use.

/// What one page describes.
struct Page {
    file: String,
    title: String,
    /// What tells more, and where it is.
    guide: (&'static str, String),
    doc: &'static str,
    tables: Vec<&'static Namespace>,
    functions: Vec<&'static Function>,
    kinds: Vec<&'static str>,
    values: &'static [Field],
}

impl Page {
    fn of(title: &str, anchor: &'static str, doc: &'static str) -> Self {
        Self {
            file: format!("{title}.md"),
            title: title.to_owned(),
            guide: ("The Lua API", format!("{GUIDE}#{anchor}")),
            doc,
            tables: Vec::new(),
            functions: Vec::new(),
            kinds: Vec::new(),
            values: &[],
        }
    }

    /// Its functions, those of its tables and the methods of its objects.
    fn all_functions(&self) -> Vec<&'static Function> {
        let tables = self.tables.iter().flat_map(|table| table.functions.iter());
        let own = self.functions.iter().chain(tables).copied();
        let methods = self.kinds.iter().filter_map(|kind| object(kind));
        let methods = methods.flat_map(|object| object.methods.iter().copied());
        own.chain(methods).collect()
    }
}

/// The pages by their file names, `index.md` first.
pub fn pages() -> Vec<(String, String)> {
    let pages = divided();
    let mut written = vec![("index.md".to_owned(), index(&pages))];
    written.extend(
        pages
            .iter()
            .map(|page| (page.file.clone(), of_page(page, &pages))),
    );
    written
}

/// Which page has what: a type stands on the first page that needs it.
fn divided() -> Vec<Page> {
    let mut pages = vec![Page {
        kinds: vec!["Contract", "Step", "User", "CrowdScript", "Mistakes"],
        ..Page::of(
            "user-type",
            "a-user-type",
            "What the files of a script folder return.",
        )
    }];
    for table in namespaces() {
        if TEST_NAMESPACES.iter().any(|one| one.name == table.name) {
            continue;
        }
        let (first, is_inner) = match table.name.split_once('.') {
            Some((first, _)) => (first, true),
            None => (table.name, false),
        };
        if !is_inner {
            let anchor = match first {
                "json" | "time" | "crypto" | "log" => "small-tables",
                "data" => "feeds",
                other => other,
            };
            let call = functions().filter(|one| one.table.is_empty() && one.name == first);
            pages.push(Page {
                functions: call.collect(),
                ..Page::of(first, anchor, table.doc)
            });
        }
        if let Some(page) = pages.iter_mut().find(|page| page.title == first) {
            page.tables.push(table);
        }
    }
    let is_table = |name: &str| namespaces().any(|table| table.name == name);
    let globals = || functions().filter(|one| one.table.is_empty() && !is_table(one.name));
    pages.push(Page {
        functions: globals().filter(|one| !is_of_tests(one)).collect(),
        values: VALUES,
        ..Page::of(
            "globals",
            "parallel-and-think",
            "Functions and values of no table.",
        )
    });
    pages.push(Page {
        functions: globals().filter(|one| is_of_tests(one)).collect(),
        guide: ("The test API", "../testing.md".to_owned()),
        ..Page::of(
            TESTS,
            "",
            "What test files have beside some tables of scripts.",
        )
    });
    for table in TEST_NAMESPACES.iter().copied() {
        if table.name == "mock" {
            let call = functions().filter(|one| one.table.is_empty() && one.name == table.name);
            pages.push(Page {
                functions: call.collect(),
                tables: vec![table],
                guide: ("The mock file", "../mock.md".to_owned()),
                ..Page::of(table.name, "", table.doc)
            });
        } else if let Some(page) = pages.iter_mut().find(|page| page.title == TESTS) {
            page.tables.push(table);
        }
    }
    let mut placed: BTreeSet<&str> = pages[0].kinds.iter().copied().collect();
    for page in &mut pages {
        let mut open = needed(page);
        while let Some(kind) = open.pop() {
            if placed.insert(kind) {
                page.kinds.push(kind);
                open.extend(methods_need(kind));
                open.extend(
                    fields(kind)
                        .iter()
                        .rev()
                        .flat_map(|field| known(field.kind)),
                );
            }
        }
    }
    pages
}

/// The types that the functions of a page take and give.
fn needed(page: &Page) -> Vec<&'static str> {
    let functions = page.all_functions();
    let mut kinds: Vec<_> = functions.into_iter().flat_map(kinds_of).collect();
    kinds.reverse();
    kinds
}

/// The types that the methods of an object take and give, the last one first.
fn methods_need(kind: &str) -> Vec<&'static str> {
    let methods = object(kind).map_or(&[][..], |object| object.methods);
    let mut kinds: Vec<_> = methods.iter().copied().flat_map(kinds_of).collect();
    kinds.reverse();
    kinds
}

/// The types that a function gives and takes.
fn kinds_of(function: &'static Function) -> Vec<&'static str> {
    let returns = function.returns.iter().map(|result| result.kind);
    let params = function.params.iter().map(|param| param.kind);
    returns.chain(params).flat_map(known).collect()
}

fn known(kind: &str) -> Vec<&'static str> {
    let described = |name| {
        object(name)
            .map(|object| object.kind)
            .or_else(|| table(name).map(|table| table.kind))
    };
    type_names(kind).filter_map(described).collect()
}

fn object(kind: &str) -> Option<&'static Object> {
    objects().find(|object| object.kind == kind)
}

fn table(kind: &str) -> Option<&'static Options> {
    options().find(|table| table.kind == kind)
}

fn fields(kind: &str) -> &'static [Field] {
    object(kind)
        .map(|object| object.fields)
        .or_else(|| table(kind).map(|table| table.fields))
        .unwrap_or(&[])
}

fn index(pages: &[Page]) -> String {
    let mut text = format!("# Lua API reference\n\n{MADE}\n\n");
    let words = format!(
        "Every function, field and option by table, as `throng api NAME` shows them too. How they work together is \
         described in [the Lua API]({GUIDE}). An editor gets the same as types: see \
         [`throng api`](../../cli.md#throng-api)."
    );
    let _ = writeln!(text, "{}\n\n| page | |\n|---|---|", wrap(&words, WIDTH, ""));
    for page in pages {
        let _ = writeln!(text, "| [{}]({}) | {} |", page.title, page.file, page.doc);
    }
    text
}

fn of_page(page: &Page, pages: &[Page]) -> String {
    let mut text = format!("# {}\n\n{MADE}\n\n", page.title);
    let words = format!(
        "{} [{}]({}) has more about it.",
        page.doc, page.guide.0, page.guide.1
    );
    let _ = writeln!(text, "{}", wrap(&words, WIDTH, ""));
    for one in page.functions.iter().copied() {
        function(&mut text, one, page, pages);
    }
    for table in &page.tables {
        if page.tables.len() > 1 {
            let _ = writeln!(
                text,
                "\n## {}\n\n{}",
                table.name,
                wrap(table.doc, WIDTH, "")
            );
        }
        for one in table.functions.iter().copied() {
            function(&mut text, one, page, pages);
        }
        values(&mut text, table.name, table.values);
    }
    values(&mut text, "", page.values);
    for kind in &page.kinds {
        if let Some(object) = object(kind) {
            let _ = writeln!(
                text,
                "\n## {kind}\n\n{} Here it is `{}`.",
                object.doc, object.name
            );
            rows(&mut text, "field", object.fields, page, pages);
            example(&mut text, object.example);
            for method in object.methods.iter().copied() {
                function(&mut text, method, page, pages);
            }
        } else if let Some(table) = table(kind) {
            let _ = writeln!(text, "\n## {kind}\n\n{}", table.doc);
            rows(&mut text, "key", table.fields, page, pages);
            example(&mut text, table.example);
        }
    }
    text
}

fn values(text: &mut String, owner: &str, values: &[Field]) {
    for value in values {
        let name = match owner {
            "" => value.name.to_owned(),
            owner => format!("{owner}.{}", value.name),
        };
        let _ = writeln!(
            text,
            "\n### {name}\n\n`{name}` ({}): {}",
            value.kind, value.doc
        );
    }
}

fn function(text: &mut String, function: &Function, page: &Page, pages: &[Page]) {
    let mut facts = function.doc.to_owned();
    if function.waits {
        facts.push_str(" The user waits in it.");
    }
    let words = format!("`{}`: {facts}", function.signature());
    let _ = writeln!(
        text,
        "\n### {}\n\n{}\n",
        function.path(),
        wrap(&words, WIDTH, "")
    );
    for param in function.params {
        let optional = if param.optional { ", optional" } else { "" };
        let about = about::field(param);
        let colon = if about.is_empty() { "" } else { ": " };
        let kind = linked(param.kind, page, pages);
        let line = format!("- `{}` ({kind}{optional}){colon}{about}", param.name);
        let _ = writeln!(text, "{}", wrap(&line, WIDTH - 2, "  "));
    }
    for result in function.returns {
        let kind = linked(result.kind, page, pages);
        let line = format!("- returns {kind}: {}", about::result(result));
        let _ = writeln!(text, "{}", wrap(&line, WIDTH - 2, "  "));
    }
    if !function.errors.is_empty() {
        let line = format!("- fails: {}", function.errors);
        let _ = writeln!(text, "{}", wrap(&line, WIDTH - 2, "  "));
    }
    let _ = writeln!(text, "- since {}", function.since);
    example(text, function.example);
}

fn example(text: &mut String, example: &str) {
    if !example.is_empty() {
        let _ = writeln!(text, "\n```lua\n{}\n```", example.trim_end());
    }
}

fn rows(text: &mut String, head: &str, fields: &[Field], page: &Page, pages: &[Page]) {
    if fields.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n| {head} | type | |\n|---|---|---|");
    for field in fields {
        let optional = if field.optional { "?" } else { "" };
        let kind = linked(field.kind, page, pages).replace('|', "\\|");
        let _ = writeln!(
            text,
            "| `{}`{optional} | {kind} | {} |",
            field.name,
            about::field(field)
        );
    }
}

/// A type, which leads to its description.
fn linked(kind: &str, page: &Page, pages: &[Page]) -> String {
    let Some(name) = known(kind).first().copied() else {
        return format!("`{kind}`");
    };
    let anchor = name.to_lowercase();
    let home = pages.iter().find(|page| page.kinds.contains(&name));
    match home {
        Some(home) if home.file != page.file => format!("[`{kind}`]({}#{anchor})", home.file),
        _ => format!("[`{kind}`](#{anchor})"),
    }
}
