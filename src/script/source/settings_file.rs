//! `throng.toml` of the script folder: what may be changed without a script.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::bundle::{Bundle, Source};
use crate::plan::Change;
use crate::script::diagnostic::Diagnostic;

/// What the file may say.
const KEYS: &str = "users, error_rate, think_factor, canary, [weights]";

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
        reader.fault(at, format!("is no valid TOML: {}", error.message()));
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
        Diagnostic::at(place, "is no UTF-8; save the file as UTF-8")
    })
}

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
            match &**key.get_ref() {
                "users" => self.users(value),
                "error_rate" => {
                    let rate = self.number("error_rate", value, "a share in per cent such as 15");
                    self.keep(value, |change| change.error_rate = rate);
                }
                "canary" => {
                    let share = self.number("canary", value, "a share in per cent such as 10");
                    self.keep(value, |change| change.canary = share);
                }
                "think_factor" => {
                    let factor = self.number("think_factor", value, "a factor such as 0.5");
                    self.keep(value, |change| change.think_factor = factor);
                }
                "weights" => self.weights(value),
                other => self.fault(
                    key.span().start,
                    format!("'{other}' is nothing that can be changed; there are: {KEYS}"),
                ),
            }
        }
    }

    fn users(&mut self, value: &Value<'_>) {
        let users = match value.get_ref() {
            DeValue::Integer(users) => {
                let digits = i128::from_str_radix(users.as_str(), users.radix());
                digits
                    .ok()
                    .map(|users| u32::try_from(users).map_err(|_| users))
            }
            _ => None,
        };
        match users {
            Some(Ok(users)) => self.keep(value, |change| change.users = Some(users)),
            // Beyond what a number of users can be: the same words as for one that is just too large.
            Some(Err(_)) => self.wrong("users", value, "a whole number from 1 to a million"),
            None => self.wrong("users", value, "a whole number such as 200"),
        }
    }

    fn weights(&mut self, value: &Value<'_>) {
        let DeValue::Table(table) = value.get_ref() else {
            self.wrong(
                "weights",
                value,
                "a table: [weights], and below it lines such as active = 50",
            );
            return;
        };
        for (key, value) in table {
            let name = &**key.get_ref();
            if !self.types.contains(&name) {
                let known = self.types.join(", ");
                self.fault(
                    key.span().start,
                    format!("weights: there is no type '{name}'; there are: {known}"),
                );
            }
            let weight = self.number(&format!("weights.{name}"), value, "a share such as 25");
            if let Some(weight) = weight {
                self.keep(value, |change| {
                    change.weights.insert(name.to_owned(), weight);
                });
            }
        }
    }

    fn number(&mut self, name: &str, value: &Value<'_>, takes: &str) -> Option<f64> {
        let number = match value.get_ref() {
            DeValue::Float(number) => number.as_str().parse().ok(),
            #[expect(clippy::cast_precision_loss, reason = "shares and factors are small")]
            DeValue::Integer(number) => i128::from_str_radix(number.as_str(), number.radix())
                .ok()
                .map(|number| number as f64),
            _ => None,
        };
        if number.is_none() {
            self.wrong(name, value, takes);
        }
        number
    }

    fn wrong(&mut self, name: &str, value: &Value<'_>, takes: &str) {
        let Range { start, end } = value.span();
        let written = self.text.get(start..end).unwrap_or_default();
        let written = if written.contains('\n') {
            "several lines"
        } else {
            written
        };
        self.fault(start, format!("{name} is {written}; it takes {takes}"));
    }

    /// Takes one value over, if it can be.
    fn keep(&mut self, value: &Value<'_>, set: impl Fn(&mut Change)) {
        let mut alone = Change::default();
        set(&mut alone);
        for fault in alone.validate().err().into_iter().flatten() {
            self.fault(value.span().start, fault.to_string());
        }
        set(&mut self.change);
    }
}
