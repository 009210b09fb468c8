//! What a jar keeps and sends, against RFC 6265bis: one table for each kind of rule.

use std::rc::Rc;

use throng::http::fuzz_api::Cookies;
use throng::http::{Headers, Origin, Request};

/// Where a cookie is set, unless a case says otherwise.
const FROM: &str = "http://shop.example.org/app/page";

fn request(url: &str) -> Request {
    let (origin, target) = Origin::parse(url).unwrap();
    Request::new(http::Method::GET, Rc::new(origin), target)
}

fn keep(jar: &Cookies, url: &str, lines: &[&str]) {
    let mut block = Headers::new();
    for line in lines {
        block.push("Set-Cookie", line).unwrap();
    }
    jar.keep(&request(url), &block);
}

fn sent(jar: &Cookies, url: &str) -> String {
    let value = jar.value_for(&request(url)).unwrap_or_default();
    String::from_utf8(value).unwrap()
}

/// Each case: the lines that an answer has, and the `Cookie` of the next request to the same place.
fn holds(cases: &[(&[&str], &str)]) {
    for (lines, expected) in cases {
        let jar = Cookies::default();
        keep(&jar, FROM, lines);
        assert_eq!(sent(&jar, FROM), *expected, "{lines:?}");
    }
}

/// Each case: where a line is set, the line, where the next request goes, and whether the cookie goes along.
fn goes(cases: &[(&str, &str, &str, bool)]) {
    for (from, line, to, expected) in cases {
        let jar = Cookies::default();
        keep(&jar, from, &[line]);
        let goes = !sent(&jar, to).is_empty();
        assert_eq!(goes, *expected, "{line} from {from} to {to}");
    }
}

#[test]
fn names_and_values_are_what_stands_around_the_first_equals_sign() {
    holds(&[
        (&["a=b"], "a=b"),
        (&["a="], "a="),
        (&["  a  =  b  "], "a=b"),
        (&["\ta\t=\tb\t; x"], "a=b"),
        (&["a=b=c=="], "a=b=c=="),
        (&["a== b"], "a== b"),
        (&["a b=c d"], "a b=c d"),
        (&["a=b, c=d"], "a=b, c=d"),
        (&["a=b;c=d"], "a=b"),
        (&["a=b ;"], "a=b"),
        (&["$Version=1; a=b"], "$Version=1"),
        (&["!#$%&'*+-.^_`|~=x"], "!#$%&'*+-.^_`|~=x"),
        (&["{a}[b](c)<d>@/?:,=x"], "{a}[b](c)<d>@/?:,=x"),
        (&["Äpfel=grün"], "Äpfel=grün"),
        (&["a=tab\tinside"], "a=tab\tinside"),
    ]);
}

#[test]
fn quotes_are_part_of_the_value() {
    holds(&[
        (&["a=\"b\""], "a=\"b\""),
        (&["a=\"b c\"  ; Path=/"], "a=\"b c\""),
        (&["a=\"b;c\""], "a=\"b"),
        (&["a=\"b\\\"c\""], "a=\"b\\\"c\""),
        (&["a=\""], "a=\""),
        (&["\"a\"=b"], "\"a\"=b"),
        (&["\"a=b\"=c"], "\"a=b\"=c"),
        (&["a=b; Path=\"/\"; \"Secure\""], "a=b"),
    ]);
}

#[test]
fn a_cookie_may_have_no_name_but_not_nothing() {
    holds(&[
        (&["a"], "a"),
        (&["=a"], "a"),
        (&[" = a"], "a"),
        (&["=a=b"], "a=b"),
        (&["==a"], "=a"),
        (&["a", "b"], "b"),
        (&["a", "b=c"], "a; b=c"),
        (&["a; Max-Age=60", "=; Max-Age=0"], "a"),
        (&["a", "x; Max-Age=0"], ""),
        (&[""], ""),
        (&["="], ""),
        (&["   "], ""),
        (&["; Path=/"], ""),
        (&["=;a=b"], ""),
    ]);
}

