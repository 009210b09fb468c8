//! The value of every option of a run, and where it comes from.

use std::fmt;

use clap::{Arg, ArgAction, ArgMatches, Command};
use serde::Serialize;

use super::value_sources::{Source, ValueSources};
use crate::plan::file::Place;

/// The value of one option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionValue {
    /// Its key in a plan file.
    pub key: String,
    pub value: GivenValue,
    pub origin: ValueOrigin,
    /// The option that excludes it in a stronger place, so that it does not hold: `--duration` or `THRONG_DURATION`.
    pub overruled_by: Option<String>,
}

/// An option that is given and does not hold, since another excludes it in a stronger place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overruled {
    /// Its key in a plan file.
    pub key: String,
    pub origin: ValueOrigin,
    /// The other option as it is given: `--duration` or `THRONG_DURATION`.
    pub by: String,
}

impl Overruled {
    /// What does not hold, in words: one message for each option that excludes others.
    pub fn words(all: &[Self]) -> Vec<String> {
        let of_one = |one: &[&Self]| {
            let names = one.iter().map(|of| format!("{} ({})", of.key, of.origin));
            let names: Vec<String> = names.collect();
            let verb = if names.len() == 1 { "does" } else { "do" };
            let by = one.first().map_or("", |of| of.by.as_str());
            format!("{} {verb} not hold: {by} is given", names.join(", "))
        };
        let mut sorted: Vec<&Self> = all.iter().collect();
        sorted.sort_by_key(|of| &of.by);
        let each = sorted.chunk_by(|one, other| one.by == other.by);
        each.map(of_one).collect()
    }
}

impl OptionValue {
    /// The same where these do not hold.
    pub(super) fn among(self, overruled: &[Overruled]) -> Self {
        let found = overruled.iter().find(|of| of.key == self.key);
        Self {
            overruled_by: found.map(|of| of.by.clone()),
            ..self
        }
    }

    /// Whether it is an incident of the plan file.
    pub(super) fn is_incident(&self) -> bool {
        self.key.starts_with(INCIDENT)
    }
}

/// What comes before the name of an incident in its key.
const INCIDENT: &str = "incident ";

/// A value as it was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum GivenValue {
    Flag(bool),
    Text(String),
    /// Of an option that may be repeated.
    Many(Vec<String>),
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueOrigin {
    /// Its option was typed.
    Line(String),
    /// A variable of the environment.
    Environment(String),
    File(Place),
    Default,
}

impl fmt::Display for ValueOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(name) | Self::Environment(name) => f.write_str(name),
            Self::File(place) => place.fmt(f),
            Self::Default => f.write_str("default"),
        }
    }
}

impl fmt::Display for GivenValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(is_set) => is_set.fmt(f),
            Self::Text(text) => f.write_str(text),
            Self::Many(texts) if texts.is_empty() => f.write_str("none"),
            Self::Many(texts) => f.write_str(&texts.join(", ")),
        }
    }
}

/// The values of a command's options, in the order of its help, and what the plan file says of types after them.
pub(super) fn of(
    command: &Command,
    matches: &ArgMatches,
    typed: &ValueSources<'_>,
) -> Vec<OptionValue> {
    let options = command.get_arguments().filter(|arg| {
        let id = arg.get_id().as_str();
        arg.get_env().is_some() && matches.try_contains_id(id).is_ok()
    });
    let mut values: Vec<OptionValue> = options.map(|arg| of_one(arg, matches, typed)).collect();
    let of_types = typed
        .entries()
        .iter()
        .filter(|entry| entry.key.contains('.'));
    let incidents = typed
        .entries()
        .iter()
        .filter(|entry| entry.key == "incident");
    let incidents = incidents.flat_map(|entry| &entry.items);
    values.extend(of_types.map(|entry| {
        OptionValue {
            key: entry.key.clone(),
            value: GivenValue::Text(
                entry
                    .items
                    .iter()
                    .map(|item| item.text.as_str())
                    .collect::<Vec<_>>()
                    .join(", "),
            ),
            origin: ValueOrigin::File(entry.place.clone()),
            overruled_by: None,
        }
    }));
    values.extend(incidents.filter_map(|item| {
        let (name, words) = item.text.split_once('=')?;
        Some(OptionValue {
            key: format!("{INCIDENT}{name}"),
            value: GivenValue::Text(words.to_owned()),
            origin: ValueOrigin::File(item.place.clone()),
            overruled_by: None,
        })
    }));
    values
}

fn of_one(arg: &Arg, matches: &ArgMatches, typed: &ValueSources<'_>) -> OptionValue {
    let id = arg.get_id().as_str();
    let long = format!("--{}", arg.get_long().unwrap_or(id));
    let origin = match typed.source(id) {
        Source::Nowhere => ValueOrigin::Default,
        Source::Line => ValueOrigin::Line(long.clone()),
        Source::Environment => {
            let name = arg.get_env().unwrap_or_default();
            ValueOrigin::Environment(name.to_string_lossy().into_owned())
        }
        Source::File => match typed.entry_of(&long) {
            Some(entry) => ValueOrigin::File(entry.place.clone()),
            None => ValueOrigin::Default,
        },
    };
    let texts = || -> Vec<String> {
        let texts = matches.get_many::<String>(id).into_iter().flatten();
        texts.map(|text| shown(arg, text)).collect()
    };
    let value = match arg.get_action() {
        ArgAction::SetTrue => GivenValue::Flag(matches.get_flag(id)),
        ArgAction::Append if origin != ValueOrigin::Default => GivenValue::Many(texts()),
        _ if origin == ValueOrigin::Default => GivenValue::Text(default_in_words(arg)),
        _ => GivenValue::Text(texts().join(", ")),
    };
    let key = long.trim_start_matches('-').replace('-', "_");
    OptionValue {
        key,
        value,
        origin,
        overruled_by: None,
    }
}

/// A value that is safe to show: some are secrets or contain one.
fn shown(arg: &Arg, text: &str) -> String {
    if !arg.is_hide_env_values_set() {
        return text.to_owned();
    }
    match text.split_once('=') {
        _ if text.starts_with('@') => text.to_owned(),
        Some((key, value)) if arg.get_id() == "vars" => {
            let value = if value.starts_with('@') { value } else { "***" };
            format!("{key}={value}")
        }
        _ if arg.get_id() == "vars" => text.to_owned(),
        _ if URLS.contains(&arg.get_id().as_str()) => {
            // A password ends at the @, and a query may hold a key.
            let (shown, query) = match text.split_once('?') {
                Some((shown, _)) => (shown, "?***"),
                None => (text, ""),
            };
            match shown.rsplit_once('@') {
                Some((_, host)) => format!("***@{host}{query}"),
                None => format!("{shown}{query}"),
            }
        }
        _ => "***".to_owned(),
    }
}

/// Options whose values are URLs that may hold secrets.
const URLS: [&str; 3] = ["proxy", "remote_write", "otlp"];

/// The default as the help of the option tells it.
fn default_in_words(arg: &Arg) -> String {
    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let told = help
        .rsplit_once("[default: ")
        .and_then(|(_, rest)| rest.strip_suffix(']'));
    told.unwrap_or("none").to_owned()
}
