//! The matcher against the functions of C in a real Lua 5.4.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use mlua::{Function, Lua, MultiValue, Table, Value};
use throng::random::{Purpose, Stream};
use throng::script::pattern::{self, Watch};

use super::{innermost, raised};

/// A VM with our four functions as `ours` and those of C in `string`.
fn vm() -> Lua {
    let lua = Lua::new();
    lua.globals()
        .set("ours", pattern::table(&lua, &Watch::idle()).unwrap())
        .unwrap();
    lua
}

/// A VM whose strings have our functions.
fn replaced(watch: &Watch) -> Lua {
    let lua = Lua::new();
    let string: Table = lua.globals().get("string").unwrap();
    pattern::table(&lua, watch)
        .unwrap()
        .for_each(|name: String, function: Function| string.set(name, function))
        .unwrap();
    lua
}

/// The results of a call, or the words of its error.
fn outcome(function: &Function, arguments: impl mlua::IntoLuaMulti) -> String {
    match function.call::<MultiValue>(arguments) {
        Ok(values) => values.iter().map(shown).collect::<Vec<_>>().join(", "),
        Err(error) => {
            let words = innermost(&error).to_string();
            let words = words.strip_prefix("runtime error: ").unwrap_or(&words);
            let words = words.lines().next().unwrap();
            // C puts the place of the call in front; ours leave that to the host.
            let place = words
                .strip_prefix("harness:")
                .and_then(|rest| rest.split_once(": "));
            format!("error: {}", place.map_or(words, |(_, words)| words))
        }
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(string) => format!("{:?}", String::from_utf8_lossy(&string.as_bytes())),
        other => other.to_string().unwrap(),
    }
}

