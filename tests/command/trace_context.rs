//! Trace context: what the target gets, by its own record, and where a failure names its trace.

use std::collections::{BTreeMap, BTreeSet};

use super::program::run;
use super::target::Request;
use super::{Answer, Folder, Target, throng};

/// A start, and steps with two requests each.
const TWICE: &str = "return { requests = 4, think = 0,
    on_start = function() http.get '/start' end,
    step = function() http.get '/a' http.get '/b' end }";

fn field<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    let mut found = request.head.iter().filter_map(|line| {
        let (field, value) = line.split_once(": ")?;
        field.eq_ignore_ascii_case(name).then_some(value)
    });
    let value = found.next();
    assert!(found.next().is_none(), "{name} twice: {request:?}");
    value
}

/// Trace id, span id and flags.
fn parent(request: &Request) -> (&str, &str, &str) {
    let value = field(request, "traceparent").unwrap();
    let parts: Vec<&str> = value.split('-').collect();
    let [version, trace, span, flags] = parts[..] else {
        panic!("{value}");
    };
    let is_hex = |text: &str| text.bytes().all(|byte| b"0123456789abcdef".contains(&byte));
    assert_eq!(
        (version, trace.len(), span.len()),
        ("00", 32, 16),
        "{value}"
    );
    assert!(is_hex(trace) && is_hex(span), "{value}");
    assert!(!trace.bytes().all(|byte| byte == b'0') && !span.bytes().all(|byte| byte == b'0'));
    (trace, span, flags)
}

/// The requests that reached the target in a run of these words.
fn requests(script: &str, words: &[&str]) -> (String, Vec<Request>) {
    let (target, scripts) = (Target::fine(), Folder::of("browse", script));
    let ended = run(&target.url(), &scripts.path(), words)
        .with_summary()
        .end()
        .with_code(0);
    let run = ended.summary()["run"]["id"].as_str().unwrap().to_owned();
    (run, target.requests())
}

#[test]
fn a_session_is_a_trace_and_each_request_a_span_of_its_step() {
    let words = ["--trace-context", "--users", "3", "--sessions", "6"];
    let (run, requests) = requests(TWICE, &words);
    assert_eq!(requests.len() % 6, 0, "{}", requests.len());
    let (mut spans, mut sessions, mut steps) = (BTreeSet::new(), BTreeMap::new(), BTreeMap::new());
    for request in &requests {
        let (trace, span, flags) = parent(request);
        assert_eq!(flags, "01");
        assert!(spans.insert(span), "{span} twice");
        let baggage = field(request, "baggage").unwrap();
        let (id, synthetic) = baggage.split_once(',').unwrap();
        assert_eq!(synthetic, "synthetic_request=true");
        assert!(id.starts_with(&format!("session.id={run}-")), "{baggage}");
        let state = field(request, "tracestate").unwrap();
        let state = state.strip_prefix("throng=session:").unwrap();
        let (session, step) = match state.split_once(";step:") {
            Some((session, step)) => (session, Some(step)),
            None => (state, None),
        };
        assert_eq!(step.is_none(), request.path == "/start", "{state}");
        let known = sessions.entry(trace).or_insert((session, id));
        assert_eq!(*known, (session, id), "a trace of two sessions");
        if let Some(step) = step {
            steps
                .entry(step)
                .or_insert_with(Vec::new)
                .push(&*request.path);
        }
    }
    assert_eq!(sessions.len(), 6);
    for paths in steps.values() {
        assert_eq!(paths[..], ["/a", "/b"], "a step has two requests");
    }
}

#[test]
fn nothing_is_sent_without_the_option() {
    let (_, requests) = requests(TWICE, &["--users", "1", "--sessions", "1"]);
    for name in ["traceparent", "tracestate", "baggage"] {
        assert!(
            requests
                .iter()
                .all(|request| field(request, name).is_none())
        );
    }
}

