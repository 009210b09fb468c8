//! Tables that say what an option says as text: the shape of a run.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::numbers::text_of;
use super::reading::{Reading, Value, unknown};
use super::{Item, Key};
use crate::plan::Fault;

/// How the tables of an option become its text.
pub(super) enum Table {
    /// `[[stage]]`: one part of the text for each.
    Rows(Row),
    /// `[curve]`: the text in one key, and other options beside it.
    One(Fields),
}

/// A part of a text.
pub(super) struct Row {
    /// The keys, all of which it needs.
    keys: &'static [&'static str],
    text: fn(&[String]) -> String,
}

/// The keys of a table.
pub(super) struct Fields {
    /// The key of the text, and what is put behind a number.
    text: (&'static str, &'static str),
    /// The key of its rows instead.
    rows: Option<(&'static str, Row)>,
    /// Other keys with their options.
    options: &'static [(&'static str, &'static str)],
}

/// The table that may stand for this option; none where the value is no table.
pub(super) fn of(option: &str, value: &DeValue<'_>) -> Option<Table> {
    let is_table = |value: &DeValue<'_>| matches!(value, DeValue::Table(_));
    let table = match option {
        "stage" => Table::Rows(Row {
            keys: &["over", "users"],
            text: |parts| format!("{}:{}", parts[0], parts[1]),
        }),
        "spike" => Table::Rows(Row {
            keys: &["at", "for", "level"],
            text: |parts| format!("{}+{}:{}", parts[0], parts[1], parts[2]),
        }),
        "arrivals" => Table::One(Fields {
            text: ("rate", "/s"),
            rows: Some((
                "stages",
                Row {
                    keys: &["over", "rate"],
                    text: |parts| format!("{}:{}", parts[0], rate(&parts[1])),
                },
            )),
            options: &[("even", "arrivals_even"), ("max_users", "max_users")],
        }),
        "curve" => Table::One(Fields {
            text: ("shape", ""),
            rows: None,
            options: &[
                ("timezone", "timezone"),
                ("day_length", "day_length"),
                ("noise", "noise"),
            ],
        }),
        _ => return None,
    };
    let fits = match (&table, value) {
        (Table::Rows(_), DeValue::Array(rows)) => rows.iter().any(|row| is_table(row.get_ref())),
        (_, value) => is_table(value),
    };
    fits.then_some(table)
}

/// `50/s` for 50.
fn rate(text: &str) -> String {
    if text.contains('/') {
        text.to_owned()
    } else {
        format!("{text}/s")
    }
}

impl Table {
    pub(super) fn read(&self, reader: &mut Reading<'_>, option: &Key, value: &Value<'_>) {
        match (self, value.get_ref()) {
            (Self::Rows(row), value_of_rows) => {
                if let Some(items) = row.items(reader, &option.name, value_of_rows) {
                    reader.option_entry(option, value, items);
                }
            }
            (Self::One(fields), DeValue::Table(table)) => fields.read(reader, option, table, value),
            (Self::One(_), _) => {}
        }
    }
}

impl Row {
    /// The texts of rows, or of one; none after a fault.
    pub(super) fn items(
        &self,
        reader: &mut Reading<'_>,
        name: &str,
        rows: &DeValue<'_>,
    ) -> Option<Vec<Item>> {
        let items: Vec<Option<Item>> = match rows {
            DeValue::Array(rows) => rows
                .iter()
                .map(|row| self.item(reader, name, row))
                .collect(),
            _ => return None,
        };
        items.into_iter().collect()
    }

