//! The locale of a call.

use mlua::{Error, Result, Value};

use crate::random::Locale;
use crate::script::api::argument;
use crate::script::api::signature::{Field, optional};
use crate::text::did_you_mean;

/// The parameter that names a locale.
pub(super) const LOCALE: Field = optional("locale", "string")
    .doc("Such as \"pt_BR\".")
    .or("--locale");
/// When a call with a locale raises.
pub(super) const NO_LOCALE: &str = "An error when the locale is unknown; it lists all.";

/// The locale that a call names, or that of the run.
pub(super) fn locale_of(
    function: &str,
    tag: &Value,
    of_run: Option<&'static Locale>,
) -> Result<Option<&'static Locale>> {
    if tag.is_nil() {
        return Ok(of_run);
    }
    let tag = argument::string(function, "locale", tag)?.to_string_lossy();
    Locale::find(&tag).map(Some).ok_or_else(|| {
        let known: Vec<&str> = Locale::tags().collect();
        Error::runtime(format!(
            "{function}: there is no locale {tag:?}; there are: {}{}",
            known.join(", "),
            did_you_mean(&tag, Locale::tags())
        ))
    })
}