#[test]
fn longer_paths_come_first_then_older_cookies() {
    holds(&[
        (&["b=1", "a=2"], "b=1; a=2"),
        (&["a=1; Path=/", "b=2; Path=/app"], "b=2; a=1"),
        (&["b=2; Path=/app", "a=1; Path=/"], "b=2; a=1"),
        (
            &[
                "z=1; Path=/",
                "y=2; Path=/",
                "x=3; Path=/app/page",
                "w=4; Path=/",
                "v=5",
            ],
            "x=3; v=5; z=1; y=2; w=4",
        ),
        // One that is set again keeps its age.
        (&["a=1", "b=2", "a=3"], "a=3; b=2"),
        (&["a=1", "b=2", "a=; Max-Age=0", "a=3"], "b=2; a=3"),
        // The same name in several places is several cookies.
        (
            &[
                "k=1; Path=/",
                "k=2; Path=/app",
                "k=3; Domain=example.org; Path=/",
                "k=4; Domain=shop.example.org; Path=/",
            ],
            "k=2; k=1; k=3; k=4",
        ),
    ]);
    // Always the same.
    let lines = [
        "c=1; Path=/",
        "sid=app; Path=/app",
        "sid=top; Path=/",
        "d=2; Path=/",
    ];
    for _ in 0..50 {
        let jar = Cookies::default();
        keep(&jar, FROM, &lines);
        assert_eq!(sent(&jar, FROM), "sid=app; c=1; sid=top; d=2");
    }
}

#[test]
fn attributes_are_read_as_browsers_read_them() {
    holds(&[
        (
            &["a=b; Unknown=1; HttpOnly; SameSite=Strict; Priority=High; Partitioned"],
            "a=b",
        ),
        (&["a=b; seCUre"], ""),
        (&["a=b; Secure="], ""),
        (&["a=b; Secure=no"], ""),
        (&["a=b;     Secure     ;"], ""),
        (&["a=b; Secure no"], "a=b"),
        (&["a=b; Path"], "a=b"),
        (&["a=b; Path="], "a=b"),
        (&["a=b; Path=other"], "a=b"),
        (&["a=b; Path=/other"], ""),
        (&["a=b; Path = /other ; x"], ""),
        (&["a=b; Path=/other; PATH=/app"], "a=b"),
        (&["a=b; Path=/app; Path=/other"], ""),
        (&["a=b; Path=/other; Path=nonsense"], "a=b"),
        (&["a=b; x=\"1;2\"; Path=/other"], ""),
        (&["a=b; ;;; =; ===; , ,"], "a=b"),
        // What browsers call too long is as if it were not there.
        (&[&format!("a=b; Path=/{}", "x".repeat(1_024))], "a=b"),
        (&[&format!("a=b; Domain={}", "x".repeat(1_025))], "a=b"),
    ]);
}

#[test]
fn ages_and_dates_end_cookies() {
    holds(&[
        (&["a=b; Max-Age=60"], "a=b"),
        (&["a=b; Max-Age=0"], ""),
        (&["a=b; max-age=-1"], ""),
        (&["a=b; Max-Age=99999999999999999999999"], "a=b"),
        (&["a=b; Max-Age=-99999999999999999999999"], ""),
        (&["a=b; Max-Age=0060"], "a=b"),
        // No numbers.
        (&["a=b; Max-Age="], "a=b"),
        (&["a=b; Max-Age=-"], "a=b"),
        (&["a=b; Max-Age=+0"], "a=b"),
        (&["a=b; Max-Age=0.5"], "a=b"),
        (&["a=b; Max-Age=0x0"], "a=b"),
        (&["a=b; Max-Age=\"0\""], "a=b"),
        // The age wins over the date, wherever it stands.
        (
            &["a=b; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT"],
            "a=b",
        ),
        (
            &["a=b; Expires=Fri, 01 Jan 2100 00:00:00 GMT; Max-Age=0"],
            "",
        ),
        (&["a=b; Max-Age=0; Max-Age=60"], "a=b"),
        (&["a=b; Max-Age=60; Max-Age=0"], ""),
        (&["a=b; Max-Age=0; Max-Age=never"], ""),
        // Dates in the forms that there are.
        (&["a=b; Expires=Fri, 01 Jan 2100 00:00:00 GMT"], "a=b"),
        (&["a=b; Expires=Thu, 01 Jan 1970 00:00:00 GMT"], ""),
        (&["a=b; Expires=Thu, 1 Jan 1970 00:00:00 GMT"], ""),
        (&["a=b; Expires=Thu, 01 Jan 1970 00:00:00 UTC"], ""),
        (&["a=b; Expires=Thu, 01 Jan 1970 00:00:00 +0000"], ""),
        (&["a=b; Expires=Thu, 01-Jan-1970 00:00:00 GMT"], ""),
        (&["a=b; Expires=Thursday, 01-Jan-70 00:00:00 GMT"], ""),
        (&["a=b; Expires=Thu Jan  1 00:00:00 1970"], ""),
        (&["a=b; Expires=1 Jan 1970 0:0:0"], ""),
        // The year 1 is 2001, as any number below 70.
        (&["a=b; Expires=Mon, 01 Jan 0001 00:00:00 GMT"], ""),
        (&["a=b; Expires=Tue, 31 Dec 1699 23:59:59 GMT"], ""),
        (&["a=b; Expires=0"], "a=b"),
        (&["a=b; Expires=-1"], "a=b"),
        (
            &["a=b; Expires=soon; Expires=Thu, 01 Jan 1970 00:00:00 GMT"],
            "",
        ),
        (
            &["a=b; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Expires=soon"],
            "",
        ),
        // An ended one takes its elder away, but only the one of its place.
        (
            &["a=b", "c=d", "a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT"],
            "c=d",
        ),
        (&["a=b; Path=/", "a=; Path=/app; Max-Age=0"], "a=b"),
    ]);
}

