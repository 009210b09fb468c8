//! The sandbox against Lua itself: the same chunks give the same results and the same words of errors.

use mlua::{Function, Lua};

use super::support::{Folder, Stage, nowhere};
use crate::support::on_one_thread;

/// Chunks, with an empty line between two.
const CHUNKS: &str = include_str!("chunks.lua");

/// Runs a chunk and writes down all that it gave.
const HARNESS: &str = r#"
    local chunk = ...
    local function shown(value, depth)
      local kind = type(value)
      if kind == "string" then return (string.format("%q", value):gsub("0x%x+", "0x")) end
      if kind == "number" then return math.type(value) .. " " .. string.format("%.17g", value) end
      if kind ~= "table" then return (tostring(value):gsub("0x%x+", "0x")) end
      local words = {}
      for key, inner in next, value do
        words[#words + 1] = shown(key, depth + 1) .. "=" .. (depth > 3 and "..." or shown(inner, depth + 1))
      end
      table.sort(words)
      return "{" .. table.concat(words, " ") .. "}"
    end
    local results = table.pack(pcall(chunk))
    local words = {}
    for i = 1, results.n do words[i] = shown(results[i], 0) end
    return table.concat(words, ", ")
"#;

struct Side {
    lua: Lua,
    harness: Function,
}

impl Side {
    fn new(lua: Lua) -> Self {
        let harness = lua.load(HARNESS).set_name("=harness").into_function();
        Self {
            harness: harness.unwrap(),
            lua,
        }
    }

    /// What a chunk gives; none when it is no Lua.
    fn said(&self, chunk: &str) -> Option<String> {
        let chunk = self.lua.load(chunk).set_name("@t.lua").into_function();
        let said = self.harness.call::<mlua::LuaString>(chunk.ok()?);
        Some(said.map_or_else(
            |why| format!("the harness: {why}"),
            |said| said.to_string_lossy(),
        ))
    }
}

/// Lua with its whole library, and the sandbox of a script.
fn sides() -> (Side, Side) {
    let plain = Lua::new();
    let stage = Stage::new(&Folder::step("return 1"), nowhere());
    let sandbox = stage.vm("one").lua.clone();
    (Side::new(plain), Side::new(sandbox))
}

/// Runs chunks on both sides; how many there were, and those that differ.
fn compare(chunks: impl Iterator<Item = String>) -> (usize, Vec<String>) {
    on_one_thread(async {
        let (plain, sandbox) = sides();
        let (mut count, mut differ) = (0, Vec::new());
        for chunk in chunks {
            let (Some(right), Some(ours)) = (plain.said(&chunk), sandbox.said(&chunk)) else {
                continue;
            };
            count += 1;
            if right != ours {
                differ.push(format!("{chunk}\n  Lua:     {right}\n  sandbox: {ours}"));
            }
        }
        (count, differ)
    })
}

fn assert_alike(chunks: impl Iterator<Item = String>, at_least: usize) {
    let (count, differ) = compare(chunks);
    assert!(count >= at_least, "only {count} chunks ran");
    let shown = differ.iter().take(20).cloned().collect::<Vec<_>>();
    assert!(
        differ.is_empty(),
        "{} of {count} differ:\n{}",
        differ.len(),
        shown.join("\n")
    );
}

#[test]
fn chunks_do_what_they_do_in_lua() {
    let chunks = CHUNKS.split("\n\n").map(str::to_owned);
    assert_alike(chunks.filter(|chunk| !chunk.trim().is_empty()), 150);
}

/// Functions of the library, with arguments that are right and wrong, called in the ways in which a name and a place are found.
#[test]
fn calls_with_any_arguments_do_what_they_do_in_lua() {
    const TEXTS: [&str; 16] = [
        "sub", "byte", "upper", "lower", "reverse", "len", "rep", "format", "find", "match",
        "gmatch", "gsub", "pack", "unpack", "packsize", "char",
    ];
    const OTHERS: [&str; 45] = [
        "table.concat",
        "table.insert",
        "table.remove",
        "table.unpack",
        "table.pack",
        "table.sort",
        "table.move",
        "math.floor",
        "math.ceil",
        "math.tointeger",
        "math.type",
        "math.max",
        "math.min",
        "math.fmod",
        "math.modf",
        "math.abs",
        "math.ult",
        "math.sqrt",
        "math.log",
        "utf8.char",
        "utf8.len",
        "utf8.codepoint",
        "utf8.offset",
        "utf8.codes",
        "select",
        "tostring",
        "tonumber",
        "rawget",
        "rawset",
        "rawlen",
        "rawequal",
        "next",
        "ipairs",
        "pairs",
        "type",
        "setmetatable",
        "getmetatable",
        "error",
        "assert",
        "pcall",
        "xpcall",
        "coroutine.create",
        "coroutine.resume",
        "coroutine.status",
        "coroutine.close",
    ];
    const VALUES: [&str; 16] = [
        "nil",
        "1",
        "-1",
        "0",
        "3.0",
        "1.5",
        "'abc'",
        "''",
        "'2'",
        "'0x1p1'",
        "{}",
        "{ 3, 1, 2 }",
        "true",
        "function(...) return ... end",
        "'%d'",
        "'%s'",
    ];
    let mut arguments = vec![String::new()];
    arguments.extend(VALUES.map(str::to_owned));
    for one in VALUES {
        arguments.extend(VALUES.map(|other| format!("{one}, {other}")));
    }
    // Three of them, here and there.
    for place in (0..VALUES.len() * VALUES.len() * VALUES.len()).step_by(37) {
        let value = |place: usize| VALUES[place % VALUES.len()];
        let (one, two, three) = (value(place), value(place / 16), value(place / 256));
        arguments.push(format!("{one}, {two}, {three}"));
    }
    let texts = TEXTS.iter().flat_map(|name| {
        arguments.iter().flat_map(move |arguments| {
            let comma = if arguments.is_empty() { "" } else { ", " };
            [
                format!("return ('a,b c'):{name}({arguments})"),
                format!("local s = 'x'\nlocal a, b, c = s:{name}({arguments})\nreturn a, b, c"),
                format!("return string.{name}({arguments})"),
                format!("return pcall(string.{name}{comma}{arguments})"),
            ]
        })
    });
    let others = OTHERS.iter().flat_map(|name| {
        arguments.iter().flat_map(move |arguments| {
            let comma = if arguments.is_empty() { "" } else { ", " };
            [
                format!("return {name}({arguments})"),
                format!("local a, b = {name}({arguments})\nreturn a, b"),
                format!("return pcall({name}{comma}{arguments})"),
            ]
        })
    });
    // The metatable of strings is hidden.
    let all: Vec<String> = texts
        .chain(others)
        .filter(|chunk| !chunk.contains("getmetatable") || !chunk.contains('\''))
        .collect();
    assert_alike(all.into_iter(), 50_000);
}
