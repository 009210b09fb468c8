//! Routes: which requests are meant by `GET /users/{id}`.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use crate::http::Method;
use crate::text::did_you_mean;

/// The methods that a route may name.
const METHODS: [&str; 8] = [
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE",
];
/// What is answered where nothing else fits.
pub const REST: &str = "*";

/// Which requests a route is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// None: any.
    method: Option<Method>,
    /// `https://host` of another host than the target's.
    origin: Option<String>,
    segments: Vec<Segment>,
    /// Whether more segments may follow.
    open: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    Literal(String),
    Parameter(String),
}

/// The values of a path by the names of its route.
pub type Parameters = Vec<(String, String)>;

impl Pattern {
    /// The route of a key: `GET /users/{id}`, `/users/:id`, `POST https://other.example/token`, `GET /files/*`, `*`.
    ///
    /// # Errors
    /// Says what is wrong with it and how it is written.
    pub fn parse(key: &str) -> Result<Self, String> {
        let key = key.trim();
        if key == REST {
            return Ok(Self {
                method: None,
                origin: None,
                segments: Vec::new(),
                open: true,
            });
        }
        let (method, place) = match key.split_once(char::is_whitespace) {
            Some((method, place)) => (method_of(method)?, place.trim()),
            None => (None, key),
        };
        let (origin, path) = split_origin(place)?;
        if path.contains(['?', '#']) {
            return Err("a route has no query; look at req.query in a function instead".to_owned());
        }
        if path.contains(char::is_whitespace) {
            return Err("the path has a blank; write \"GET /users/{id}\"".to_owned());
        }
        let (path, open) = match path.strip_suffix("/*") {
            Some(path) => (path, true),
            None => (path, false),
        };
        let names = path.split('/').skip(1);
        let segments = names.map(segment).collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            method,
            origin,
            segments,
            open,
        })
    }

    /// Whether it is the route for all that has none.
    pub fn is_rest(&self) -> bool {
        self.open && self.segments.is_empty() && self.method.is_none() && self.origin.is_none()
    }

    /// The parameters of a request that is meant; none for one that is not. `origin` is that of a host other than the target.
    pub fn matches(
        &self,
        method: &Method,
        origin: Option<&str>,
        segments: &[&str],
    ) -> Option<Parameters> {
        let fits = self.method.as_ref().is_none_or(|own| own == method)
            && (self.origin.as_deref() == origin || self.is_rest())
            && match self.open {
                true => self.segments.len() < segments.len(),
                false => self.segments.len() == segments.len(),
            };
        if !fits {
            return None;
        }
        let mut parameters = Vec::new();
        for (own, given) in self.segments.iter().zip(segments) {
            match own {
                Segment::Literal(own) if own == given => {}
                Segment::Literal(own) if given.contains('%') && *own == decoded(given) => {}
                Segment::Parameter(name) if !given.is_empty() => {
                    parameters.push((name.clone(), decoded(given).into_owned()));
                }
                Segment::Literal(_) | Segment::Parameter(_) => return None,
            }
        }
        Some(parameters)
    }

    /// How special it is: of two that fit, the one with the smaller answers.
    pub fn order(&self) -> impl Ord + use<> {
        let segments = self.segments.iter().map(|segment| match segment {
            Segment::Literal(_) => 0,
            Segment::Parameter(_) => 1,
        });
        let mut order: Vec<u8> = segments.collect();
        // A path that ends comes before one that goes on.
        order.push(if self.open { 3 } else { 0 });
        (order, self.method.is_none())
    }
}

/// Why a text is not a route.
pub fn fault(key: &str) -> Option<String> {
    Pattern::parse(key).err()
}

/// The segments of a path, without its query.
pub fn segments(path: &str) -> Vec<&str> {
    path.split('/').skip(1).collect()
}

fn decoded(text: &str) -> Cow<'_, str> {
    percent_decode_str(text).decode_utf8_lossy()
}

fn method_of(word: &str) -> Result<Option<Method>, String> {
    if word == REST {
        return Ok(None);
    }
    let upper = word.to_ascii_uppercase();
    if METHODS.contains(&upper.as_str()) {
        // All of them are methods.
        return Ok(Method::from_bytes(upper.as_bytes()).ok());
    }
    let meant = did_you_mean(&upper, METHODS);
    Err(format!(
        "'{word}' is not a method; there are {} and * for any{meant}",
        METHODS.join(", ")
    ))
}

