//! From a path template, its parameters and a query to what stands on the request line.

use std::borrow::Cow;
use std::collections::BTreeMap;

use memchr::{memchr, memmem};
use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, percent_encode};

use crate::request::path_segment::{InvalidSegment, check_segment};

/// What stays as it is in a path segment: unreserved characters of RFC 3986, 2.3, and `@`, `:` and sub-delims.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'@')
    .remove(b':')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=');
/// What stays as it is in a name or value of a query: unreserved characters.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
/// A path that a script wrote out itself is only made safe for the request line.
const WRITTEN: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'`')
    .add(b'{')
    .add(b'}');

/// Fills `{name}` in `path` from `params`, each value percent-encoded as one segment, and puts `base` before it. A
/// fragment is left out: it is none of a server's business (RFC 9110, 7.1).
///
/// # Errors
/// Names a brace without a value, a value without a brace, and a value in the path that [`check_segment`] refuses.
pub fn fill<V: AsRef<[u8]>>(
    base: &str,
    path: impl AsRef<[u8]>,
    params: &BTreeMap<String, V>,
) -> Result<String, String> {
    let path = without_fragment(path.as_ref());
    let (target, used) = filled(base, path, params)?;
    if used < params.len() {
        let spare = params
            .keys()
            .find(|name| memmem::find(path, format!("{{{name}}}").as_bytes()).is_none());
        if let Some(spare) = spare {
            return Err(format!(
                "params.{spare} has no place in {}; write {{{spare}}} there, or use query",
                shown(path)
            ));
        }
    }
    Ok(target)
}

/// As [`fill`], with params of which the path need not have all.
///
/// # Errors
/// As [`fill`], without the value that has no brace.
pub fn fill_any(
    base: &str,
    path: &str,
    params: &BTreeMap<String, String>,
) -> Result<String, String> {
    let path = without_fragment(path.as_bytes());
    filled(base, path, params).map(|(target, _)| target)
}

fn without_fragment(path: &[u8]) -> &[u8] {
    path.split(|&byte| byte == b'#').next().unwrap_or(path)
}

/// The target, and how many braces were filled.
fn filled<V: AsRef<[u8]>>(
    base: &str,
    path: &[u8],
    params: &BTreeMap<String, V>,
) -> Result<(String, usize), String> {
    let mut target = String::with_capacity(base.len() + path.len() + 40);
    target.push_str(base);
    let mut segment = Segment::at(target.len());
    let mut rest = path;
    let mut used = 0;
    while let Some(open) = memchr(b'{', rest) {
        let Some(close) = memchr(b'}', &rest[open..]).map(|at| open + at) else {
            break;
        };
        let name = String::from_utf8_lossy(&rest[open + 1..close]);
        let Some((name, value)) = params.get_key_value(&*name) else {
            return Err(format!(
                "{} needs params.{name}, which is missing or nil (write a literal brace as %7B)",
                shown(path)
            ));
        };
        let value = value.as_ref();
        segment.written(&mut target, &rest[..open], path)?;
        segment.filled(name, value, path)?;
        target.extend(percent_encode(value, SEGMENT));
        used += 1;
        rest = &rest[close + 1..];
    }
    segment.written(&mut target, rest, path)?;
    segment.end(&target, path)?;
    Ok((target, used))
}

/// The segment that is being put together, which is checked whole: `/.{name}` with a dot is a dot segment as well.
struct Segment<'a> {
    /// Where it begins in the target.
    start: usize,
    /// What filled it last: name and value.
    by: Option<(&'a str, &'a [u8])>,
    /// The query has begun, in which any value will do.
    over: bool,
}

impl<'a> Segment<'a> {
    fn at(start: usize) -> Self {
        Self {
            start,
            by: None,
            over: false,
        }
    }

