use std::time::Duration;

use throng::cli::{parse_span, show_span};

#[test]
fn spans_are_seconds_or_have_units() {
    for (text, millis) in [
        ("300", 300_000),
        ("0", 0),
        ("0.5", 500),
        ("5m", 300_000),
        ("1h30m", 5_400_000),
        ("1d", 86_400_000),
        ("500ms", 500),
        ("1m500ms", 60_500),
        ("1.5h", 5_400_000),
        (" 90s ", 90_000),
    ] {
        assert_eq!(
            parse_span(text),
            Some(Duration::from_millis(millis)),
            "{text:?}"
        );
    }
}

#[test]
fn what_is_no_span_is_refused() {
    for text in [
        "",
        "m",
        "5x",
        "-5",
        "+5",
        "1e3",
        "inf",
        "NaN",
        "30m1h",
        "5m5m",
        "1..5s",
        ".5",
        "5 m",
        "1h30",
        "99999999999999",
        "5é",
    ] {
        assert_eq!(parse_span(text), None, "{text:?}");
    }
}

#[test]
fn spans_are_shown_as_they_are_read() {
    for (millis, shown) in [
        (0, "0s"),
        (500, "500ms"),
        (90_000, "1m30s"),
        (5_400_000, "1h30m"),
        (86_460_000, "1d1m"),
        (1_500, "1s500ms"),
    ] {
        let span = Duration::from_millis(millis);
        assert_eq!(show_span(span), shown);
        assert_eq!(parse_span(shown), Some(span), "{shown}");
    }
}
