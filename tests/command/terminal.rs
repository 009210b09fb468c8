//! What targets and scripts say never reaches a terminal as something that it obeys, and is never more than one line.

use serde_json::{Value, json};

use super::program::Ended;
use super::{Answer, Folder, Target, throng};

/// Of every kind: C0, DEL, C1, direction, line separators, and a line that would pass for one of the log.
const HOSTILE: &str = "\u{1b}]0;title\u{7}\u{1b}[31mred\r\nFAKE 12:00:00 ERROR all is lost\u{9b}2J\t\u{7f}\u{202e}\u{2028}x";

const SCRIPT: &str = r#"
local seen = metrics.counter("seen", { labels = { "name" } })
local function named() return http.get("/name"):json().name end
return { requests = { 20, 20 }, think = 0, step = function()
  local name = named()
  seen:add(1, { name = name })
  metrics.check(name, true)
  http.get("/x", { name = name, tags = { tagged = name }, headers = { ["X-Note"] = "a\tb" } })
  http.post("/x", { json = { note = name } })
  log.warn(name)
  log.info(name, { field = name })
  print(name)
  http.post("/items", { json = {}, creates = { kind = "item", id = "/id",
    delete = { method = "DELETE", path = "/items/{id}" } } })
  if name then error(name) end
end, on_stop = function() error({ named() }) end }
"#;

fn hostile() -> Target {
    Target::new(|request| match request.method.as_str() {
        "POST" if request.path == "/items" => {
            Answer::Status(201, json!({ "id": HOSTILE }).to_string())
        }
        "DELETE" => Answer::Status(409, HOSTILE.to_owned()),
        "POST" => Answer::Bytes(
            format!(
                "HTTP/1.1 500 \u{9b}2J\r\nX-Evil: \u{9b}2J\r\nContent-Length: {}\r\n\r\n{HOSTILE}",
                HOSTILE.len()
            )
            .into_bytes(),
        ),
        _ => Answer::Status(200, json!({ "name": HOSTILE }).to_string()),
    })
}

fn folder() -> Folder {
    let setup = format!(
        "return {{ setup = function() log.warn({0}) return {{}} end, teardown = function() error({0}) end }}",
        lua(HOSTILE)
    );
    Folder::of("app", SCRIPT).with("_crowd", &setup)
}

fn lua(text: &str) -> String {
    let bytes = text.bytes().map(|byte| format!("\\x{byte:02x}"));
    format!("\"{}\"", bytes.collect::<String>())
}

/// Fails where a terminal would obey.
fn fit(what: &str, text: &str) {
    for (number, line) in text.lines().enumerate() {
        let bad = line.chars().find(|letter| !throng::text::is_shown(*letter));
        assert_eq!(bad, None, "{what}, line {}: {line:?}", number + 1);
        assert!(!line.starts_with("FAKE"), "{what}: {line}");
    }
}

fn run(target: &Target, folder: &Folder, words: &[&str]) -> Ended {
    let state = folder.root().join("state");
    throng([
        "run",
        "--no-listen",
        "--users",
        "1",
        "--base-url",
        &target.url(),
    ])
    .args(&["--state-dir", state.to_str().unwrap(), "--script-dir"])
    .arg(folder.path())
    .args(words)
    .with_summary()
    .end()
}

#[test]
fn a_run_escapes_what_it_shows_in_every_form_of_its_log() {
    for words in [
        &["--cleanup"][..],
        &["--verbose"],
        &["--debug"],
        &["--quiet"],
        &["--trace", "app"],
        &["--log-format", "json"],
        &["--debug", "--log-format", "json"],
    ] {
        let (target, folder) = (hostile(), folder());
        let ended = run(&target, &folder, words);
        fit(&format!("stdout of {words:?}"), &ended.stdout);
        fit(&format!("stderr of {words:?}"), &ended.stderr);
        assert!(
            ended.stdout.contains(r"\u{1b}]0;title\u{7}"),
            "{}",
            ended.stdout
        );
        // The JSON says the same and shows none of it.
        let summary = ended.summary();
        fit("the summary", ended.summary_as_written());
        assert!(summary.to_string().contains("red\\r\\nFAKE"), "{summary:#}");
        if words.contains(&"json") {
            for line in ended.stderr.lines() {
                serde_json::from_str::<Value>(line).unwrap();
            }
        }
    }
}

