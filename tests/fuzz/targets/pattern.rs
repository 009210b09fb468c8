//! The matcher of patterns against the functions of C: the same places, captures and faults.

use mlua::{Function, Lua, MultiValue, Table, Value};
use throng::script::pattern::{self, Watch};

use super::pieces::Input;

/// The functions of C have no cap: nothing that could take them years.
const MOST_PATTERN: usize = 12;
const MOST_TEXT: usize = 24;

/// All results of the four functions for a pattern and a text; `gmatch` and `gsub` go on from match to match.
const CALLS: &str = r##"
    local f, s, p, init, replacement = ...
    local out = {}
    local function note(ok, ...)
      out[#out + 1] = tostring(ok)
      for i = 1, select("#", ...) do
        local value = select(i, ...)
        -- C puts the place of the call in front, and the host its own words around.
        if not ok then value = tostring(value):gsub("^harness:%d+: ", ""):gsub("^runtime error: ", ""):gsub("\n.*", "") end
        out[#out + 1] = math.type(value) or type(value)
        out[#out + 1] = tostring(value)
      end
    end
    note(pcall(f.find, s, p, init))
    note(pcall(f.match, s, p, init))
    note(pcall(f.gsub, s, p, replacement))
    note(pcall(f.gsub, s, p, { a = "1", b = false }, 3))
    note(pcall(function()
      local all = {}
      for a, b in f.gmatch(s, p) do
        all[#all + 1] = tostring(a) .. "|" .. tostring(b)
      end
      return table.concat(all, ";")
    end))
    return table.concat(out, "\0")
"##;

struct Harness {
    call: Function,
    ours: Table,
    theirs: Table,
    lua: Lua,
}

thread_local! {
    static HARNESS: Harness = {
        let lua = Lua::new();
        Harness {
            call: lua.load(CALLS).set_name("=harness").into_function().unwrap(),
            ours: pattern::table(&lua, &Watch::idle()).unwrap(),
            theirs: lua.globals().get("string").unwrap(),
            lua,
        }
    };
}

pub fn check(input: &[u8]) {
    let mut input = Input(input);
    let init = match input.byte() {
        0 => Value::Nil,
        from => Value::Integer(i64::from(from as i8)),
    };
    let (pattern, replacement) = (input.word(), input.word());
    if pattern.len() > MOST_PATTERN {
        return;
    }
    let text = &input.0[..input.0.len().min(MOST_TEXT)];
    HARNESS.with(|harness| {
        let string = |bytes| harness.lua.create_string(bytes).unwrap();
        let results = |functions: &Table| {
            let words = (
                string(text),
                string(pattern),
                init.clone(),
                string(replacement),
            );
            let mut arguments = MultiValue::new();
            arguments.extend([
                Value::Table(functions.clone()),
                Value::String(words.0),
                Value::String(words.1),
                words.2,
                Value::String(words.3),
            ]);
            let all: mlua::LuaString = harness.call.call(arguments).unwrap();
            String::from_utf8_lossy(&all.as_bytes()).into_owned()
        };
        assert_eq!(results(&harness.ours), results(&harness.theirs));
    });
}
