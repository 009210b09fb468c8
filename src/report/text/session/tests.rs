use serde_json::json;

use super::*;
use crate::session_trace::{Body, CallError, Check, ScriptError};

fn text(is_verbose: bool, events: Vec<What>) -> String {
    let look = SessionLook {
        paint: Paint::PLAIN,
        width: 80,
        is_verbose,
        curl: false,
    };
    let mut text = SessionText::new("http://127.0.0.1:9501/", look);
    let events = events.into_iter().map(|what| Event { at: 1.5, what });
    events.map(|event| text.lines(&event)).collect()
}

fn call() -> Call {
    Call {
        number: 1,
        began: 1.0,
        seconds: 0.5,
        phases: vec![("wait".to_owned(), 0.5)],
        via: Via::Call,
        method: "POST".to_owned(),
        url: "http://127.0.0.1:9501/login?token=***".to_owned(),
        name: "/login".to_owned(),
        request: Message {
            headers: vec![("X-A".to_owned(), "b\u{1b}[31m".to_owned())],
            body: Body {
                text: r#"{"name":"Ann"}"#.to_owned(),
                bytes: 14,
                is_cut: false,
            },
        },
        status: Some(200),
        response: None,
        outcome: "ok".to_owned(),
        error: None,
        place: Some("scripts/a.lua:3".to_owned()),
        trace_id: None,
        curl: "curl http://127.0.0.1:9501/login".to_owned(),
    }
}

#[test]
fn a_call_is_a_line_with_its_body_below() {
    let fine = text(false, vec![What::Call(Box::new(call()))]);
    let expected =
        "   1.500 s    POST /login?token=***  200  500 ms\n                > {\"name\":\"Ann\"}\n";
    assert_eq!(fine, expected);
    let failed = Call {
        status: None,
        outcome: "error".to_owned(),
        error: Some(CallError {
            kind: "timeout".to_owned(),
            message: "no response within 30 s".to_owned(),
        }),
        ..call()
    };
    let failed = text(true, vec![What::Call(Box::new(failed))]);
    for part in [
        "POST /login?token=***  timeout  error  500 ms\n",
        "                no response within 30 s\n",
        "                by scripts/a.lua:3\n",
        "                > X-A: b\\u{1b}[31m\n",
        "                wait 500 ms\n",
    ] {
        assert!(failed.contains(part), "{part} is not in {failed}");
    }
}

#[test]
fn a_step_ends_with_what_changed_in_the_state() {
    let began = StepBegan {
        step: 1,
        phase: Phase::Step,
        name: "buy".to_owned(),
        state: json!({ "cart": [1], "old": true }),
    };
    let ended = StepEnded {
        step: 1,
        name: "buy".to_owned(),
        result: "failed".to_owned(),
        why: Some("sold out".to_owned()),
        seconds: 0.25,
        state: json!({ "cart": [1, 2] }),
    };
    let shown = text(false, vec![What::StepBegan(began), What::StepEnded(ended)]);
    let expected = "
   1.500 s  step buy
              state + cart[2] = 2
              state - old = true
   1.500 s    failed after 250 ms: sold out
";
    assert_eq!(shown, expected);
}

#[test]
fn the_end_adds_up_what_there_was() {
    let error = ScriptError {
        place: "scripts/a.lua:7".to_owned(),
        message: "attempt to index a nil value".to_owned(),
        traceback: Vec::new(),
    };
    let check = Check {
        name: "in stock".to_owned(),
        passed: false,
    };
    let ended = SessionEnded {
        result: "failed".to_owned(),
        why: Some("script error at scripts/a.lua:7".to_owned()),
        requests: 1,
    };
    let shown = text(
        false,
        vec![
            What::Check(check),
            What::Error(error),
            What::SessionEnded(ended),
        ],
    );
    let expected = "   1.500 s    check in stock: FAILED
   1.500 s    error at scripts/a.lua:7: attempt to index a nil value

   1.500 s  session failed: script error at scripts/a.lua:7
            0 steps, 0 requests, 1 failed checks, 1 script errors
";
    assert_eq!(shown, expected);
}