    fn item(&self, reader: &mut Reading<'_>, name: &str, row: &Value<'_>) -> Option<Item> {
        let DeValue::Table(table) = row.get_ref() else {
            let remedy = format!("write [[{name}]] with {}", self.keys.join(", "));
            reader.wrong(name, row, "must be a table like the others", &remedy);
            return None;
        };
        let at = row.span().start;
        let mut is_fine = true;
        for key in table.keys() {
            if !self.keys.contains(&&**key.get_ref()) {
                let what = format!("a key of {name}");
                let fault = unknown(key.get_ref(), &what, self.keys.iter().copied());
                reader.fault(key.span().start, fault);
                is_fine = false;
            }
        }
        let mut parts = Vec::new();
        for key in self.keys {
            match value_of(table, key) {
                None => {
                    let cause = format!("has no {key}");
                    let remedy = format!("give {}", self.keys.join(", "));
                    reader.fault(at, Fault::new(name, cause, remedy));
                    is_fine = false;
                }
                Some(value) => match text_of(value.get_ref()) {
                    Some(text) => parts.push(text),
                    None => {
                        let thing = format!("{name}.{key}");
                        let remedy = format!("write {key} = \"VALUE\"");
                        reader.wrong(&thing, value, "must be a string or a number", &remedy);
                        is_fine = false;
                    }
                },
            }
        }
        let place = reader.place(at);
        is_fine.then(|| Item {
            text: (self.text)(&parts),
            place,
        })
    }
}

impl Fields {
    fn read(&self, reader: &mut Reading<'_>, option: &Key, table: &DeTable<'_>, value: &Value<'_>) {
        let name = &option.name;
        let mut said = Vec::new();
        let rows = self.rows.as_ref().and_then(|(rows, _)| {
            let is_both = value_of(table, self.text.0).is_some();
            value_of(table, rows).filter(|_| is_both).map(|_| *rows)
        });
        if let Some(rows) = rows {
            let (text, at) = (self.text.0, value.span().start);
            let cause = format!("has both {text} and {rows}");
            reader.fault(at, Fault::new(name, cause, "give one of them"));
        }
        for (key, value) in table {
            let field = &**key.get_ref();
            if field == self.text.0 {
                said.push(field.to_owned());
                if rows.is_none() {
                    self.text(reader, option, value);
                }
            } else if let Some((_, row)) = self.rows.as_ref().filter(|(rows, _)| *rows == field) {
                said.push(field.to_owned());
                let is_empty = matches!(value.get_ref(), DeValue::Array(rows) if rows.is_empty());
                if is_empty {
                    let thing = format!("{name}.{field}");
                    let remedy = format!("write [[{thing}]], or leave it out");
                    reader.wrong(&thing, value, "is empty", &remedy);
                    continue;
                }
                match row.items(reader, &format!("{name}.{field}"), value.get_ref()) {
                    Some(items) => reader.option_entry(option, value, items),
                    None if matches!(value.get_ref(), DeValue::Array(_)) => {}
                    None => {
                        let thing = format!("{name}.{field}");
                        let remedy = format!("write [[{name}.{field}]]");
                        reader.wrong(&thing, value, "must be tables", &remedy);
                    }
                }
            } else {
                self.beside(reader, name, key, value);
            }
        }
        if said.is_empty() {
            let cause = format!("has no {}", self.text.0);
            let remedy = format!("write {} = \"VALUE\" in it", self.text.0);
            reader.fault(value.span().start, Fault::new(name, cause, remedy));
        }
    }

    fn text(&self, reader: &mut Reading<'_>, option: &Key, value: &Value<'_>) {
        let text = match (value.get_ref(), text_of(value.get_ref())) {
            (DeValue::String(_), Some(text)) => text,
            (_, Some(number)) => format!("{number}{}", self.text.1),
            (_, None) => {
                let thing = format!("{}.{}", option.name, self.text.0);
                let remedy = format!("write {} = \"VALUE\"", self.text.0);
                return reader.wrong(&thing, value, "must be a string or a number", &remedy);
            }
        };
        let place = reader.place(value.span().start);
        reader.option_entry(option, value, vec![Item { text, place }]);
    }