#[test]
fn one_seed_samples_the_same_sessions_with_other_ids() {
    let words = ["--trace-context", "--trace-sampled", "30%", "--seed", "7"];
    let words: Vec<&str> = words
        .into_iter()
        .chain(["--users", "40", "--sessions", "40"])
        .collect();
    let sampled = |words: &[&str]| {
        let (run, requests) = requests(TWICE, words);
        let mut sessions = BTreeMap::new();
        let mut traces = BTreeSet::new();
        for request in &requests {
            let (trace, _, flags) = parent(request);
            let baggage = field(request, "baggage").unwrap();
            let id = baggage.split(',').next().unwrap().replace(&run, "run");
            assert_eq!(*sessions.entry(id).or_insert(flags.to_owned()), flags);
            traces.insert(trace.to_owned());
        }
        (sessions, traces)
    };
    let (first, second) = (sampled(&words), sampled(&words));
    // How many of the sessions a user gets depends on the others.
    let both = first.0.iter().filter(|(id, _)| second.0.contains_key(*id));
    assert!(both.clone().count() >= 10, "{first:?} {second:?}");
    assert!(
        both.into_iter().all(|(id, flags)| second.0[id] == *flags),
        "{first:?} {second:?}"
    );
    assert!(first.1.is_disjoint(&second.1));
    let share = first.0.values().filter(|flags| *flags == "01").count();
    // 12 of 40 by expectation; three standard deviations are 8.7.
    assert!((4..=20).contains(&share), "{share}");
    let none = sampled(&[
        "--trace-context",
        "--trace-sampled",
        "0",
        "--users",
        "2",
        "--sessions",
        "2",
    ]);
    assert!(none.0.values().all(|flags| flags == "00"));
}

#[test]
fn a_failure_names_its_trace_with_a_link() {
    let target = Target::new(|_| Answer::Status(500, "{}".to_owned()));
    let scripts = Folder::of(
        "browse",
        "return { requests = 1, step = function() http.get '/' end }",
    );
    let link = "https://jaeger.example.com/trace/{trace_id}?a='b'&c=<d>";
    let words = ["--users", "1", "--sessions", "1", "--verbose", "--no-valve"];
    let words: Vec<&str> = words
        .into_iter()
        .chain(["--trace-context", "--trace-url", link])
        .collect();
    let ended = run(&target.url(), &scripts.path(), &words)
        .with_summary()
        .end();
    let requests = target.requests();
    let trace = parent(&requests[0]).0;
    let error = &ended.summary()["errors"][0];
    assert_eq!(error["trace_id"], trace);
    assert_eq!(error["trace_url"], link.replace("{trace_id}", trace));
    ended.said(&format!("unexpected, trace {trace}"));

    // The target keeps nothing of a session that is not sampled: a link would lead nowhere.
    let words: Vec<&str> = words.into_iter().chain(["--trace-sampled", "0"]).collect();
    let ended = run(&target.url(), &scripts.path(), &words)
        .with_summary()
        .end();
    let error = &ended.summary()["errors"][0];
    let requests = target.requests();
    let last = requests.last().unwrap();
    assert_eq!(error["trace_id"], parent(last).0);
    assert_eq!(error["trace_url"], serde_json::Value::Null);
}

#[test]
fn a_script_reads_its_trace_and_what_it_judges_names_it() {
    let script = "return { requests = 2, think = 0, step = function()
        local res = http.get '/a'
        res:fail 'sold out'
        http.get('/told', { query = { trace = tostring(res.trace_id) } })
    end }";
    for traced in [true, false] {
        let (target, scripts) = (Target::fine(), Folder::of("browse", script));
        let mut words = vec!["--users", "1", "--sessions", "1", "--verbose", "--no-valve"];
        words.extend(traced.then_some("--trace-context"));
        let ended = run(&target.url(), &scripts.path(), &words).end();
        let requests = target.requests();
        let trace = match traced {
            true => parent(&requests[0]).0,
            false => "nil",
        };
        assert_eq!(requests[1].path, format!("/told?trace={trace}"));
        let judged = "is judged by its script: sold out, unexpected";
        ended.said(&match traced {
            true => format!("{judged}, trace {trace}"),
            false => judged.to_owned(),
        });
    }
}

#[test]
fn what_a_script_sends_itself_stays() {
    let own = "4bf92f3577b34da6a3ce929d0e0e4736";
    let script = format!(
        "return {{ requests = 1, step = function()
            http.get('/', {{ headers = {{ traceparent = '00-{own}-00f067aa0ba902b7-01', baggage = 'a=b' }} }})
        end }}"
    );
    let (_, requests) = requests(
        &script,
        &["--trace-context", "--users", "1", "--sessions", "1"],
    );
    assert_eq!(parent(&requests[0]), (own, "00f067aa0ba902b7", "01"));
    assert_eq!(field(&requests[0], "baggage"), Some("a=b"));
    assert_eq!(field(&requests[0], "tracestate"), None);
}

