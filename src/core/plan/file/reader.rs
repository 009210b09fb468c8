use std::collections::HashMap;

use toml::de::{DeTable, DeValue};

use super::duplicate;
use super::incident::INCIDENT;
use super::numbers::{scalar, text_of};
use super::of_type::{self, WEIGHT};
use super::place::Places;
use super::reading::{Name, Reading, Value, unknown};
use super::tables;
use super::type_shape::{CURVE, STAGES};
use super::{Entry, FileFault, Keys, LIVE_SHAPES, PlanFile};
use crate::plan::live::Scalar;
use crate::plan::{Fault, Setting};

const WEIGHTS: &str = "weights";
const TYPES: &str = "types";

/// Reads a plan file; messages call it `name`.
///
/// What is fine is read also where something is not, so that the reader of its values can add further faults.
pub fn read(name: &str, bytes: &[u8], keys: &Keys) -> (PlanFile, Vec<FileFault>) {
    let text = String::from_utf8_lossy(bytes);
    let mut reader = Reading {
        places: Places::of(name, &text),
        text: &text,
        keys,
        faults: Vec::new(),
        known: HashMap::new(),
        plan: PlanFile::default(),
    };
    if let Err(why) = std::str::from_utf8(bytes) {
        // Up to there the text is that of the bytes.
        let fault = Fault::new("the text", "is not UTF-8", "save the file as UTF-8");
        reader.fault(why.valid_up_to(), fault);
        return reader.finish();
    }
    let (table, errors) = DeTable::parse_recoverable(&text);
    for error in errors {
        let span = error.span().unwrap_or(text.len()..text.len());
        let (at, message) = (span.start, error.message());
        let fault = if message == duplicate::MESSAGE {
            duplicate::fault(&reader, table.get_ref(), span)
        } else {
            Fault::new("is not valid TOML", message, "correct it")
        };
        reader.fault(at, fault);
    }
    // What is left of a text with errors would only give more of them.
    if reader.faults.is_empty() {
        reader.table(table.get_ref());
        reader.live_shapes();
        reader.stages_beside_weights();
    }
    reader.finish()
}

