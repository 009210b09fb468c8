//! `throng new --from` and `throng init --from`: recordings become scripts that pass the check and run; what cannot be
//! read is said with its place, and nothing that a file says is executed.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::importing::{self, check};
use crate::support::program::{Program, throng};
use crate::support::target::{Answer, Target};

pub(super) fn entry(page: &str, at: &str, method: &str, url: &str, answer: Value) -> Value {
    json!({
        "pageref": page,
        "startedDateTime": format!("2026-03-02T10:00:{at}Z"),
        "time": 50,
        "request": { "method": method, "url": url, "headers": [] },
        "response": answer,
    })
}

pub(super) fn html(text: &str) -> Value {
    json!({ "status": 200, "headers": [], "content": { "mimeType": "text/html", "text": text } })
}

pub(super) fn har(entries: Vec<Value>) -> String {
    let pages = json!([{ "id": "p1", "title": "Start" }, { "id": "p2", "title": "Items" }]);
    json!({ "log": { "version": "1.2", "pages": pages, "entries": entries } }).to_string()
}

pub(super) fn new(folder: &Path, file: &Path, words: &[&str]) -> Program {
    importing::new("visitor", folder, file, words)
}

#[test]
fn pages_of_a_recording_become_steps() {
    let home = tempfile::tempdir().unwrap();
    let target = Target::new(|_| Answer::Status(200, "<p>hello</p>".to_owned()));
    let url = target.url();
    let text = har(vec![
        entry(
            "p1",
            "00.000",
            "GET",
            &format!("{url}/"),
            html("<p>hello</p>"),
        ),
        entry(
            "p1",
            "00.200",
            "GET",
            &format!("{url}/logo.png"),
            json!({ "status": 200 }),
        ),
        entry(
            "p2",
            "03.050",
            "GET",
            &format!("{url}/items?page=1"),
            html("<p>1</p>"),
        ),
        entry(
            "p2",
            "03.100",
            "GET",
            "https://tracker.invalid/hit",
            json!({ "status": 204 }),
        ),
    ]);
    let file = home.path().join("shop.har");
    fs::write(&file, text).unwrap();
    let scripts = home.path().join("scripts");
    let ended = new(&scripts, &file, &[]).end().with_code(0);
    assert!(
        ended
            .stdout
            .contains("tracker.invalid, another site, were left out"),
        "{}",
        ended.stdout
    );
    let script = fs::read_to_string(scripts.join("visitor.lua")).unwrap();
    for words in [
        "http.page(\"/\")",
        "http.page(\"/items\", { query = { page = \"1\" } })",
        "name = \"Start\", next = { Items = 1 }",
        "random.uniform(1.5, 4.5)",
    ] {
        assert!(script.contains(words), "{words}:\n{script}");
    }
    check(&scripts);
    let ended = throng([
        "run",
        "--no-listen",
        "--users",
        "1",
        "--base-url",
        &url,
        "--script-dir",
    ])
    .arg(&scripts)
    .fast()
    .with_summary()
    .end()
    .with_code(0);
    assert_eq!(ended.summary()["requests"]["total"], 2);
    assert_eq!(target.count(), 2);
}

