//! Texts without what a terminal obeys.

use std::borrow::Cow;

use throng::text::{is_shown, json, line, page};

#[test]
fn what_a_terminal_obeys_is_escaped_and_all_else_stays() {
    for (text, shown) in [
        ("", ""),
        ("GET /users/{id} -> 503", "GET /users/{id} -> 503"),
        ("\u{1b}]0;title\u{7}", "\\u{1b}]0;title\\u{7}"),
        ("one\r\ntwo\tthree", "one\\r\\ntwo\\tthree"),
        ("\0\u{8}\u{7f}", "\\u{0}\\u{8}\\u{7f}"),
        ("\u{80}\u{9b}2J\u{9f}", "\\u{80}\\u{9b}2J\\u{9f}"),
        (
            "a\u{202e}b\u{2066}c\u{200f}\u{61c}",
            "a\\u{202e}b\\u{2066}c\\u{200f}\\u{61c}",
        ),
        ("a\u{2028}b\u{2029}c", "a\\u{2028}b\\u{2029}c"),
        // Joined emoji, other alphabets, a backslash: none of them moves anything.
        (
            "名前 \u{1f468}\u{200d}\u{1f469} שלום C:\\n \u{a0}",
            "名前 \u{1f468}\u{200d}\u{1f469} שלום C:\\n \u{a0}",
        ),
    ] {
        assert_eq!(line(text), shown, "{text:?}");
        assert!(line(text).chars().all(is_shown), "{text:?}");
    }
    assert!(matches!(line("nothing to do"), Cow::Borrowed(_)));
    assert_eq!(page("one\ntwo\r\n\u{1b}"), "one\ntwo\\r\n\\u{1b}");
}

#[test]
fn json_says_the_same_and_shows_none_of_it() {
    let hostile: String = (0..0x3000).filter_map(char::from_u32).collect();
    let value = serde_json::json!({ hostile.clone(): [hostile, "plain"] });
    for written in [
        serde_json::to_string(&value).unwrap(),
        serde_json::to_string_pretty(&value).unwrap(),
    ] {
        let shown = json(&written);
        assert!(
            shown
                .chars()
                .all(|letter| letter == '\n' || is_shown(letter))
        );
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&shown).unwrap(),
            value
        );
    }
}
