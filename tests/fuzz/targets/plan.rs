//! What people write about a run: `throng.toml`, spans of time, rules of the valve, hosts that are allowed.

use std::str::FromStr;
use std::time::Duration;

use throng::http::Allowed;
use throng::plan::span::{parse_span, show_span};
use throng::plan::{Rule, Setting, Window};
use throng::script::fuzz_api::settings;

use super::pieces::Input;

pub fn check(input: &[u8]) {
    let mut input = Input(input);
    match input.byte() % 4 {
        0 => file(input.0),
        kind => {
            let text = String::from_utf8_lossy(input.0);
            match kind {
                1 => span(&text),
                2 => rule(&text),
                _ => allowed(&text),
            }
        }
    }
}

/// A file is a change that can be made, or has faults with the places where they stand.
fn file(text: &[u8]) {
    match settings(text, &["active", "browser"]) {
        Ok(change) => {
            for setting in Setting::ALL {
                let value = change.get(setting);
                assert!(value.is_none_or(|value| setting.check(value).is_ok()));
            }
            let known = |name: &String| matches!(&**name, "active" | "browser");
            assert!(change.weights().keys().all(known));
        }
        Err(faults) => {
            assert!(!faults.is_empty());
            for fault in faults {
                assert!(!fault.message.is_empty());
                is_in_the_file(&fault.place, text);
            }
        }
    }
}

fn is_in_the_file(place: &str, text: &[u8]) {
    let mut words = place.split(':');
    assert_eq!(words.next(), Some("throng.toml"), "{place}");
    let line: usize = words.next().unwrap().parse().unwrap();
    let lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').collect();
    assert!((1..=lines.len()).contains(&line), "{place}");
    // A file that is no UTF-8 has no columns.
    if let Some(column) = words.next() {
        let column: usize = column.parse().unwrap();
        assert!((1..=lines[line - 1].len() + 1).contains(&column), "{place}");
    }
}

fn span(text: &str) {
    let Some(span) = parse_span(text) else {
        return;
    };
    let again = parse_span(&show_span(span)).unwrap();
    assert!(
        span.abs_diff(again) <= Duration::from_millis(1),
        "{span:?} is shown as {again:?}"
    );
}

fn rule(text: &str) {
    match text.parse::<Rule>() {
        Ok(rule) => {
            let shown = rule.to_string();
            if rule.bound.is_finite() {
                let again: Rule = shown.parse().unwrap();
                assert_eq!((again.measure, again.side), (rule.measure, rule.side));
                assert_eq!((again.selector, again.abort), (rule.selector, rule.abort));
                assert!(rule.after.abs_diff(again.after) <= Duration::from_millis(1));
                let times = [rule.window, again.window].map(|window| match window {
                    Window::Run => Duration::MAX,
                    Window::Each(time) | Window::Over(time) => time,
                });
                assert!(times[0].abs_diff(times[1]) <= Duration::from_millis(1));
                assert!((rule.bound - again.bound).abs() <= 1e-6 * rule.bound.max(1.0));
            }
        }
        Err(fault) => assert!(!fault.to_string().is_empty()),
    }
}

fn allowed(text: &str) {
    if let Ok(allowed) = Allowed::from_str(text) {
        let shown = allowed.to_string();
        let again = Allowed::from_str(&shown).unwrap();
        assert_eq!(shown, again.to_string());
    }
}
