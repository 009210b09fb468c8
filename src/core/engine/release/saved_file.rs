//! A file that was saved, and its outcome: the types that use it, and whatever else changed at the same time.

use std::collections::BTreeMap;

use super::releases::Releases;
use crate::metrics::TypeId;

/// A file that was saved, until the script folders have been read.
pub struct SavedFile {
    /// As messages name it: `scripts/active.lua`.
    file: String,
    /// The versions of all types before it was read.
    before: BTreeMap<TypeId, u32>,
}

impl SavedFile {
    /// This file was saved.
    pub fn new(file: String, releases: &Releases) -> Self {
        Self {
            file,
            before: releases.newest(),
        }
    }

    /// What its types use now, in words; none of a file that is neither a script nor a module.
    pub fn outcome(&self, releases: &Releases) -> Option<String> {
        let file = &self.file;
        let types = releases.types_of(file)?;
        if types.is_empty() {
            return Some(format!("{file} is saved; no type of this run uses it"));
        }
        let now = releases.newest();
        let moved: Vec<String> = types
            .iter()
            .filter(|kind| self.before.get(kind) != now.get(kind))
            .map(|kind| {
                let name = releases.name(*kind);
                match (self.before.get(kind), now.get(kind)) {
                    (Some(old), Some(new)) => format!("{name} {old} -> {new}"),
                    (None, Some(_)) => format!("{name} is added"),
                    (_, None) => format!("{name} is removed"),
                }
            })
            .collect();
        if moved.is_empty() {
            let played = types.iter().filter_map(|kind| {
                let version = now.get(kind)?;
                Some(format!("{} {version}", releases.name(*kind)))
            });
            let played: Vec<String> = played.collect();
            return Some(format!("{file} is already in use: {}", played.join(", ")));
        }
        let moved = moved.join(", ");
        Some(match releases.canary() {
            Some(canary) => format!("release {} is a canary: {moved}", canary.number),
            None => format!("release {}: {moved}", releases.release()),
        })
    }
}