    /// The value of another option.
    fn beside(
        &self,
        reader: &mut Reading<'_>,
        name: &str,
        key: &Spanned<std::borrow::Cow<'_, str>>,
        value: &Value<'_>,
    ) {
        let field = &**key.get_ref();
        let found = self.options.iter().find(|(own, _)| *own == field);
        let keys = reader.keys;
        match found.and_then(|(_, option)| keys.named(option)) {
            Some(option) => reader.option(option, &option.name, value),
            None => {
                let rows = self.rows.iter().map(|(rows, _)| *rows);
                let own = std::iter::once(self.text.0).chain(rows);
                let known = own.chain(self.options.iter().map(|(own, _)| *own));
                let fault = unknown(field, &format!("a key of {name}"), known);
                reader.fault(key.span().start, fault);
            }
        }
    }
}

/// The value of a key.
fn value_of<'t, 'a>(table: &'t DeTable<'a>, name: &str) -> Option<&'t Value<'a>> {
    table
        .iter()
        .find(|(key, _)| &**key.get_ref() == name)
        .map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::super::{Keys, Kind, PlanFile, read};
    use super::*;

    fn keys() -> Keys {
        let key = |name: &str, kind| Key {
            name: name.to_owned(),
            id: name.to_owned(),
            aliases: Vec::new(),
            kind,
        };
        Keys {
            options: vec![
                key("stage", Kind::List),
                key("spike", Kind::List),
                key("arrivals", Kind::One),
                key("arrivals_even", Kind::Flag),
                key("max_users", Kind::One),
                key("curve", Kind::One),
                key("timezone", Kind::One),
            ],
            refused: Vec::new(),
        }
    }

    fn texts(plan: &PlanFile) -> Vec<String> {
        let entries = plan.entries.iter();
        let items = entries.flat_map(|entry| {
            let key = &entry.key;
            entry
                .items
                .iter()
                .map(move |item| format!("{key} {}", item.text))
        });
        items.collect()
    }

    #[test]
    fn tables_say_what_options_say() {
        for (text, expected) in [
            (
                "[[stage]]\nover = '2m'\nusers = 100\n[[stage]]\nover = 60\nusers = 0",
                vec!["stage 2m:100", "stage 60:0"],
            ),
            (
                "stage = ['2m:100', '1m:0']",
                vec!["stage 2m:100", "stage 1m:0"],
            ),
            (
                "[[spike]]\nat = '5m'\nfor = '2m'\nlevel = '300%'",
                vec!["spike 5m+2m:300%"],
            ),
            (
                "[arrivals]\nrate = 50\neven = true\nmax_users = 9",
                vec!["arrivals 50/s", "arrivals_even true", "max_users 9"],
            ),
            (
                "[[arrivals.stages]]\nover = '2m'\nrate = 50\n[[arrivals.stages]]\nover = '1m'\nrate = '5/s'",
                vec!["arrivals 2m:50/s", "arrivals 1m:5/s"],
            ),
            ("arrivals = '50/s'", vec!["arrivals 50/s"]),
            (
                "[curve]\nshape = 'office'\ntimezone = 'Europe/Berlin'",
                vec!["curve office", "timezone Europe/Berlin"],
            ),
        ] {
            let (plan, faults) = read("f", text.as_bytes(), &keys());
            assert_eq!(faults, [], "{text}");
            assert_eq!(texts(&plan), expected, "{text}");
        }
    }

    #[test]
    fn what_is_wrong_in_them_has_its_place() {
        for (text, expected) in [
            (
                "[[stage]]\nover = '2m'\nuser = 5",
                vec![
                    "f:1:1: stage: has no users; give over, users",
                    "f:3:1: user: is not a key of stage; did you mean users?",
                ],
            ),
            (
                "stage = [{ over = [], users = 1 }, '2m:5']",
                vec![
                    "f:1:19: stage.over []: must be a string or a number; write over = \"VALUE\"",
                    "f:1:36: stage '2m:5': must be a table like the others; write [[stage]] with over, users",
                ],
            ),
            (
                "[arrivals]\nrat = 5",
                vec![
                    "f:1:1: arrivals: has no rate; write rate = \"VALUE\" in it",
                    "f:2:1: rat: is not a key of arrivals; did you mean rate?",
                ],
            ),
            (
                "[arrivals]\nrate = 5\n[[arrivals.stages]]\nover = 60\nrate = 9",
                vec!["f:1:1: arrivals: has both rate and stages; give one of them"],
            ),
            (
                "max_users = 3\n[arrivals]\nrate = 5\nmax_users = 4",
                vec!["f:4:13: max_users: is given by f:1:13 too; give it once"],
            ),
        ] {
            let (_, faults) = read("f", text.as_bytes(), &keys());
            let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
            // Which of two places is given first follows the alphabet.
            let faults: Vec<String> = faults
                .into_iter()
                .map(|fault| {
                    fault.replace(
                        "f:1:13: max_users: is given by f:4:13",
                        "f:4:13: max_users: is given by f:1:13",
                    )
                })
                .collect();
            assert_eq!(faults, expected, "{text}");
        }
    }
}
