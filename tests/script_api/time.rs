use std::cell::Cell;
use std::rc::Rc;

use mlua::Lua;
use throng::script::api::time::{self, TimeSource};

use super::raised;

/// 2026-11-23T10:15:00.25Z.
const NOW: f64 = 1_795_428_900.25;

fn vm() -> Lua {
    let lua = Lua::new();
    let ticks = Cell::new(0.0);
    let clock = TimeSource {
        now: Rc::new(|| NOW),
        monotonic: Rc::new(move || ticks.replace(ticks.get() + 0.5)),
    };
    lua.globals()
        .set("time", time::table(&lua, &clock).unwrap())
        .unwrap();
    lua
}

#[test]
fn the_clock_comes_through_the_seam() {
    let chunk = "return time.now(), time.monotonic(), time.monotonic(), time.iso()";
    let got: (f64, f64, f64, String) = vm().load(chunk).eval().unwrap();
    assert_eq!(got, (NOW, 0.0, 0.5, "2026-11-23T10:15:00.250Z".to_owned()));
}

#[test]
fn the_clock_of_the_machine_goes_forward() {
    let clock = TimeSource::of(throng::clock::Clock::default());
    assert!((clock.now)() > 1.7e9);
    let first = (clock.monotonic)();
    assert!(first >= 0.0 && (clock.monotonic)() >= first);
}

#[test]
fn seconds_and_texts_go_both_ways() {
    let lua = vm();
    for (seconds, text) in [
        (0.0, "1970-01-01T00:00:00Z"),
        (-1.0, "1969-12-31T23:59:59Z"),
        (1e9, "2001-09-09T01:46:40Z"),
        (1e9 + 0.2, "2001-09-09T01:46:40.200Z"),
        (1_709_164_800.0, "2024-02-29T00:00:00Z"),
    ] {
        let iso: mlua::Function = lua.load("return time.iso").eval().unwrap();
        assert_eq!(iso.call::<String>(seconds).unwrap(), text);
        let parse: mlua::Function = lua.load("return time.parse").eval().unwrap();
        assert_eq!(parse.call::<f64>(text).unwrap(), seconds);
    }
    let got: f64 = lua
        .load("return time.parse('2026-11-23T12:15:00.25+02:00')")
        .eval()
        .unwrap();
    assert_eq!(got, NOW);
}

#[test]
fn what_is_no_time_gives_nil_and_a_message() {
    let lua = vm();
    for text in [
        "",
        "yesterday",
        "2026-13-01T00:00:00Z",
        "2026-11-23",
        "2026-11-23T10:15:00",
    ] {
        let chunk = format!("local t, words = time.parse('{text}') assert(t == nil) return words");
        let words: String = lua.load(chunk).eval().unwrap();
        assert_eq!(
            words,
            format!("{text:?} is not a time such as \"2026-11-23T10:15:00Z\" (RFC 3339)")
        );
    }
}

#[test]
fn wrong_arguments_are_named() {
    let lua = vm();
    for (call, words) in [
        (
            "time.iso('x')",
            "time.iso: t is a string, a number was expected",
        ),
        (
            "time.iso(0/0)",
            "time.iso: t is NaN, a finite number was expected",
        ),
        (
            "time.iso(1e300)",
            "seconds within the years 0 to 9999 were expected",
        ),
        (
            "time.iso(-7e10)",
            "time.iso: t is -70000000000, seconds within the years 0 to 9999 were expected",
        ),
        (
            "time.parse(12)",
            "time.parse: the text is a number, a string was expected",
        ),
    ] {
        let got = raised(&lua, call);
        assert!(got.ends_with(words), "{got}");
    }
}
