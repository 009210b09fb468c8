//! The boundary in a `Content-Type` that a script wrote itself (RFC 9110, 8.3.1; RFC 2046, 5.1.1).

/// Longest boundary, in bytes.
const LONGEST: usize = 70;

/// The parameter `boundary`; none when the type has none.
///
/// # Errors
/// When the type is no multipart, or its boundary cannot be one.
pub fn boundary(kind: &[u8]) -> Result<Option<String>, String> {
    let whole = String::from_utf8_lossy(kind);
    let (essence, mut rest) = whole.split_once(';').unwrap_or((&whole, ""));
    let essence = essence.trim();
    let multipart = essence.get(..10);
    if !multipart.is_some_and(|begin| begin.eq_ignore_ascii_case("multipart/")) {
        return Err(format!(
            "{essence:?} is not a multipart type; omit the header, or write multipart/..."
        ));
    }
    loop {
        rest = rest.trim_start_matches([' ', '\t', ';']);
        if rest.is_empty() {
            return Ok(None);
        }
        let Some((name, behind)) = rest.split_once(['=', ';']) else {
            return Ok(None);
        };
        if !rest[name.len()..].starts_with('=') {
            rest = behind;
            continue;
        }
        let (value, behind) = value(behind);
        if name.trim().eq_ignore_ascii_case("boundary") {
            return checked(value).map(Some);
        }
        rest = behind;
    }
}

/// A token or a quoted string, and what comes behind it.
fn value(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(';').unwrap_or(text.len());
        return (text[..end].trim().to_owned(), &text[end..]);
    };
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (value, &quoted[at + 1..]),
            '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
            other => value.push(other),
        }
    }
    (value, "")
}

fn checked(boundary: String) -> Result<String, String> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"'()+_,-./:=? ".contains(&byte);
    if (1..=LONGEST).contains(&boundary.len())
        && boundary.bytes().all(fits)
        && !boundary.ends_with(' ')
    {
        return Ok(boundary);
    }
    Err(format!(
        "the boundary {boundary:?} is not valid; write 1 to {LONGEST} letters, digits or any of '()+_,-./:=? (RFC 2046, 5.1.1)"
    ))
}

#[cfg(test)]
mod tests {
    use super::boundary;

    #[test]
    fn the_boundary_is_found_wherever_it_stands() {
        for (kind, wanted) in [
            ("multipart/form-data", None),
            ("multipart/form-data;", None),
            ("multipart/form-data; charset=utf-8", None),
            ("multipart/form-data; flag; x=\"boundary=no;\"", None),
            ("multipart/form-data; boundary=abc", Some("abc")),
            ("Multipart/Mixed;BOUNDARY=\"a b;c\"", None),
            (
                "Multipart/Mixed ; a=b ; BOUNDARY=\"a b\\?c\" ; d",
                Some("a b?c"),
            ),
        ] {
            match boundary(kind.as_bytes()) {
                Ok(found) => assert_eq!(found.as_deref(), wanted, "{kind}"),
                Err(why) => assert!(why.contains("\"a b;c\"") && kind.contains(";c"), "{why}"),
            }
        }
        for (kind, words) in [
            ("text/plain", "\"text/plain\" is not a multipart type"),
            ("", "\"\" is not a multipart type"),
            (
                "multipart/form-data; boundary=",
                "the boundary \"\" is not valid",
            ),
            (
                "multipart/form-data; boundary=\"a \"",
                "the boundary \"a \" is not",
            ),
            (
                "multipart/form-data; boundary=é",
                "the boundary \"é\" is not",
            ),
        ] {
            let why = boundary(kind.as_bytes()).err().unwrap_or_default();
            assert!(why.starts_with(words), "{why}");
        }
    }
}