    /// Adds what stands in the template itself.
    fn written(&mut self, target: &mut String, text: &[u8], path: &[u8]) -> Result<(), String> {
        if self.over {
            target.extend(percent_encode(text, WRITTEN));
            return Ok(());
        }
        let (way, query) = match memchr(b'?', text) {
            Some(at) => text.split_at(at),
            None => (text, &[][..]),
        };
        for (index, part) in way.split(|&byte| byte == b'/').enumerate() {
            if index > 0 {
                self.end(target, path)?;
                target.push('/');
                *self = Self::at(target.len());
            }
            target.extend(percent_encode(part, WRITTEN));
        }
        if !query.is_empty() {
            self.end(target, path)?;
            self.over = true;
            target.extend(percent_encode(query, WRITTEN));
        }
        Ok(())
    }

    /// Notes a value that is about to be added.
    fn filled(&mut self, name: &'a str, value: &'a [u8], path: &[u8]) -> Result<(), String> {
        if !self.over {
            if value.is_empty() {
                return Err(unfit(name, value, InvalidSegment::Empty, path));
            }
            self.by = Some((name, value));
        }
        Ok(())
    }

    /// Checks it when it is complete, where a value is in it.
    fn end(&self, target: &str, path: &[u8]) -> Result<(), String> {
        match self.by.filter(|_| !self.over) {
            Some((name, value)) => check_segment(&target.as_bytes()[self.start..])
                .map_err(|why| unfit(name, value, why, path)),
            None => Ok(()),
        }
    }
}

fn unfit(name: &str, value: &[u8], why: InvalidSegment, path: &[u8]) -> String {
    let (value, path) = (String::from_utf8_lossy(value), shown(path));
    match why {
        InvalidSegment::Empty => format!("params.{name} {why} than {path}"),
        InvalidSegment::Dots => format!("params.{name} is {value:?} in {path}: it {why}"),
    }
}

fn shown(path: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(path)
}

/// Adds `name=value` pairs to a target.
pub fn add_query(target: &mut String, pairs: &[(Vec<u8>, Vec<u8>)]) {
    let mut separator = if target.contains('?') { '&' } else { '?' };
    for (name, value) in pairs {
        target.push(separator);
        separator = '&';
        target.extend(percent_encode(name, QUERY));
        target.push('=');
        target.extend(percent_encode(value, QUERY));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(path: &str, value: &str) -> Result<String, String> {
        fill("/base", path, &BTreeMap::from([("id".to_owned(), value)]))
    }

    #[test]
    fn parameters_are_encoded_as_one_segment() {
        for (path, value, target) in [
            ("/users/{id}/x", "a/b ?", "/base/users/a%2Fb%20%3F/x"),
            ("/users/{id}#top", "a#b", "/base/users/a%23b"),
            ("/a?b={id}", "", "/base/a?b="),
            ("/a?b={id}/{id}", "..", "/base/a?b=../.."),
            ("/.{id}", "x", "/base/.x"),
            ("/../{id}", "x", "/base/../x"),
            ("/{id}?a={", "x", "/base/x?a=%7B"),
            ("/{id}?a=%7bb%7D", "x", "/base/x?a=%7bb%7D"),
        ] {
            assert_eq!(filled(path, value), Ok(target.to_owned()), "{path}");
        }
    }

    #[test]
    fn what_leads_elsewhere_is_named() {
        for (path, value, words) in [
            ("/users/{who}", "1", "/users/{who} needs params.who, "),
            ("/users", "1", "params.id has no place in /users; "),
            ("/users#{id}", "1", "params.id has no place in /users; "),
            ("/users/{id}", "", "params.id is empty, "),
            ("/users/{id}/x", "", "params.id is empty, "),
            ("/users/{id}?x", "", "params.id is empty, "),
            (
                "/users/{id}",
                ".",
                "params.id is \".\" in /users/{id}: it makes a dot segment",
            ),
            (
                "/users/{id}/x",
                "%2E.",
                "params.id is \"%2E.\" in /users/{id}/x: it makes ",
            ),
            ("/users/{id}?x", "..", "params.id is \"..\" in "),
            ("/users/.{id}", ".", "params.id is \".\" in "),
            ("/users/{id}.", ".", "params.id is \".\" in "),
        ] {
            let why = filled(path, value).err().unwrap_or_default();
            assert!(why.starts_with(words), "{why}");
        }
    }
}
