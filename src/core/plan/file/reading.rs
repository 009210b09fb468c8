//! A plan file that is being read: what was found so far, and what all its parts need.

use std::collections::HashMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::numbers::text_of;
use super::place::Places;
use super::{Entry, FileFault, Item, Key, Keys, Kind, Place, PlanFile};
use crate::plan::Fault;
use crate::text::nearest;

pub(super) struct Reading<'a> {
    pub(super) places: Places,
    pub(super) text: &'a str,
    pub(super) keys: &'a Keys,
    pub(super) faults: Vec<FileFault>,
    /// The place of each key among the entries.
    pub(super) known: HashMap<String, usize>,
    pub(super) plan: PlanFile,
}

pub(super) type Name<'a> = Spanned<std::borrow::Cow<'a, str>>;
pub(super) type Value<'a> = Spanned<DeValue<'a>>;

impl<'a> Reading<'a> {
    /// A table tells its keys in the order of the alphabet; the text has another.
    pub(super) fn finish(mut self) -> (PlanFile, Vec<FileFault>) {
        self.faults.sort_by_key(|fault| fault.place.position());
        let plan = &mut self.plan;
        plan.entries.sort_by_key(|entry| entry.place.position());
        plan.types.sort_by_key(|item| item.place.position());
        (self.plan, self.faults)
    }

    pub(super) fn place(&self, at: usize) -> Place {
        self.places.at(self.text, at)
    }

    pub(super) fn fault(&mut self, at: usize, fault: Fault) {
        let place = self.place(at);
        self.faults.push(FileFault { place, fault });
    }

    /// A type that is named.
    pub(super) fn named_type(&mut self, kind: &Name<'_>) {
        let place = self.place(kind.span().start);
        let text = kind.get_ref().clone().into_owned();
        self.plan.types.push(Item { text, place });
    }

    /// The entry of a key that was read already.
    pub(super) fn known(&self, key: &str) -> Option<&Entry> {
        self.plan.entries.get(*self.known.get(key)?)
    }

    /// An entry of several items.
    pub(super) fn items(&mut self, key: String, value: &Value<'_>, items: Vec<Item>) {
        let place = self.place(value.span().start);
        self.known.insert(key.clone(), self.plan.entries.len());
        self.plan.entries.push(Entry { key, place, items });
    }

    /// An entry of one item.
    pub(super) fn entry(&mut self, key: String, value: &Value<'_>, text: String) {
        let place = self.place(value.span().start);
        let items = vec![Item { text, place }];
        self.items(key, value, items);
    }

    pub(super) fn option(&mut self, option: &Key, name: &str, value: &Value<'_>) {
        let item = |(text, value): (String, &Value<'_>)| Item {
            text,
            place: self.place(value.span().start),
        };
        let items: Option<Vec<Item>> = match (option.kind, value.get_ref()) {
            (Kind::Flag, DeValue::Boolean(is_set)) => Some(vec![item((is_set.to_string(), value))]),
            (Kind::Flag, _) => None,
            (Kind::Pairs, DeValue::Table(table)) => {
                let pairs = table.iter().filter_map(|(name, value)| {
                    let text = pair_text(value)?;
                    Some(item((format!("{}={text}", name.get_ref()), value)))
                });
                Some(pairs.collect())
            }
            (Kind::List | Kind::Many | Kind::Pairs, DeValue::Array(values)) => values
                .iter()
                .map(|value| Some(item((text_of(value.get_ref())?, value))))
                .collect(),
            (_, one) => text_of(one).map(|text| vec![item((text, value))]),
        };
        if let (Kind::Pairs, DeValue::Table(table)) = (option.kind, value.get_ref()) {
            self.pairs(name, table);
        }
        let Some(mut items) = items else {
            let (cause, remedy) = option.kind.form(name);
            // A value for scripts may be a secret.
            return match option.kind {
                Kind::Pairs => self.fault(value.span().start, Fault::new(name, cause, remedy)),
                _ => self.wrong(name, value, cause, &remedy),
            };
        };
        if items.is_empty()
            && let Some(example) = example(name)
        {
            let remedy = format!("write {name} = \"{example}\", or leave it out");
            return self.wrong(name, value, "is empty", &remedy);
        }
        items.sort_by_key(|item| item.place.position());
        self.option_entry(option, value, items);
    }

    /// What is wrong with values by their names. None of them is shown: one may be a secret.
    fn pairs(&mut self, option: &str, table: &DeTable<'_>) {
        for (name, value) in table.iter().filter(|(_, value)| pair_text(value).is_none()) {
            let name = name.get_ref();
            let fault = Fault::new(
                format!("{option}.{name}"),
                "must be a string, a number, true or false",
                format!("write {name} = \"VALUE\""),
            );
            self.fault(value.span().start, fault);
        }
    }

    /// An entry of an option, which has one unless it may stand under two names.
    pub(super) fn option_entry(&mut self, option: &Key, value: &Value<'_>, items: Vec<Item>) {
        let before = self.known.get(&option.id).copied();
        match before.and_then(|place| self.plan.entries.get_mut(place)) {
            Some(entry) if option.kind == Kind::Pairs => entry.items.extend(items),
            Some(entry) => {
                let cause = format!("is given by {} too", entry.place);
                let fault = Fault::new(&option.name, cause, "give it once");
                self.fault(value.span().start, fault);
            }
            None => self.items(option.id.clone(), value, items),
        }
    }

    pub(super) fn wrong(&mut self, key: &str, value: &Value<'_>, cause: &str, remedy: &str) {
        let thing = format!("{key} {}", self.written(value));
        self.fault(value.span().start, Fault::new(thing, cause, remedy));
    }

    /// The value as it is written, if that is one line.
    pub(super) fn written(&self, value: &Value<'_>) -> &'a str {
        let written = self.text.get(value.span()).unwrap_or_default();
        if written.contains('\n') {
            "(several lines)"
        } else {
            written
        }
    }
}

/// What an option of several parts says, for one that cannot be without a part.
fn example(option: &str) -> Option<&'static str> {
    match option {
        "stage" => Some("2m:100,5m:100,1m:0"),
        "spike" => Some("5m+2m:300%"),
        _ => None,
    }
}

/// The value of a name as a text; none where it can have none.
fn pair_text(value: &Value<'_>) -> Option<String> {
    match value.get_ref() {
        DeValue::Boolean(is_set) => Some(is_set.to_string()),
        other => text_of(other),
    }
}

/// A name that is not known, and the one that it may have been meant to be.
pub(super) fn unknown<'a>(
    name: &str,
    what: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Fault {
    let known: Vec<&str> = known.into_iter().collect();
    let remedy = match nearest(name, known.iter().copied()) {
        Some(meant) => format!("did you mean {meant}?"),
        None => format!("give some of {}", known.join(", ")),
    };
    Fault::new(name, format!("is not {what}"), remedy)
}