#[test]
fn redirects_and_retries_are_spans_and_other_origins_get_nothing() {
    let other = Target::at("127.0.0.2:0".parse().unwrap(), |_| Answer::ok());
    let there = other.url();
    let target = Target::new(move |request| {
        let to = |place: &str| {
            let head = format!("HTTP/1.1 307 Go\r\nLocation: {place}\r\nContent-Length: 0\r\n\r\n");
            Answer::Bytes(head.into())
        };
        match &*request.path {
            "/here" => to("/end"),
            "/there" => to(&format!("{there}/")),
            "/busy" => Answer::Status(503, "{}".to_owned()),
            _ => Answer::ok(),
        }
    });
    let scripts = Folder::of(
        "browse",
        "return { requests = 1, step = function()
            http.get '/here'
            http.get '/there'
            http.get('/busy', { retry = 1 })
        end }",
    );
    let words = [
        "--users",
        "1",
        "--sessions",
        "1",
        "--no-valve",
        "--trace-context",
    ];
    let words: Vec<&str> = words
        .into_iter()
        .chain(["--allow-host", "127.0.0.2"])
        .collect();
    run(&target.url(), &scripts.path(), &words).end();
    let requests = target.requests();
    let spans: BTreeSet<&str> = requests.iter().map(|request| parent(request).1).collect();
    let traces: BTreeSet<&str> = requests.iter().map(|request| parent(request).0).collect();
    let paths: Vec<&str> = requests.iter().map(|request| &*request.path).collect();
    assert_eq!(paths, ["/here", "/end", "/there", "/busy", "/busy"]);
    assert_eq!((spans.len(), traces.len()), (5, 1));
    assert_eq!(other.count(), 1);
    for name in ["traceparent", "tracestate", "baggage"] {
        assert_eq!(field(&other.requests()[0], name), None);
    }
}

#[test]
fn options_that_cannot_hold_are_refused_all_at_once() {
    let refused = |words: &[&str], said: &[&str]| {
        let words = ["run", "--builtin", "--dry-run"].iter().chain(words);
        let ended = throng(words).end().with_code(2);
        for text in said {
            ended.said(text);
        }
    };
    refused(
        &[
            "--trace-context",
            "--trace-sampled",
            "110%",
            "--trace-url",
            "https://a/b",
        ],
        &[
            "--trace-sampled 110%: is more than 100%; give per cent such as 10%, or a fraction such as 0.1",
            "--trace-url https://a/b: has no {trace_id} in it",
        ],
    );
    for (url, why) in [
        (
            "javascript:alert({trace_id})",
            "does not begin with http:// or https://",
        ),
        ("/trace/{trace_id}", "is not a valid URL"),
        (
            "http://a/{trace_id} b",
            "has a blank or a control character in it",
        ),
    ] {
        refused(&["--trace-context", "--trace-url", url], &[why]);
    }
    refused(
        &["--trace-sampled", "1%"],
        &["has no effect without --trace-context; add --trace-context, or leave it out"],
    );
}

#[test]
fn the_scripts_for_the_shop_of_opentelemetry_load() {
    let scripts = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/otel-demo/scripts");
    let words = [
        "run",
        "--dry-run",
        "--script-dir",
        scripts,
        "--trace-context",
    ];
    throng(words).end().with_code(0);
}

#[test]
fn the_demo_service_logs_the_traces_of_requests() {
    let service = throng(["service", "--listen", "127.0.0.1:0"])
        .variable("THRONG_LOG", "access=debug")
        .start();
    let said = service.wait_on_stdout("http://127.0.0.1:");
    let at = said.find("http://").unwrap();
    let url: String = said[at..]
        .chars()
        .take_while(|c| !c.is_whitespace())
        .collect();
    let script = "return { requests = 1, step = function()
            http.get('/api/v1/users/1', { expect = 404 })
        end }";
    let scripts = Folder::of("browse", script);
    let words = [
        "--users",
        "1",
        "--sessions",
        "1",
        "--trace-context",
        "--no-valve",
    ];
    let ended = run(url.trim_end_matches('/'), &scripts.path(), &words)
        .with_summary()
        .end();
    let trace = ended.summary()["errors"][0]["trace_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let logged = service.wait_for(&trace);
    assert!(logged.contains("status=401"), "{logged}");
    service.signal("TERM");
    service.end().with_code(0);
}