/// Calls that show everything that a function gives for a pattern and a text.
const HARNESS: &str = r#"
    local f = ...
    local calls = {}
    function calls.find(s, p, init) return f.find(s, p, init) end
    function calls.match(s, p, init) return f.match(s, p, init) end
    function calls.gmatch(s, p, init)
      local all = {}
      for a, b, c in f.gmatch(s, p, init) do
        all[#all + 1] = tostring(a) .. "|" .. tostring(b) .. "|" .. tostring(c)
        if #all > 40 then break end
      end
      return table.concat(all, ";")
    end
    function calls.gsub_text(s, p) return f.gsub(s, p, "<%0>") end
    function calls.gsub_capture(s, p) return f.gsub(s, p, "(%1:%%)", 3) end
    function calls.gsub_second(s, p) return f.gsub(s, p, "%2%1") end
    function calls.gsub_table(s, p) return f.gsub(s, p, {a = "1", b = false, ab = 7, [1] = 2.5}) end
    function calls.gsub_function(s, p)
      return f.gsub(s, p, function(x, y) if x == "b" then return nil end return tostring(x) .. tostring(y) end)
    end
    return calls
"#;

/// Compares all calls for `count` pairs that `pair` makes.
fn compare(count: usize, mut pair: impl FnMut(&mut Stream) -> (String, String)) {
    let lua = vm();
    let harness: Function = lua
        .load(HARNESS)
        .set_name("=harness")
        .into_function()
        .unwrap();
    let of = |functions: Value| harness.call::<Table>(functions).unwrap();
    let ours = of(lua.globals().get("ours").unwrap());
    let theirs = of(lua.globals().get("string").unwrap());
    let mut stream = Stream::new(20, 26, Purpose::Data);
    let mut matches = 0;
    for _ in 0..count {
        let (pattern, text) = pair(&mut stream);
        let init = match stream.index(4).unwrap() {
            0 => Value::Integer(stream.int(-12, 12)),
            _ => Value::Nil,
        };
        for name in [
            "find",
            "match",
            "gmatch",
            "gsub_text",
            "gsub_capture",
            "gsub_second",
            "gsub_table",
            "gsub_function",
        ] {
            let call =
                |table: &Table| outcome(&table.get(name).unwrap(), (&*text, &*pattern, &init));
            let (got, expected) = (call(&ours), call(&theirs));
            assert_eq!(
                got, expected,
                "{name} of {pattern:?} in {text:?} from {init:?}"
            );
            matches += usize::from(name == "find" && got != "nil" && !got.starts_with("error"));
        }
    }
    assert!(
        matches * 10 > count,
        "only {matches} of {count} pairs match: they prove little"
    );
}

fn text_of(stream: &mut Stream, alphabet: &[&str], most: i64) -> String {
    let length = stream.int(0, most);
    (0..length)
        .map(|_| alphabet[stream.index(alphabet.len()).unwrap()])
        .collect()
}

#[test]
fn any_characters_as_a_pattern_do_what_c_does() {
    let alphabet = [
        "a", "b", "1", " ", "]", "[", "^", "$", "%", "%", "(", ")", ".", "*", "+", "-", "?", "f",
        "0", "\0", "A",
    ];
    compare(6_000, |stream| {
        (
            text_of(stream, &alphabet, 8),
            text_of(stream, &["a", "b", "1", " ", "]", "A", "-", "\0"], 10),
        )
    });
}

#[test]
fn well_made_patterns_do_what_c_does() {
    let singles = [
        "a", "b", ".", "%a", "%d", "%s", "%w", "%A", "%D", "%S", "%p", "%x", "%l", "%u", "%c",
        "%g", "%.", "%%", "[ab]", "[^ab]", "[a-c]", "[%d_]", "[^%s]", "[]a]", "[^]]", "[a-]",
        "[-a]", "[%a-z]", "[%]]", "[b-%a]", "[+--]",
    ];
    let others = [
        "(", ")", "()", "%1", "%2", "%b()", "%bab", "%f[%w]", "%f[%W]", "%f[^a]", "$", "^",
        "%f[\0]",
    ];
    let repeats = ["", "", "", "*", "+", "-", "?"];
    let text = [
        "a", "b", "a", "b", "c", "1", " ", "(", ")", "]", "-", "_", "z", "A", ".", "%", "\t",
    ];
    compare(6_000, |stream| {
        let mut pattern = String::new();
        if stream.chance(0.1) {
            pattern.push('^');
        }
        let mut open = 0;
        for _ in 0..stream.int(1, 6) {
            match stream.index(10).unwrap() {
                0 if open > 0 => {
                    pattern.push(')');
                    open -= 1;
                }
                0 | 1 => {
                    pattern.push('(');
                    open += 1;
                }
                2 => pattern.push_str(others[stream.index(others.len()).unwrap()]),
                _ => {
                    pattern.push_str(singles[stream.index(singles.len()).unwrap()]);
                    pattern.push_str(repeats[stream.index(repeats.len()).unwrap()]);
                }
            }
        }
        if !stream.chance(0.05) {
            pattern.extend(std::iter::repeat_n(')', open));
        }
        if stream.chance(0.1) {
            pattern.push('$');
        }
        (pattern, text_of(stream, &text, 14))
    });
}

#[test]
fn every_class_holds_the_bytes_that_it_holds_in_c() {
    let lua = vm();
    let chunk = r#"
        for class = 0, 255 do
          for _, pattern in ipairs({"%" .. string.char(class), "[%" .. string.char(class) .. "]"}) do
            if not pattern:find("%%[%dbf]") then
              for byte = 0, 255 do
                local s = string.char(byte)
                local ours, theirs = ours.find(s, pattern), string.find(s, pattern)
                assert(ours == theirs, ("%q and byte %d"):format(pattern, byte))
              end
            end
          end
        end
    "#;
    lua.load(chunk).exec().unwrap();
}

#[test]
fn values_as_the_manual_has_them() {
    let lua = replaced(&Watch::idle());
    let chunk = r#"
        local function is(got, ...)
          local want = table.pack(...)
          assert(got.n == want.n, "number of values: " .. got.n)
          for i = 1, want.n do assert(got[i] == want[i], tostring(got[i]) .. " is not " .. tostring(want[i])) end
        end
        local p = table.pack
        is(p(("hello world"):find("wor")), 7, 9)
        is(p(("hello"):find("")), 1, 0)
        is(p(("hello"):find("", 6)), 6, 5)
        is(p(("hello"):find("", 7)), nil)
        is(p(("a.b"):find(".", 2, true)), 2, 2)
        is(p(("a+b"):find("+", 1, true)), 2, 2)
        is(p(("hello"):find("l", -2)), 4, 4)
        is(p(("key = value"):match("^(%w+)%s*=%s*(%w+)$")), "key", "value")
        is(p(("  trim  "):match("^%s*(.-)%s*$")), "trim")
        is(p(("flaaap"):match("()aa()")), 3, 5)
        is(p(string.match(2024, "^%d%d")), "20")
        is(p(("THE (quick) fox"):find("%((%a+)%)")), 5, 11, "quick")
        is(p(("f(a(b)c)d"):match("%b()")), "(a(b)c)")
        is(p(("THE (quick) fox"):gsub("%f[%a]%a+", string.lower)), "the (quick) fox", 3)
        is(p(("hello world"):gsub("o", "0", 1)), "hell0 world", 1)
        is(p(("hello"):gsub("", "-")), "-h-e-l-l-o-", 6)
        is(p(("abc"):gsub("%w", "%0%0")), "aabbcc", 3)
        is(p(("hello world"):gsub("(%w+) (%w+)", "%2 %1")), "world hello", 1)
        is(p(("$name is $age"):gsub("%$(%w+)", {name = "Ada", age = 36})), "Ada is 36", 2)
        is(p(("abc"):gsub("b", "%%")), "a%c", 1)
        is(p(("abc"):gsub("^a", "x")), "xbc", 1)
        is(p(("aaa"):gsub("^a", "x")), "xaa", 1)
        is(p(("abc"):gsub("b*", "-")), "-a-c-", 3)
        is(p(("x"):gsub(".", "%0", 0)), "x", 0)
        local words = {}
        for word in ("one two  three"):gmatch("%a+") do words[#words + 1] = word end
        assert(table.concat(words, ",") == "one,two,three")
        local pairs = {}
        for k, v in ("a=1, b=2"):gmatch("(%w+)=(%w+)") do pairs[k] = v end
        assert(pairs.a == "1" and pairs.b == "2")
        local proxy = setmetatable({}, {__index = function(_, key) return key:upper() end})
        is(p(("ab"):gsub(".", proxy)), "AB", 2)
    "#;
    lua.load(chunk).exec().unwrap();
}

#[test]
fn wrong_arguments_have_the_words_of_lua() {
    let lua = replaced(&Watch::idle());
    for (call, words) in [
        (
            "string.find(nil, 'a')",
            "bad argument #1 to 'find' (string expected, got nil)",
        ),
        (
            "string.match('a', {})",
            "bad argument #2 to 'match' (string expected, got table)",
        ),
        (
            "string.find('a', 'a', 'x')",
            "bad argument #3 to 'find' (number expected, got string)",
        ),
        (
            "string.find('a', 'a', 1.5)",
            "bad argument #3 to 'find' (number has no integer representation)",
        ),
        (
            "string.gsub('a', 'a')",
            "bad argument #3 to 'gsub' (string/function/table expected, got nil)",
        ),
        (
            "string.gsub('a', 'a', true)",
            "bad argument #3 to 'gsub' (string/function/table expected, got boolean)",
        ),
        (
            "string.gsub('a', 'a', 'x', {})",
            "bad argument #4 to 'gsub' (number expected, got table)",
        ),
        (
            "string.gsub('a', 'a', function() return {} end)",
            "invalid replacement value (a table)",
        ),
        ("string.gsub('a', 'a', '%2')", "invalid capture index %2"),
        (
            "string.gsub('a', 'a', '%x')",
            "invalid use of '%' in replacement string",
        ),
        ("string.find('a', '[a')", "malformed pattern (missing ']')"),
        ("string.find('a', '%')", "malformed pattern (ends with '%')"),
        ("string.find('a', ('()'):rep(33))", "too many captures"),
    ] {
        assert_eq!(raised(&lua, call), words, "{call}");
    }
}

/// Patterns that hold up the functions of C for minutes to ages.
#[test]
fn a_pattern_that_tries_too_many_ways_is_ended() {
    let lua = replaced(&Watch::idle());
    for call in [
        "(('a'):rep(200)):find(('a*'):rep(30) .. 'b')",
        "(('a'):rep(200)):find(('a?'):rep(100) .. ('a'):rep(201))",
        "(('a'):rep(200)):match(('.-'):rep(30) .. 'b')",
        "(('a'):rep(200)):gsub(('a+'):rep(20) .. 'b', '')",
        "(('a'):rep(200)):gmatch(('.-'):rep(30) .. 'b')()",
        "(('('):rep(100000)):find('%b()')",
        "(('ab'):rep(100000)):find('(.+)%1%1%1$')",
    ] {
        let start = Instant::now();
        let words = raised(&lua, call);
        assert!(
            words.contains("the pattern took more than "),
            "{call}: {words}"
        );
        assert!(
            start.elapsed() < Duration::from_secs(2),
            "{call}: {:?}",
            start.elapsed()
        );
    }
    let words = raised(
        &lua,
        "('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'):find(('a*'):rep(30) .. 'b')",
    );
    assert_eq!(
        words,
        "string.find: the pattern took more than 1000320 steps on 40 bytes: \
         'a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*...'"
    );
}

#[test]
fn what_is_long_but_simple_goes_through() {
    let lua = replaced(&Watch::idle());
    let chunk = r#"
        local long = ("word "):rep(200000) .. "end"
        assert(long:match("(%a+)$") == "end")
        assert(select(2, long:gsub("%a+", "x")) == 200001)
        assert(long:find("end", 1, true) == 1000001)
        assert(long:match("(end)") == "end")
        local n = 0
        for _ in long:gmatch("%S+") do n = n + 1 end
        assert(n == 200001)
        -- The worst of plain search: linear here.
        assert(not (("a"):rep(1000000)):find(("a"):rep(500000) .. "b", 1, true))
        assert((("x"):rep(300)):find(("x?"):rep(300)) == 1)
    "#;
    lua.load(chunk).exec().unwrap();
}

#[test]
fn a_result_that_grows_without_end_is_refused() {
    let lua = replaced(&Watch::idle());
    let words = raised(&lua, "(('x'):rep(100000)):gsub('.', ('y'):rep(100000))");
    assert_eq!(
        words,
        "string.gsub: the result is larger than 64 MiB on 100000 bytes: '.'"
    );
    let words = raised(&lua, "(('x'):rep(1000000)):gsub('.+', ('%0'):rep(1000))");
    assert!(words.contains("larger than 64 MiB"), "{words}");
}

#[test]
fn the_host_knows_when_the_script_runs_inside_gsub_and_what_was_spent() {
    let depth = Rc::new(RefCell::new((0_i32, 0_i32)));
    let spent = Rc::new(RefCell::new(0_u64));
    let (entered, steps) = (depth.clone(), spent.clone());
    let watch = Watch {
        inside: Rc::new(move |call| {
            {
                let mut depth = entered.borrow_mut();
                depth.0 += 1;
                depth.1 = depth.1.max(depth.0);
            }
            let answer = call();
            entered.borrow_mut().0 -= 1;
            answer
        }),
        spent: Rc::new(move |more| {
            *steps.borrow_mut() += more;
            if *steps.borrow() > 10_000 {
                return Err(mlua::Error::runtime("the slice is over"));
            }
            Ok(())
        }),
        ..Watch::idle()
    };
    let lua = replaced(&watch);
    lua.load(
        "string.gsub('ab', '.', function(c) return (c:gsub('.', function(d) return d .. d \
              end)) end)",
    )
    .exec()
    .unwrap();
    assert_eq!(
        *depth.borrow(),
        (0, 2),
        "as deep inside as the calls, and out again"
    );
    let words = raised(
        &lua,
        "string.gsub('ab', '.', function() error('no', 0) end)",
    );
    assert_eq!(words.lines().next(), Some("no"));
    assert_eq!(depth.borrow().0, 0, "out again after an error");
    let words = raised(
        &lua,
        "while true do string.find('aaaaaaaaaaaaaaaaaaaa', 'a*a*b') end",
    );
    assert_eq!(words, "the slice is over");
}
