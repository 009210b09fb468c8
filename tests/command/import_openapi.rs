//! `throng new --from` an OpenAPI document: behaviours that pass the check and reach what the document offers; what cannot be
//! read is said with its place, and nothing that a document says is executed.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::Service;
use super::program::{Ended, Program, throng};
use crate::support::importing;

fn new(home: &Path, from: &str, words: &[&str]) -> Program {
    importing::new("explorer", &home.join("scripts"), from, words)
}

fn check(home: &Path) -> Ended {
    importing::check(&home.join("scripts"))
}

fn script(home: &Path) -> String {
    fs::read_to_string(home.join("scripts/explorer.lua")).unwrap()
}

fn written(home: &Path, name: &str, text: &str) -> PathBuf {
    let file = home.join(name);
    fs::write(&file, text).unwrap();
    file
}

/// One user of the script against the demo service, with what it covers.
fn run(home: &Path, service: &Service) -> Ended {
    let url = service.url();
    throng([
        "run",
        "--no-listen",
        "--users",
        "1",
        "--ramp",
        "0",
        "--script-dir",
    ])
    .arg(home.join("scripts"))
    .args(&[
        "--base-url",
        &url,
        "--openapi",
        &format!("{url}/openapi.json"),
    ])
    .args(&[
        "-e",
        &format!("email={}", user_service::DEFAULT_ADMIN_EMAIL),
    ])
    .args(&[
        "-e",
        &format!("password={}", user_service::DEFAULT_ADMIN_PASSWORD),
    ])
    .args(&["--cleanup", "--error-rate", "0", "--no-valve"])
    .fast()
    .with_summary()
    .end()
}

/// The service's own document, without a hand on what is made of it: every operation is reached, by the run's own coverage
/// and by the counters of the service.
#[test]
fn the_behaviour_made_of_the_demo_service_reaches_all_its_operations() {
    let (home, service) = (tempfile::tempdir().unwrap(), Service::start());
    let from = format!("{}/openapi.json", service.url());
    new(home.path(), &from, &[]).end().with_code(0);
    check(home.path());
    let project = home.path().join("project");
    let ended = throng(["init", "--from", &from]).arg(&project).end();
    let next = "\n  throng try openapi -e email=... -e password=...  ";
    assert!(ended.stdout.contains(next), "{}", ended.stdout);
    let before = service.counted();
    let ended = run(home.path(), &service);
    let summary = ended.summary();
    let coverage = &summary["coverage"];
    let counted = service.counted();
    let operations = coverage["by_operation"].as_array().unwrap();
    let (mut reached, mut succeeded, mut missed) = (0, 0, Vec::new());
    for one in operations {
        let name = one["operation"].as_str().unwrap();
        // What the service counted of the run itself.
        let of = |is_wanted: &dyn Fn(&str) -> bool| -> u64 {
            let all = counted
                .iter()
                .filter(|((endpoint, status), _)| endpoint == name && is_wanted(status));
            let all = all.map(|(key, count)| count - before.get(key).copied().unwrap_or(0));
            all.sum()
        };
        reached += usize::from(of(&|_| true) > 0);
        let has_succeeded = of(&|status: &str| status.starts_with('2')) > 0;
        succeeded += usize::from(has_succeeded);
        if !has_succeeded {
            missed.push(format!("{name}: {}", one["statuses"]));
        }
    }
    let shown = format!(
        "{}\n{}\n{}\n{}",
        script(home.path()),
        missed.join("\n"),
        ended.stdout,
        ended.stderr
    );
    assert_eq!(operations.len(), 43);
    assert_eq!(
        coverage["operations"],
        json!({"covered": 43, "total": 43, "ratio": 1.0}),
        "{shown}"
    );
    assert_eq!(reached, 43, "{shown}");
    assert!(succeeded >= 35, "{succeeded} succeeded\n{shown}");
    assert_eq!(
        coverage["succeeded"].as_u64().unwrap(),
        succeeded as u64,
        "{shown}"
    );
    assert_eq!(coverage["mismatches"], json!([]));
    assert_eq!(coverage["outside"], json!([]));
    assert_eq!(summary["left_on_target"], Value::Null, "{shown}");
    // Refusals that come of what was done before are expected, and what steps deleted is not looked for in vain.
    assert_eq!(summary["requests"]["unexpected"], 0, "{shown}");
    assert!(!ended.stderr.contains("creates.delete.path"), "{shown}");
    // The accounts that it made are gone.
    let left = service.list("/api/v1/users?is_deleted=false");
    assert_eq!(left.len(), 1, "{left:?}\n{shown}");
}

