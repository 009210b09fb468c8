//! What `--openapi` and `--min-coverage` name.

use std::path::PathBuf;

use url::Url;

use crate::plan::share::parse_share;

/// Where a document comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DocumentSource {
    File(PathBuf),
    /// http or https, with a host.
    Url(Url),
}

/// What the target offers, and how much of it the run must use.
#[derive(Clone, Debug, PartialEq)]
pub struct ContractConfig {
    pub source: DocumentSource,
    /// Whether responses are checked against their schemas.
    pub checks: bool,
    pub minimum: Vec<MinCoverage>,
}

/// Of which the run must cover a share.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MinCoverage {
    pub of: CoverageOf,
    /// 0 to 1.
    pub share: f64,
}

/// What is covered, or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CoverageOf {
    Operations,
    Parameters,
    Statuses,
    ContentTypes,
}

impl CoverageOf {
    /// All of them, by their words.
    pub const ALL: [(&'static str, Self); 4] = [
        ("operations", Self::Operations),
        ("parameters", Self::Parameters),
        ("statuses", Self::Statuses),
        ("content_types", Self::ContentTypes),
    ];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        let words = Self::ALL.iter().find(|(_, one)| *one == self);
        words.map_or("operations", |(word, _)| word)
    }
}

impl DocumentSource {
    /// A URL with a scheme, or else a path; none: a URL that names no host, or another scheme.
    pub fn parse(text: &str) -> Option<Self> {
        if text.is_empty() {
            return None;
        }
        if !text.contains("://") {
            return Some(Self::File(PathBuf::from(text)));
        }
        let url = Url::parse(text).ok()?;
        let is_http = matches!(url.scheme(), "http" | "https") && url.has_host();
        is_http.then_some(Self::Url(url))
    }

    /// Its name in messages, without what may be secret of a URL.
    pub fn name(&self) -> String {
        match self {
            Self::File(file) => file.display().to_string(),
            Self::Url(url) => {
                let mut shown = url.clone();
                // A URL with a host has both.
                let _ = shown.set_password(None);
                let _ = shown.set_username("");
                shown.set_query(None);
                shown.to_string()
            }
        }
    }
}

impl MinCoverage {
    /// `95%`, or `statuses=40%`.
    pub fn parse(text: &str) -> Option<Self> {
        let (word, share) = text.split_once('=').unwrap_or(("operations", text));
        let of = CoverageOf::ALL.iter().find(|(one, _)| *one == word.trim());
        Some(Self {
            of: of?.1,
            share: parse_share(share.trim()).ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minimum_is_of_operations_where_it_says_nothing_else() {
        let parsed = |text| MinCoverage::parse(text).map(|one| (one.of, one.share));
        assert_eq!(parsed("95%"), Some((CoverageOf::Operations, 0.95)));
        assert_eq!(parsed("statuses=40%"), Some((CoverageOf::Statuses, 0.4)));
        assert_eq!(parsed("paths=40%"), None);
        assert_eq!(parsed("lots"), None);
    }

    #[test]
    fn a_document_is_a_file_or_a_page_of_the_web() {
        let name = |text| DocumentSource::parse(text).map(|one| one.name());
        assert_eq!(name("api.yaml").as_deref(), Some("api.yaml"));
        assert_eq!(
            name("http://me:secret@h/x.json?key=1").as_deref(),
            Some("http://h/x.json")
        );
        assert_eq!(name("ftp://h/x"), None);
        assert_eq!(name(""), None);
    }
}
