//! Types for editors, as Lua's language servers read them (LuaCATS annotations).

use std::fmt::Write as _;

use super::about;
use super::catalogue::{functions, namespaces, objects, options};
use crate::script::api::signature::{Field, Function, Namespace, Returned};
use crate::script::load::contract_signature::VALUES;

/// How a file of types begins: it is no script.
pub const META_MARK: &str = "---@meta";

/// Functions that language servers know already.
const OF_LUA: [&str; 2] = ["print", "require"];

// Writing to a string cannot fail: the results of `write!` below are of no use.

/// The file of types: what scripts can call and what they can write.
pub fn types() -> String {
    let mut text = format!(
        "{META_MARK} throng\n-- The Lua API of throng for editors, made by `throng api --meta`. It is never run.\n"
    );
    for object in objects() {
        let _ = writeln!(text, "\n---{}", object.doc);
        example(&mut text, object.example);
        let _ = writeln!(text, "---@class {}", object.kind);
        fields(&mut text, object.fields);
        let _ = writeln!(text, "local {} = {{}}", object.kind);
        for method in object.methods {
            let sign = if method.method { ':' } else { '.' };
            let path = format!("{}{sign}{}", object.kind, method.name);
            function(&mut text, method, &path);
        }
    }
    for table in options() {
        let _ = writeln!(text, "\n---{}", table.doc);
        example(&mut text, table.example);
        let _ = writeln!(text, "---@class {}", table.kind);
        fields(&mut text, table.fields);
        positions(&mut text, table.kind);
    }
    for table in namespaces() {
        namespace(&mut text, table);
    }
    for global in functions().filter(|function| function.table.is_empty()) {
        let is_table = namespaces().any(|table| table.name == global.name);
        if !is_table && !OF_LUA.contains(&global.name) {
            function(&mut text, global, global.name);
        }
    }
    for value in VALUES {
        let _ = writeln!(text, "\n---{}\n---@type {}", value.doc, value.kind);
        let empty = if value.optional { "nil" } else { "{}" };
        let _ = writeln!(text, "{} = {empty}", value.name);
    }
    text
}

/// What stands first in tables that have values without names.
fn positions(text: &mut String, kind: &str) {
    match kind {
        "Step" => text.push_str(
            "---@field [1] number Its weight.\n---@field [2] fun(user: User): boolean?, string?\n",
        ),
        "Retry" => text.push_str("---@field [1]? integer How often, as `times`.\n"),
        _ => {}
    }
}

fn namespace(text: &mut String, table: &Namespace) {
    let _ = writeln!(text, "\n---{}\n---@class throng.{}", table.doc, table.name);
    fields(text, table.values);
    if let Some(call) = functions().find(|one| one.table.is_empty() && one.name == table.name) {
        let params: Vec<String> = call.params.iter().map(param).collect();
        let results = match call.returns {
            [] => String::new(),
            results => format!(": {}", returned(results)),
        };
        let _ = writeln!(text, "---@overload fun({}){results}", params.join(", "));
    }
    let _ = writeln!(text, "{} = {{}}", table.name);
    for one in table.functions {
        function(text, one, &one.path());
    }
}

fn param(field: &Field) -> String {
    let mark = if field.optional { "?" } else { "" };
    format!("{}{mark}: {}", field.name, field.kind)
}

fn returned(results: &[Returned]) -> String {
    let kinds = results.iter().map(|result| result.kind.replace("...", ""));
    kinds.collect::<Vec<_>>().join(", ")
}

fn fields(text: &mut String, fields: &[Field]) {
    for field in fields {
        let mark = if field.optional { "?" } else { "" };
        let about = about::field(field);
        let line = format!(
            "---@field {}{mark} {} {about}",
            field.name,
            bracketed(field.kind)
        );
        let _ = writeln!(text, "{}", line.trim_end());
    }
}

/// A union of functions is ambiguous without brackets.
fn bracketed(kind: &str) -> String {
    match kind.split_once("fun(") {
        Some((before, function)) if kind.contains('|') && before.ends_with('|') => {
            format!("{before}(fun({function})")
        }
        _ => kind.to_owned(),
    }
}

/// An example behind a description, as editors show it beside a name.
fn example(text: &mut String, example: &str) {
    if example.is_empty() {
        return;
    }
    text.push_str("---\n---```lua\n");
    for line in example.trim_end().lines() {
        let _ = writeln!(text, "---{line}");
    }
    text.push_str("---```\n");
}

fn function(text: &mut String, function: &Function, path: &str) {
    let _ = writeln!(text, "\n---{}", function.doc);
    if !function.errors.is_empty() {
        let _ = writeln!(text, "---\n---Fails: {}", function.errors);
    }
    example(text, function.example);
    for param in function.params {
        let mark = if param.optional && param.name != "..." {
            "?"
        } else {
            ""
        };
        let line = format!(
            "---@param {}{mark} {} {}",
            param.name,
            param.kind,
            about::field(param)
        );
        let _ = writeln!(text, "{}", line.trim_end());
    }
    for result in function.returns {
        // A type and a name; what stands behind `#` is about the result.
        let (kind, name) = match result.kind.strip_suffix("...") {
            Some(kind) => (kind, " ..."),
            None => (result.kind, ""),
        };
        let _ = writeln!(text, "---@return {kind}{name} # {}", about::result(result));
    }
    let names: Vec<&str> = function.params.iter().map(|param| param.name).collect();
    let _ = writeln!(text, "function {path}({}) end", names.join(", "));
}
