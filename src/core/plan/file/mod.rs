//! Plan files: TOML, read as values by key.
//!
//! In: the text of a file, and the options that may stand in it. Out: a [`PlanFile`], or every fault with line and column.
//! It must never know who opened the file, what an option means, or which types there are.

mod baseline;
mod duplicate;
mod incident;
mod keys;
mod numbers;
mod of_type;
mod place;
mod reader;
mod reading;
mod tables;
mod type_shape;

pub use baseline::Baseline;
pub use keys::{Key, Keys, Kind, Refused};
pub use place::{FileFault, Place};
pub use reader::read;

use std::collections::BTreeMap;

use super::live::ShapeKey;
use super::shape::CurveSource;
use super::{Change, Incident, TypeOverrides};
use crate::pace::Stage;

/// The name of the plan file of a script folder.
pub const FILE_NAME: &str = "throng.toml";

/// What a plan file says, in the order of its text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlanFile {
    /// Values of options by their keys, and weights as `types.NAME.weight`.
    pub entries: Vec<Entry>,
    /// The values that may change during a run.
    pub live: Change,
    /// What it says of types instead of their scripts.
    pub overrides: BTreeMap<String, TypeOverrides>,
    /// The users over time of types that have stages.
    pub stages: BTreeMap<String, Vec<Stage>>,
    /// The curves of types that have one in place of the run's; none: no curve.
    pub curves: BTreeMap<String, Option<CurveSource>>,
    /// What holds for a while, by `[[incident]]`.
    pub incidents: Vec<Incident>,
    /// The types that it names, each time with its place.
    pub types: Vec<Item>,
}

/// One key with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub key: String,
    /// Where the value stands.
    pub place: Place,
    /// What would be given to the option, each of them once; empty for a live setting that says the default of an option
    /// that has no text for it.
    pub items: Vec<Item>,
}

/// A text and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    pub text: String,
    pub place: Place,
}

/// The keys of a shape that may change during a run, with the settings that they are then.
const LIVE_SHAPES: [(&str, ShapeKey); 3] = [
    ("stage", ShapeKey::Stages),
    ("arrivals", ShapeKey::Arrivals),
    ("curve", ShapeKey::Curve),
];

impl Entry {
    /// What an option takes as one text.
    fn text(&self) -> String {
        let items = self.items.iter().map(|item| item.text.as_str());
        items.collect::<Vec<_>>().join(",")
    }
}

impl PlanFile {
    /// The entry of a key.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }
}

impl Entry {
    /// The place of the item that a message about `thing` is about; the entry's own where none is named in it.
    pub fn place_in(&self, thing: &str) -> &Place {
        let name = |item: &Item| item.text.split('=').next().unwrap_or_default().len();
        let named = |item: &&Item| {
            let name = &item.text[..name(item)];
            !name.is_empty() && thing.contains(name)
        };
        // Of `rush` and `rush hour` the one that is named whole; of equals the first.
        let named = self.items.iter().rev().filter(named);
        let found = named.max_by_key(|item| name(item));
        found.map_or(&self.place, |item| &item.place)
    }
}
