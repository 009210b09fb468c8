//! What a run covers of an OpenAPI document, against what its target counted itself.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::program::{Ended, run};
use super::{Answer, Folder, Service, Target};

const ONCE: [&str; 4] = ["--users", "1", "--ramp", "0"];

/// A document of these paths.
fn document(paths: &Value) -> String {
    let head =
        json!({"openapi": "3.1.0", "info": {"title": "Pets", "version": "1"}, "paths": paths});
    head.to_string()
}

/// The operations of a summary with the requests that covered them.
fn operations(summary: &Value) -> BTreeMap<String, u64> {
    let all = summary["coverage"]["by_operation"].as_array().unwrap();
    let of = |one: &Value| {
        let name = one["operation"].as_str().unwrap().to_owned();
        (name, one["requests"].as_u64().unwrap())
    };
    all.iter().map(of).collect()
}

fn pets() -> Value {
    let pet =
        json!({"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}});
    let ok = json!({"200": {"description": "", "content": {"application/json": {"schema": pet}}}});
    json!({
        "/pets/{id}": {"get": {"operationId": "getPet", "responses": ok, "parameters": [
            {"name": "id", "in": "path", "required": true, "schema": {"type": "integer"}},
            {"name": "full", "in": "query", "schema": {"type": "boolean"}},
            {"name": "X-Trace", "in": "header", "schema": {"type": "string"}}]}},
        "/pets/mine": {"get": {"responses": ok}},
        "/pets": {"post": {"responses": {"201": {"description": ""}}, "requestBody": {"content": {
            "application/json": {"schema": pet}, "text/csv": {}}}}},
    })
}

fn of_pets(target: &Target, script: &str, words: &[&str]) -> Ended {
    let folder = Folder::of("owner", script).file("pets.json", document(&pets()));
    run(&target.url(), &folder.path(), &ONCE)
        .arg("--openapi")
        .arg(folder.at("pets.json"))
        .args(words)
        .fast()
        .with_summary()
        .end()
}

#[test]
fn a_run_says_what_it_covered_and_what_not() {
    let target = Target::new(|request| match request.path.as_str() {
        "/pets/mine" => Answer::Status(418, "{}".to_owned()),
        _ => Answer::Status(200, "{\"id\": 7}".to_owned()),
    });
    let script = "return { requests = 4, think = 0, step = function()
        http.get('/pets/7', { query = { full = true }, headers = { ['X-Trace'] = 'a' } })
        http.get('/pets/mine', { expect = { 418 } })
        http.get('/other/12')
        http.get('/pets/8')
    end }";
    let ended = of_pets(&target, script, &[]).with_code(0);
    let summary = ended.summary();
    let coverage = &summary["coverage"];
    let share = |name: &str| {
        let one = &coverage[name];
        (
            one["covered"].as_u64().unwrap(),
            one["total"].as_u64().unwrap(),
        )
    };
    assert_eq!(coverage["document"], "Pets");
    assert_eq!(share("operations"), (2, 3));
    assert_eq!(coverage["succeeded"], 1);
    assert_eq!(share("parameters"), (3, 3));
    assert_eq!(share("statuses"), (1, 3));
    assert_eq!(share("content_types"), (1, 4));
    let undocumented = json!([{"operation": "GET /pets/mine", "status": 418, "requests": 1}]);
    assert_eq!(coverage["undocumented"], undocumented);
    let outside = json!([{"request": "GET /other/{}", "requests": 1}]);
    assert_eq!(coverage["outside"], outside);
    assert_eq!(coverage["mismatches"], json!([]));
    assert_eq!(operations(&summary)["GET /pets/{id}"], 2);
    let checks = &summary["checks"][0];
    assert_eq!(checks["name"], "responses follow their schemas");
    assert_eq!(
        (&checks["passed"], &checks["failed"]),
        (&json!(2), &json!(0))
    );
    let text = &ended.stdout;
    for words in [
        "Coverage of Pets",
        "operations",
        "POST /pets",
        "not in the document",
    ] {
        assert!(text.contains(words), "{words}\n{text}");
    }
}

#[test]
fn too_little_coverage_is_a_5_and_enough_is_a_0() {
    let target = Target::new(|_| Answer::Status(200, "{\"id\": 7}".to_owned()));
    let script = "return { requests = 1, think = 0, step = function() http.get('/pets/7') end }";
    let ended = of_pets(&target, script, &["--min-coverage", "95%"]).with_code(5);
    ended.said("covered 1 of 3 operations (33.3 %), and --min-coverage requires 95.0 %");
    let summary = ended.summary();
    assert_eq!(summary["exit"]["reasons"][0]["kind"], "coverage");
    let rule = json!([{"of": "operations", "minimum": 0.95, "passed": false}]);
    assert_eq!(summary["coverage"]["rules"], rule);
    let enough = ["--min-coverage", "30%", "--min-coverage", "statuses=33%"];
    of_pets(&target, script, &enough).with_code(0);
}

#[test]
fn an_answer_that_does_not_follow_its_schema_is_a_failed_check_with_its_place_and_no_secret() {
    let target =
        Target::new(|_| Answer::Status(200, "{\"id\": \"s3cr3t-value\\u001b[2J\"}".to_owned()));
    let script = "return { requests = 2, think = 0, step = function() http.get('/pets/7') end }";
    let secret = [
        "-e",
        "API_KEY=s3cr3t-value",
        "--fail-if",
        "failed_checks > 0%",
    ];
    let ended = of_pets(&target, script, &secret).with_code(5);
    let summary = ended.summary();
    let mismatch = &summary["coverage"]["mismatches"][0];
    assert_eq!(mismatch["operation"], "GET /pets/{id}");
    assert_eq!(mismatch["pointer"], "/id");
    assert_eq!(mismatch["count"], 2);
    assert_eq!(summary["checks"][0]["failed"], 2);
    let all = format!(
        "{}{}{}",
        ended.summary_as_written(),
        ended.stdout,
        ended.stderr
    );
    assert!(!all.contains("s3cr3t-value"), "{all}");
    assert!(!all.contains('\u{1b}'), "{all}");
    assert!(all.contains("is not of type"), "{all}");
    let ended = of_pets(&target, script, &["--no-schema-checks"]).with_code(0);
    assert_eq!(ended.summary()["checks"], json!([]));
    assert_eq!(operations(&ended.summary())["GET /pets/{id}"], 2);
}

/// The whole built-in crowd: what it covers is what the service's own counters say, by operation and status.
#[test]
fn coverage_is_what_the_service_counted_itself() {
    let service = Service::start();
    let url = service.url();
    let page = format!("{url}/openapi.json");
    let ended = super::throng(["run", "--no-listen", "--builtin", "--base-url", &url])
        .args(&[
            "--users",
            "12",
            "--ramp",
            "1",
            "--error-rate",
            "0",
            "--min-requests",
            "3",
            "--max-requests",
            "8",
            "--cleanup",
        ])
        .args(&["--openapi", &page, "--threads", "2"])
        .fast()
        .with_summary()
        .end()
        .with_code(0);
    let mut counted = service.counted();
    // The document was fetched once, and is no operation of its own.
    counted.remove(&("GET /openapi.json".to_owned(), "200".to_owned()));
    let summary = ended.summary();
    let coverage = &summary["coverage"];
    let mut covered = BTreeMap::new();
    for one in coverage["by_operation"].as_array().unwrap() {
        let name = one["operation"].as_str().unwrap();
        for status in one["statuses"].as_array().unwrap() {
            let requests = status["requests"].as_u64().unwrap();
            if requests > 0 {
                let status = status["status"].as_str().unwrap().to_owned();
                covered.insert((name.to_owned(), status), requests);
            }
        }
    }
    // A request that the end of the run cancelled was answered for nobody.
    counted.retain(|(_, status), _| status != "499");
    assert_eq!(covered, counted);
    assert_eq!(coverage["outside"], json!([]), "{coverage}");
    assert_eq!(coverage["undocumented"], json!([]), "{coverage}");
    assert_eq!(coverage["mismatches"], json!([]), "{coverage}");
}

#[test]
fn a_document_that_cannot_be_read_is_a_2_and_nothing_is_sent() {
    let target = Target::fine();
    let fetched = target.url();
    for (name, text, words) in [
        (
            "a.json",
            "{\"openapi\": \"3.1.0\",",
            "a.json:1:20: is not valid JSON",
        ),
        (
            "b.yaml",
            "openapi: 3.1.0\npaths:\n  /a:\n    get:\n      responses:\n        '200':\n          $ref: other.yaml#/x\n",
            "b.yaml:7:11: #/paths/~1a/get/responses/200/$ref: $ref \"other.yaml#/x\" leads out of the document",
        ),
        (
            "c.yaml",
            "swagger: '2.0'\n",
            "c.yaml:1:1: #/swagger: is Swagger 2.0",
        ),
        ("d.json", "{\"log\": {}}", "it looks like a HAR file"),
        ("e.json", "<html>", "e.json:1:1: is HTML"),
        (
            "f.yaml",
            "openapi: 3.1.0\npaths: {}\n",
            "the document has no operations",
        ),
        (
            "g.yaml",
            "a: &a [*a]\n",
            "g.yaml:1:8: an alias leads to the value that it is part of",
        ),
        (
            "h.yaml",
            "openapi: 4.0.0\n",
            "is OpenAPI 4.0.0, and 3.0 and 3.1 are read",
        ),
    ] {
        let folder =
            Folder::of("owner", "return { step = function() http.get('/') end }").file(name, text);
        run(&target.url(), &folder.path(), &ONCE)
            .arg("--openapi")
            .arg(folder.at(name))
            .end()
            .with_code(2)
            .said(words);
    }
    let folder = Folder::of("owner", "return { step = function() http.get('/') end }");
    let missing = run(&target.url(), &folder.path(), &ONCE);
    missing
        .args(&["--openapi", "nowhere.yaml"])
        .end()
        .with_code(2)
        .said("nowhere.yaml: cannot be read");
    assert_eq!(target.count(), 0);
    let not_one = run(&target.url(), &folder.path(), &ONCE);
    let ended = not_one.args(&["--openapi", &fetched]).end().with_code(2);
    ended.said("it has no field `openapi`");
    assert_eq!(target.count(), 1);
    let lines = run(&target.url(), &folder.path(), &ONCE);
    let lines = lines
        .args(&["--openapi", "ftp://x/y", "--min-coverage", "lots"])
        .end()
        .with_code(2);
    lines.said("--openapi ftp://x/y: names neither a file nor an http or https URL");
    lines.said("--min-coverage lots: is not a valid share");
}

/// 5,000 operations, with references that lead in circles.
#[test]
fn a_large_document_with_cycles_is_read_and_matched() {
    let mut paths = serde_json::Map::new();
    for number in 0..2_500 {
        let ok = json!({"200": {"description": "", "content": {"application/json": {
            "schema": {"$ref": format!("#/components/schemas/S{}", number % 500)}}}}});
        let path = format!("/things{number}/{{id}}");
        paths.insert(
            path,
            json!({"get": {"responses": ok}, "delete": {"responses": ok}}),
        );
    }
    let schemas = (0..500).map(|number| {
        let next = format!("#/components/schemas/S{}", (number + 1) % 500);
        let schema = json!({"type": "object", "properties": {"next": {"$ref": next}}});
        (format!("S{number}"), schema)
    });
    let schemas: serde_json::Map<String, Value> = schemas.collect();
    let text = json!({"openapi": "3.1.0", "info": {"title": "Large", "version": "1"}, "paths": paths,
        "components": {"schemas": schemas}});
    let target = Target::new(|_| Answer::Status(200, "{\"next\": {\"next\": 1}}".to_owned()));
    let script =
        "return { requests = 1, think = 0, step = function() http.get('/things2499/7') end }";
    let folder = Folder::of("owner", script).file("large.json", text.to_string());
    let ended = run(&target.url(), &folder.path(), &ONCE)
        .arg("--openapi")
        .arg(folder.at("large.json"))
        .fast()
        .with_summary()
        .end()
        .with_code(0);
    let summary = ended.summary();
    let operations = json!({"covered": 1, "total": 5000, "ratio": 0.0002});
    assert_eq!(summary["coverage"]["operations"], operations);
    assert_eq!(
        summary["coverage"]["mismatches"][0]["pointer"],
        "/next/next"
    );
}
