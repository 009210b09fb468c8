use throng::view::format::{bytes, count, figure, measured, per_second, rate, share, span, time};

#[test]
fn times_have_three_digits() {
    let told = [
        (0.0, "0us"),
        (0.4, "0us"),
        (812.0, "812us"),
        (999.4, "999us"),
        (999.6, "1.00ms"),
        (1_000.0, "1.00ms"),
        (3_124.0, "3.12ms"),
        (9_996.0, "10.0ms"),
        (12_340.0, "12.3ms"),
        (99_960.0, "100ms"),
        (999_499.0, "999ms"),
        (999_500.0, "1.00s"),
        (1_240_000.0, "1.24s"),
        (90_000_000.0, "90.0s"),
        (3_600_000_000.0, "3600s"),
    ];
    for (micros, words) in told {
        assert_eq!(time(micros / 1e6), words, "{micros}");
    }
}

#[test]
fn spans_counts_bytes_rates_and_shares() {
    assert_eq!(span(41.6), "42 s");
    assert_eq!(span(185.0), "3 min 5 s");
    assert_eq!(span(7_200.0), "2 h 0 min");
    for (number, words) in [
        (0, "0"),
        (999, "999"),
        (1_000, "1,000"),
        (1_234_567, "1,234,567"),
    ] {
        assert_eq!(count(number), words);
    }
    for (number, words) in [
        (812, "812 B"),
        (999_600, "1.00 MB"),
        (12_345_678, "12.3 MB"),
        (1_000, "1.00 kB"),
    ] {
        assert_eq!(bytes(number), words);
    }
    for (number, words) in [
        (0.0, "0.00"),
        (0.254, "0.25"),
        (12.34, "12.3"),
        (310.2, "310"),
        (12_345.4, "12,345"),
    ] {
        assert_eq!(rate(number), words);
    }
    for (part, words) in [
        (0, "0%"),
        (1, "<0.1%"),
        (842, "8.4%"),
        (9_999, ">99.9%"),
        (10_000, "100%"),
    ] {
        assert_eq!(share(part, 10_000), words);
    }
    assert_eq!(share(0, 0), "-");
    assert_eq!(
        (per_second(Some(12.34)), per_second(None)),
        ("12.3/s".to_owned(), "-".to_owned())
    );
    assert_eq!(measured(None), "-");
    assert_eq!(measured(Some(812e-6)), "812us");
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
