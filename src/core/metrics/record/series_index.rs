//! Fast lookup of series, with a bounded number of them.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::metrics::{MAX_METHODS, MAX_NAMES, OTHER, OperationRef, Protocol, Series, TypeId};

/// Finds the index of a series without allocating; new ones get the next index.
#[derive(Default)]
pub(crate) struct SeriesIndex {
    /// By type, then by verb: few of both, so a scan beats a hash; names are many.
    types: Vec<Vec<Verb>>,
    verbs: FxHashSet<Box<str>>,
    names: FxHashSet<Box<str>>,
    all: Vec<Series>,
}

/// The series of one verb of a protocol.
struct Verb {
    protocol: Protocol,
    verb: Box<str>,
    names: FxHashMap<Box<str>, u32>,
}

impl SeriesIndex {
    pub(crate) fn get(&self, index: u32) -> &Series {
        &self.all[index as usize]
    }

    pub(crate) fn all(&self) -> &[Series] {
        &self.all
    }

    pub(crate) fn find(&self, kind: TypeId, operation: OperationRef<'_>) -> Option<u32> {
        let verbs = self.types.get(usize::from(kind.0))?;
        let known = verbs.iter().find(|known| known.is_of(operation))?;
        known.names.get(operation.name).copied()
    }

    /// The index of a series that was not found.
    #[cold]
    pub(crate) fn add(&mut self, kind: TypeId, operation: OperationRef<'_>) -> u32 {
        let operation = OperationRef {
            protocol: operation.protocol,
            verb: bounded(&mut self.verbs, MAX_METHODS, operation.verb),
            name: bounded(&mut self.names, MAX_NAMES, operation.name),
        };
        let kind_at = usize::from(kind.0);
        if self.types.len() <= kind_at {
            self.types.resize_with(kind_at + 1, Vec::new);
        }
        let verbs = &mut self.types[kind_at];
        let known = verbs.iter().position(|known| known.is_of(operation));
        let at = known.unwrap_or_else(|| {
            verbs.push(Verb {
                protocol: operation.protocol,
                verb: operation.verb.into(),
                names: FxHashMap::default(),
            });
            verbs.len() - 1
        });
        if let Some(&index) = verbs[at].names.get(operation.name) {
            return index;
        }
        let index = self.all.len() as u32;
        verbs[at].names.insert(operation.name.into(), index);
        self.all.push(Series {
            kind,
            operation: operation.into(),
        });
        index
    }
}

impl Verb {
    fn is_of(&self, operation: OperationRef<'_>) -> bool {
        self.protocol == operation.protocol && *self.verb == *operation.verb
    }
}

/// The word itself if there is room for it among `known`, else [`OTHER`].
pub(crate) fn bounded<'a>(known: &mut FxHashSet<Box<str>>, room: usize, word: &'a str) -> &'a str {
    if known.contains(word) {
        word
    } else if known.len() < room {
        known.insert(word.into());
        word
    } else {
        OTHER
    }
}
