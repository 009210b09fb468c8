//! Changes of live settings.

use std::collections::BTreeMap;

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

use super::setting::{self, Setting};
use super::shape_key::ShapeKey;
use super::value::{Invalid, Scalar};
use crate::plan::Fault;
use crate::plan::crowd::VIRTUAL_SHARDS;
use crate::text::did_you_mean;

/// What can be set, for messages: `users, error_rate, think_factor, canary, stages, arrivals, curve, workers, weights.TYPE`.
pub fn keys() -> String {
    let names = Setting::ALL.map(Setting::name).into_iter();
    let names = names.chain(ShapeKey::ALL.map(ShapeKey::name));
    let names: Vec<&str> = names.chain([WORKERS, "weights.TYPE"]).collect();
    names.join(", ")
}

/// The key of the number of workers, which is no setting of scripts: a run on one machine has none.
const WORKERS: &str = "workers";

/// Prefix of a type's name in the key of its weight.
const WEIGHTS: &str = "weights.";

/// Valid values to change; absent ones stay.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Change {
    pub(super) numbers: BTreeMap<Setting, f64>,
    pub(super) weights: BTreeMap<String, f64>,
    pub(super) shape: BTreeMap<ShapeKey, String>,
    workers: Option<usize>,
}

/// A key that there is not.
fn unknown(key: &str) -> Fault {
    let names = Setting::ALL.map(Setting::name).into_iter();
    let weight = key
        .split_once('.')
        .map(|(_, name)| format!("{WEIGHTS}{name}"));
    let known = names.chain([WORKERS]).chain(
        weight
            .as_deref()
            .filter(|weight| weight.len() > WEIGHTS.len()),
    );
    let meant = did_you_mean(key, known);
    let remedy = format!("give some of {}{meant}", keys());
    Fault::new(key, "is not a valid setting", remedy)
}

impl Change {
    /// A change from keys and values, as on a command line.
    ///
    /// # Errors
    /// Every invalid value.
    pub fn of<'a>(
        values: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, Vec<Fault>> {
        let mut change = Self::default();
        let read = |(key, text)| change.read(key, Scalar::Text(text)).err();
        let faults: Vec<Fault> = values.into_iter().filter_map(read).collect();
        if faults.is_empty() {
            Ok(change)
        } else {
            Err(faults)
        }
    }

    /// Reads the value of a key: a setting's name, or `weights.` and the name of a type.
    ///
    /// # Errors
    /// When the key is unknown or the value invalid; the fault's `thing` is the key and the value.
    pub fn read(&mut self, key: &str, value: Scalar<'_>) -> Result<(), Fault> {
        let of_value = |why: Invalid| {
            let thing = format!("{key} {value}");
            Fault::new(thing, why.cause, why.remedy)
        };
        if let Some(setting) = Setting::named(key) {
            let number = setting.read(value).map_err(of_value)?;
            self.numbers.insert(setting, number);
            return Ok(());
        }
        if let Some(shape) = ShapeKey::named(key) {
            let text = value.to_string();
            shape.check(&text).map_err(of_value)?;
            self.shape.insert(shape, text);
            return Ok(());
        }
        if key == WORKERS {
            let number = value.to_string().parse().ok();
            let number = number.filter(|number| (1..=VIRTUAL_SHARDS).contains(number));
            self.workers = Some(number.ok_or_else(|| {
                let cause = "is not a valid number of workers";
                Fault::new(format!("{key} {value}"), cause, "give one from 1 to 1024")
            })?);
            return Ok(());
        }
        match key.strip_prefix(WEIGHTS).filter(|name| !name.is_empty()) {
            Some(name) => {
                let weight = setting::read_weight(value).map_err(of_value)?;
                self.weights.insert(name.to_owned(), weight);
                Ok(())
            }
            None if key == "weights" => Err(Fault::new(
                format!("{key} {value}"),
                "must be a share for each type",
                "give some such as 30 for weights.new",
            )),
            None => Err(unknown(key)),
        }
    }

    /// The new value of a setting.
    pub fn get(&self, setting: Setting) -> Option<f64> {
        self.numbers.get(&setting).copied()
    }

    /// How many workers the run is to have.
    pub fn workers(&self) -> Option<usize> {
        self.workers
    }

    /// The same without the number of workers.
    #[must_use]
    pub fn without_workers(&self) -> Self {
        Self {
            workers: None,
            ..self.clone()
        }
    }

    /// Weights of types, instead of those in their scripts; 0 for no users.
    pub fn weights(&self) -> &BTreeMap<String, f64> {
        &self.weights
    }

    /// The new value of a setting of the shape.
    pub fn shape(&self, key: ShapeKey) -> Option<&str> {
        self.shape.get(&key).map(String::as_str)
    }

    /// Whether it says anew how many users there are or arrive over the run's time, and with that when the run ends.
    pub fn sets_level(&self) -> bool {
        [ShapeKey::Stages, ShapeKey::Arrivals]
            .iter()
            .any(|key| self.shape.contains_key(key))
    }

    /// The same without what says how many users there are or arrive, now or over time.
    #[must_use]
    pub fn without_level(mut self) -> Self {
        self.numbers.remove(&Setting::Users);
        self.shape.clear();
        self
    }

    /// What is other in it than in `before`; what is only there is left out.
    #[must_use]
    pub fn since(&self, before: &Self) -> Self {
        let mut change = self.clone();
        change
            .numbers
            .retain(|key, number| before.numbers.get(key) != Some(number));
        change
            .weights
            .retain(|name, weight| before.weights.get(name) != Some(weight));
        change
            .shape
            .retain(|key, text| before.shape.get(key) != Some(text));
        change
    }

    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The same without the settings in `other`.
    #[must_use]
    pub fn without(mut self, said: &[Setting]) -> Self {
        self.numbers.retain(|setting, _| !said.contains(setting));
        self
    }
}

/// The form of the control API.
impl Serialize for Change {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (setting, number) in &self.numbers {
            if setting.is_whole() {
                map.serialize_entry(setting.name(), &(*number as u64))?;
            } else {
                map.serialize_entry(setting.name(), number)?;
            }
        }
        for (key, text) in &self.shape {
            map.serialize_entry(key.name(), text)?;
        }
        if let Some(workers) = self.workers {
            map.serialize_entry(WORKERS, &workers)?;
        }
        if !self.weights.is_empty() {
            map.serialize_entry("weights", &self.weights)?;
        }
        map.end()
    }
}
