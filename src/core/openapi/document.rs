//! A document as it was read.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

/// An OpenAPI document: its operations in the order of their paths, and the values that their pointers lead to.
#[derive(Debug, Clone)]
pub struct Document {
    /// All of it; schemas of 3.0 are written as 3.1 would.
    pub(super) root: Value,
    /// `info.title`.
    pub title: String,
    /// What it offers.
    pub operations: Vec<Operation>,
    /// The paths of its server URLs, without a slash at the end; `""` where they have none.
    pub base_paths: Vec<String>,
    /// How requests say who sends them, by name.
    pub security: BTreeMap<String, SecurityScheme>,
}

impl Document {
    /// The value that a JSON pointer leads to, as [`Content::schema`] is one.
    pub fn value(&self, pointer: &str) -> Option<&Value> {
        super::pointer::value(&self.root, pointer)
    }

    /// The value itself, or what its `$ref` leads to.
    pub fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        super::references::resolve(&self.root, value)
    }
}

/// One method of one path.
#[derive(Debug, Clone)]
pub struct Operation {
    /// In capitals.
    pub method: String,
    /// The template, such as `/users/{id}`.
    pub path: String,
    /// `operationId`.
    pub id: Option<String>,
    /// `summary`, or else `description`.
    pub summary: Option<String>,
    /// Its tags.
    pub tags: Vec<String>,
    /// Those of the path and its own.
    pub parameters: Vec<Parameter>,
    /// What it takes.
    pub body: Option<RequestBody>,
    /// What it answers.
    pub responses: Vec<Response>,
    /// Which schemes must hold together, one set of them suffices; empty: none is needed.
    pub security: Vec<Vec<String>>,
    /// Whether it should not be used any more.
    pub deprecated: bool,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

/// Where a parameter stands in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Location {
    Path,
    Query,
    Header,
    Cookie,
}

impl Location {
    /// The word of the documents.
    pub fn as_str(self) -> &'static str {
        match self {
            Location::Path => "path",
            Location::Query => "query",
            Location::Header => "header",
            Location::Cookie => "cookie",
        }
    }
}

/// What a request has beside its body.
#[derive(Debug, Clone)]
pub struct Parameter {
    pub name: String,
    pub location: Location,
    pub required: bool,
    /// Pointer to its schema.
    pub schema: Option<String>,
    /// An example that the document gives.
    pub example: Option<Value>,
    pub description: Option<String>,
}

/// What an operation takes.
#[derive(Debug, Clone)]
pub struct RequestBody {
    pub required: bool,
    pub content: Vec<Content>,
}

/// A media type of a body.
#[derive(Debug, Clone)]
pub struct Content {
    /// Such as `application/json`; may be a range such as `text/*`.
    pub media_type: String,
    /// Pointer to its schema.
    pub schema: Option<String>,
    /// An example that the document gives.
    pub example: Option<Value>,
}

/// What an operation answers with a status.
#[derive(Debug, Clone)]
pub struct Response {
    pub status: StatusPattern,
    pub content: Vec<Content>,
}

/// Which statuses an answer is described for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StatusPattern {
    /// This one.
    One(u16),
    /// A hundred of them: 2 is `2XX`.
    Class(u16),
    /// All that are not named.
    Default,
}

impl StatusPattern {
    /// `200`, `2XX` or `default`.
    pub(super) fn read(text: &str) -> Option<Self> {
        if text == "default" {
            return Some(Self::Default);
        }
        let is_class = |rest: &str| rest.eq_ignore_ascii_case("xx");
        if text.len() == 3
            && text.get(1..).is_some_and(is_class)
            && let Some(class @ 1..=5) = text[..1].parse().ok()
        {
            return Some(Self::Class(class));
        }
        let status = text.parse().ok()?;
        (100..=599).contains(&status).then_some(Self::One(status))
    }

    /// How closely it describes a status: the greater the closer; none: not at all.
    pub(super) fn fit(self, status: u16) -> Option<u8> {
        match self {
            Self::One(one) => (one == status).then_some(2),
            Self::Class(class) => (class == status / 100).then_some(1),
            Self::Default => Some(0),
        }
    }

    /// Whether it describes a success.
    pub fn is_success(self) -> bool {
        matches!(self, Self::One(200..=299) | Self::Class(2))
    }
}

impl fmt::Display for StatusPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(status) => write!(f, "{status}"),
            Self::Class(class) => write!(f, "{class}XX"),
            Self::Default => f.write_str("default"),
        }
    }
}

/// How a request says who sends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecurityScheme {
    /// `Authorization` with this scheme in lower case: `bearer`, `basic`.
    Http(String),
    /// A key of this name.
    ApiKey { name: String, location: Location },
    /// OAuth 2.0; the URL where client credentials give a token, and that where a password does.
    OAuth2 {
        client_credentials: Option<String>,
        password: Option<String>,
    },
    /// OpenID Connect.
    OpenId,
    /// A client certificate.
    MutualTls,
}
