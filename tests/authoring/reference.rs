//! The reference is made of the descriptions: the pages, the types for editors, `throng api`.

use std::fs;
use std::path::{Path, PathBuf};

use throng::script::api::GLOBALS;
use throng::script::api::test_api::TEST_GLOBALS;
use throng::script::{self, reference};

use crate::support::program::throng;
use crate::support::scripts::{Folder, script_config};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files that are made, with their texts.
fn made() -> Vec<(PathBuf, String)> {
    let pages = reference::pages().into_iter();
    let pages = pages.map(|(name, text)| (root().join("docs/reference/lua").join(name), text));
    let types = (root().join("lib/meta/throng.lua"), reference::types());
    pages.chain([types]).collect()
}

#[test]
fn the_pages_and_the_types_are_those_of_the_descriptions() {
    let is_written = std::env::var_os("THRONG_WRITE_DOCS").is_some();
    for (path, text) in made() {
        if is_written {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &text).unwrap();
        }
        let there = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            there == text,
            "{} is not what the descriptions say; THRONG_WRITE_DOCS=1 cargo test writes it anew",
            path.display()
        );
    }
    let known: Vec<PathBuf> = made().into_iter().map(|(path, _)| path).collect();
    for folder in ["docs/reference/lua", "lib/meta"] {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            assert!(
                known.contains(&path),
                "{} is made of nothing",
                path.display()
            );
        }
    }
}

#[test]
fn the_types_have_everything_that_is_described() {
    let types = reference::types();
    for function in reference::functions() {
        let names: Vec<&str> = function.params.iter().map(|param| param.name).collect();
        let mut objects = reference::objects();
        let path = match objects.find(|object| object.methods.contains(&function)) {
            Some(owner) if function.method => format!("{}:{}", owner.kind, function.name),
            Some(owner) => format!("{}.{}", owner.kind, function.name),
            None => function.path(),
        };
        let line = format!("function {path}({}) end", names.join(", "));
        let is_of_lua = matches!(
            function.path().as_str(),
            "print" | "require" | "journey" | "mock"
        );
        assert!(
            is_of_lua || types.contains(&line),
            "{line} is not in\n{types}"
        );
    }
    for table in reference::namespaces() {
        assert!(
            types.contains(&format!("\n{} = {{}}\n", table.name)),
            "{}",
            table.name
        );
    }
    assert!(types.contains("---@overload fun(name: string, body: fun(): any): any"));
    // They are Lua, and no script.
    let folder =
        Folder::one("return { step = function() http.get '/' end }").lib("meta.lua", &types);
    let checked = script::check(&folder.read().unwrap(), &script_config());
    assert!(checked.is_ok(), "{:?}", checked.err());
}

#[test]
fn throng_api_shows_what_is_asked_for_and_what_was_meant() {
    let list = throng(["api"]).end().with_code(0).stdout;
    for table in reference::namespaces() {
        assert!(
            list.contains(&format!("{}: {}", table.name, table.doc)),
            "{list}"
        );
    }
    for function in GLOBALS.iter().chain(TEST_GLOBALS) {
        assert!(list.contains(&function.signature()), "{list}");
    }
    let get = throng(["api", "http.get"]).end().with_code(0).stdout;
    for words in [
        "http.get(path [, opts])",
        "returns  Response: How the request ended",
        "since    0.1.0",
        "Example",
    ] {
        assert!(get.contains(words), "{words}: {get}");
    }
    for (name, words) in [
        ("res.status", "The status code; nil without a response."),
        ("RequestOptions.timeout", "--request-timeout."),
        ("timeout", "RequestOptions.timeout"),
        ("feed:take", "nil when none is free; an error"),
        ("feed.take", "nil when none is free; an error"),
        ("user", "requests_left"),
        ("User", "requests_left"),
        ("vars", "table<string, string?>"),
        ("steps", "Contract.steps"),
        ("expect", "returns  Expectation"),
        (
            "to_be_close_to",
            "expectation.to_be_close_to(expected [, within])",
        ),
        ("mock", "mock.demo()"),
        ("throng.user", "TestUserOptions"),
        ("req.params", "The values of `{id}`"),
        ("MockAnswer", "latency?"),
    ] {
        let ended = throng(["api", name]).end().with_code(0);
        assert!(ended.stdout.contains(words), "{name}: {}", ended.stdout);
    }
    for (name, meant) in [
        ("http.gett", "did you mean http.get?"),
        ("randon.int", "did you mean random.int?"),
        ("tiemout", "did you mean timeout?"),
        ("mock.demoo", "did you mean mock.demo?"),
    ] {
        let ended = throng(["api", name]).end().with_code(2);
        assert!(ended.stderr.contains(meant), "{name}: {}", ended.stderr);
    }
    let ended = throng(["api", "qqqq"]).end().with_code(2);
    assert!(
        ended
            .stderr
            .contains("the Lua API has no qqqq; throng api lists"),
        "{}",
        ended.stderr
    );
}

#[test]
fn throng_api_fits_into_the_terminal() {
    for columns in [60, 80, 100, 300] {
        let widest = columns.min(100);
        let mut texts = vec![reference::list(columns)];
        for name in reference::names() {
            let found = reference::find(&name).unwrap();
            texts.extend(found.iter().map(|one| reference::describe(one, columns)));
        }
        for text in texts {
            let (description, example) = text.split_once("\nExample\n").unwrap_or((&text, ""));
            let lines = description.lines().map(|line| (line, widest));
            // Examples are code, which is not folded.
            for (line, most) in lines.chain(example.lines().map(|line| (line, 80))) {
                assert!(line.chars().count() <= most, "{columns}: {line}\n{text}");
            }
        }
    }
    let api = throng(["api", "http.get"]).variable("COLUMNS", "70");
    let narrow = api.end().with_code(0).stdout;
    assert!(
        narrow.lines().all(|line| line.chars().count() <= 79),
        "{narrow}"
    );
    assert!(
        narrow.contains("it is a response\n           with `error`"),
        "{narrow}"
    );
}

#[test]
fn throng_api_writes_the_types_over_its_own_only() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("deep/throng.lua");
    let write = |code| throng(["api", "--meta"]).arg(&file).end().with_code(code);
    write(0);
    assert_eq!(fs::read_to_string(&file).unwrap(), reference::types());
    fs::write(&file, "---@meta of an older version").unwrap();
    write(0);
    assert_eq!(fs::read_to_string(&file).unwrap(), reference::types());
    fs::write(&file, "return 'mine'").unwrap();
    let ended = write(2);
    assert!(
        ended.stderr.contains("was not overwritten"),
        "{}",
        ended.stderr
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), "return 'mine'");
    let printed = throng(["api", "--meta", "-"]).end().with_code(0).stdout;
    assert_eq!(printed, reference::types());
}
