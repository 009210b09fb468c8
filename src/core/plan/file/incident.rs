//! `[[incident]]`: what holds for a while, and when.

use std::collections::BTreeSet;
use std::time::Duration;

use toml::de::{DeTable, DeValue};

use super::Item;
use super::numbers::{scalar, span_of, text_of};
use super::reading::{Name, Reading, Value, unknown};
use crate::plan::incident::name_fault;
use crate::plan::live::Scalar;
use crate::plan::span::show_span;
use crate::plan::{Fault, Incident, Overlay, Setting, Starts};

/// The key of the tables.
pub(super) const INCIDENT: &str = "incident";

const SPAN: (&str, &str) = (
    "is not a valid duration",
    "give seconds such as 120, or units such as \"2m\"",
);

/// The keys of an incident beside the live settings.
const KEYS: [&str; 7] = ["name", "at", "daily", "random", "for", "weights", "step"];

impl Reading<'_> {
    /// All incidents of the file.
    pub(super) fn incidents(&mut self, value: &Value<'_>) {
        let DeValue::Array(tables) = value.get_ref() else {
            return self.wrong(INCIDENT, value, "must be tables", "write [[incident]]");
        };
        let mut items = Vec::new();
        let mut names = BTreeSet::new();
        for table in tables {
            let DeValue::Table(keys) = table.get_ref() else {
                self.wrong(INCIDENT, table, "must be a table", "write [[incident]]");
                continue;
            };
            let before = self.faults.len();
            let (incident, is_whole) = self.incident(keys, table);
            let is_new = names.insert(incident.name.clone());
            let mut wrong: Vec<Fault> = name_fault(&incident.name, is_new).into_iter().collect();
            if is_whole {
                // Whether sessions arrive, other places may say.
                incident.faults(false, &mut wrong);
            }
            for fault in wrong {
                self.fault(table.span().start, fault);
            }
            if self.faults.len() == before {
                let place = self.place(table.span().start);
                let text = words(&incident);
                items.push(Item { text, place });
                self.plan.incidents.push(incident);
            }
        }
        self.items(INCIDENT.to_owned(), value, items);
    }

    /// An incident, and whether all of it could be read.
    fn incident(&mut self, keys: &DeTable<'_>, table: &Value<'_>) -> (Incident, bool) {
        let before = self.faults.len();
        let mut read = Read::default();
        for (key, value) in keys {
            self.key(&mut read, key, value);
        }
        // A second beginning says nothing against the rest.
        let is_read = self.faults.len() == before && read.lasts.is_some();
        let name = read.name.unwrap_or_default();
        let title = format!("incident {name}").trim_end().to_owned();
        let at = table.span().start;
        if read.starts.len() > 1 {
            self.fault(
                at,
                Fault::new(
                    &title,
                    format!("begins by {}", read.starts_keys.join(" and ")),
                    "give one of at, daily and random",
                ),
            );
        }
        if read.lasts.is_none() && !read.is_wrong {
            let fault = Fault::new(
                &title,
                "does not say how long it lasts",
                "give a time such as for = \"2m\"",
            );
            self.fault(at, fault);
        }
        let incident = Incident {
            name,
            starts: read.starts.first().copied().unwrap_or(Starts::OnCommand),
            lasts: read.lasts.unwrap_or_default(),
            overlay: read.overlay,
        };
        (incident, is_read)
    }

    fn key(&mut self, read: &mut Read, key: &Name<'_>, value: &Value<'_>) {
        let name = &**key.get_ref();
        match (name, value.get_ref()) {
            ("name", DeValue::String(text)) => read.name = Some(text.clone().into_owned()),
            ("name", _) => self.wrong(name, value, "must be a string", "write name = \"slow\""),
            ("step", DeValue::String(text)) if !text.is_empty() => {
                read.overlay.step = Some(text.clone().into_owned());
            }
            ("step", _) => self.wrong(
                name,
                value,
                "must be the name of a step",
                "write step = \"checkout\", or leave it out",
            ),
            ("for", _) => match self.span("for", value) {
                Some(span) => read.lasts = Some(span),
                None => read.is_wrong = true,
            },
            ("at", _) => {
                if let Some(span) = self.span("at", value) {
                    read.begins("at", Starts::At(span));
                }
            }
            ("daily", _) => match time_of_day(value.get_ref()) {
                Some(time) => read.begins("daily", Starts::Daily(time)),
                None => self.wrong(
                    "daily",
                    value,
                    "is not a time of day",
                    "give one such as daily = \"14:00\"",
                ),
            },
            ("random", DeValue::Table(keys)) => self.random(read, keys, value),
            ("random", _) => self.wrong(
                "random",
                value,
                "must be a table",
                "write random = { every = \"30m\", for = \"2m\" }",
            ),
            ("weights", DeValue::Table(weights)) => {
                for (kind, weight) in weights {
                    self.named_type(kind);
                    self.held(read, &format!("weights.{}", kind.get_ref()), weight);
                }
            }
            ("weights", _) => self.wrong(
                "weights",
                value,
                "must be a weight for each type",
                "write weights = { new = 30 }",
            ),
            ("users", DeValue::String(text)) if text.trim_end().ends_with('%') => {
                let per_cent = text.trim_end().trim_end_matches('%').trim().parse().ok();
                match per_cent {
                    Some(per_cent) => read.overlay.users_per_cent = Some(per_cent),
                    None => self.wrong(
                        "users",
                        value,
                        "is not a percentage",
                        "give one such as users = \"300%\", or a whole number of users",
                    ),
                }
            }
            _ if Setting::named(name).is_some() => self.held(read, name, value),
            _ => {
                let known = KEYS.into_iter().chain(Setting::ALL.map(Setting::name));
                let fault = unknown(name, "a key of an incident", known);
                self.fault(key.span().start, fault);
            }
        }
    }

    /// A live setting or a weight that holds meanwhile.
    fn held(&mut self, read: &mut Read, key: &str, value: &Value<'_>) {
        let written = self.written(value);
        let scalar = match value.get_ref() {
            DeValue::String(text) => Scalar::Text(text),
            other => scalar(other, written),
        };
        if let Err(fault) = read.overlay.change.read(key, scalar) {
            self.fault(value.span().start, fault);
        }
    }

    fn random(&mut self, read: &mut Read, keys: &DeTable<'_>, table: &Value<'_>) {
        let mut every = None;
        for (key, value) in keys {
            match &**key.get_ref() {
                "every" => every = Some(self.span("random.every", value)),
                "for" => match self.span("random.for", value) {
                    Some(span) => read.lasts = Some(span),
                    None => read.is_wrong = true,
                },
                other => {
                    let fault = unknown(other, "a key of random", ["every", "for"]);
                    self.fault(key.span().start, fault);
                }
            }
        }
        match every {
            Some(Some(every)) => read.begins("random", Starts::Random { every }),
            Some(None) => {}
            None => self.wrong(
                "random",
                table,
                "does not say how often",
                "write random = { every = \"30m\", for = \"2m\" }",
            ),
        }
    }

    fn span(&mut self, key: &str, value: &Value<'_>) -> Option<Duration> {
        let span = span_of(value.get_ref());
        if span.is_none() {
            self.wrong(key, value, SPAN.0, SPAN.1);
        }
        span
    }
}

