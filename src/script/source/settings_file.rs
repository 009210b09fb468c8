//! `throng.toml` of the script folder: what may be changed without a script.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::bundle::{Bundle, Source};
use crate::plan::live::Scalar;
use crate::plan::{Change, Setting};
use crate::script::diagnostic::Diagnostic;

/// What `throng.toml` of the bundle says; nothing without one.
///
/// # Errors
/// Every fault with its line and column.
pub fn read(bundle: &Bundle) -> Result<Change, Vec<Diagnostic>> {
    let Some(source) = &bundle.settings else {
        return Ok(Change::default());
    };
    let types = bundle.types.keys().map(String::as_str).collect();
    read_source(source, types)
}

/// What a settings file says to a crowd of these types.
///
/// # Errors
/// Every fault with its line and column.
pub fn read_source(source: &Source, types: Vec<&str>) -> Result<Change, Vec<Diagnostic>> {
    let text = text(source).map_err(|fault| vec![fault])?;
    let mut reader = Reader {
        path: &source.path,
        text,
        types,
        faults: Vec::new(),
        change: Change::default(),
    };
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let at = error.span().map_or(text.len(), |span| span.start);
        reader.fault(at, format!("is not valid TOML: {}", error.message()));
    }
    // What is left of a text with errors would only give more of them.
    if reader.faults.is_empty() {
        reader.table(table.get_ref());
    }
    if reader.faults.is_empty() {
        return Ok(reader.change);
    }
    // A table tells its keys in the order of the alphabet.
    reader.faults.sort_by_key(|(at, _)| *at);
    Err(reader.faults.into_iter().map(|(_, fault)| fault).collect())
}

fn text(source: &Source) -> Result<&str, Diagnostic> {
    std::str::from_utf8(&source.text).map_err(|why| {
        let before = &source.text[..why.valid_up_to()];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        let place = format!("{}:{line}", source.path);
        Diagnostic::at(place, "is not UTF-8; save the file as UTF-8")
    })
}

/// The table of the shares of types.
const WEIGHTS: &str = "weights";

struct Reader<'a> {
    path: &'a str,
    text: &'a str,
    types: Vec<&'a str>,
    /// With the byte of the text at which each stands.
    faults: Vec<(usize, Diagnostic)>,
    change: Change,
}

type Value<'a> = Spanned<DeValue<'a>>;

impl Reader<'_> {
    fn fault(&mut self, at: usize, message: impl Into<String>) {
        let before = &self.text[..at.min(self.text.len())];
        let line = before.matches('\n').count() + 1;
        let column = before
            .chars()
            .rev()
            .take_while(|sign| *sign != '\n')
            .count()
            + 1;
        let place = format!("{}:{line}:{column}", self.path);
        self.faults.push((at, Diagnostic::at(place, message)));
    }

    fn table(&mut self, table: &DeTable<'_>) {
        for (key, value) in table {
            match (&**key.get_ref(), value.get_ref()) {
                (WEIGHTS, DeValue::Table(weights)) => self.weights(weights),
                (name, _) => {
                    let is_known = name == WEIGHTS || Setting::named(name).is_some();
                    let at = if is_known { value.span() } else { key.span() };
                    self.read(name, at.start, value);
                }
            }
        }
    }

    fn weights(&mut self, table: &DeTable<'_>) {
        for (key, value) in table {
            let name = &**key.get_ref();
            if !self.types.contains(&name) {
                let known = self.types.join(", ");
                self.fault(
                    key.span().start,
                    format!("weights: there is no type '{name}'; there are: {known}"),
                );
            }
            self.read(&format!("weights.{name}"), value.span().start, value);
        }
    }

    /// Takes one value over, if it can be; a fault stands at this byte.
    fn read(&mut self, key: &str, at: usize, value: &Value<'_>) {
        let Range { start, end } = value.span();
        let written = self.text.get(start..end).unwrap_or_default();
        let written = if written.contains('\n') {
            "(several lines)"
        } else {
            written
        };
        if let Err(fault) = self.change.read(key, scalar(value.get_ref(), written)) {
            self.fault(at, fault.to_string());
        }
    }
}

fn scalar<'a>(value: &DeValue<'_>, written: &'a str) -> Scalar<'a> {
    let read = match value {
        DeValue::Float(number) => number.as_str().parse().ok().map(Scalar::Number),
        DeValue::Integer(number) => i128::from_str_radix(number.as_str(), number.radix())
            .ok()
            .map(Scalar::Whole),
        _ => None,
    };
    read.unwrap_or(Scalar::Other(written))
}
