//! CSS selectors.

use scraper::ElementRef;

/// A selector, ready to be matched.
pub struct Selector {
    parsed: scraper::Selector,
    is_dear: bool,
}

/// Why a text is no selector.
#[derive(Debug, thiserror::Error)]
#[error("\"{text}\" is not a valid CSS selector: {why}")]
pub struct SelectorError {
    text: String,
    why: String,
}

impl Selector {
    /// Reads a selector, such as `form#login input[name=token]`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, SelectorError> {
        let parsed = scraper::Selector::parse(text).map_err(|why| SelectorError {
            text: text.to_owned(),
            why: why.to_string(),
        })?;
        Ok(Self {
            parsed,
            is_dear: text.contains(['~', '+', ':']),
        })
    }

    pub(super) fn matches(&self, element: &ElementRef<'_>, scope: Option<ElementRef<'_>>) -> bool {
        self.parsed.matches_with_scope(element, scope)
    }

    /// Whether matching one element may take long: it looks at siblings, or below.
    pub(super) fn is_dear(&self) -> bool {
        self.is_dear
    }
}