#[test]
fn what_is_no_recording_is_said_with_its_place() {
    let home = tempfile::tempdir().unwrap();
    let scripts = home.path().join("scripts");
    let whole = har(vec![entry(
        "p1",
        "00.000",
        "GET",
        "http://a.test/",
        html("x"),
    )]);
    let cut = &whole[..whole.len() - 20];
    let no_request = har(vec![entry(
        "p1",
        "00.000",
        "GET",
        "data:text/plain,x",
        html("x"),
    )]);
    for (name, text, words) in [
        ("empty.har", "", "is empty; give a recording"),
        (
            "cut.har",
            cut,
            "ends in the middle of the recording: it was cut off",
        ),
        ("none.har", "{\"log\": {}}", "/log: has no \"entries\""),
        ("other.har", "{\"a\": 1}", "is JSON, but no HAR"),
        (
            "wrong.har",
            "{\"log\": {\"entries\": [{\"request\": 3}]}}",
            "1:35: is not a valid HAR",
        ),
        (
            "nothing.har",
            &no_request,
            "has no request of a page or an API",
        ),
        (
            "picture.png",
            "\u{89}PNG",
            "is of no format that throng knows; say what it is with --format",
        ),
        (
            "app.log",
            "hello\nworld\n",
            "is of no format that throng knows",
        ),
    ] {
        let file = home.path().join(name);
        fs::write(&file, text).unwrap();
        let ended = new(&scripts, &file, &[]).end().with_code(2);
        assert!(ended.stderr.contains(words), "{name}: {}", ended.stderr);
        assert!(ended.stderr.contains(name), "{name}: {}", ended.stderr);
    }
    let missing = home.path().join("missing.har");
    let ended = new(&scripts, &missing, &[]).end().with_code(2);
    assert!(
        ended.stderr.contains("missing.har: cannot be read"),
        "{}",
        ended.stderr
    );
    let ended = new(&scripts, &missing, &["--format", "hra"])
        .end()
        .with_code(2);
    assert!(
        ended.stderr.contains("hra: is not a format"),
        "{}",
        ended.stderr
    );
    assert!(!scripts.exists(), "nothing was written");
}

#[test]
fn nothing_that_a_recording_says_is_executed_or_written_over() {
    let home = tempfile::tempdir().unwrap();
    let scripts = home.path().join("scripts");
    let hostile = "x\") error('run') --[[\n]] end\r\u{2028}\0\u{202e} %s \\";
    let mut posted = entry(
        "p1",
        "01.000",
        "POST",
        "http://a.test/it?q=%22%29%20error%281%29",
        html("x"),
    );
    posted["request"]["headers"] =
        json!([{ "name": "X-Note", "value": "\") os.exit()" }, { "name": hostile, "value": "x" }]);
    posted["request"]["postData"] =
        json!({ "mimeType": "application/json", "text": json!({ hostile: hostile }).to_string() });
    let recording = json!({ "log": {
        "pages": [{ "id": "p1", "title": hostile }],
        "entries": [entry("p1", "00.000", "GET", "http://a.test/%7Bx%7D", html("x")), posted],
    }});
    let file = home.path().join("hostile.har");
    fs::write(&file, recording.to_string()).unwrap();
    new(&scripts, &file, &[]).end().with_code(0);
    check(&scripts);
    let before = fs::read_to_string(scripts.join("visitor.lua")).unwrap();
    let target = Target::fine();
    throng([
        "run",
        "--no-listen",
        "--users",
        "1",
        "--base-url",
        &target.url(),
        "--script-dir",
    ])
    .arg(&scripts)
    .fast()
    .end()
    .with_code(0);
    assert_eq!(target.count(), 2, "{before}");
    fs::write(scripts.join("visitor.lua"), "mine").unwrap();
    let ended = new(&scripts, &file, &[]).end().with_code(2);
    assert!(
        ended
            .stderr
            .contains("is there already; nothing was written"),
        "{}",
        ended.stderr
    );
    assert_eq!(
        fs::read_to_string(scripts.join("visitor.lua")).unwrap(),
        "mine"
    );
    new(&scripts, &file, &["--force"]).end().with_code(0);
    assert_eq!(
        fs::read_to_string(scripts.join("visitor.lua")).unwrap(),
        before
    );
}