#[test]
fn domains_are_the_host_or_above_it() {
    let sub = "http://a.shop.example.org/app/page";
    let sibling = "http://other.example.org/app/page";
    goes(&[
        (FROM, "a=b", FROM, true),
        (FROM, "a=b", sub, false),
        (FROM, "a=b; Domain=shop.example.org", FROM, true),
        (FROM, "a=b; Domain=shop.example.org", sub, true),
        (FROM, "a=b; Domain=.shop.example.org", sub, true),
        (FROM, "a=b; Domain=SHOP.Example.ORG", sub, true),
        (FROM, "a=b; Domain=shop.example.org", sibling, false),
        (FROM, "a=b; Domain=example.org", sibling, true),
        (FROM, "a=b; Domain=\"example.org\"", FROM, false),
        (FROM, "a=b; Domain=..example.org", FROM, false),
        (FROM, "a=b; Domain=shop..example.org", FROM, false),
        (FROM, "a=b; Domain=shop.example.org.", FROM, false),
        (FROM, "a=b; Domain=shop.example.org:80", FROM, false),
        (FROM, "a=b; Domain=http://shop.example.org", FROM, false),
        (FROM, "a=b; Domain=other.example.org", FROM, false),
        (FROM, "a=b; Domain=a.shop.example.org", sub, false),
        (FROM, "a=b; Domain=hop.example.org", FROM, false),
        (FROM, "a=b; Domain=xample.org", FROM, false),
        (FROM, "a=b; Domain=exämple.org", FROM, false),
        (FROM, "a=b; Domain=", FROM, true),
        (FROM, "a=b; Domain=", sub, false),
        (FROM, "a=b; Domain=.", sub, false),
        (FROM, "a=b; Domain", sub, false),
        (FROM, "a=b; Domain=example.org; Domain=", sub, false),
        (
            FROM,
            "a=b; Domain=nowhere.net; Domain=example.org",
            sibling,
            true,
        ),
        (
            FROM,
            "a=b; Domain=example.org; Domain=nowhere.net",
            FROM,
            false,
        ),
        (
            "http://bücher.example/",
            "a=b; Domain=xn--bcher-kva.example",
            "http://a.bücher.example/",
            true,
        ),
        (
            "http://SHOP.example.org:81/",
            "a=b",
            "http://shop.example.org:82/",
            true,
        ),
        // An address is within nothing but itself.
        (
            "http://127.0.0.1/",
            "a=b; Domain=127.0.0.1",
            "http://127.0.0.1/",
            true,
        ),
        (
            "http://127.0.0.1/",
            "a=b; Domain=0.0.1",
            "http://127.0.0.1/",
            false,
        ),
        ("http://[::1]/", "a=b", "http://[::1]/", true),
    ]);
}

