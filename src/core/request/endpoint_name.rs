//! The name under which a request is counted: few names for many paths.

/// The longest name that is made of a path, in bytes; of a longer one the rest is left out.
const LONGEST: usize = 200;

/// The name of a request that a redirect led to `target`: that of its path within `base`, or the name that the call
/// gives to itself, marked.
pub fn of_redirect(given: Option<&str>, base: &str, target: &str) -> String {
    if let Some(given) = given {
        return format!("{given} (redirect)");
    }
    let path = target
        .strip_prefix(base)
        .filter(|rest| rest.starts_with(['/', '?']));
    match path {
        Some(path) if path.starts_with('/') => fold(path),
        Some(_) => "/".to_owned(),
        None if target == base => "/".to_owned(),
        None => fold(target),
    }
}

/// Folds what varies in a path to `{}`: whole numbers, UUIDs and long hexadecimal words; the query is left out.
/// A template such as `/users/{id}` stays as it is.
pub fn fold(path: &str) -> String {
    let path = path.split(['?', '#']).next().unwrap_or(path);
    if !path.bytes().any(|byte| byte.is_ascii_digit()) {
        return bounded(path).to_owned();
    }
    let mut name = String::with_capacity(path.len());
    for (index, segment) in path.split('/').enumerate() {
        if index > 0 {
            name.push('/');
        }
        name.push_str(if varies(segment) { "{}" } else { segment });
    }
    name.truncate(bounded(&name).len());
    name
}

fn bounded(name: &str) -> &str {
    &name[..name.floor_char_boundary(LONGEST)]
}

fn varies(segment: &str) -> bool {
    let bytes = segment.as_bytes();
    let has_digit = bytes.iter().any(u8::is_ascii_digit);
    let all = |test: fn(&u8) -> bool| !bytes.is_empty() && bytes.iter().all(test);
    let number = all(u8::is_ascii_digit);
    let uuid = bytes.len() == 36
        && bytes.iter().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    let hex = bytes.len() >= 8 && has_digit && all(u8::is_ascii_hexdigit);
    number || uuid || hex
}

#[cfg(test)]
mod tests {
    use super::{fold, of_redirect};

    #[test]
    fn ids_are_folded_and_words_stay() {
        for (path, name) in [
            ("/users/17/profile?x=1", "/users/{}/profile"),
            ("/users/7b6e1e0c-9c5e-4a44-8a1b-3d2f6d0c9d11", "/users/{}"),
            ("/api/v1/blobs/deadbeef42", "/api/v1/blobs/{}"),
            ("/users/{id}", "/users/{id}"),
            ("/", "/"),
            ("/v2/s3cret", "/v2/s3cret"),
        ] {
            assert_eq!(fold(path), name);
        }
        assert_eq!(fold(&format!("/{}", "ä".repeat(200))).len(), 199);
        assert_eq!(fold(&"/1".repeat(200)).len(), 200);
    }

    #[test]
    fn a_redirect_is_named_as_a_call_of_its_own() {
        for (given, base, target, name) in [
            (None, "", "/home?x=1", "/home"),
            (None, "", "/orders/17", "/orders/{}"),
            (None, "/api", "/api/orders/17", "/orders/{}"),
            (None, "/api", "/apiary", "/apiary"),
            (None, "/api", "/login", "/login"),
            (None, "/api", "/api", "/"),
            (None, "/api", "/api?x", "/"),
            (Some("log in"), "/api", "/api/home", "log in (redirect)"),
        ] {
            assert_eq!(of_redirect(given, base, target), name, "{target}");
        }
    }
}
