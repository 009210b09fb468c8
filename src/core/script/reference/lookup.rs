//! Which descriptions a name means.

use super::catalogue::{functions, namespaces, objects, options};
use crate::script::api::signature::{Field, Function, Namespace, Object, Options};
use crate::script::load::contract_signature::VALUES;
use crate::text::did_you_mean;

/// Something that is described.
#[derive(Debug, Clone, Copy)]
pub enum Entry {
    /// A table of functions.
    Namespace(&'static Namespace),
    /// A function or a method.
    Function(&'static Function),
    /// An object that functions return.
    Object(&'static Object),
    /// A table that scripts write.
    Options(&'static Options),
    /// A field: of the table, object or options with this name; empty for a global value.
    Field(&'static str, &'static Field),
}

impl Entry {
    /// The name by which it is found.
    pub fn name(&self) -> String {
        match self {
            Self::Namespace(table) => table.name.to_owned(),
            Self::Function(function) => function.path(),
            Self::Object(object) => object.kind.to_owned(),
            Self::Options(options) => options.kind.to_owned(),
            Self::Field("", field) => field.name.to_owned(),
            Self::Field(owner, field) => format!("{owner}.{}", field.name),
        }
    }

    /// Whether it has this name, or another one by which documents call it.
    fn is_called(&self, name: &str) -> bool {
        let other = match self {
            Self::Object(object) => object.name,
            _ => "",
        };
        let own = self.name();
        let plain = |name: &str| name.replace(':', ".").to_lowercase();
        plain(&own) == plain(name) || other == name
    }

    /// Its name without that of the table or object that has it.
    fn last(&self) -> String {
        let name = self.name();
        let last = name.rsplit(['.', ':']).next();
        last.map_or_else(String::new, str::to_owned)
    }
}

/// There is nothing of this name.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the Lua API has no {name}{meant}")]
pub struct NotFound {
    name: String,
    meant: String,
}

/// Everything that is described, in the order of the documents.
fn entries() -> Vec<Entry> {
    let mut entries: Vec<Entry> = namespaces().map(Entry::Namespace).collect();
    entries.extend(functions().map(Entry::Function));
    for table in namespaces() {
        let values = table.values.iter();
        entries.extend(values.map(|field| Entry::Field(table.name, field)));
    }
    entries.extend(VALUES.iter().map(|field| Entry::Field("", field)));
    for object in objects() {
        entries.push(Entry::Object(object));
        let fields = object.fields.iter();
        entries.extend(fields.map(|field| Entry::Field(object.name, field)));
    }
    for table in options() {
        entries.push(Entry::Options(table));
        let fields = table.fields.iter();
        entries.extend(fields.map(|field| Entry::Field(table.kind, field)));
    }
    entries
}

/// The names of everything, for completions and suggestions.
pub fn names() -> Vec<String> {
    let mut names: Vec<String> = entries().iter().map(Entry::name).collect();
    names.dedup();
    names
}

/// What a name means: `http.get`, `RequestOptions.timeout`, `res:json`; the last part alone finds all that have it.
///
/// # Errors
/// When nothing has this name, with the one that was probably meant.
pub fn find(name: &str) -> Result<Vec<Entry>, NotFound> {
    let name = name.trim().trim_end_matches("()");
    let entries = entries();
    let exact: Vec<Entry> = entries
        .iter()
        .copied()
        .filter(|one| one.is_called(name))
        .collect();
    if !exact.is_empty() {
        return Ok(exact);
    }
    let by_last = entries.iter().copied().filter(|one| one.last() == name);
    let by_last: Vec<Entry> = by_last.collect();
    if !by_last.is_empty() {
        return Ok(by_last);
    }
    let known: Vec<String> = entries.iter().map(Entry::name).collect();
    let last: Vec<String> = entries.iter().map(Entry::last).collect();
    let meant = match did_you_mean(name, known.iter().map(String::as_str)) {
        none if none.is_empty() => did_you_mean(name, last.iter().map(String::as_str)),
        meant => meant,
    };
    Err(NotFound {
        name: name.to_owned(),
        meant,
    })
}
