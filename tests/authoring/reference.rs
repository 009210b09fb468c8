//! The reference is made of the descriptions: the pages, the types for editors, `throng api`. Every example runs.

use std::fs;
use std::path::{Path, PathBuf};

use throng::script::api::{GLOBALS, NAMESPACES};
use throng::script::{self, CallEnd, lint, reference};
use tokio::task::LocalSet;

use crate::support::local_target::{Target, json};
use crate::support::program::throng;
use crate::support::scripts::{Folder, script_config};
use crate::support::shard::Stage;

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

/// An example as a script of its own: some are what a step does.
fn as_script(example: &str) -> String {
    match example.starts_with("return {") || example.contains("\nreturn {") {
        true => example.to_owned(),
        false => format!("return {{ step = function(user)\n{example}\nreturn user end }}"),
    }
}

fn examples() -> impl Iterator<Item = (String, String)> {
    let with_example = reference::functions().filter(|function| !function.example.is_empty());
    with_example.map(|function| (function.path(), as_script(function.example)))
}

fn folder(script: &str) -> Folder {
    Folder::one(script).script("people.csv", "email,password\nada@example.com,secret\n")
}

/// What examples read of a response.
fn answer() -> serde_json::Value {
    serde_json::json!({
        "id": 7,
        "name": "Ada",
        "state": "sold out",
        "items": [{ "id": 1, "name": "Ada" }],
        "access_token": "t",
        "expires_in": 3600,
    })
}

#[test]
fn every_example_is_run_by_a_user() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut tried = 0;
    for (name, script) in examples() {
        let local = LocalSet::new();
        let requests = local.block_on(&runtime, async {
            let target = Target::start(|_, _| Some(json(200, &answer()))).await;
            let folder = folder(&script);
            let stage = Stage::with_short_rests(&folder, target.address);
            let user = stage.one();
            for end in [user.start().await, user.step(0).await, user.stop().await] {
                assert!(matches!(end, CallEnd::Done), "{name}: {end:?}\n{script}");
            }
            target.asked().len()
        });
        let is_quiet = ["json.", "time.", "crypto.base64.", "log.", "data."];
        let sends = script.contains("http.") && !name.starts_with("random.mistake");
        assert!(
            requests > 0 || !sends || is_quiet.iter().any(|start| name.starts_with(start)),
            "{name} sent nothing"
        );
        tried += 1;
    }
    assert!(tried >= 25, "only {tried} examples were found");
}

#[test]
fn every_example_passes_the_check() {
    for (name, script) in examples() {
        let bundle = folder(&script).read().unwrap();
        let findings = lint::own(&bundle).findings;
        let others: Vec<String> = findings
            .iter()
            // One that shows JSON alone sends nothing.
            .filter(|finding| finding.rule != lint::Rule::SendsNothing)
            .map(ToString::to_string)
            .collect();
        assert!(
            others.is_empty(),
            "{name}:\n{}\n{script}",
            others.join("\n")
        );
    }
}

#[test]
fn every_file_of_an_example_is_one() {
    let used: Vec<&str> = reference::functions()
        .map(|function| function.example)
        .collect();
    for entry in fs::read_dir(root().join("src/script/api/examples")).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        assert!(
            used.contains(&text.as_str()),
            "{} is no example",
            path.display()
        );
    }
}

#[test]
fn the_types_have_everything_that_is_described() {
    let types = reference::types();
    for function in reference::functions() {
        let names: Vec<&str> = function.params.iter().map(|param| param.name).collect();
        let path = match function.method {
            true => {
                let objects = reference::objects();
                let mut owner = objects.filter(|object| object.methods.contains(&function));
                format!("{}:{}", owner.next().unwrap().kind, function.name)
            }
            false => function.path(),
        };
        let line = format!("function {path}({}) end", names.join(", "));
        let is_of_lua = matches!(function.path().as_str(), "print" | "require" | "journey");
        assert!(
            is_of_lua || types.contains(&line),
            "{line} is not in\n{types}"
        );
    }
    for table in NAMESPACES {
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
    for table in NAMESPACES {
        assert!(
            list.contains(&format!("{}: {}", table.name, table.doc)),
            "{list}"
        );
    }
    for function in GLOBALS {
        assert!(list.contains(&function.signature()), "{list}");
    }
    for line in list.lines() {
        assert!(line.chars().count() <= 110, "{line}");
    }
    let get = throng(["api", "http.get"]).end().with_code(0).stdout;
    for words in [
        "http.get(path [, opts])",
        "returns  Response",
        "since    0.1.0",
        "Example",
    ] {
        assert!(get.contains(words), "{words}: {get}");
    }
    for (name, words) in [
        ("res.status", "The status; nil without a response."),
        ("RequestOptions.timeout", "--request-timeout."),
        ("timeout", "RequestOptions.timeout"),
        ("feed:take", "nil when none is free."),
        ("feed.take", "nil when none is free."),
        ("user", "requests_left"),
        ("User", "requests_left"),
        ("vars", "table<string, string?>"),
        ("steps", "Contract.steps"),
    ] {
        let ended = throng(["api", name]).end().with_code(0);
        assert!(ended.stdout.contains(words), "{name}: {}", ended.stdout);
    }
    for (name, meant) in [
        ("http.gett", "did you mean http.get?"),
        ("randon.int", "did you mean random.int?"),
        ("tiemout", "did you mean timeout?"),
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
