//! Secrets leave texts in whatever form they stand there.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use throng::secrets::{
    LONGEST_SECRET, MOST_REMEMBERED, Masker, is_secret_key, remember, remember_for_good,
};

const SECRET: &str = "s3cr\"et \\wo/rd+ü";

fn masker() -> Masker {
    Masker::new([SECRET]).unwrap()
}

/// Without the quotes around it.
fn inside(quoted: &str) -> &str {
    &quoted[1..quoted.len() - 1]
}

fn percents(text: &str, keep: impl Fn(u8) -> bool, digits: fn(u8) -> String) -> String {
    let encoded = text.bytes().map(|byte| {
        if keep(byte) {
            char::from(byte).to_string()
        } else {
            digits(byte)
        }
    });
    encoded.collect()
}

#[test]
fn every_form_of_a_secret_is_masked() {
    let json = |text: &str| serde_json::to_string(text).unwrap();
    let once = json(SECRET);
    let upper: fn(u8) -> String = |byte| format!("%{byte:02X}");
    let lower: fn(u8) -> String = |byte| format!("%{byte:02x}");
    let form: String = url::form_urlencoded::byte_serialize(SECRET.as_bytes()).collect();
    let unicode: String = SECRET
        .encode_utf16()
        .map(|unit| format!("\\u{unit:04x}"))
        .collect();
    let forms = [
        SECRET.to_owned(),
        percents(SECRET, |byte| byte.is_ascii_alphanumeric(), upper),
        percents(SECRET, |byte| byte.is_ascii_alphanumeric(), lower),
        percents(
            SECRET,
            |byte| byte.is_ascii_graphic() && byte != b'%' && byte != b'+',
            upper,
        ),
        // As in a path: a plus beside what is encoded.
        percents(
            SECRET,
            |byte| byte.is_ascii_graphic() && byte != b'%' && byte != b'/',
            upper,
        ),
        percents(
            SECRET,
            |byte| byte == b'+' || byte.is_ascii_alphanumeric(),
            |byte| format!("%{:x}{:X}", byte >> 4, byte & 15),
        ),
        percents(SECRET, |_| false, upper),
        form.clone(),
        inside(&once).to_owned(),
        inside(&json(inside(&once))).to_owned(),
        inside(&json(&form)).to_owned(),
        format!("{SECRET:?}").trim_matches('"').to_owned(),
        unicode,
        inside(&once).replace('/', "\\/"),
        SECRET.bytes().map(|byte| format!("{byte:02x}")).collect(),
        SECRET.bytes().map(|byte| format!("{byte:02X}")).collect(),
    ];
    for shown in forms {
        for (before, after) in [
            ("", ""),
            ("a ", " b"),
            ("x", "y"),
            ("\"", "\""),
            ("%2", "\\"),
            ("?a=", "&b=1"),
        ] {
            let masked = masker().owned(format!("{before}{shown}{after}"));
            assert_eq!(masked, format!("{before}***{after}"), "{shown}");
        }
    }
}

#[test]
fn a_secret_in_the_name_of_a_host_is_masked() {
    let shown = "http://wjalrxutnfemi-k7mdeng.example.org/";
    let known = Masker::new(["wJalrXUtnFEMI-K7MDENG"]).unwrap();
    assert_eq!(known.text(shown), "http://***.example.org/");
    std::thread::spawn(move || {
        remember("wJalrXUtnFEMI-K7MDENG");
        let none = Masker::default();
        assert_eq!(none.text(shown), "http://***.example.org/");
        assert_eq!(none.text("x wJalrXUtnFEMI-K7MDENG"), "x ***");
    })
    .join()
    .unwrap();
}

#[test]
fn a_secret_in_base64_is_masked_wherever_it_begins() {
    for user in ["", "a:", "ab:", "abc:", "ada@example.com:"] {
        for engine in [STANDARD, URL_SAFE] {
            let shown = format!(
                "Basic {}",
                engine.encode(format!("{user}{SECRET}, and more"))
            );
            assert_eq!(masker().text(&shown), "Basic ***", "{user:?}");
            let shown = format!("Basic {}!", engine.encode(format!("{user}{SECRET}")));
            assert_eq!(masker().text(&shown), "Basic ***!", "{user:?}");
        }
    }
}

#[test]
fn what_holds_no_secret_stays_as_it_is() {
    for text in ["", "s3cret", "a+b %zz \\x \\u12 \\", "{\"a\":1}", "***"] {
        assert_eq!(masker().text(text), text);
        assert_eq!(Masker::default().text(SECRET), SECRET);
    }
}

