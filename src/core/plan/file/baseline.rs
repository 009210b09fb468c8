use std::collections::HashMap;
use std::sync::Arc;

use super::{Entry, FileFault, Keys, LIVE_SHAPES, Place, PlanFile};
use crate::plan::{Fault, Setting};

/// What a run began with: other keys than those of live settings stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    /// What may stand in the file.
    pub keys: Keys,
    /// What stood in it when the run began; none: it has not begun.
    pub began: Option<Vec<Entry>>,
}

impl Baseline {
    /// The same once a run has begun with this file.
    #[must_use]
    pub fn begun(self, file: &PlanFile) -> Self {
        Self {
            began: Some(file.entries.clone()),
            ..self
        }
    }

    /// What the file, by this name in messages, says that the run cannot follow.
    pub fn faults(&self, name: &str, now: &PlanFile) -> Vec<FileFault> {
        let Some(began) = &self.began else {
            return Vec::new();
        };
        let by_key = keys_of(began);
        let now_by_key = keys_of(&now.entries);
        let before = |key: &str| by_key.get(key).copied();
        let changed = now.entries.iter().filter(|entry| {
            let before = before(&entry.key);
            changes(before, entry)
        });
        let mut faults: Vec<FileFault> = changed
            .filter_map(|entry| fault(entry, before(&entry.key)))
            .collect();
        let top = Place {
            file: Arc::from(name),
            line: 1,
            column: 1,
        };
        let gone = began
            .iter()
            .filter(|entry| !is_live(&entry.key) && !now_by_key.contains_key(entry.key.as_str()));
        faults.extend(gone.map(|entry| refused(top.clone(), &entry.key, Some(entry))));
        faults.extend(stages_beside_others(before("stage"), now));
        faults
    }

    /// The keys of the file that the run cannot do without, now that the file is not there.
    pub fn missed(&self) -> Vec<&str> {
        let began = self.began.iter().flatten();
        let keys = began.map(|entry| entry.key.as_str());
        keys.filter(|key| !is_live(key)).collect()
    }
}

/// What stages say too: how many users there are, and when the run ends. A file cannot begin with both.
const BESIDE_STAGES: [&str; 5] = ["users", "ramp", "sessions", "duration", "continuous"];

/// Stages that are new in the file beside what they exclude.
fn stages_beside_others(before: Option<&Entry>, now: &PlanFile) -> Option<FileFault> {
    let stages = now.entry("stage").filter(|_| before.is_none())?;
    let is_said = |entry: &Entry| entry.key != "continuous" || entry.text() == "true";
    let mut others = BESIDE_STAGES.iter().filter_map(|key| now.entry(key));
    let other = others.find(|entry| is_said(entry))?;
    let fault = Fault::new(
        format!("stage with {}", other.key),
        "the stages say how many users there are and when the run ends, so no run can begin \
         with both",
        format!(
            "take the stages out again, or set them with throng ctl set stages={}",
            stages.text()
        ),
    );
    Some(FileFault {
        place: stages.place.clone(),
        fault,
    })
}

fn keys_of(entries: &[Entry]) -> HashMap<&str, &Entry> {
    let entries = entries.iter();
    entries.map(|entry| (entry.key.as_str(), entry)).collect()
}

/// Whether a key may change during a run.
fn is_live(key: &str) -> bool {
    Setting::named(key).is_some() || key.starts_with("types.") && key.ends_with(".weight")
}

/// Whether what the run cannot follow has changed.
fn changes(before: Option<&Entry>, now: &Entry) -> bool {
    if Setting::named(&now.key) == Some(Setting::Canary) {
        let time = |entry: &Entry| Some(entry.items.first()?.text.split_once('/')?.1.to_owned());
        let said = time(now);
        return said.is_some() && said != before.and_then(time);
    }
    let texts = |entry: &Entry| -> Vec<String> {
        let items = entry.items.iter();
        items.map(|item| item.text.clone()).collect()
    };
    !is_live(&now.key) && before.map(texts) != Some(texts(now))
}

/// Why the run cannot follow an entry; none where its shape may change.
fn fault(entry: &Entry, before: Option<&Entry>) -> Option<FileFault> {
    let place = entry.place.clone();
    let shape = LIVE_SHAPES.iter().find(|(key, _)| *key == entry.key);
    let Some((key, shape)) = shape else {
        return Some(refused(place, &entry.key, before));
    };
    let text = entry.text();
    let why = shape.check(&text).err()?;
    let fault = Fault::new(format!("{key} {text}"), why.cause, why.remedy);
    Some(FileFault { place, fault })
}

fn refused(place: Place, key: &str, before: Option<&Entry>) -> FileFault {
    let was = match before {
        Some(_) => "write again what it began with",
        None => "take it out again",
    };
    let what = if is_live(key) {
        format!("the time of {key}")
    } else {
        key.to_owned()
    };
    let fault = Fault::new(
        what,
        "cannot change during a run",
        format!("restart the run for it, or {was}"),
    );
    FileFault { place, fault }
}