#[test]
fn nobody_sets_cookies_for_a_public_suffix() {
    goes(&[
        (FROM, "a=b; Domain=org", FROM, false),
        (FROM, "a=b; Domain=.org", FROM, false),
        (
            "http://x.co.uk/",
            "a=b; Domain=co.uk",
            "http://x.co.uk/",
            false,
        ),
        (
            "http://x.y.co.uk/",
            "a=b; Domain=y.co.uk",
            "http://z.y.co.uk/",
            true,
        ),
        (
            "http://me.github.io/",
            "a=b; Domain=github.io",
            "http://me.github.io/",
            false,
        ),
        (
            "http://me.github.io/",
            "a=b; Domain=me.github.io",
            "http://x.me.github.io/",
            true,
        ),
        // By a rule with a star, and by the exception to one.
        (
            "http://a.b.ck/",
            "a=b; Domain=b.ck",
            "http://a.b.ck/",
            false,
        ),
        (
            "http://a.www.ck/",
            "a=b; Domain=www.ck",
            "http://b.www.ck/",
            true,
        ),
        // A host that is a suffix itself has cookies of its own, and for nobody below.
        (
            "http://github.io/",
            "a=b; Domain=github.io",
            "http://github.io/",
            true,
        ),
        (
            "http://github.io/",
            "a=b; Domain=github.io",
            "http://me.github.io/",
            false,
        ),
        (
            "http://localhost/",
            "a=b; Domain=localhost",
            "http://localhost/",
            true,
        ),
        // Names that no list knows: their last label is one.
        (
            "http://api.svc.local/",
            "a=b; Domain=local",
            "http://api.svc.local/",
            false,
        ),
        (
            "http://api.svc.local/",
            "a=b; Domain=svc.local",
            "http://web.svc.local/",
            true,
        ),
    ]);
}

#[test]
fn paths_hold_whole_segments() {
    let at = |path: &str| format!("http://shop.example.org{path}");
    for (set_at, line, to, expected) in [
        ("/app/page", "a=b; Path=/app", "/app", true),
        ("/app/page", "a=b; Path=/app", "/app/", true),
        ("/app/page", "a=b; Path=/app", "/app/x/y?z=/", true),
        ("/app/page", "a=b; Path=/app", "/app?x", true),
        ("/app/page", "a=b; Path=/app", "/apple", false),
        ("/app/page", "a=b; Path=/app", "/App", false),
        ("/app/page", "a=b; Path=/app", "/%61pp", false),
        ("/app/page", "a=b; Path=/app/", "/app", false),
        ("/app/page", "a=b; Path=/app/", "/app/x", true),
        ("/app/page", "a=b; Path=/app//", "/app/", false),
        ("/app/page", "a=b; Path=/other", "/other", true),
        ("/app/page", "a=b; Path=/app?x", "/app?x", false),
        // Without one it is the folder of the request.
        ("/app/page", "a=b", "/app", true),
        ("/app/page", "a=b", "/app/other", true),
        ("/app/page", "a=b", "/", false),
        ("/app/", "a=b", "/app", true),
        ("/app", "a=b", "/other", true),
        ("/", "a=b", "/other", true),
        ("/app/page?x=/y/z", "a=b", "/app/other", true),
        ("/app/page?x=/y/z", "a=b", "/app/page", true),
    ] {
        goes(&[(&at(set_at), line, &at(to), expected)]);
    }
}

