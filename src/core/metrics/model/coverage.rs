//! What a run covered of the contract of its target: counts by the numbers of a document's items.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::bounds::{MAX_STATUSES, MAX_WORDS, OTHER, bounded_entry};
use super::pairs;

/// Answered requests by what they covered; empty where nobody asked for it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Coverage {
    /// Answers that covered an item, by its number.
    #[serde(with = "pairs")]
    pub items: BTreeMap<u32, u64>,
    /// Answers with a success, by the number of the operation.
    #[serde(with = "pairs")]
    pub succeeded: BTreeMap<u32, u64>,
    /// Answers with a status that the document does not describe, by the number of the operation and the status.
    #[serde(with = "pairs")]
    pub undocumented: BTreeMap<(u32, u16), u64>,
    /// Answered requests that are not in the document, by method and path.
    pub outside: BTreeMap<String, u64>,
    /// Answers that do not follow their schema.
    #[serde(with = "pairs")]
    pub mismatches: BTreeMap<MismatchKey, Mismatch>,
}

/// Which answers do not follow their schema, and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct MismatchKey {
    /// The number of the operation.
    pub operation: u32,
    pub status: u16,
    /// JSON pointer to the value, items of lists as `-`.
    pub pointer: String,
}

/// How often, and the first of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mismatch {
    pub count: u64,
    /// Why, in words, with the value; redacted.
    pub example: String,
}

impl Coverage {
    /// Whether nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty() && self.outside.is_empty()
    }

    /// Adds the counts of another part.
    pub fn add(&mut self, other: Coverage) {
        for (item, count) in other.items {
            *self.items.entry(item).or_default() += count;
        }
        for (operation, count) in other.succeeded {
            *self.succeeded.entry(operation).or_default() += count;
        }
        for (key, count) in other.undocumented {
            self.add_undocumented(key, count);
        }
        for (name, count) in other.outside {
            *bounded_entry(&mut self.outside, &name) += count;
        }
        for (key, mismatch) in other.mismatches {
            self.add_mismatch(key, mismatch.count, || mismatch.example);
        }
    }

    /// Beyond the bound, those of an operation are one.
    pub(crate) fn add_undocumented(&mut self, (operation, status): (u32, u16), count: u64) {
        let key = (operation, status);
        let is_full =
            self.undocumented.len() >= MAX_STATUSES && !self.undocumented.contains_key(&key);
        let key = if is_full { (u32::MAX, 0) } else { key };
        *self.undocumented.entry(key).or_default() += count;
    }

    pub(crate) fn add_mismatch(
        &mut self,
        key: MismatchKey,
        count: u64,
        example: impl FnOnce() -> String,
    ) {
        let is_full = self.mismatches.len() >= MAX_WORDS && !self.mismatches.contains_key(&key);
        let key = match is_full {
            true => MismatchKey {
                operation: u32::MAX,
                status: 0,
                pointer: OTHER.to_owned(),
            },
            false => key,
        };
        let known = self.mismatches.entry(key).or_default();
        known.count += count;
        if known.example.is_empty() {
            known.example = example();
        }
    }
}
