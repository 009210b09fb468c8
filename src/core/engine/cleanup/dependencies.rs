//! Entries that cannot be deleted yet: another entry that is still there depends on them, and could not be deleted
//! without them.

use std::cell::RefCell;
use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::ledger::Entry;

/// Kind and id of each entry that is needed, and the kind of what needs it.
#[derive(Debug, Default)]
pub struct Dependencies(RefCell<BTreeMap<(String, String), String>>);

impl Dependencies {
    /// This could not be deleted, and can be later: all that its path and its body name must outlive it.
    pub fn by(&self, entry: &Entry) {
        let mut ids: Vec<String> = entry.params.values().cloned().collect();
        if let Some(body) = &entry.delete.body {
            values(body, &mut ids);
        }
        let mut dependencies = self.0.borrow_mut();
        for kind in &entry.needs {
            for id in &ids {
                dependencies.insert((kind.clone(), id.clone()), entry.kind.clone());
            }
        }
    }

    /// The kind of what needs this thing and is still there; none: nothing does.
    pub fn who_needs(&self, entry: &Entry) -> Option<String> {
        let dependencies = self.0.borrow();
        if dependencies.is_empty() {
            return None;
        }
        let id = entry.params.get("id")?;
        dependencies.get(&(entry.kind.clone(), id.clone())).cloned()
    }
}

/// Every text and number in a body.
fn values(body: &Json, found: &mut Vec<String>) {
    match body {
        Json::String(text) => found.push(text.clone()),
        Json::Number(number) => found.push(number.to_string()),
        Json::Array(items) => items.iter().for_each(|item| values(item, found)),
        Json::Object(fields) => fields.values().for_each(|field| values(field, found)),
        Json::Null | Json::Bool(_) => {}
    }
}
