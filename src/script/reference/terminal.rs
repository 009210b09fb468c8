//! The reference as text for a terminal.

use std::fmt::Write as _;

use super::catalogue::{functions, objects, options};
use super::lookup::Entry;
use super::wrap::wrap;
use crate::script::api::NAMESPACES;
use crate::script::api::signature::{Field, Function};
use crate::script::load::contract_signature::VALUES;

/// Longest line, in characters.
const WIDTH: usize = 100;
/// The column of a sentence beside a name.
const COLUMN: usize = 44;

// Writing to a string cannot fail: the results of `write!` below are of no use.

/// Every table with its functions, a line each.
pub fn list() -> String {
    let mut text = String::new();
    for table in NAMESPACES {
        let _ = writeln!(text, "{}: {}", table.name, table.doc);
        for function in table.functions {
            row(&mut text, &function.signature(), function.doc);
        }
        for value in table.values {
            row(
                &mut text,
                &format!("{}.{}", table.name, value.name),
                value.doc,
            );
        }
        text.push('\n');
    }
    text.push_str("Of no table\n");
    for function in functions().filter(|function| function.table.is_empty()) {
        row(&mut text, &function.signature(), function.doc);
    }
    for value in VALUES {
        row(&mut text, value.name, value.doc);
    }
    text.push_str("\nObjects that functions return\n");
    for object in objects() {
        row(&mut text, object.kind, object.doc);
    }
    text.push_str("\nTables that scripts write\n");
    for table in options() {
        row(&mut text, table.kind, table.doc);
    }
    text.push_str("\nthrong api NAME has parameters, options, errors and an example.\n");
    text
}

/// What is known of an entry.
pub fn describe(entry: &Entry) -> String {
    match entry {
        Entry::Function(function) => of_function(function),
        Entry::Namespace(table) => {
            let mut text = format!("{}\n  {}\n\n", table.name, table.doc);
            for function in table.functions {
                row(&mut text, &function.signature(), function.doc);
            }
            for value in table.values {
                row(
                    &mut text,
                    &format!("{}.{}", table.name, value.name),
                    value.doc,
                );
            }
            text
        }
        Entry::Object(object) => {
            let mut text = format!(
                "{} (here {})\n  {}\n\n",
                object.kind, object.name, object.doc
            );
            for field in object.fields {
                of_field(&mut text, &format!("{}.{}", object.name, field.name), field);
            }
            for method in object.methods {
                row(&mut text, &method.signature(), method.doc);
            }
            text
        }
        Entry::Options(table) => {
            let mut text = format!("{}\n  {}\n\n", table.kind, table.doc);
            for field in table.fields {
                of_field(&mut text, field.name, field);
            }
            text
        }
        Entry::Field(..) => {
            let Entry::Field(_, field) = entry else {
                return String::new();
            };
            let mut text = format!("{}\n", entry.name());
            of_field(&mut text, field.name, field);
            text
        }
    }
}

fn of_function(function: &Function) -> String {
    let mut text = format!("{}\n", function.signature());
    paragraph(&mut text, function.doc);
    if !function.params.is_empty() {
        text.push('\n');
    }
    for param in function.params {
        of_field(&mut text, param.name, param);
    }
    text.push('\n');
    if !function.returns.is_empty() {
        let _ = writeln!(text, "  returns  {}", function.returns.join(", "));
    }
    if !function.errors.is_empty() {
        let _ = writeln!(
            text,
            "  fails    {}",
            wrap(function.errors, WIDTH - 11, "           ")
        );
    }
    if function.waits {
        text.push_str("  waits    The user waits in it: not while a file loads.\n");
    }
    let _ = writeln!(text, "  since    {}", function.since);
    if !function.example.is_empty() {
        text.push_str("\nExample\n");
        for line in function.example.trim_end().lines() {
            let _ = writeln!(text, "  {line}");
        }
    }
    text
}

fn of_field(text: &mut String, name: &str, field: &Field) {
    let mark = if field.optional { "?" } else { "" };
    let mut about = vec![field.doc.to_owned()];
    if !field.unit.is_empty() {
        about.push(format!("In {}.", unit_words(field.unit)));
    }
    if !field.default.is_empty() {
        about.push(format!("Default: {}.", field.default));
    }
    about.retain(|part| !part.is_empty());
    row(
        text,
        &format!("{name}{mark}: {}", field.kind),
        &about.join(" "),
    );
}

/// A unit in words.
pub(super) fn unit_words(unit: &str) -> &str {
    match unit {
        "s" => "seconds",
        other => other,
    }
}

fn paragraph(text: &mut String, words: &str) {
    let _ = writeln!(text, "  {}", wrap(words, WIDTH - 2, "  "));
}

/// A name and a sentence about it, beside it or below.
fn row(text: &mut String, name: &str, about: &str) {
    let indent = " ".repeat(COLUMN);
    let about = wrap(about, WIDTH - COLUMN, &indent);
    let line = if about.is_empty() {
        format!("  {name}")
    } else if name.chars().count() + 4 > COLUMN {
        format!("  {name}\n{indent}{about}")
    } else {
        format!("  {name:width$}{about}", width = COLUMN - 2)
    };
    text.push_str(&line);
    text.push('\n');
}