fn split_origin(place: &str) -> Result<(Option<String>, &str), String> {
    if place.starts_with('/') {
        return Ok((None, place));
    }
    let Some((scheme, rest)) = place.split_once("://") else {
        return Err(format!(
            "the path '{place}' does not begin with /; write \"GET /users/{{id}}\", or \"*\" for what no route answers"
        ));
    };
    if !matches!(scheme, "http" | "https") {
        return Err(format!("'{scheme}' is neither http nor https"));
    }
    let (host, path) = match rest.find('/') {
        Some(at) => rest.split_at(at),
        None => (rest, "/"),
    };
    if host.is_empty() {
        return Err(format!("'{place}' names no host"));
    }
    let origin = format!("{scheme}://{}", host.to_ascii_lowercase());
    Ok((Some(origin), path))
}

fn segment(text: &str) -> Result<Segment, String> {
    let name = match (text.strip_prefix('{'), text.strip_prefix(':')) {
        (Some(rest), _) => rest.strip_suffix('}').ok_or_else(|| {
            format!("'{text}' has no closing brace; a parameter is a whole segment: {{id}}")
        })?,
        (None, Some(name)) => name,
        (None, None) if text.contains(['{', '}', '*']) => {
            return Err(format!(
                "'{text}' mixes a parameter with text; a parameter is a whole segment: {{id}}, and * comes last"
            ));
        }
        (None, None) => return Ok(Segment::Literal(decoded(text).into_owned())),
    };
    let is_name = !name.is_empty()
        && name
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    if !is_name {
        return Err(format!(
            "'{text}' names no parameter; write letters, digits and _: {{id}}"
        ));
    }
    Ok(Segment::Parameter(name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(key: &str) -> Pattern {
        Pattern::parse(key).unwrap_or_else(|why| panic!("{key}: {why}"))
    }

    fn found(key: &str, method: &str, path: &str) -> Option<Parameters> {
        let method = Method::from_bytes(method.as_bytes()).ok()?;
        parsed(key).matches(&method, None, &segments(path))
    }

    #[test]
    fn parameters_are_whole_segments_decoded() {
        let of = |name: &str, value: &str| Some(vec![(name.to_owned(), value.to_owned())]);
        assert_eq!(
            found("GET /users/{id}", "GET", "/users/a%20b"),
            of("id", "a b")
        );
        assert_eq!(found("/users/:id", "PUT", "/users/7"), of("id", "7"));
        assert_eq!(found("GET /users/{id}", "GET", "/users/"), None);
        assert_eq!(found("GET /users/{id}", "GET", "/users/7/posts"), None);
        assert_eq!(found("GET /users/{id}", "POST", "/users/7"), None);
        assert_eq!(found("get /", "GET", "/"), Some(Vec::new()));
        assert_eq!(found("GET /files/*", "GET", "/files/a/b"), Some(Vec::new()));
        assert_eq!(found("GET /files/*", "GET", "/files"), None);
        assert_eq!(found("*", "DELETE", "/"), Some(Vec::new()));
    }

    #[test]
    fn the_more_special_route_comes_first() {
        let keys = [
            "GET /users/me",
            "GET /users/{id}",
            "/users/{id}",
            "/users/*",
            "*",
        ];
        for pair in keys.windows(2) {
            assert!(
                parsed(pair[0]).order() < parsed(pair[1]).order(),
                "{pair:?}"
            );
        }
    }

    #[test]
    fn what_is_no_route_is_refused_with_how_one_is_written() {
        for (key, words) in [
            ("users", "does not begin with /"),
            ("GTE /users", "is not a method"),
            ("GET /users?page=1", "req.query"),
            ("GET /users/{id", "closing brace"),
            ("GET /users/{}", "names no parameter"),
            ("GET /users/x{id}", "whole segment"),
            ("GET ftp://host/x", "neither http nor https"),
            ("GET http:///x", "names no host"),
        ] {
            let why = Pattern::parse(key).expect_err(key);
            assert!(why.contains(words), "{key}: {why}");
        }
    }
}
