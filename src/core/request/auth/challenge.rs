//! `WWW-Authenticate`: the challenges in a field (RFC 9110, 11.6.1).

/// A scheme, and its parameters.
pub type Params = Vec<(String, String)>;

/// The challenges in the value of a field; what cannot be read ends the list.
pub fn challenges(value: &str) -> Vec<(String, Params)> {
    let mut list: Vec<(String, Params)> = Vec::new();
    let mut rest = value;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        let (word, behind) = token(rest);
        if word.is_empty() {
            return list;
        }
        let after = behind.trim_start_matches([' ', '\t']);
        // `name = value` belongs to the scheme before it; `=` at once is what Basic's kin have at the end of a token.
        let is_param = after.starts_with('=') && !list.is_empty();
        if !is_param {
            list.push((word.to_owned(), Params::new()));
            rest = behind;
            continue;
        }
        let Some((read, behind)) = text(after[1..].trim_start_matches([' ', '\t'])) else {
            return list;
        };
        if let Some((_, params)) = list.last_mut() {
            params.push((word.to_owned(), read));
        }
        rest = behind;
    }
}

fn token(text: &str) -> (&str, &str) {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~/".contains(&byte);
    let end = text.bytes().position(|byte| !is_token(byte));
    text.split_at(end.unwrap_or(text.len()))
}

/// A token or a quoted string, and what comes behind it.
fn text(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let (word, behind) = token(text);
        return Some((word.to_owned(), behind));
    };
    let mut value = String::new();
    let mut letters = quoted.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((value, &quoted[at + 1..])),
            '\\' => value.push(letters.next()?.1),
            other => value.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(value: &str) -> String {
        let one = |(scheme, params): (String, Params)| {
            let params = params
                .iter()
                .map(|(name, value)| format!(" {name}={value}"));
            scheme + &params.collect::<String>()
        };
        let all: Vec<_> = challenges(value).into_iter().map(one).collect();
        all.join(" | ")
    }

    #[test]
    fn every_challenge_of_a_field_is_read() {
        for (value, read) in [
            (
                r#"Digest realm="a, b", nonce=x, qop="auth""#,
                "Digest realm=a, b nonce=x qop=auth",
            ),
            (
                r#"Basic realm="x", Digest realm = "a\"b" ,nonce="1", Bearer"#,
                "Basic realm=x | Digest realm=a\"b nonce=1 | Bearer",
            ),
            ("", ""),
            (",, ,", ""),
            ("Digest", "Digest"),
            (r#"Digest realm="never ends"#, "Digest"),
            ("\u{e9}", ""),
            ("Digest realm=\"\u{e9}\"", "Digest realm=\u{e9}"),
            ("=x", ""),
            ("Digest nonce=", "Digest nonce="),
        ] {
            assert_eq!(shown(value), read, "{value}");
        }
    }
}