#[test]
fn recordings_without_times_and_with_packed_bodies_are_read() {
    let home = tempfile::tempdir().unwrap();
    let scripts = home.path().join("scripts");
    let mut first = entry(
        "p1",
        "00",
        "POST",
        "http://a.test/upload",
        json!({
            "status": 404,
            "content": { "mimeType": "application/json", "text": "eyJhIjoxfQ==", "encoding": "base64" },
        }),
    );
    first["startedDateTime"] = json!("yesterday");
    first["request"]["postData"] =
        json!({ "mimeType": "application/octet-stream", "text": "/wAB", "encoding": "base64" });
    let file = home.path().join("old.har");
    fs::write(&file, har(vec![first])).unwrap();
    let ended = new(&scripts, &file, &[]).end().with_code(0);
    assert!(
        ended
            .stdout
            .contains("has no times: think times are a guess"),
        "{}",
        ended.stdout
    );
    let script = fs::read_to_string(scripts.join("visitor.lua")).unwrap();
    for words in ["\"\\xff\\000\\001\"", "expect = 404"] {
        assert!(script.contains(words), "{words}:\n{script}");
    }
    check(&scripts);
}

#[test]
fn a_project_begins_with_a_recording() {
    let home = tempfile::tempdir().unwrap();
    let project = home.path().join("load");
    let file = home.path().join("My Shop.har");
    fs::write(
        &file,
        har(vec![entry(
            "p1",
            "00.000",
            "GET",
            "https://shop.test/a",
            html("x"),
        )]),
    )
    .unwrap();
    let ended = throng(["init", "--from"])
        .arg(&file)
        .arg(&project)
        .end()
        .with_code(0);
    // It has no tests, and reads no variables: those of the types for editors are none of its own.
    let out = &ended.stdout;
    assert!(out.contains("\n  throng try my_shop  "), "{out}");
    assert!(
        !out.contains(" -e ") && !out.contains("throng test"),
        "{out}"
    );
    let plan = fs::read_to_string(project.join("scripts/throng.toml")).unwrap();
    assert!(plan.contains("base_url = \"https://shop.test\""), "{plan}");
    assert!(project.join("scripts/my_shop.lua").exists());
    assert!(!project.join("scripts/visitor.lua").exists());
    throng(["check", "--deny-warnings", "--script-dir"])
        .arg(project.join("scripts"))
        .end()
        .with_code(0);
}

/// A JSON line of an access log.
pub(super) fn line(at: f64, session: &str, method: &str, path: &str) -> String {
    let line = json!({
        "ts": at, "method": method, "path": path, "status": 200, "duration_ms": 5, "session": session,
    });
    line.to_string()
}

/// Sessions of readers, who read pages, and of half as many writers, who log in, write, and log out.
fn log_of_two_types() -> Vec<String> {
    let mut lines = Vec::new();
    for number in 0..300 {
        let mut at = 1_782_907_200.0 + f64::from(number) * 2.0;
        let session = format!("s{number}");
        let requests = 4 + number % 5;
        let is_writer = number % 3 == 0;
        if is_writer {
            lines.push(line(at, &session, "POST", "/login"));
        }
        for request in 0..requests {
            at += 0.5 + f64::from((number * 7 + request * 3) % 10) / 10.0;
            let (method, path) = match (is_writer, request % 2) {
                (true, _) => ("PUT", format!("/notes/{number}")),
                (false, 0) => ("GET", "/pages".to_owned()),
                (false, _) => ("GET", format!("/pages/{}?full=1", number * 10 + request)),
            };
            lines.push(line(at, &session, method, &path));
        }
        if is_writer {
            lines.push(line(at + 0.01, &session, "POST", "/logout"));
        }
    }
    lines
}

