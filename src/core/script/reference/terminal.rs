//! The reference as text for a terminal.

use std::fmt::Write as _;

use super::about;
use super::catalogue::{functions, is_of_tests, objects, options};
use super::lookup::Entry;
use super::wrap::wrap;
use crate::script::api::NAMESPACES;
use crate::script::api::signature::{Field, Function, Namespace};
use crate::script::api::test_api::{TEST_GLOBALS, TEST_NAMESPACES};
use crate::script::load::contract_signature::VALUES;

/// The widest text, in columns: longer lines are hard to read.
const WIDEST: usize = 100;
/// The narrowest text, in columns: in a narrower terminal its lines are folded.
const NARROWEST: usize = 60;
/// Where a sentence beside a name begins, at most, in columns.
const COLUMN: usize = 44;
/// What stands before the results, errors and so on of a function, in columns.
const FACT: usize = 11;

// Writing to a string cannot fail: the results of `write!` below are of no use.

/// A text of a width.
struct Text {
    text: String,
    width: usize,
}

/// Every table with its functions, a line each or two, for a terminal of so many columns.
pub fn list(columns: usize) -> String {
    let mut text = Text::new(columns);
    text.tables(NAMESPACES);
    text.line("Of no table");
    for function in functions().filter(|one| one.table.is_empty() && !is_of_tests(one)) {
        text.row(&function.signature(), function.doc);
    }
    for value in VALUES {
        text.row(value.name, value.doc);
    }
    text.line("\nIn test files and mock files\n");
    text.tables(TEST_NAMESPACES);
    text.functions(TEST_GLOBALS);
    text.line("\nObjects that functions return");
    for object in objects() {
        text.row(object.kind, object.doc);
    }
    text.line("\nTables that scripts write");
    for table in options() {
        text.row(table.kind, table.doc);
    }
    text.line("");
    let closing = "throng api NAME has parameters, results, options, errors and an example.";
    text.paragraph(closing, "");
    text.text
}

/// What is known of an entry, for a terminal of so many columns.
pub fn describe(entry: &Entry, columns: usize) -> String {
    let mut text = Text::new(columns);
    match entry {
        Entry::Function(function) => text.function(function),
        Entry::Namespace(table) => {
            text.heading(table.name, table.doc);
            text.functions(table.functions);
            text.values(table.name, table.values);
        }
        Entry::Object(object) => {
            let title = format!("{} (here {})", object.kind, object.name);
            text.heading(&title, object.doc);
            for field in object.fields {
                text.field(&format!("{}.{}", object.name, field.name), field);
            }
            text.functions(object.methods);
            text.example(object.example);
        }
        Entry::Options(table) => {
            text.heading(table.kind, table.doc);
            for field in table.fields {
                text.field(field.name, field);
            }
            text.example(table.example);
        }
        Entry::Field(_, field) => {
            text.line(&entry.name());
            text.field(field.name, field);
        }
    }
    text.text
}

impl Text {
    fn new(columns: usize) -> Self {
        Self {
            text: String::new(),
            width: columns.clamp(NARROWEST, WIDEST),
        }
    }

    fn line(&mut self, line: &str) {
        let _ = writeln!(self.text, "{line}");
    }

    fn paragraph(&mut self, words: &str, indent: &str) {
        let width = self.width - indent.len();
        let _ = writeln!(self.text, "{indent}{}", wrap(words, width, indent));
    }

    fn heading(&mut self, title: &str, doc: &str) {
        self.line(title);
        self.paragraph(doc, "  ");
        self.line("");
    }

    fn tables(&mut self, tables: &[&Namespace]) {
        for table in tables {
            self.paragraph(&format!("{}: {}", table.name, table.doc), "");
            self.functions(table.functions);
            self.values(table.name, table.values);
            self.line("");
        }
    }

    fn functions(&mut self, functions: &[&Function]) {
        for function in functions {
            self.row(&function.signature(), function.doc);
        }
    }

    fn values(&mut self, table: &str, values: &[Field]) {
        for value in values {
            self.row(&format!("{table}.{}", value.name), value.doc);
        }
    }

    fn function(&mut self, function: &Function) {
        self.line(&function.signature());
        self.paragraph(function.doc, "  ");
        if !function.params.is_empty() {
            self.line("");
        }
        for param in function.params {
            self.field(param.name, param);
        }
        self.line("");
        for result in function.returns {
            let words = format!("{}: {}", result.kind, about::result(result));
            self.fact("returns", &words);
        }
        if !function.errors.is_empty() {
            self.fact("fails", function.errors);
        }
        if function.waits {
            let words = "The user waits in it: it cannot be called while a file loads.";
            self.fact("waits", words);
        }
        self.fact("since", function.since);
        self.example(function.example);
    }

    fn fact(&mut self, name: &str, words: &str) {
        let words = wrap(words, self.width - FACT, &" ".repeat(FACT));
        let _ = writeln!(self.text, "  {name:width$}{words}", width = FACT - 2);
    }

    fn example(&mut self, example: &str) {
        if example.is_empty() {
            return;
        }
        self.line("\nExample");
        for line in example.trim_end().lines() {
            match line {
                "" => self.line(""),
                line => self.line(&format!("  {line}")),
            }
        }
    }

    fn field(&mut self, name: &str, field: &Field) {
        let mark = if field.optional { "?" } else { "" };
        let name = format!("{name}{mark}: {}", field.kind);
        self.row(&name, &about::field(field));
    }

    /// A name and a sentence about it, beside it or below.
    fn row(&mut self, name: &str, about: &str) {
        let column = COLUMN.min(self.width * 2 / 5);
        let is_beside = name.chars().count() + 4 <= column;
        let name = &*wrap(name, self.width - 2, "      ");
        let column = if is_beside { column } else { 6 };
        let indent = " ".repeat(column);
        let about = wrap(about, self.width - column, &indent);
        let _ = match (about.is_empty(), is_beside) {
            (true, _) => writeln!(self.text, "  {name}"),
            (false, true) => writeln!(self.text, "  {name:width$}{about}", width = column - 2),
            (false, false) => writeln!(self.text, "  {name}\n{indent}{about}"),
        };
    }
}
