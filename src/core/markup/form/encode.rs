//! Entries as a text.

use url::form_urlencoded::byte_serialize;

use super::model::{Entry, EntryValue};

/// Entries as `application/x-www-form-urlencoded`; of a file its name.
pub fn urlencoded(entries: &[Entry]) -> String {
    let mut text = String::new();
    for Entry { name, value } in entries {
        if !text.is_empty() {
            text.push('&');
        }
        let value = match value {
            EntryValue::Text(value) => value,
            EntryValue::File(file) => &file.name,
        };
        text.extend(byte_serialize(name.as_bytes()));
        text.push('=');
        text.extend(byte_serialize(value));
    }
    text
}