#[test]
fn sessions_of_an_access_log_become_types() {
    let home = tempfile::tempdir().unwrap();
    let scripts = home.path().join("scripts");
    let mut lines = log_of_two_types();
    // In no order, as several servers write it, and with lines of others.
    lines.rotate_left(100);
    lines.insert(
        3,
        "{\"ts\": \"soon\", \"method\": \"GET\", \"path\": \"/\", \"status\": 200}".to_owned(),
    );
    lines.insert(5, "]] os.exit() \u{1b}[2J".to_owned());
    lines.insert(7, line(1_782_907_200.0, "x", "GET", "/a\nb"));
    let file = home.path().join("access.log");
    fs::write(&file, lines.join("\n")).unwrap();
    let ended = new(&scripts, &file, &[]).end().with_code(0);
    for words in [
        "4: has a time that cannot be read: 1 line was left out",
        "6: is no JSON object: 1 line was left out",
        "8: has a path that cannot be sent: 1 line was left out",
        "of 300 sessions in",
        "visitor_1.lua",
        "visitor_2.lua",
    ] {
        assert!(ended.stdout.contains(words), "{words}: {}", ended.stdout);
    }
    let readers = fs::read_to_string(scripts.join("visitor_1.lua")).unwrap();
    let writers = fs::read_to_string(scripts.join("visitor_2.lua")).unwrap();
    for (script, words) in [
        (&readers, "weight = 66.7"),
        (&readers, "GET /pages/{page_id}"),
        (&readers, "query = { full = \"1\" }"),
        (&writers, "weight = 33.3"),
        (
            &writers,
            "http.post(\"/login\", { json = { email = vars.email, password = vars.password } })",
        ),
        (&writers, "    http.post(\"/logout\")"),
        (&writers, "user.requests_left = math.ceil("),
    ] {
        assert!(script.contains(words), "{words}:\n{script}");
    }
    check(&scripts);
    let plan = fs::read_to_string(scripts.join("throng.toml")).unwrap();
    assert!(plan.contains("arrivals = \"29."), "{plan}");

    let target = Target::fine();
    let ended = throng([
        "run",
        "--no-listen",
        "--duration",
        "30",
        "--arrivals",
        "10/s",
        "--base-url",
        &target.url(),
        "--script-dir",
    ])
    .arg(&scripts)
    .fast()
    .with_summary()
    .end();
    let summary = ended.summary();
    assert_eq!(summary["sessions"]["failed"], 0, "{summary}");
    assert!(target.count() > 500, "{}", target.count());
}

#[test]
fn combined_logs_are_read_packed_or_not() {
    use std::io::Write as _;
    let home = tempfile::tempdir().unwrap();
    let scripts = home.path().join("scripts");
    let mut text = String::new();
    for number in 0..50 {
        for request in 0..3 {
            let at = format!("01/Jul/2026:10:{number:02}:{:02} +0200", request * 10);
            let sent = format!("\"GET /p{request} HTTP/1.1\" 200 5 \"-\" \"Mozilla\"");
            text.push_str(&format!("10.0.0.{number} - - [{at}] {sent}\n"));
        }
    }
    let file = home.path().join("access.log.gz");
    let packed = flate2::write::GzEncoder::new(
        fs::File::create(&file).unwrap(),
        flate2::Compression::default(),
    );
    let mut packed = packed;
    packed.write_all(text.as_bytes()).unwrap();
    packed.finish().unwrap();
    let ended = new(&scripts, &file, &[]).end().with_code(0);
    assert!(
        ended.stdout.contains("150 requests of 50 sessions"),
        "{}",
        ended.stdout
    );
    check(&scripts);

    let file = home.path().join("other.log");
    fs::write(
        &file,
        format!("{}\n", "2026-07-01 INFO started".repeat(2)).repeat(9),
    )
    .unwrap();
    let ended = new(&scripts, &file, &["--format", "combined"])
        .end()
        .with_code(2);
    let words = "other.log:1: is not a line of a combined log, as 9 of 9 lines; give --format combined or json";
    assert!(ended.stderr.contains(words), "{}", ended.stderr);
}