impl Reading<'_> {
    /// What of a shape may change during a run. Whether it can be at its start, the reader of the option says.
    fn live_shapes(&mut self) {
        for (key, shape) in LIVE_SHAPES {
            if let Some(text) = self.plan.entry(key).map(Entry::text)
                && shape.check(&text).is_ok()
            {
                // It was found fine.
                let _ = self.plan.live.read(shape.name(), Scalar::Text(&text));
            }
        }
    }

    fn table(&mut self, table: &DeTable<'_>) {
        for (key, value) in table {
            let name = &**key.get_ref();
            match (name, value.get_ref()) {
                (WEIGHTS, DeValue::Table(weights)) => {
                    for (kind, weight) in weights {
                        self.named_type(kind);
                        self.weight(kind.get_ref(), weight, WEIGHTS);
                    }
                }
                (TYPES, DeValue::Table(types)) => types
                    .iter()
                    .for_each(|(kind, table)| self.of_type(kind, table)),
                (WEIGHTS, _) => {
                    let read = self
                        .plan
                        .live
                        .read(WEIGHTS, Scalar::Other(self.written(value)));
                    read.unwrap_or_else(|fault| self.fault(value.span().start, fault));
                }
                (TYPES, _) => self.wrong(
                    TYPES,
                    value,
                    "must be a table for each type",
                    "write [types.NAME]",
                ),
                (INCIDENT, _) => self.incidents(value),
                _ => self.top(key, value),
            }
        }
    }

    /// A live setting, an option, or what is neither.
    fn top(&mut self, key: &Name<'_>, value: &Value<'_>) {
        let (name, keys) = (&**key.get_ref(), self.keys);
        if let Some(setting) = Setting::named(name) {
            return self.setting(setting, value);
        }
        if let Some(option) = keys.named(name) {
            return match tables::of(name, value.get_ref()) {
                Some(table) => table.read(self, option, value),
                None => self.option(option, name, value),
            };
        }
        let refused = keys.refused.iter().find(|refused| refused.name == name);
        let fault = match refused {
            Some(refused) => Fault::new(name, refused.cause, refused.remedy),
            None => {
                let key = keys.of_alias(name).unwrap_or(name);
                let fault = unknown(key, "a key of a plan file", keys.all());
                Fault {
                    thing: name.to_owned(),
                    ..fault
                }
            }
        };
        self.fault(key.span().start, fault);
    }

    fn setting(&mut self, setting: Setting, value: &Value<'_>) {
        let (name, written) = (setting.name(), self.written(value));
        let live = &mut self.plan.live;
        let (read, text) = match value.get_ref() {
            DeValue::String(text) => {
                let read = live.read(name, of_text(setting, text));
                // As it is written: its reader sees the quotes.
                let read = read.or_else(|_| live.read(name, Scalar::Other(written)));
                (read, text.clone().into_owned())
            }
            other => {
                let text = text_of(other).unwrap_or_else(|| written.to_owned());
                (live.read(name, scalar(other, written)), text)
            }
        };
        match read {
            Ok(()) => self.entry(name.to_owned(), value, text),
            Err(fault) => self.fault(value.span().start, fault),
        }
    }

    fn of_type(&mut self, kind: &Name<'_>, table: &Value<'_>) {
        self.named_type(kind);
        let name = &**kind.get_ref();
        let DeValue::Table(keys) = table.get_ref() else {
            let thing = format!("{TYPES}.{name}");
            return self.wrong(
                &thing,
                table,
                "must be a table",
                "write [types.NAME] and its keys below it",
            );
        };
        for (key, value) in keys {
            match &**key.get_ref() {
                WEIGHT => self.weight(name, value, TYPES),
                STAGES => self.stages_of(name, value),
                CURVE => self.curve_of(name, value),
                other => self.override_of(name, other, key, value),
            }
        }
        let overrides = self.plan.overrides.get(name);
        if overrides.is_some_and(|of| of.think.is_some() && of.pace.is_some()) {
            let fault = Fault::new(
                format!("{TYPES}.{name}"),
                "has both think and pace",
                "give think for a pause after each step, or pace for the time from start to start",
            );
            self.fault(kind.span().start, fault);
        }
    }

    /// A value that takes the place of one in the type's script.
    fn override_of(&mut self, kind: &str, name: &str, key: &Name<'_>, value: &Value<'_>) {
        let overrides = self.plan.overrides.entry(kind.to_owned()).or_default();
        match of_type::read(name, value.get_ref(), overrides) {
            None => {
                let fault = unknown(name, "a key of a type", of_type::keys());
                self.fault(key.span().start, fault);
            }
            Some(Ok(())) => {
                let written = self.text.get(value.span()).unwrap_or_default();
                let words: Vec<&str> = written.split_whitespace().collect();
                let written = words.join(" ");
                self.entry(format!("{TYPES}.{kind}.{name}"), value, written);
            }
            Some(Err((cause, remedy))) => {
                self.wrong(&format!("{TYPES}.{kind}.{name}"), value, cause, remedy);
            }
        }
    }

    /// The weight of a type, which may stand in two tables.
    fn weight(&mut self, kind: &str, value: &Value<'_>, table: &str) {
        let at = value.span().start;
        let key = format!("{TYPES}.{kind}.{WEIGHT}");
        if let Some(other) = self.known(&key) {
            let cause = format!("is given by {} too", other.place);
            let fault = Fault::new(format!("the weight of {kind}"), cause, "give it once");
            return self.fault(at, fault);
        }
        let written = self.written(value);
        let scalar = scalar(value.get_ref(), written);
        let read = self.plan.live.read(&format!("weights.{kind}"), scalar);
        match read {
            Ok(()) => {
                let text = text_of(value.get_ref()).unwrap_or_else(|| written.to_owned());
                self.entry(key, value, text);
            }
            Err(fault) if table == TYPES => {
                let thing = format!("{key} {scalar}");
                self.fault(at, Fault { thing, ..fault });
            }
            Err(fault) => self.fault(at, fault),
        }
    }
}

/// The value of a live setting that is a string: as on the command line, where a canary has a time too.
fn of_text(setting: Setting, text: &str) -> Scalar<'_> {
    let Some((share, _)) = text.split_once('/').filter(|_| setting == Setting::Canary) else {
        return Scalar::Text(text);
    };
    match share.trim().parse::<f64>() {
        // A part of one.
        Ok(part) => Scalar::Number(part * 100.0),
        Err(_) => Scalar::Text(share.trim()),
    }
}
