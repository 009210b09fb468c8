//! Counts by type and a name that a script gave, found without an allocation once the name is known.

use rustc_hash::{FxHashMap, FxHashSet};

use super::redaction::{Redaction, redacted};
use super::series_index::bounded;
use crate::metrics::{MAX_STEP_NAMES, TypeId};

/// Counts since the last batch.
#[derive(Default)]
pub(crate) struct NamedCounts<T> {
    /// By type: the place of a name in `slots`.
    types: Vec<FxHashMap<Box<str>, u32>>,
    slots: Vec<Slot<T>>,
    touched: Vec<u32>,
}

struct Slot<T> {
    kind: TypeId,
    name: Box<str>,
    counts: Option<T>,
}

impl<T: Default> NamedCounts<T> {
    /// The place of the counts of a name, which stays; `names` are those that are counted separately, here and elsewhere.
    pub(crate) fn place(
        &mut self,
        kind: TypeId,
        name: &str,
        names: &mut FxHashSet<Box<str>>,
        redaction: Option<&Redaction>,
    ) -> u32 {
        let known = self.types.get(usize::from(kind.0));
        match known.and_then(|known| known.get(name)) {
            Some(place) => *place,
            None => {
                let name = redacted(redaction, name);
                self.meet(kind, bounded(names, MAX_STEP_NAMES, &name))
            }
        }
    }

    /// The counts at a place that was given here, to be added to.
    pub(crate) fn at(&mut self, place: u32) -> &mut T {
        let slot = &mut self.slots[place as usize];
        if slot.counts.is_none() {
            self.touched.push(place);
        }
        slot.counts.get_or_insert_with(T::default)
    }

    /// The place of a name that is counted separately or stands for the others. What was redacted or is beyond the bound
    /// comes here each time.
    #[cold]
    fn meet(&mut self, kind: TypeId, name: &str) -> u32 {
        let at = usize::from(kind.0);
        if self.types.len() <= at {
            self.types.resize_with(at + 1, FxHashMap::default);
        }
        let known = &mut self.types[at];
        if let Some(place) = known.get(name) {
            return *place;
        }
        // At most `MAX_STEP_NAMES` and one more for each type.
        let place = self.slots.len() as u32;
        known.insert(name.into(), place);
        self.slots.push(Slot {
            kind,
            name: name.into(),
            counts: None,
        });
        place
    }

    /// Takes what was counted since the last call.
    pub(crate) fn take(&mut self) -> impl Iterator<Item = ((TypeId, String), T)> {
        let slots = &mut self.slots;
        self.touched.drain(..).filter_map(|place| {
            let slot = &mut slots[place as usize];
            Some(((slot.kind, slot.name.to_string()), slot.counts.take()?))
        })
    }
}
