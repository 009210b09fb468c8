use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use url::Url;

/// How often metrics are pushed when nobody says.
pub const DEFAULT_PUSH_INTERVAL: Duration = Duration::from_secs(5);

/// Where a run is written to while it runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Outputs {
    pub remote_write: Option<PushTarget>,
    pub otlp: Option<PushTarget>,
    pub interval: Duration,
    /// Labels by name.
    pub labels: Vec<(String, String)>,
    /// The file of single requests, and the share of them that is written.
    pub samples: Option<(PathBuf, f64)>,
}

impl Default for Outputs {
    fn default() -> Self {
        Self {
            remote_write: None,
            otlp: None,
            interval: DEFAULT_PUSH_INTERVAL,
            labels: Vec::new(),
            samples: None,
        }
    }
}

/// A receiver that is pushed to.
#[derive(Clone, PartialEq)]
pub struct PushTarget {
    /// http or https, with a host; may name a user.
    pub url: Url,
    pub headers: Vec<HeaderSource>,
}

/// The URL may hold a password.
impl fmt::Debug for PushTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PushTarget")
            .field("host", &self.url.host_str())
            .field("headers", &self.headers)
            .finish_non_exhaustive()
    }
}

/// A header as it was given. It may be a secret, which no message shows.
#[derive(Clone, PartialEq, Eq)]
pub enum HeaderSource {
    /// Name and value, without a fault.
    Typed(String, String),
    /// The file that holds some, a line each.
    File(PathBuf),
}

impl fmt::Debug for HeaderSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Typed(name, _) => f.debug_tuple("Typed").field(name).field(&"***").finish(),
            Self::File(file) => f.debug_tuple("File").field(file).finish(),
        }
    }
}

/// Name and value of a header that was written as `Name: value`.
///
/// # Errors
/// What is wrong with it, without its text.
pub fn header_line(text: &str) -> Result<(String, String), &'static str> {
    let Some((name, value)) = text.split_once(':') else {
        return Err("has no colon after its name");
    };
    let (name, value) = (name.trim(), value.trim());
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.is_empty() || !name.bytes().all(is_token) {
        return Err("has a name that no header can have");
    }
    let is_taken = [
        "host",
        "content-length",
        "content-type",
        "content-encoding",
        "transfer-encoding",
    ];
    if is_taken
        .iter()
        .any(|taken| taken.eq_ignore_ascii_case(name))
    {
        return Err("is one that throng sends itself");
    }
    if value.is_empty() {
        return Err("has no value");
    }
    if value.bytes().any(|byte| byte < b' ' || byte == 0x7f) {
        return Err("has a control character in its value");
    }
    Ok((name.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_a_name_and_a_value() {
        let read = header_line("Authorization:  Bearer a:b ");
        assert_eq!(
            read,
            Ok(("Authorization".to_owned(), "Bearer a:b".to_owned()))
        );
        for wrong in [
            "",
            "Authorization",
            ": x",
            "a b: c",
            "a:",
            "a: \u{1}",
            "Content-Type: x",
            "a: b\nc: d",
        ] {
            assert!(header_line(wrong).is_err(), "{wrong:?}");
        }
        let shown = format!(
            "{:?}",
            HeaderSource::Typed("X".to_owned(), "secret".to_owned())
        );
        assert!(!shown.contains("secret"), "{shown}");
    }
}