#[test]
fn colours_are_the_only_commands_to_the_terminal() {
    let (target, folder) = (hostile(), folder());
    let ended = run(&target, &folder, &["--color", "always", "--cleanup"]);
    let mut colours = 0;
    for (what, text) in [("stdout", &ended.stdout), ("stderr", &ended.stderr)] {
        let mut plain = text.clone();
        for code in ["0", "1", "2", "31", "32", "33", "34", "36"] {
            let code = format!("\u{1b}[{code}m");
            colours += plain.matches(&code).count();
            plain = plain.replace(&code, "");
        }
        fit(what, &plain);
    }
    assert!(colours > 10, "{}", ended.stdout);
    assert!(
        ended.stdout.contains(r"\u{1b}[31mred\r\nFAKE"),
        "{}",
        ended.stdout
    );
}

#[test]
fn a_later_clean_up_escapes_what_it_lists() {
    let (target, folder) = (hostile(), folder());
    let ended = run(&target, &folder, &[]);
    let id = ended.summary()["run"]["id"].as_str().unwrap().to_owned();
    let state = folder.root().join("state");
    for words in [
        &["--list"][..],
        &["--list", "--run", &id],
        &["--list", "--run", &id, "--json"],
        &["--run", &id],
        // Now with the answer of the target to each try.
        &["--list", "--run", &id],
        &["--list", "--run", &id, "--json"],
        &["--run", &id, "--json"],
    ] {
        let ended = throng(["cleanup", "--state-dir"])
            .arg(&state)
            .args(words)
            .end();
        fit(&format!("stdout of {words:?}"), &ended.stdout);
        fit(&format!("stderr of {words:?}"), &ended.stderr);
        if words.contains(&"--json") {
            let said: Value = serde_json::from_str(&ended.stdout).unwrap();
            if words.contains(&"--list") {
                assert_eq!(said[0]["id"], HOSTILE);
            }
        }
    }
}

#[test]
fn ctl_escapes_what_a_run_says_of_itself() {
    let target = Target::new(|request| {
        match request.path.as_str() {
        "/api/v1/pause" => Answer::Status(200, json!({ "done": HOSTILE }).to_string()),
        "/api/v1/reload" => Answer::Status(
            422,
            json!({ "error": HOSTILE, "faults": [{ "place": HOSTILE, "cause": HOSTILE, "remedy": HOSTILE }] })
                .to_string(),
        ),
        _ => Answer::Status(200, HOSTILE.to_owned()),
    }
    });
    for words in [
        &["pause"][..],
        &["reload"],
        &["status"],
        &["pause", "--json"],
        &["reload", "--json"],
    ] {
        let ended = throng(["ctl", "--url", &target.url(), "--token", "long-enough"])
            .args(words)
            .end();
        fit(&format!("stdout of {words:?}"), &ended.stdout);
        fit(&format!("stderr of {words:?}"), &ended.stderr);
        assert!(!(ended.stdout + &ended.stderr).is_empty());
    }
}

#[test]
fn names_of_files_and_words_of_the_line_are_escaped_too() {
    let target = hostile();
    let broken = Folder::new()
        .with("app", "return 1")
        .with("b\u{1b}[2Jx", "oh \u{1b} no");
    let ended = run(&target, &broken, &[]);
    fit("a broken script", &ended.stderr);
    let error = format!("error({})", lua(HOSTILE));
    let raised = Folder::of("app", &error);
    fit(
        "a script that fails at load",
        &run(&target, &raised, &[]).stderr,
    );
    fit("a dry run", &run(&target, &folder(), &["--dry-run"]).stdout);
    for words in [
        &["run", "--users", "\u{1b}[2J"][..],
        &["run", "--\u{1b}[2J"],
        &["\u{9b}2J"],
        &["run", "--base-url", "http://\u{1b}[2J"],
        &["run", "--script-dir", "\u{1b}[2J/none"],
        &["run", "--user-types", "a,\u{202e}b"],
        &["cleanup", "--list", "--state-dir", "\u{1b}[2J/none"],
        &["ctl", "status", "--run", "\u{1b}[2J"],
    ] {
        let ended = throng(words).end();
        fit(&format!("{words:?}"), &ended.stderr);
        fit(&format!("{words:?}"), &ended.stdout);
    }
}