/// What was read of one incident.
#[derive(Default)]
struct Read {
    name: Option<String>,
    starts: Vec<Starts>,
    starts_keys: Vec<&'static str>,
    lasts: Option<Duration>,
    /// Whether its length is given, and cannot be.
    is_wrong: bool,
    overlay: Overlay,
}

impl Read {
    fn begins(&mut self, key: &'static str, starts: Starts) {
        self.starts.push(starts);
        self.starts_keys.push(key);
    }
}

/// `14:00` or `14:00:30`, as a string or a local time of TOML; whether it is one of a day, the plan says.
fn time_of_day(value: &DeValue<'_>) -> Option<Duration> {
    let text = match value {
        DeValue::Datetime(time) => time.to_string(),
        other => text_of(other)?,
    };
    let parts: Vec<u64> = text
        .split(':')
        .map(|part| {
            let is_number = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
            is_number.then(|| part.parse().ok())?
        })
        .collect::<Option<_>>()?;
    let (hours, minutes, seconds) = match parts[..] {
        [hours, minutes] => (hours, minutes, 0),
        [hours, minutes, seconds] => (hours, minutes, seconds),
        _ => return None,
    };
    let is_time = hours < 24 && minutes < 60 && seconds < 60;
    is_time.then(|| Duration::from_secs(hours * 3600 + minutes * 60 + seconds))
}

