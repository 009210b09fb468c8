use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Entry, FileFault, Item, Key, Keys, Kind, Place, PlanFile};
use crate::plan::live::Scalar;
use crate::plan::{Fault, Setting};
use crate::text::nearest;

const WEIGHTS: &str = "weights";
const TYPES: &str = "types";
const WEIGHT: &str = "weight";

/// The tables that stand for no option.
pub(super) const TABLES: [&str; 2] = [TYPES, WEIGHTS];

/// What may stand in the table of a type.
const OF_A_TYPE: [&str; 1] = [WEIGHT];

/// Reads a plan file; messages call it `name`.
///
/// What is fine is read also where something is not, so that whoever gives meaning to it can add further faults.
pub fn read(name: &str, bytes: &[u8], keys: &Keys) -> (PlanFile, Vec<FileFault>) {
    let text = String::from_utf8_lossy(bytes);
    let mut reader = Reader {
        file: Arc::from(name),
        text: &text,
        keys,
        faults: Vec::new(),
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
        let at = error.span().map_or(text.len(), |span| span.start);
        let cause = error.message().to_owned();
        reader.fault(at, Fault::new("is not valid TOML", cause, "correct it"));
    }
    // What is left of a text with errors would only give more of them.
    if reader.faults.is_empty() {
        reader.table(table.get_ref());
    }
    reader.finish()
}

struct Reader<'a> {
    file: Arc<str>,
    text: &'a str,
    keys: &'a Keys,
    faults: Vec<FileFault>,
    plan: PlanFile,
}

type Name<'a> = Spanned<std::borrow::Cow<'a, str>>;
type Value<'a> = Spanned<DeValue<'a>>;

impl<'a> Reader<'a> {
    /// A table tells its keys in the order of the alphabet; the text has another.
    fn finish(mut self) -> (PlanFile, Vec<FileFault>) {
        self.faults.sort_by_key(|fault| fault.place.position());
        let plan = &mut self.plan;
        plan.entries.sort_by_key(|entry| entry.place.position());
        plan.types.sort_by_key(|item| item.place.position());
        (self.plan, self.faults)
    }

    fn place(&self, at: usize) -> Place {
        Place::of(&self.file, self.text, at)
    }

    fn fault(&mut self, at: usize, fault: Fault) {
        let place = self.place(at);
        self.faults.push(FileFault { place, fault });
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
            return self.option(option, name, value);
        }
        let refused = keys.refused.iter().find(|refused| refused.name == name);
        let fault = match refused {
            Some(refused) => Fault::new(name, refused.cause, refused.remedy),
            None => unknown(name, "a key of a plan file", keys.all()),
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

    /// An entry of one item.
    fn entry(&mut self, key: String, value: &Value<'_>, text: String) {
        let place = self.place(value.span().start);
        let items = vec![Item {
            text,
            place: place.clone(),
        }];
        self.plan.entries.push(Entry { key, place, items });
    }

    fn named_type(&mut self, kind: &Name<'_>) {
        let place = self.place(kind.span().start);
        let text = kind.get_ref().clone().into_owned();
        self.plan.types.push(Item { text, place });
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
                other => {
                    let fault = unknown(other, "a key of a type", OF_A_TYPE);
                    self.fault(key.span().start, fault);
                }
            }
        }
    }

    /// The weight of a type, which may stand in two tables.
    fn weight(&mut self, kind: &str, value: &Value<'_>, table: &str) {
        let at = value.span().start;
        let key = format!("{TYPES}.{kind}.{WEIGHT}");
        if let Some(other) = self.plan.entry(&key) {
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

    fn option(&mut self, option: &Key, name: &str, value: &Value<'_>) {
        let item = |(text, value): (String, &Value<'_>)| Item {
            text,
            place: self.place(value.span().start),
        };
        let items: Option<Vec<Item>> = match (option.kind, value.get_ref()) {
            (Kind::Flag, DeValue::Boolean(is_set)) => Some(vec![item((is_set.to_string(), value))]),
            (Kind::Flag, _) => None,
            (Kind::Pairs, DeValue::Table(table)) => table
                .iter()
                .map(|(name, value)| {
                    let text = match value.get_ref() {
                        DeValue::Boolean(is_set) => is_set.to_string(),
                        other => text_of(other)?,
                    };
                    Some(item((format!("{}={text}", name.get_ref()), value)))
                })
                .collect(),
            (Kind::List | Kind::Many | Kind::Pairs, DeValue::Array(values)) => values
                .iter()
                .map(|value| Some(item((text_of(value.get_ref())?, value))))
                .collect(),
            (_, one) => text_of(one).map(|text| vec![item((text, value))]),
        };
        let Some(mut items) = items else {
            let (cause, remedy) = option.kind.form(name);
            // A value for scripts may be a secret.
            return match option.kind {
                Kind::Pairs => self.fault(value.span().start, Fault::new(name, cause, remedy)),
                _ => self.wrong(name, value, cause, &remedy),
            };
        };
        items.sort_by_key(|item| item.place.position());
        if option.kind == Kind::List {
            let texts: Vec<&str> = items.iter().map(|item| item.text.as_str()).collect();
            items = vec![item((texts.join(","), value))];
        }
        let mut before = self.plan.entries.iter_mut();
        match before.find(|entry| entry.key == option.id) {
            // Under both of its names.
            Some(entry) => entry.items.extend(items),
            None => {
                let place = self.place(value.span().start);
                let key = option.id.clone();
                self.plan.entries.push(Entry { key, place, items });
            }
        }
    }

    fn wrong(&mut self, key: &str, value: &Value<'_>, cause: &str, remedy: &str) {
        let thing = format!("{key} {}", self.written(value));
        self.fault(value.span().start, Fault::new(thing, cause, remedy));
    }

    /// The value as it is written, if that is one line.
    fn written(&self, value: &Value<'_>) -> &'a str {
        let written = self.text.get(value.span()).unwrap_or_default();
        if written.contains('\n') {
            "(several lines)"
        } else {
            written
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

/// What would be typed on a command line; none for what is neither a string nor a number.
fn text_of(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.clone().into_owned()),
        DeValue::Integer(number) => {
            let read = i128::from_str_radix(number.as_str(), number.radix());
            Some(read.map_or_else(|_| number.as_str().to_owned(), |number| number.to_string()))
        }
        DeValue::Float(number) => Some(number.as_str().to_owned()),
        _ => None,
    }
}

/// A name that is not known, and the one that it may have been meant to be.
fn unknown<'a>(name: &str, what: &str, known: impl IntoIterator<Item = &'a str>) -> Fault {
    let known: Vec<&str> = known.into_iter().collect();
    let remedy = match nearest(name, known.iter().copied()) {
        Some(meant) => format!("did you mean {meant}?"),
        None => format!("give some of {}", known.join(", ")),
    };
    Fault::new(name, format!("is not {what}"), remedy)
}
