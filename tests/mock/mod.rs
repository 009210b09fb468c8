//! `--mock`: a Lua file that answers in place of the network, and what is wrong with one.

use crate::support::program::{Ended, run};
use crate::support::scripts::Folder;

/// A port on which nobody listens: what is answered came from the mock.
const NOWHERE: &str = "http://127.0.0.1:1/api";

/// A run of one user, for one session of one step.
fn ended(step: &str, mock: &str, words: &[&str]) -> Ended {
    let type_of_one = format!(
        "return {{ requests = 1, think = 0, steps = {{ {{ 1, function(user)\n{step}\nend }} }} }}"
    );
    let scripts = Folder::of("one", &type_of_one).file("mock.lua", mock);
    let mut line = vec!["--users", "1", "--history-keep", "0", "--mock"];
    let file = scripts.at("mock.lua");
    line.push(file.to_str().unwrap());
    line.extend(words);
    run(NOWHERE, &scripts.path(), &line).with_summary().end()
}

/// What a script logs of a run against a mock, which must end well.
fn logged(step: &str, mock: &str) -> String {
    let ended = ended(step, mock, &["--error-rate", "0"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    ended.stderr
}

#[test]
fn routes_answer_by_method_and_path_and_the_more_special_one_first() {
    let said = logged(
        r#"
        local function say(res) log.info(res.status .. " " .. res.body) end
        say(http.get "/users/me")
        say(http.get("/users/{id}", { params = { id = "a b" } }))
        say(http.put("/users/7", { body = "x" }))
        say(http.get "/files/a/b/c")
        say(http.get("/nothing", { expect = 418 }))
        "#,
        r#"return {
          ["*"] = { status = 418, body = "rest" },
          ["/users/*"] = { body = "any" },
          ["GET /users/{id}"] = function(req) return { body = "id " .. req.params.id } end,
          ["GET /users/me"] = { body = "me" },
          ["GET /files/*"] = { json = { deep = true } },
        }"#,
    );
    for words in [
        "200 me",
        "200 id a b",
        "200 any",
        "200 {\"deep\":true}",
        "418 rest",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
}

#[test]
fn a_list_is_asked_in_its_order() {
    let said = logged(
        r#"log.info(http.get("/a").body) log.info(http.get("/b").body)"#,
        r#"return {
          { route = "GET /{any}", body = "first" },
          { route = "GET /b", answer = function() return { body = "second" } end },
          ["GET /a"] = { body = "third" },
        }"#,
    );
    assert_eq!(said.matches("first").count(), 2, "{said}");
    assert!(
        !said.contains("second") && !said.contains("third"),
        "{said}"
    );
}

#[test]
fn functions_see_the_request_as_it_would_be_sent_and_keep_their_state() {
    let said = logged(
        r#"
        http.cookies.set("mine", "7")
        http.get("/first")
        local res = http.post("/echo", { query = { page = 2, tag = { "a", "b" } }, json = { n = 1 },
          headers = { ["X-Own"] = "yes" } })
        log.info(res.body)
        log.info("count " .. http.post("/form", { form = { a = "b c" } }).body)
        "#,
        r#"
        local count = 0
        return {
          ["GET /first"] = { headers = { ["Set-Cookie"] = { "sid=s1; Path=/", "two=2; Path=/" } } },
          ["POST /echo"] = function(req)
            count = count + 1
            return { status = 200, body = table.concat({ req.method, req.path, req.query.page, req.query.tag[2],
              req.headers["X-Own"], req.headers["content-type"], req.cookies.sid, req.cookies.mine,
              tostring(req.json.n), req.body, req.url }, "|") }
          end,
          ["POST /form"] = function(req)
            count = count + 1
            return { body = count .. " " .. req.form.a }
          end,
        }"#,
    );
    let echoed =
        r#"POST|/echo|2|b|yes|application/json|s1|7|1|{"n":1}|http://127.0.0.1:1/api/echo?"#;
    assert!(said.contains(echoed), "{said}");
    assert!(said.contains("count 2 b c"), "{said}");
}

#[test]
fn the_pipeline_treats_answers_as_those_of_a_server() {
    let ended = ended(
        r#"
        local res = http.get("/moved")
        log.info("moved to " .. res.body)
        res = http.get("/flaky", { retry = { times = 2, on = { 503 }, pause = 0.01 } })
        log.info("flaky " .. res.status)
        log.info("missing " .. http.get("/missing").status)
        "#,
        r#"local asked = 0
        return {
          latency = { p50 = "2ms", p99 = "5ms" },
          ["GET /moved"] = { status = 302, headers = { Location = "/api/there" } },
          ["GET /there"] = { body = "there" },
          ["GET /flaky"] = function()
            asked = asked + 1
            if asked < 3 then return 503 end
            return { status = 200 }
          end,
          ["GET /missing"] = 404,
        }"#,
        &["--summary", "full"],
    );
    let said = &ended.stderr;
    for words in ["moved to there", "flaky 200", "missing 404"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let summary = ended.summary();
    let requests = summary["requests"]["total"].as_u64();
    assert_eq!(requests, Some(6), "{summary:#}");
    assert!(
        ended.stdout.contains("answered by") && ended.stdout.contains("no network"),
        "{}",
        ended.stdout
    );
}

#[test]
fn faults_of_connections_are_those_that_a_network_has() {
    let ended = ended(
        r#"
        for _, name in ipairs { "connect", "dns", "reset", "tls", "truncated", "timeout" } do
          local res = http.get("/" .. name, { timeout = 0.2 })
          log.info(name .. " is " .. tostring(res.error))
        end
        log.info("elsewhere is " .. tostring(http.get("http://other.example/").error))
        "#,
        r#"return {
          ["GET /connect"] = { error = "connect", latency = "1ms" },
          ["GET /dns"] = { error = "dns" },
          ["GET /reset"] = { error = "reset" },
          ["GET /tls"] = { error = "tls" },
          ["GET /truncated"] = { error = "truncated" },
          ["GET /timeout"] = { error = "timeout" },
          ["*"] = 200,
        }"#,
        &[],
    );
    let said = &ended.stderr;
    for name in ["connect", "dns", "reset", "tls", "truncated", "timeout"] {
        let words = format!("{name} is {name}");
        assert!(said.contains(&words), "{words}: {said}");
    }
    assert!(said.contains("elsewhere is not_allowed"), "{said}");
}

#[test]
fn an_unknown_route_is_404_and_named_once_with_what_was_meant() {
    let said = logged(
        r#"for _ = 1, 3 do log.info(http.get("/user/7").body) end"#,
        r#"return { ["GET /users/{id}"] = 200 }"#,
    );
    let warned =
        "has no route for GET /user/{}, so it is answered with 404; did you mean GET /users/{id}?";
    assert_eq!(said.matches(warned).count(), 1, "{said}");
    assert!(said.contains(r#"{"error":""#), "{said}");
}

#[test]
fn whatever_is_wrong_with_a_mock_is_said_with_its_line() {
    for (mock, words) in [
        (
            "return 7",
            "mock.lua: returns a number, a table of routes was expected",
        ),
        ("local x = = 1", "mock.lua:1: "),
        ("error('no')", "mock.lua:1: no"),
        (
            "return {\n  [\"GTE /a\"] = 200,\n}",
            "mock.lua:2: the route \"GTE /a\": 'GTE' is not a method",
        ),
        (
            "return {\n\n  [\"users\"] = 200,\n}",
            "mock.lua:3: the route \"users\": the path 'users' does not begin with /",
        ),
        (
            "return {\n  [\"GET /a\"] = {\n    stats = 200,\n  },\n}",
            "mock.lua:2: the route \"GET /a\": an answer has no 'stats'",
        ),
        (
            "return {\n  [\"GET /a\"] = {\n    stats = 200,\n  },\n}",
            "did you mean status?",
        ),
        (
            "return {\n  [\"GET /a\"] = {\n    status = 99,\n  },\n}",
            "mock.lua:3: the route \"GET /a\": status is 99",
        ),
        (
            "return {\n  [\"GET /a\"] = {\n    latency = \"fast\",\n  },\n}",
            "mock.lua:3: the route \"GET /a\": latency is 'fast', which is no time",
        ),
        (
            "return {\n  [\"GET /a\"] = {\n    error = \"conect\",\n  },\n}",
            "did you mean connect?",
        ),
        (
            "return {\n  [\"GET /a\"] = { json = { 1 }, body = \"x\" },\n}",
            "json and body are both given",
        ),
        (
            "while true do end",
            "mock.lua:1: loading it took more than 1000 ms",
        ),
        (
            "return { { status = 200 } }",
            "entry 1 of the list has no route",
        ),
        ("http.get '/'", "'http' is not defined"),
    ] {
        let ended = ended("http.get '/'", mock, &[]);
        assert_eq!(ended.code, Some(3), "{mock}: {}", ended.stderr);
        assert!(ended.stderr.contains(words), "{mock}: {}", ended.stderr);
    }
}

#[test]
fn a_function_that_fails_or_never_ends_is_said_with_its_line_and_answers_500() {
    for (mock, words) in [
        (
            "return { [\"GET /\"] = function(req)\n  return req.nam\nend }",
            "mock.lua:2: req has no 'nam'",
        ),
        (
            "return { [\"GET /\"] = function()\n  local x = nil + 1\nend }",
            "mock.lua:2: attempt to perform arithmetic",
        ),
        (
            "return { [\"GET /\"] = function()\n  while true do end\nend }",
            "mock.lua:2: the route \"GET /\" computed for more than 50 ms",
        ),
        (
            "return { [\"GET /\"] = function()\nend }",
            "mock.lua:1: the route \"GET /\": its function returned nothing",
        ),
        (
            "return { [\"GET /\"] = function()\n  return { status = 'x' }\nend }",
            "mock.lua:1: the route \"GET /\": status is a string",
        ),
    ] {
        let ended = ended("log.info('status ' .. http.get('/').status)", mock, &[]);
        assert!(
            ended.stderr.contains("status 500"),
            "{mock}: {}",
            ended.stderr
        );
        assert!(ended.stderr.contains(words), "{mock}: {}", ended.stderr);
    }
}

#[test]
fn a_missing_file_a_folder_and_two_threads_are_refused() {
    let scripts = Folder::step("http.get '/'");
    let missing = run(NOWHERE, &scripts.path(), &["--mock", "none.lua"]).end();
    assert_eq!(missing.code, Some(2), "{}", missing.stderr);
    assert!(missing.stderr.contains("none.lua: "), "{}", missing.stderr);
    let folder = run(NOWHERE, &scripts.path(), &["--mock", "."]).end();
    assert!(
        folder.stderr.contains(".: is a folder"),
        "{}",
        folder.stderr
    );
    let threads = run(
        NOWHERE,
        &scripts.path(),
        &["--mock", "m.lua", "--threads", "2"],
    )
    .end();
    assert_eq!(threads.code, Some(2), "{}", threads.stderr);
    assert!(
        threads.stderr.contains("a run with --mock has one thread"),
        "{}",
        threads.stderr
    );
}

#[test]
fn a_trace_is_answered_too() {
    let scripts = Folder::of(
        "one",
        "return { requests = 1, think = 0, step = function() http.get '/hello' end }",
    )
    .file(
        "mock.lua",
        "return { [\"GET /hello\"] = { body = \"well met\" } }",
    );
    let file = scripts.at("mock.lua");
    let words = ["--trace", "one", "--mock", file.to_str().unwrap()];
    let ended = run(NOWHERE, &scripts.path(), &words).end();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let all = format!("{}{}", ended.stdout, ended.stderr);
    assert!(all.contains("well met") && all.contains("GET"), "{all}");
}