#[test]
fn secrets_that_overlap_leave_nothing() {
    let masker = Masker::new(["abcdefgh", "fghijklm", "cdefgh"]).unwrap();
    assert_eq!(masker.text("_abcdefghijklm_"), "_***_");
    assert_eq!(masker.text("abcdefghfghijklm"), "***");
    assert_eq!(masker.text("abcdefgh fghijklm"), "*** ***");
}

#[test]
fn what_is_short_or_data_is_no_secret() {
    let long = "x".repeat(LONGEST_SECRET + 1);
    let masker = Masker::new(["true", "12345", long.as_str(), ""]).unwrap();
    let text = format!("true 12345 {long}");
    assert_eq!(masker.text(&text), text);
}

#[test]
fn a_key_of_many_lines_is_masked_line_by_line() {
    let key =
        "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\nAoIBAQC7VJTUt9\n-----END PRIVATE KEY-----\n";
    let masker = Masker::new([key]).unwrap();
    assert_eq!(masker.text(key).lines().next(), Some("***"));
    assert_eq!(masker.text("    AoIBAQC7VJTUt9 |"), "    *** |");
    assert_eq!(
        masker.text("-----BEGIN PRIVATE KEY-----"),
        "-----BEGIN PRIVATE KEY-----"
    );
}

#[test]
fn the_form_of_json_and_of_metrics_holds_whatever_the_secrets_are() {
    let masker = Masker::new(["123456", "requests", "ends in \\", "quo\"ted"]).unwrap();
    for (text, masked) in [
        (
            r#"{"requests":123456,"a":"123456"}"#,
            r#"{"requests":123456,"a":"***"}"#,
        ),
        (
            r#"{"requests": "all requests"}"#,
            r#"{"requests": "all ***"}"#,
        ),
        (r#"["ends in \\","\"quo\"ted\""]"#, r#"["***","\"***\""]"#),
        (r#"["ends in \n"]"#, r#"["ends in \n"]"#),
        (r#"["%72equests", "half"#, r#"["***", "half"#),
        (
            r#"x_requests{a="quo\"ted",b="1"} 123456"#,
            r#"x_requests{a="***",b="1"} 123456"#,
        ),
    ] {
        assert_eq!(masker.quoted(text), masked);
    }
}

#[test]
fn what_a_user_got_on_the_way_is_known_to_its_thread_only() {
    std::thread::spawn(|| {
        remember("token-of-a-user");
        remember("short");
        let none = Masker::default();
        assert_eq!(none.text("x=token-of-a-user short"), "x=*** short");
        assert_eq!(none.text("x=token%2Dof%2da-user"), "x=***");
        assert_eq!(none.text("x=oken-of-a-user"), "x=oken-of-a-user");
        std::thread::spawn(|| {
            assert_eq!(Masker::default().text("token-of-a-user"), "token-of-a-user");
        })
        .join()
        .unwrap();
        // The same again takes no place of another.
        for _ in 0..3 * MOST_REMEMBERED {
            remember("the-same-again");
        }
        assert_eq!(none.text("token-of-a-user"), "***");
        for number in 0..MOST_REMEMBERED {
            remember(&format!("another-{number}-one"));
        }
        assert_eq!(
            none.text("token-of-a-user"),
            "token-of-a-user",
            "the oldest is forgotten"
        );
        assert_eq!(none.text("another-0-one"), "***");
    })
    .join()
    .unwrap();
}

#[test]
fn what_stands_in_a_script_is_masked_for_good() {
    std::thread::spawn(|| {
        let none = Masker::default();
        remember_for_good("first-in-a-script");
        assert_eq!(none.text("first-in-a-script"), "***");
        remember("got-by-a-user-too");
        remember_for_good("got-by-a-user-too");
        for number in 0..2 * MOST_REMEMBERED {
            remember(&format!("another-{number}-one"));
        }
        assert_eq!(none.text("first-in-a-script"), "***");
        assert_eq!(none.text("got-by-a-user-too"), "***");
        assert_eq!(none.text("another-0-one"), "another-0-one");
    })
    .join()
    .unwrap();
}

#[test]
fn a_variable_is_secret_by_its_name() {
    for key in [
        "PASSWORD",
        "db_pass",
        "API_KEY",
        "accessToken",
        "AUTH",
        "SESSION_ID",
        "clientSecret",
    ] {
        assert!(is_secret_key(key), "{key}");
    }
    for key in ["email", "REGION", "PAGE_SIZE", "shop"] {
        assert!(!is_secret_key(key), "{key}");
    }
}
