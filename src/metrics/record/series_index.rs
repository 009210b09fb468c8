//! How series are found fast and kept few.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::metrics::{MAX_METHODS, MAX_NAMES, OTHER, Series, TypeId};

/// Finds the index of a series without allocating; new ones get the next index.
#[derive(Default)]
pub(crate) struct SeriesIndex {
    /// By type, then by method: few of both, so a scan beats a hash; names are many.
    types: Vec<Vec<Method>>,
    methods: FxHashSet<Box<str>>,
    names: FxHashSet<Box<str>>,
    all: Vec<Series>,
}

struct Method {
    method: Box<str>,
    names: FxHashMap<Box<str>, u32>,
}

impl SeriesIndex {
    pub(crate) fn get(&self, index: u32) -> &Series {
        &self.all[index as usize]
    }

    pub(crate) fn all(&self) -> &[Series] {
        &self.all
    }

    pub(crate) fn find(&self, kind: TypeId, method: &str, name: &str) -> Option<u32> {
        let methods = self.types.get(usize::from(kind.0))?;
        let known = methods.iter().find(|known| &*known.method == method)?;
        known.names.get(name).copied()
    }

    /// The index of a series that was not found by these words.
    #[cold]
    pub(crate) fn add(&mut self, kind: TypeId, method: &str, name: &str) -> u32 {
        let method = bounded(&mut self.methods, MAX_METHODS, method);
        let name = bounded(&mut self.names, MAX_NAMES, name);
        let kind_at = usize::from(kind.0);
        if self.types.len() <= kind_at {
            self.types.resize_with(kind_at + 1, Vec::new);
        }
        let methods = &mut self.types[kind_at];
        let at = methods
            .iter()
            .position(|known| &*known.method == method)
            .unwrap_or_else(|| {
                methods.push(Method {
                    method: method.into(),
                    names: FxHashMap::default(),
                });
                methods.len() - 1
            });
        if let Some(&index) = methods[at].names.get(name) {
            return index;
        }
        let index = self.all.len() as u32;
        methods[at].names.insert(name.into(), index);
        self.all.push(Series {
            kind,
            method: method.into(),
            name: name.into(),
        });
        index
    }
}

/// The word itself while there is room for it among `known`, else [`OTHER`].
fn bounded<'a>(known: &mut FxHashSet<Box<str>>, room: usize, word: &'a str) -> &'a str {
    if known.contains(word) {
        word
    } else if known.len() < room {
        known.insert(word.into());
        word
    } else {
        OTHER
    }
}