/// Makes a mix of a chain of steps.
const MIXED: &str = "
for _, step in ipairs(behaviour.steps) do
  step[1], step.next = 1, nil
end
behaviour.requests, behaviour.think = 600, 0
return behaviour
";

/// Steps in any order, each many times: what a step deleted no other step asks for.
#[test]
fn a_behaviour_forgets_what_it_deleted() {
    let (home, service) = (tempfile::tempdir().unwrap(), Service::start());
    let from = format!("{}/openapi.json", service.url());
    new(home.path(), &from, &[]).end().with_code(0);
    let text = script(home.path());
    let forgets = "if res.ok or res.status == 404 then user.state.permission_id = nil end";
    assert!(text.contains(forgets), "{text}");
    // As its reader may change it: the chain becomes a mix.
    let mixed = text.replace("\nreturn {", "\nlocal behaviour = {") + MIXED;
    fs::write(home.path().join("scripts/explorer.lua"), &mixed).unwrap();
    let ended = run(home.path(), &service);
    let counted = service.counted();
    let of = |method: &str, status: &str| -> u64 {
        let things = ["users", "roles", "permissions"];
        let paths = things.map(|thing| format!("{method} /api/v1/{thing}/{{id}}"));
        let all = counted.iter().filter(|((endpoint, code), _)| {
            code.starts_with(status) && paths.iter().any(|path| endpoint == path)
        });
        all.map(|(_, count)| count).sum()
    };
    let shown = format!("{mixed}\n{}\n{}", ended.stdout, ended.stderr);
    assert!(of("DELETE", "20") > 10 && of("GET", "200") > 10, "{shown}");
    for method in ["GET", "PUT", "PATCH", "DELETE"] {
        assert_eq!(of(method, "404"), 0, "{method}: {shown}");
    }
}

#[test]
fn what_is_wanted_can_be_narrowed_and_mistakes_added() {
    let (home, service) = (tempfile::tempdir().unwrap(), Service::start());
    let from = format!("{}/openapi.json", service.url());
    new(home.path(), &from, &["--tag", "profiles", "--mistakes"])
        .end()
        .with_code(0);
    check(home.path());
    let text = script(home.path());
    for words in [
        "/api/v1/users/{userId}/profile",
        "http.post(\"/api/v1/users\"",
        "expect = ",
    ] {
        assert!(text.contains(words), "{words}\n{text}");
    }
    assert!(!text.contains("/api/v1/permissions"), "{text}");
    let wrong = new(home.path(), &from, &["--tag", "profile", "--force"])
        .end()
        .with_code(2);
    wrong.said("no operation has the tag \"profile\"; did you mean profiles?");
    let wrong = new(home.path(), &from, &["--operation", "users_lst", "--force"])
        .end()
        .with_code(2);
    wrong.said("no operation is \"users_lst\"");
}

/// Nothing of a document becomes code: texts are literals, and comments end where they should.
#[test]
fn hostile_texts_of_a_document_are_not_executed() {
    let home = tempfile::tempdir().unwrap();
    let evil = "x\n]] os.exit(7) --[[ \u{1b}[2J\r\nerror('no')";
    let document = json!({"openapi": "3.0.3", "info": {"title": evil, "version": "1"}, "paths": {
        "/a\"..error('p')..\"/{i d}": {"get": {
            "operationId": evil, "summary": evil, "tags": [evil], "responses": {"200": {"description": evil}},
            "parameters": [{"name": "i d", "in": "path", "required": true, "schema": {"type": "string", "example": evil}},
                {"name": evil, "in": "query", "schema": {"type": "string", "default": evil}}]}},
        "/b": {
            "post": {"operationId": evil, "responses": {"201": {"description": ""}}, "requestBody": {"content": {
                "application/json": {"schema": {"type": "object", "required": [evil, "end"], "properties": {
                    (evil): {"type": "string", "enum": [evil, "b"]}, "end": {"type": "integer", "minimum": 1}}}}}}},
            "get": {"operationId": evil, "responses": {"200": {"description": ""}}}},
    }});
    let file = written(home.path(), "evil.json", &document.to_string());
    let ended = new(home.path(), file.to_str().unwrap(), &[])
        .end()
        .with_code(0);
    assert!(ended.stdout.contains("the operationId"), "{}", ended.stdout);
    assert!(!ended.stdout.contains('\u{1b}'), "{}", ended.stdout);
    check(home.path());
    let text = script(home.path());
    assert!(!text.contains('\u{1b}'), "{text}");
    assert!(!text.contains("\n]] os.exit"), "{text}");
}

