//! What became of one file that was saved: the types that use it, whatever else changed at the same time.

use std::collections::BTreeMap;

use crate::engine::command::Done;
use crate::engine::run::state::Course;
use crate::metrics::TypeId;

/// A file that was saved, until the reader of the folders has spoken.
pub struct Edit {
    /// As messages name it: `scripts/active.lua`.
    file: String,
    /// The versions of all types before it was read.
    before: BTreeMap<TypeId, u32>,
}

impl Course {
    /// This file was saved.
    pub(crate) fn edit(&self, file: String) -> Edit {
        Edit {
            file,
            before: self.book.newest(),
        }
    }

    /// What its types play now, in words; none of a file that is no script and no module.
    pub(crate) fn became_of(&self, edit: &Edit) -> Option<Done> {
        let file = &edit.file;
        let types = self.book.types_of(file)?;
        if types.is_empty() {
            return Some(Done(format!(
                "{file} is saved; no type of this run uses it"
            )));
        }
        let now = self.book.newest();
        let moved: Vec<String> = types
            .iter()
            .filter(|kind| edit.before.get(kind) != now.get(kind))
            .map(|kind| {
                let name = self.book.name(*kind);
                match (edit.before.get(kind), now.get(kind)) {
                    (Some(old), Some(new)) => format!("{name} {old} -> {new}"),
                    (None, Some(_)) => format!("{name} joins"),
                    (_, None) => format!("{name} leaves"),
                }
            })
            .collect();
        if moved.is_empty() {
            let played = types.iter().filter_map(|kind| {
                let version = now.get(kind)?;
                Some(format!("{} {version}", self.book.name(*kind)))
            });
            let played: Vec<String> = played.collect();
            return Some(Done(format!(
                "{file} is what is played already: {}",
                played.join(", ")
            )));
        }
        let moved = moved.join(", ");
        Some(Done(match &self.book.trial {
            Some(trial) => format!("release {} is a canary: {moved}", trial.release),
            None => format!("release {}: {moved}", self.book.release()),
        }))
    }
}
