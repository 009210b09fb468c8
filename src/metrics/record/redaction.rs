//! What must not be told is taken out of words before they are kept.

use std::borrow::Cow;
use std::sync::Arc;

/// Rewrites words before they are kept: what must not be told is taken out.
pub type Redaction = Arc<dyn for<'a> Fn(&'a str) -> Cow<'a, str> + Send + Sync>;

/// The text as it may be kept; as it is where there is none.
pub(crate) fn redacted<'a>(redaction: Option<&Redaction>, text: &'a str) -> Cow<'a, str> {
    redaction.map_or(Cow::Borrowed(text), |redaction| redaction(text))
}
