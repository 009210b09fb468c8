//! `multipart`: the parts of a body, in which order they go and what keeps them apart (RFC 7578; RFC 2046, 5.1).

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};

use bytes::Bytes;
use memchr::memmem;
use mlua::{LuaString, Table, Value};
use rustc_hash::FxHasher;

use super::values::{bytes, items};
use super::{content_type, fields};
use crate::http::Headers;
use crate::markup::{Entry, EntryValue};
use crate::script::api::argument;
use crate::script::api::signature::{Options, optional, required};
use crate::script::vm::read_only;

/// The parts of a body.
pub struct Parts(Vec<Part>);

struct Part {
    /// Its place in the script, for messages.
    place: String,
    head: Headers,
    content: Content,
}

/// What a part holds: a string of Lua is copied once, into the body.
enum Content {
    Lua(LuaString),
    Written(Vec<u8>),
}

impl Content {
    fn with<T>(&self, look: impl FnOnce(&[u8]) -> T) -> T {
        match self {
            Self::Lua(text) => look(&text.as_bytes()),
            Self::Written(text) => look(text),
        }
    }
}

impl Parts {
    /// `{ name = text | part | { text | part, ... } }`, sorted by name, or `{ { name =, content =, ... }, ... }` in that
    /// order; a part is `{ content =, filename =, type =, headers = }`.
    ///
    /// # Errors
    /// Names the part that has no content, or no name, and a key that nothing reads.
    pub fn from_lua(table: &Table) -> mlua::Result<Self> {
        let (mut listed, mut named) = (BTreeMap::new(), BTreeMap::new());
        read_only::real(table).for_each(|key: Value, value: Value| {
            match key {
                Value::Integer(index) => drop(listed.insert(index, value)),
                name => drop(named.insert(bytes(&name, "multipart")?, value)),
            }
            Ok(())
        })?;
        if let (Some((name, _)), false) = (named.first_key_value(), listed.is_empty()) {
            return Err(mlua::Error::runtime(format!(
                "multipart has a list of parts and also a part {:?}; write all parts in the list, as {{ name = ..., content = ... }}",
                String::from_utf8_lossy(name)
            )));
        }
        let mut parts = Vec::new();
        for (index, part) in listed {
            parts.push(in_order(format!("multipart[{index}]"), part)?);
        }
        for (name, part) in named {
            let place = format!("multipart.{}", String::from_utf8_lossy(&name));
            match part {
                Value::Table(list) if list.contains_key(1)? => {
                    for (index, part) in items(&list, &place)?.into_iter().enumerate() {
                        parts.push(one(format!("{place}[{}]", index + 1), &name, part)?);
                    }
                }
                part => parts.push(one(place, &name, part)?),
            }
        }
        Ok(Self(parts))
    }

    /// The entries of a form, in their order.
    ///
    /// # Errors
    /// Names the entry whose name no header can have.
    pub fn of(entries: &[Entry]) -> mlua::Result<Self> {
        let part = |Entry { name, value }: &Entry| {
            let place = format!("the form's field {name}");
            let (filename, kind, content) = match value {
                EntryValue::Text(text) => (None, None, text),
                EntryValue::File(file) => {
                    let kind = file.kind.as_deref().unwrap_or(b"application/octet-stream");
                    (Some(&*file.name), Some(kind), &file.content)
                }
            };
            Ok(Part {
                head: head(name.as_bytes(), filename, kind, None, &place)?,
                content: Content::Written(content.clone()),
                place,
            })
        };
        entries
            .iter()
            .map(part)
            .collect::<mlua::Result<_>>()
            .map(Self)
    }

    /// What keeps them apart: the same for the same parts, and in none of them.
    pub fn boundary(&self) -> String {
        let mut hasher = FxHasher::default();
        for part in &self.0 {
            part.head.lines().hash(&mut hasher);
            part.content.with(|content| content.hash(&mut hasher));
        }
        let mut number = hasher.finish();
        loop {
            let boundary = format!("throng-{number:016x}");
            if self.holds(&boundary).is_none() {
                return boundary;
            }
            number = number.wrapping_add(1);
        }
    }

