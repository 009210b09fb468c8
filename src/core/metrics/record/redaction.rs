//! Removes secrets from texts before they are stored.

use std::borrow::Cow;
use std::sync::Arc;

/// Rewrites texts before they are stored: secrets are removed.
pub type Redaction = Arc<dyn for<'a> Fn(&'a str) -> Cow<'a, str> + Send + Sync>;

/// The redacted text; unchanged without a redaction.
pub(crate) fn redacted<'a>(redaction: Option<&Redaction>, text: &'a str) -> Cow<'a, str> {
    redaction.map_or(Cow::Borrowed(text), |redaction| redaction(text))
}
