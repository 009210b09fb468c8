//! From the text of a document to its value.

use serde_json::Value;

use super::fault::Fault;
use super::limits::{MAX_DEPTH, MAX_DOCUMENT_BYTES};
use super::yaml;

/// The value of a document, JSON or YAML.
///
/// # Errors
/// When it is neither, too long, or nested too deeply.
pub(super) fn value(text: &str) -> Result<Value, Fault> {
    if text.len() > MAX_DOCUMENT_BYTES {
        let (is, most) = (text.len() >> 20, MAX_DOCUMENT_BYTES >> 20);
        return Err(Fault::new(format!(
            "is {is} MiB long, and at most {most} MiB are read"
        )));
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match text.trim_start().chars().next() {
        None => Err(Fault::new("is empty; an OpenAPI document is expected")),
        Some('<') => Err(Fault::at(
            1,
            1,
            "is HTML or XML, not an OpenAPI document in JSON or YAML; give the address of the \
             document itself, not of a page about it",
        )),
        Some('{') => json(text),
        Some(_) => yaml::read(text),
    }
}

/// What begins with a brace is JSON, or YAML in its flow style.
fn json(text: &str) -> Result<Value, Fault> {
    let why = match serde_json::from_str(text) {
        Ok(value) => return Ok(value),
        Err(why) => why,
    };
    let words = why.to_string();
    if words.starts_with("recursion limit") {
        return Err(Fault::at(
            why.line(),
            why.column(),
            format!("values nest more than {MAX_DEPTH} deep"),
        ));
    }
    // Flow style has keys without quotes and comments, which JSON has not.
    if let Ok(value) = yaml::read(text) {
        return Ok(value);
    }
    let at = words.rfind(" at line ").unwrap_or(words.len());
    let words = format!("is not valid JSON: {}", &words[..at]);
    Err(Fault::at(why.line(), why.column(), words))
}
