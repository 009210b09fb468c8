//! The name under which a request is counted: few names for many paths.

/// Folds what varies in a path to `{}`: whole numbers, UUIDs and long hexadecimal words; the query is left out.
/// A template such as `/users/{id}` stays as it is.
pub fn fold(path: &str) -> String {
    let path = path.split(['?', '#']).next().unwrap_or(path);
    if !path.bytes().any(|byte| byte.is_ascii_digit()) {
        return path.to_owned();
    }
    let mut name = String::with_capacity(path.len());
    for (index, segment) in path.split('/').enumerate() {
        if index > 0 {
            name.push('/');
        }
        name.push_str(if varies(segment) { "{}" } else { segment });
    }
    name
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
    use super::fold;

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
    }
}