#[test]
fn cycles_yaml_anchors_and_many_operations_are_imported() {
    let home = tempfile::tempdir().unwrap();
    let yaml = "openapi: 3.1.0\ninfo: {title: Trees, version: '1'}\n\
        x-text: &text {type: string, maxLength: 20}\n\
        paths:\n  /nodes:\n    post:\n      requestBody:\n        content:\n          application/json:\n\
        \x20           schema: {$ref: '#/components/schemas/Node'}\n      responses:\n        '201': &made\n\
        \x20         description: made\n          content:\n            application/json:\n\
        \x20             schema: {$ref: '#/components/schemas/Node'}\n  /nodes/{nodeId}:\n    get:\n      responses:\n\
        \x20       '200': *made\ncomponents:\n  schemas:\n    Node:\n      type: object\n      required: [name, parent]\n\
        \x20     properties:\n        id: {type: integer, readOnly: true}\n        name: {<<: *text, minLength: 3}\n\
        \x20       parent: {$ref: '#/components/schemas/Node'}\n";
    let file = written(home.path(), "trees.yaml", yaml);
    new(home.path(), file.to_str().unwrap(), &[])
        .end()
        .with_code(0);
    check(home.path());
    let text = script(home.path());
    assert!(text.contains("user.state.node_id"), "{text}");
    let mut paths = serde_json::Map::new();
    for number in 0..2_500 {
        let ok = json!({"200": {"description": ""}});
        paths.insert(
            format!("/things{number}/{{id}}"),
            json!({"get": {"responses": ok}, "put": {"responses": ok}}),
        );
    }
    let large =
        json!({"openapi": "3.1.0", "info": {"title": "Large", "version": "1"}, "paths": paths});
    let file = written(home.path(), "large.json", &large.to_string());
    let ended = new(home.path(), file.to_str().unwrap(), &["--force"])
        .end()
        .with_code(0);
    assert!(
        ended.took < std::time::Duration::from_secs(30),
        "{:?}",
        ended.took
    );
    assert_eq!(script(home.path()).matches("http.put(").count(), 2_500);
}

#[test]
fn what_is_no_document_is_said_with_its_place_and_nothing_is_written() {
    let home = tempfile::tempdir().unwrap();
    let remote = "openapi: 3.0.0\npaths:\n  /a:\n    get:\n      responses:\n        '200':\n          $ref: 'http://127.0.0.1:1/x.yaml#/y'\n";
    let cycle = "openapi: 3.0.0\npaths:\n  /a:\n    get:\n      responses:\n        '200': {$ref: '#/components/responses/A'}\n\
                 components:\n  responses:\n    A: {$ref: '#/components/responses/B'}\n    B: {$ref: '#/components/responses/A'}\n";
    for (name, text, words) in [
        (
            "a.yaml",
            remote,
            "a.yaml:7:11: #/paths/~1a/get/responses/200/$ref: $ref \"http://127.0.0.1:1/x.yaml#/y\" leads out of the document",
        ),
        (
            "b.yaml",
            cycle,
            "leads from one $ref to the next and back to itself",
        ),
        (
            "c.json",
            "{\"swagger\": \"2.0\", \"paths\": {}}",
            "is Swagger 2.0, and OpenAPI 3.0 or 3.1 is read",
        ),
        ("d.yaml", "a: 1\n", "is no OpenAPI document"),
        (
            "e.yaml",
            "openapi: 3.0.0\npaths: {}\n",
            "the document has no operations",
        ),
    ] {
        let file = written(home.path(), name, text);
        let ended = new(home.path(), file.to_str().unwrap(), &[])
            .end()
            .with_code(2);
        ended.said(words);
        assert!(!home.path().join("scripts/explorer.lua").exists(), "{name}");
    }
}
