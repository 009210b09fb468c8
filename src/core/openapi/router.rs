//! From the path of a request to the operation of its template, the most specific first: a segment without variables before
//! one with some text, and that before a variable alone.

use std::collections::HashMap;

use percent_encoding::percent_decode_str;

/// A tree of the segments of templates. Its leaves have one number for each method.
#[derive(Debug, Default)]
pub(super) struct Router {
    root: Node,
}

#[derive(Debug, Default)]
struct Node {
    fixed: HashMap<Box<str>, Node>,
    /// Segments that are partly text, those with more text first.
    mixed: Vec<(Mixed, Node)>,
    variable: Option<Box<Node>>,
    methods: Vec<(Box<str>, u32)>,
}

/// The texts around the variables of a segment: `{name}.json` is `""` and `.json`.
#[derive(Debug, PartialEq, Eq)]
struct Mixed(Vec<Box<str>>);

enum Segment<'a> {
    Fixed(&'a str),
    Mixed(Mixed),
    Variable,
}

impl Router {
    /// Adds a template; false if its method has one of the same form.
    pub(super) fn add(&mut self, method: &str, template: &str, number: u32) -> bool {
        let mut node = &mut self.root;
        for segment in segments(template) {
            node = match kind(segment) {
                Segment::Fixed(text) => node.fixed.entry(text.into()).or_default(),
                Segment::Variable => node.variable.get_or_insert_default(),
                Segment::Mixed(mixed) => node.mixed(mixed),
            };
        }
        if node.methods.iter().any(|(known, _)| **known == *method) {
            return false;
        }
        node.methods.push((method.into(), number));
        true
    }

    /// The number of the operation that a request is.
    pub(super) fn find(&self, method: &str, path: &str) -> Option<u32> {
        let segments: Vec<&str> = segments(path).collect();
        self.root.find(method, &segments)
    }
}

impl Node {
    fn mixed(&mut self, mixed: Mixed) -> &mut Node {
        let known = self.mixed.iter().position(|(one, _)| *one == mixed);
        let at = known.unwrap_or_else(|| {
            let text = mixed.text();
            let before = self.mixed.iter().position(|(one, _)| one.text() < text);
            let at = before.unwrap_or(self.mixed.len());
            self.mixed.insert(at, (mixed, Node::default()));
            at
        });
        &mut self.mixed[at].1
    }

    /// Each node is visited once at most, since it is a tree.
    fn find(&self, method: &str, segments: &[&str]) -> Option<u32> {
        let Some((first, rest)) = segments.split_first() else {
            let of = self.methods.iter().find(|(known, _)| **known == *method);
            return of.map(|(_, number)| *number);
        };
        let fixed = self.fixed.get(*first);
        let fixed = fixed.or_else(|| {
            let decoded = percent_decode_str(first).decode_utf8().ok()?;
            (decoded != *first).then(|| self.fixed.get(&*decoded))?
        });
        if let Some(found) = fixed.and_then(|node| node.find(method, rest)) {
            return Some(found);
        }
        let mut mixed = self.mixed.iter().filter(|(mixed, _)| mixed.fits(first));
        if let Some(found) = mixed.find_map(|(_, node)| node.find(method, rest)) {
            return Some(found);
        }
        let variable = self.variable.as_ref().filter(|_| !first.is_empty())?;
        variable.find(method, rest)
    }
}

impl Mixed {
    fn text(&self) -> usize {
        self.0.iter().map(|text| text.len()).sum()
    }

    /// Whether each variable can stand for at least one character.
    fn fits(&self, segment: &str) -> bool {
        let [first, between @ .., last] = &*self.0 else {
            return false;
        };
        let Some(mut rest) = segment.strip_prefix(&**first) else {
            return false;
        };
        for text in between {
            let found = rest
                .char_indices()
                .skip(1)
                .find(|(at, _)| rest[*at..].starts_with(&**text));
            let Some((at, _)) = found else { return false };
            rest = &rest[at + text.len()..];
        }
        rest.len() > last.len() && rest.ends_with(&**last)
    }
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.strip_prefix('/').unwrap_or(path).split('/')
}

fn kind(segment: &str) -> Segment<'_> {
    let mut texts: Vec<Box<str>> = Vec::new();
    let mut rest = segment;
    while let Some(open) = rest.find('{') {
        let Some(close) = rest[open..].find('}') else {
            break;
        };
        texts.push(rest[..open].into());
        rest = &rest[open + close + 1..];
    }
    if texts.is_empty() {
        return Segment::Fixed(segment);
    }
    texts.push(rest.into());
    match texts.iter().all(|text| text.is_empty()) {
        true => Segment::Variable,
        false => Segment::Mixed(Mixed(texts)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_specific_template_is_found() {
        let templates = [
            ("GET", "/users/{id}"),
            ("GET", "/users/search"),
            ("DELETE", "/users/{name}"),
            ("GET", "/users/{id}/roles"),
            ("GET", "/files/{name}.json"),
            ("GET", "/files/{name}"),
            ("GET", "/"),
            ("GET", "/report({from},{to})"),
            ("GET", "/a b"),
        ];
        let mut router = Router::default();
        for (number, (method, path)) in (0..).zip(templates) {
            assert!(router.add(method, path, number), "{path}");
        }
        assert!(!router.add("GET", "/users/{other}", 99));
        for (method, path, wanted) in [
            ("GET", "/users/7", Some(0)),
            ("GET", "/users/search", Some(1)),
            ("DELETE", "/users/search", Some(2)),
            ("GET", "/users/search/roles", Some(3)),
            ("GET", "/files/x.json", Some(4)),
            ("GET", "/files/.json", Some(5)),
            ("GET", "/files/x.yaml", Some(5)),
            ("GET", "/", Some(6)),
            ("GET", "/report(1,2)", Some(7)),
            ("GET", "/a%20b", Some(8)),
            ("GET", "/users/", None),
            ("PUT", "/users/7", None),
            ("GET", "/users/7/roles/1", None),
        ] {
            assert_eq!(router.find(method, path), wanted, "{method} {path}");
        }
    }
}
