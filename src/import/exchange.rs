use url::Url;

/// A request that was recorded, and its answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Exchange {
    /// Where in the file it stands, for messages: `entry 12`.
    pub place: String,
    /// Seconds since 1970, where the recording has times.
    pub started: Option<f64>,
    /// Seconds from sending to the last byte.
    pub duration: Option<f64>,
    pub method: String,
    pub url: Url,
    pub headers: Vec<(String, String)>,
    pub body: Option<SentBody>,
    /// 0: no answer was recorded.
    pub status: u16,
    pub answer_headers: Vec<(String, String)>,
    /// The type of the answer, in small letters, without parameters.
    pub answer_type: String,
    /// The text of the answer, where it is one and was recorded.
    pub answer: Option<String>,
    /// What a browser says it is for: `document`, `xhr`, `image`.
    pub purpose: Option<String>,
    /// The page that it belongs to.
    pub page: Option<String>,
}

/// A body that was sent.
#[derive(Clone, Debug, PartialEq)]
pub struct SentBody {
    /// As recorded, with parameters.
    pub content_type: String,
    pub bytes: Vec<u8>,
    /// Fields of a form, where the recording has them apart.
    pub fields: Vec<SentField>,
}

/// A field of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentField {
    pub name: String,
    pub value: String,
    pub filename: Option<String>,
    pub content_type: Option<String>,
}

impl Exchange {
    /// Scheme, host and port.
    pub fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    /// The first value of a header of the request.
    pub fn header(&self, name: &str) -> Option<&str> {
        value_of(&self.headers, name)
    }

    /// The first value of a header of the answer.
    pub fn answer_header(&self, name: &str) -> Option<&str> {
        value_of(&self.answer_headers, name)
    }

    /// When its answer was there.
    pub fn ended(&self) -> Option<f64> {
        Some(self.started? + self.duration.unwrap_or(0.0))
    }
}

/// Whether a content type without parameters is JSON (RFC 6839).
pub fn is_json(content_type: &str) -> bool {
    content_type == "application/json"
        || content_type == "text/json"
        || content_type.ends_with("+json")
}

fn value_of<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let found = headers
        .iter()
        .find(|(other, _)| other.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.as_str())
}