#[test]
fn logins_and_values_of_answers_become_auth_and_variables() {
    let home = tempfile::tempdir().unwrap();
    let target = Target::new(|request| {
        let answer = match request.path.as_str() {
            "/login" => r#"{"data": {"access_token": "fresh-token-1"}}"#,
            "/items" => r#"{"items": [{"id": 41, "name": "a"}]}"#,
            "/form" => "<input name=\"csrf\" value=\"other-csrf-99\">",
            _ => "{}",
        };
        Answer::Status(200, answer.to_owned())
    });
    let url = target.url();
    let at = |path: &str| format!("{url}{path}");
    let json_answer = |text: &str| json!({ "status": 200, "content": { "mimeType": "application/json", "text": text } });
    let mut login = entry(
        "p1",
        "00.000",
        "POST",
        &at("/login"),
        json_answer(r#"{"data": {"access_token": "old-token-7"}}"#),
    );
    login["request"]["postData"] = json!({ "mimeType": "application/json", "text": r#"{"email": "ada@a.test", "password": "hunter2-secret"}"# });
    let mut items = entry(
        "p1",
        "00.100",
        "GET",
        &at("/items"),
        json_answer(r#"{"items": [{"id": 7, "name": "x"}]}"#),
    );
    items["request"]["headers"] =
        json!([{ "name": "Authorization", "value": "Bearer old-token-7" }]);
    let one = entry("p1", "00.200", "GET", &at("/items/7"), json_answer("{}"));
    let form = entry(
        "p1",
        "00.300",
        "GET",
        &at("/form"),
        html("<input name=\"csrf\" value=\"abc-csrf-12\">"),
    );
    let mut sent = entry("p1", "00.400", "POST", &at("/send"), json_answer("{}"));
    sent["request"]["postData"] = json!({ "mimeType": "application/x-www-form-urlencoded", "text": "csrf=abc-csrf-12&item=7" });
    let file = home.path().join("api.har");
    fs::write(&file, har(vec![login, items, one, form, sent])).unwrap();
    let scripts = home.path().join("scripts");
    new(&scripts, &file, &[]).end().with_code(0);
    let script = fs::read_to_string(scripts.join("visitor.lua")).unwrap();
    for words in [
        "token = \"/data/access_token\"",
        "auth.login({ email = vars.email, password = vars.password })",
        "at(res, \"items\", 1, \"id\")",
        "/items/{item_id}",
        "res:match(",
    ] {
        assert!(script.contains(words), "{words}:\n{script}");
    }
    for secret in ["hunter2", "old-token", "ada@a.test", "abc-csrf"] {
        assert!(!script.contains(secret), "{secret}:\n{script}");
    }
    check(&scripts);
    throng([
        "run",
        "--no-listen",
        "--users",
        "1",
        "-e",
        "email=a@b.test",
        "-e",
        "password=p",
        "--base-url",
        &url,
        "--script-dir",
    ])
    .arg(&scripts)
    .fast()
    .end()
    .with_code(0);
    let requests = target.requests();
    let paths: Vec<&str> = requests
        .iter()
        .map(|request| request.path.as_str())
        .collect();
    assert_eq!(
        paths,
        ["/login", "/items", "/items/41", "/form", "/send"],
        "{script}"
    );
    assert!(
        requests[1]
            .head
            .iter()
            .any(|line| line.eq_ignore_ascii_case("authorization: bearer fresh-token-1"))
    );
}

#[test]
fn folders_of_a_collection_become_steps() {
    let home = tempfile::tempdir().unwrap();
    let target = Target::new(|request| {
        let answer = match request.path.as_str() {
            "/login" => r#"{"token": "t-1"}"#,
            _ => "{}",
        };
        Answer::Status(200, answer.to_owned())
    });
    let collection = json!({
        "info": { "name": "Shop \"]]", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json" },
        "variable": [{ "key": "baseUrl", "value": target.url() }, { "key": "size", "value": "3" }],
        "auth": { "type": "bearer", "bearer": [{ "key": "token", "value": "{{token}}" }] },
        "item": [
            { "name": "Account", "item": [{
                "name": "Log in",
                "event": [
                    { "listen": "test", "script": { "exec": ["pm.environment.set(\"token\", pm.response.json().token);"] } },
                    { "listen": "prerequest", "script": { "exec": ["os.exit()"] } },
                ],
                "request": { "method": "POST", "url": "{{baseUrl}}/login",
                    "body": { "mode": "raw", "raw": "{\"email\": \"a@b.test\", \"password\": \"hunter2\", \"n\": {{size}}}" } },
            }] },
            { "name": "Items", "item": [{
                "name": "One",
                "request": { "method": "GET", "header": [{ "key": "X-Size", "value": "{{size}}" }],
                    "url": { "raw": "{{baseUrl}}/items/:id?q={{q}}", "query": [{ "key": "q", "value": "{{q}}" }], "variable": [{ "key": "id", "value": "7" }] } },
            }] },
        ],
    });
    let file = home.path().join("shop.json");
    fs::write(&file, collection.to_string()).unwrap();
    let scripts = home.path().join("scripts");
    new(&scripts, &file, &[]).end().with_code(0);
    let script = fs::read_to_string(scripts.join("visitor.lua")).unwrap();
    for words in [
        "A script before the request, 1 lines of JavaScript, was not taken over.",
        "at(res, \"token\")",
        "name = \"Account\"",
        "-e q=...",
    ] {
        assert!(script.contains(words), "{words}:\n{script}");
    }
    assert!(
        !script.contains("hunter2") && !script.contains("os.exit"),
        "{script}"
    );
    check(&scripts);
    throng([
        "run",
        "--no-listen",
        "--users",
        "1",
        "-e",
        "email=a@b.test",
        "-e",
        "password=p",
        "-e",
        "q=x",
        "--base-url",
        &target.url(),
        "--script-dir",
    ])
    .arg(&scripts)
    .fast()
    .end()
    .with_code(0);
    let requests = target.requests();
    let paths: Vec<&str> = requests
        .iter()
        .map(|request| request.path.as_str())
        .collect();
    assert_eq!(paths, ["/login", "/items/7?q=x"], "{script}");
    assert!(
        requests[1]
            .head
            .iter()
            .any(|line| line.eq_ignore_ascii_case("authorization: bearer t-1")),
        "{:?}",
        requests[1].head
    );
}

#[test]
fn a_log_is_replayed_as_it_is() {
    let home = tempfile::tempdir().unwrap();
    let target = Target::fine();
    let lines = log_of_two_types();
    let file = home.path().join("access.log");
    fs::write(&file, lines.join("\n")).unwrap();
    let ended = throng(["replay"])
        .arg(&file)
        .args(&["--speed", "100", "--no-listen", "--base-url", &target.url()])
        .with_summary()
        .end()
        .with_code(0);
    assert!(
        ended.stderr.contains("300 sessions in 6 s"),
        "{}",
        ended.stderr
    );
    assert_eq!(target.count(), lines.len());
    let summary = ended.summary();
    assert_eq!(summary["requests"]["total"], lines.len());
    let requests = target.requests();
    let paths: Vec<&str> = requests
        .iter()
        .map(|request| request.path.as_str())
        .collect();
    let began = requests[0].at;
    let last = requests
        .last()
        .unwrap()
        .at
        .duration_since(began)
        .as_secs_f64();
    assert!((4.0..20.0).contains(&last), "{last}");
    assert_eq!(paths.iter().filter(|path| **path == "/login").count(), 100);

    let ended = throng(["replay"])
        .arg(home.path().join("none.log"))
        .end()
        .with_code(2);
    assert!(
        ended.stderr.contains("none.log: cannot be read"),
        "{}",
        ended.stderr
    );
    let ended = throng(["replay"])
        .arg(&file)
        .args(&["--speed", "0"])
        .end()
        .with_code(2);
    assert!(ended.stderr.contains("--speed"), "{}", ended.stderr);
}