/// An incident on one line: its name, and what it does.
fn words(incident: &Incident) -> String {
    let starts = match incident.starts {
        Starts::OnCommand => "on command".to_owned(),
        Starts::At(at) => format!("at {}", show_span(at)),
        Starts::Daily(time) => {
            let (minutes, seconds) = (time.as_secs() / 60, time.as_secs() % 60);
            let shown = format!("daily {:02}:{:02}", minutes / 60, minutes % 60);
            match seconds {
                0 => shown,
                _ => format!("{shown}:{seconds:02}"),
            }
        }
        Starts::Random { every } => format!("every {} at random", show_span(every)),
    };
    let overlay = &incident.overlay;
    let mut held = Vec::new();
    held.extend(
        overlay
            .users_per_cent
            .map(|share| format!("users {share} %")),
    );
    for setting in Setting::ALL {
        let value = overlay.change.get(setting);
        let unit = match setting {
            Setting::ErrorRate | Setting::Canary => " %",
            Setting::Users | Setting::ThinkFactor => "",
        };
        held.extend(value.map(|value| format!("{} {value}{unit}", setting.name())));
    }
    for (kind, weight) in overlay.change.weights() {
        held.push(format!("weights.{kind} {weight}"));
    }
    held.extend(overlay.step.as_ref().map(|step| format!("step {step}")));
    format!(
        "{}={starts} for {}: {}",
        incident.name,
        show_span(incident.lasts),
        held.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::super::{Keys, read};

    #[test]
    fn an_incident_says_when_for_how_long_and_what_holds() {
        let text = "
            [[incident]]
            name = 'failing'
            at = '10m'
            for = 120
            error_rate = '50%'
            weights = { new = 3 }
            [[incident]]
            name = 'rush'
            daily = '14:05:30'
            for = '2m'
            users = '300%'
            [[incident]]
            name = 'slow'
            random = { every = '30m', for = '2m' }
            step = 'checkout'
            think_factor = 0
            [[incident]]
            name = 'drill'
            for = 5
            users = 7
        ";
        let (plan, faults) = read("f", text.as_bytes(), &Keys::default());
        assert_eq!(faults, []);
        let items = &plan.entry("incident").expect("there are some").items;
        let texts: Vec<&str> = items.iter().map(|item| item.text.as_str()).collect();
        assert_eq!(
            texts,
            [
                "failing=at 10m for 2m: error_rate 50 %, weights.new 3",
                "rush=daily 14:05:30 for 2m: users 300 %",
                "slow=every 30m at random for 2m: think_factor 0, step checkout",
                "drill=on command for 5s: users 7",
            ]
        );
        assert_eq!(plan.incidents.len(), 4);
        assert_eq!(plan.types[0].text, "new");
    }

    #[test]
    fn every_fault_of_an_incident_has_its_place() {
        let text = "[[incident]]
at = '10m'
daily = '25:00'
[[incident]]
name = 'x'
for = 'soon'
eror_rate = 3
error_rate = 300
[[incident]]
name = 'y'
at = 5
daily = '14:00'
for = 5
[[incident]]
name = 'z'
random = { for = 5 }
";
        let (_, faults) = read("f", text.as_bytes(), &Keys::default());
        let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
        let starts = [
            "f:1:1: incident: does not say how long it lasts; ",
            "f:1:1: incident: has no name; ",
            "f:3:9: daily '25:00': is not a time of day; give one such as daily = \"14:00\"",
            "f:6:7: for 'soon': is not a valid duration; ",
            "f:7:1: eror_rate: is not a key of an incident; did you mean error_rate?",
            "f:8:14: error_rate 300: must be a percentage from 0 to 100; ",
            "f:9:1: incident y: begins by at and daily; give one of at, daily and random",
            "f:9:1: incident y: changes nothing; ",
            "f:16:10: random { for = 5 }: does not say how often; ",
        ];
        assert_eq!(faults.len(), starts.len(), "{faults:#?}");
        for (fault, start) in faults.iter().zip(starts) {
            assert!(fault.starts_with(start), "{fault}");
        }
    }
}