#[test]
fn secure_cookies_come_and_go_by_secure_ways_alone() {
    let safe = "https://shop.example.org/app/page";
    goes(&[
        (safe, "a=b; Secure", safe, true),
        (safe, "a=b; Secure", FROM, false),
        (safe, "a=b", FROM, true),
        (FROM, "a=b; Secure", safe, false),
        (
            "http://localhost/",
            "a=b; Secure",
            "http://localhost/",
            true,
        ),
        (
            "http://a.localhost/",
            "a=b; Secure",
            "http://a.localhost/",
            true,
        ),
        (
            "http://127.0.0.9/",
            "a=b; Secure",
            "http://127.0.0.9/",
            true,
        ),
        ("http://[::1]/", "a=b; Secure", "http://[::1]/", true),
        ("http://10.0.0.1/", "a=b; Secure", "http://10.0.0.1/", false),
    ]);
    // What https set is not changed over plain http.
    for (first, second, expected) in [
        ("a=1; Secure", "a=2", "a=1"),
        ("a=1; Secure", "a=2; Domain=example.org", "a=1"),
        ("a=1; Secure; Path=/", "a=2; Path=/app", "a=1"),
        ("a=1; Secure; Path=/app/page", "a=2; Path=/", "a=1; a=2"),
        ("a=1; Secure", "b=2", "a=1; b=2"),
        ("a=1", "a=2", "a=2"),
    ] {
        let jar = Cookies::default();
        keep(&jar, safe, &[first]);
        keep(&jar, FROM, &[second]);
        assert_eq!(sent(&jar, safe), expected, "{first}, then {second}");
    }
}

#[test]
fn prefixes_of_names_are_promises() {
    let safe = "https://shop.example.org/app/page";
    goes(&[
        (safe, "__Secure-a=b; Secure", safe, true),
        (safe, "__Secure-a=b", safe, false),
        (safe, "__secure-a=b", safe, false),
        (safe, "__SECURE-a=b; Secure", safe, true),
        (FROM, "__Secure-a=b; Secure", safe, false),
        (safe, "__Secure-a=b; Secure; Domain=example.org", safe, true),
        (safe, "__Host-a=b; Secure; Path=/", safe, true),
        (safe, "__Host-a=b; Path=/", safe, false),
        (safe, "__Host-a=b; Secure", safe, false),
        (safe, "__Host-a=b; Secure; Path=/app", safe, false),
        (
            safe,
            "__Host-a=b; Secure; Path=/; Domain=shop.example.org",
            safe,
            false,
        ),
        (safe, "__host-a=b; Secure", safe, false),
        (safe, "__Host-a=b; Secure; Path=/; Domain=", safe, true),
        (
            "https://shop.example.org/",
            "__Host-a=b; Secure",
            "https://shop.example.org/",
            false,
        ),
        (safe, "__Hosta=b", safe, true),
        (safe, "_Secure-a=b", safe, true),
        // Sent back, a value would look like a name.
        (safe, "=__Secure-a=b; Secure", safe, false),
        (safe, "__Host-a; Secure; Path=/", safe, false),
    ]);
}

#[test]
fn what_would_break_a_request_is_not_kept() {
    holds(&[
        (
            &[&format!("a={}", "x".repeat(4_095))],
            &format!("a={}", "x".repeat(4_095)),
        ),
        (&[&format!("a={}", "x".repeat(4_096))], ""),
        (&[&format!("{}=x", "a".repeat(4_096))], ""),
    ]);
    // Control characters: no codec lets them through, and the jar does not rely on it.
    for value in ["a=b\u{1}c", "a\u{7f}=b", "a=b; Path=/\u{b}"] {
        assert!(Headers::new().push("Set-Cookie", value).is_err());
    }
}

#[test]
fn a_cookie_of_the_caller_wins_by_its_name() {
    for (own, expected) in [
        ("lang=en", "lang=en; sid=1; theme=dark"),
        ("sid=2", "sid=2; theme=dark"),
        ("sid=2; theme=light", "sid=2; theme=light"),
        (" theme = light ;x", "theme = light ;x; sid=1"),
        ("SID=2", "SID=2; sid=1; theme=dark"),
        ("", "sid=1; theme=dark"),
    ] {
        let jar = Cookies::default();
        keep(&jar, FROM, &["sid=1", "theme=dark"]);
        let mut request = request(FROM);
        request.headers.push("Cookie", own).unwrap();
        let value = jar.value_for(&request).unwrap_or_else(|| own.into());
        assert_eq!(String::from_utf8(value).unwrap(), expected, "{own}");
    }
    let jar = Cookies::default();
    let mut twice = request(FROM);
    twice.headers.push("Cookie", "a=1").unwrap();
    twice.headers.push("cookie", "b=2").unwrap();
    assert_eq!(jar.value_for(&twice).unwrap(), b"a=1; b=2");
}
