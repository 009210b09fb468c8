//! Counts by type and a name that a script gave, found without an allocation once the name is known.

use rustc_hash::{FxHashMap, FxHashSet};

use super::redaction::{Redaction, redacted};
use crate::metrics::{MAX_STEP_NAMES, OTHER, TypeId};

/// The names that are counted separately, of steps and journeys together.
#[derive(Default)]
pub(crate) struct StepNames(FxHashSet<Box<str>>);

impl StepNames {
    /// The name itself if there is room for it, else [`OTHER`].
    fn bounded<'a>(&mut self, name: &'a str) -> &'a str {
        if self.0.contains(name) {
            return name;
        }
        if self.0.len() >= MAX_STEP_NAMES {
            return OTHER;
        }
        self.0.insert(name.into());
        name
    }
}

/// Counts since the last batch.
#[derive(Default)]
pub(crate) struct NamedCounts<T> {
    /// By type: the place of a name in `slots`.
    types: Vec<FxHashMap<Box<str>, usize>>,
    slots: Vec<Slot<T>>,
    touched: Vec<usize>,
}

struct Slot<T> {
    kind: TypeId,
    name: Box<str>,
    counts: Option<T>,
}

impl<T: Default> NamedCounts<T> {
    /// The counts of a name, to be added to.
    pub(crate) fn of(
        &mut self,
        kind: TypeId,
        name: &str,
        names: &mut StepNames,
        redaction: Option<&Redaction>,
    ) -> &mut T {
        let known = self.types.get(usize::from(kind.0));
        let at = match known.and_then(|known| known.get(name)) {
            Some(at) => *at,
            None => self.meet(kind, names.bounded(&redacted(redaction, name))),
        };
        let slot = &mut self.slots[at];
        if slot.counts.is_none() {
            self.touched.push(at);
        }
        slot.counts.get_or_insert_with(T::default)
    }

    /// The place of a name that is counted separately or stands for the others. What was redacted or is beyond the bound
    /// comes here each time.
    #[cold]
    fn meet(&mut self, kind: TypeId, name: &str) -> usize {
        let at = usize::from(kind.0);
        if self.types.len() <= at {
            self.types.resize_with(at + 1, FxHashMap::default);
        }
        let known = &mut self.types[at];
        if let Some(at) = known.get(name) {
            return *at;
        }
        known.insert(name.into(), self.slots.len());
        self.slots.push(Slot {
            kind,
            name: name.into(),
            counts: None,
        });
        self.slots.len() - 1
    }

    /// Takes what was counted since the last call.
    pub(crate) fn take(&mut self) -> impl Iterator<Item = ((TypeId, String), T)> {
        let slots = &mut self.slots;
        self.touched.drain(..).filter_map(|at| {
            let slot = &mut slots[at];
            Some(((slot.kind, slot.name.to_string()), slot.counts.take()?))
        })
    }
}
