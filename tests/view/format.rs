use serde_json::Value;
use throng::view::format::{
    NOTHING, bytes, count, cpu, figure, measured, per_second, rate, ratio, share, span,
};

/// Figures and their words, which the page's own formatter is held to, too (`tests/page`).
const WORDS: &str = include_str!("format.json");

fn table(of: &str) -> Vec<(Option<f64>, String)> {
    let words: Value = serde_json::from_str(WORDS).unwrap();
    let rows = words[of].as_array().unwrap().iter();
    rows.map(|row| (row[0].as_f64(), row[1].as_str().unwrap().to_owned()))
        .collect()
}

fn is_told(of: &str, told: impl Fn(Option<f64>) -> String) {
    let rows = table(of);
    assert!(rows.len() > 3, "{of}");
    for (figure, words) in rows {
        assert_eq!(told(figure), words, "{of}: {figure:?}");
    }
}

#[test]
fn figures_have_three_digits_a_blank_and_a_unit() {
    let whole = |figure: Option<f64>| figure.unwrap() as u64;
    is_told("time", measured);
    is_told("bytes", |figure| bytes(whole(figure)));
    is_told("count", |figure| count(whole(figure)));
    is_told("rate", |figure| {
        figure.map_or_else(|| NOTHING.to_owned(), rate)
    });
    is_told("share", ratio);
    is_told("cpu", cpu);
}

#[test]
fn spans_parts_and_other_figures() {
    assert_eq!(span(41.6), "42 s");
    assert_eq!(span(185.0), "3 min 5 s");
    assert_eq!(span(7_200.0), "2 h 0 min");
    for (part, words) in [
        (0, "0 %"),
        (1, "<0.1 %"),
        (842, "8.4 %"),
        (9_999, ">99.9 %"),
        (10_000, "100 %"),
    ] {
        assert_eq!(share(part, 10_000), words);
    }
    assert_eq!(share(0, 0), "-");
    assert_eq!(
        (per_second(Some(12.34)), per_second(None)),
        ("12.3/s".to_owned(), "-".to_owned())
    );
    for (number, words) in [
        (3.0, "3"),
        (-1_500.0, "-1,500"),
        (2.5, "2.5"),
        (0.12345, "0.123"),
        (0.0001, "1.00e-4"),
    ] {
        assert_eq!(figure(number), words);
    }
}
