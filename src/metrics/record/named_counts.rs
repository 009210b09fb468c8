//! Counts by type and a name that a script gave, found without an allocation once the name is known.

use rustc_hash::{FxHashMap, FxHashSet};

use super::redaction::{Redaction, redacted};
use super::series_index::bounded;
use crate::metrics::{MAX_STEP_NAMES, TypeId};

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
    /// The counts of a name, to be added to; `names` are those that are counted separately, here and elsewhere.
    pub(crate) fn of(
        &mut self,
        kind: TypeId,
        name: &str,
        names: &mut FxHashSet<Box<str>>,
        redaction: Option<&Redaction>,
    ) -> &mut T {
        let known = self.types.get(usize::from(kind.0));
        let at = match known.and_then(|known| known.get(name)) {
            Some(at) => *at,
            None => {
                let name = redacted(redaction, name);
                self.meet(kind, bounded(names, MAX_STEP_NAMES, &name))
            }
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