    /// The body, with the boundary that a script chose itself or `boundary` made.
    ///
    /// # Errors
    /// When the boundary stands in a part, which would end there.
    pub fn body(&self, boundary: &str) -> mlua::Result<Bytes> {
        if let Some(place) = self.holds(boundary) {
            return Err(mlua::Error::runtime(format!(
                "{place} has a line that begins with the boundary {boundary:?} of headers.Content-Type; write another, or none"
            )));
        }
        let mut body = Vec::new();
        for part in &self.0 {
            body.extend_from_slice(format!("--{boundary}\r\n").as_bytes());
            body.extend_from_slice(part.head.lines());
            body.extend_from_slice(b"\r\n");
            part.content.with(|content| body.extend_from_slice(content));
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        Ok(body.into())
    }

    /// The place of the part in which a line begins as a boundary does.
    fn holds(&self, boundary: &str) -> Option<&str> {
        let line = format!("\r\n--{boundary}");
        let (first, finder) = (&line.as_bytes()[2..], memmem::Finder::new(&line));
        let mut parts = self.0.iter();
        let part = parts.find(|part| {
            part.content
                .with(|content| content.starts_with(first) || finder.find(content).is_some())
        });
        part.map(|part| part.place.as_str())
    }
}

/// Gives `headers` the `Content-Type` of a body of `parts`, and says its boundary: the one that the script wrote there, or
/// one that is added.
///
/// # Errors
/// For a type that is no multipart, and for a boundary that none can be.
pub fn settle(headers: &mut Headers, parts: &Parts) -> mlua::Result<String> {
    let Some(given) = headers.get("content-type") else {
        let boundary = parts.boundary();
        if !headers.leaves_out("content-type") {
            push(
                headers,
                format!("multipart/form-data; boundary={boundary}").as_bytes(),
            )?;
        }
        return Ok(boundary);
    };
    let mut given = given.to_vec();
    let wrong = |why| mlua::Error::runtime(format!("headers.Content-Type: {why}"));
    if let Some(boundary) = content_type::boundary(&given).map_err(wrong)? {
        return Ok(boundary);
    }
    let boundary = parts.boundary();
    given.truncate(
        given
            .trim_ascii_end()
            .strip_suffix(b";")
            .unwrap_or(&given)
            .len(),
    );
    given.extend_from_slice(format!("; boundary={boundary}").as_bytes());
    headers.remove("content-type");
    push(headers, &given)?;
    Ok(boundary)
}

fn push(headers: &mut Headers, kind: &[u8]) -> mlua::Result<()> {
    headers
        .push("Content-Type", kind)
        .map_err(|why| mlua::Error::runtime(why.to_string()))
}

/// A part of a list, which says its name itself.
fn in_order(place: String, part: Value) -> mlua::Result<Part> {
    let Value::Table(part) = part else {
        return Err(mlua::Error::runtime(format!(
            "{place} is {}; write {{ name = \"...\", content = \"...\" }}",
            argument::kind(&part)
        )));
    };
    let name = match part.get::<Value>("name")? {
        Value::Nil => {
            return Err(mlua::Error::runtime(format!(
                "{place} has no name; write {{ name = \"...\", content = \"...\" }}"
            )));
        }
        name => bytes(&name, format_args!("{place}.name"))?,
    };
    detailed(place, &name, &part, &PART)
}

/// A part of a list.
pub const PART: Options = Options {
    kind: "Part",
    doc: "A part of multipart/form-data.",
    fields: &[
        required("name", "string").doc("The name of its field."),
        required("content", "string").doc("The content of the part."),
        optional("filename", "string").doc("The name of its file."),
        optional("type", "string")
            .doc("Its Content-Type.")
            .or("none"),
        optional("headers", "table<string, string>").doc("Further headers of the part."),
    ],
    example: include_str!("../examples/Part.lua"),
};
/// A part whose name is its key in the table.
const NAMED_PART: Options = Options {
    fields: PART.fields.split_at(1).1,
    ..PART
};

/// A part whose name is known: text alone, or a table.
fn one(place: String, name: &[u8], part: Value) -> mlua::Result<Part> {
    match part {
        Value::Table(part) => detailed(place, name, &part, &NAMED_PART),
        text => Ok(Part {
            head: head(name, None, None, None, &place)?,
            content: content(text, &place)?,
            place,
        }),
    }
}

fn detailed(place: String, name: &[u8], part: &Table, keys: &Options) -> mlua::Result<Part> {
    let held = part.get::<Value>("content")?;
    if held.is_nil() {
        return Err(mlua::Error::runtime(format!(
            "{place} has no content; write {{ content = \"...\" }}"
        )));
    }
    keys.check(&place, part)?;
    let text = |key: &str| match part.get::<Value>(key)? {
        Value::Nil => Ok(None),
        value => bytes(&value, format_args!("{place}.{key}")).map(Some),
    };
    let own = match part.get::<Value>("headers")? {
        Value::Nil => None,
        Value::Table(own) => Some(own),
        other => {
            return Err(mlua::Error::runtime(format!(
                "{place}.headers is {}; write {{ [\"X-Name\"] = \"value\" }}",
                argument::kind(&other)
            )));
        }
    };
    let (filename, kind) = (text("filename")?, text("type")?);
    Ok(Part {
        head: head(name, filename.as_deref(), kind.as_deref(), own, &place)?,
        content: content(held, &format!("{place}.content"))?,
        place,
    })
}

fn content(value: Value, place: &str) -> mlua::Result<Content> {
    match value {
        Value::String(text) => Ok(Content::Lua(text)),
        other => bytes(&other, place).map(Content::Written),
    }
}

/// The fields of a part; those that the script writes itself are not written twice.
fn head(
    name: &[u8],
    filename: Option<&[u8]>,
    kind: Option<&[u8]>,
    own: Option<Table>,
    place: &str,
) -> mlua::Result<Headers> {
    let mut theirs = Headers::new();
    if let Some(own) = own {
        fields::set(&mut theirs, &own, &format!("{place}.headers"))?;
    }
    let mut disposition = b"form-data; name=\"".to_vec();
    quote(&mut disposition, name);
    if let Some(filename) = filename {
        disposition.extend_from_slice(b"\"; filename=\"");
        quote(&mut disposition, filename);
    }
    disposition.push(b'"');
    let mut head = Headers::new();
    let ours = [
        ("Content-Disposition", Some(&disposition[..]), "name"),
        ("Content-Type", kind, "type"),
    ];
    for (field, value, key) in ours {
        if let Some(value) = value.filter(|_| !theirs.contains(field)) {
            head.push(field, value)
                .map_err(|why| mlua::Error::runtime(format!("{place}.{key}: {why}")))?;
        }
    }
    for (field, value) in &theirs {
        head.push(field, value)
            .map_err(|why| mlua::Error::runtime(format!("{place}.headers: {why}")))?;
    }
    Ok(head)
}

/// As browsers do it (WHATWG HTML, "multipart/form-data encoding algorithm").
fn quote(out: &mut Vec<u8>, text: &[u8]) {
    for &byte in text {
        match byte {
            b'"' => out.extend_from_slice(b"%22"),
            b'\r' => out.extend_from_slice(b"%0D"),
            b'\n' => out.extend_from_slice(b"%0A"),
            other => out.push(other),
        }
    }
}
