//! The candidate for the next release: what the script folders held when they were read last.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::script::{Bundle, LoadedScripts};

/// The scripts that were offered last, as the folders are.
#[derive(Debug)]
pub struct Candidate {
    bundle: Arc<Bundle>,
    /// Whether they were rolled back: then they stay away until a script changes.
    is_rolled_back: bool,
}

impl Candidate {
    /// Those that a run begins with.
    pub fn begin(bundle: &Arc<Bundle>) -> Self {
        Self {
            bundle: Arc::clone(bundle),
            is_rolled_back: false,
        }
    }

    /// The folders are as they were offered, and nothing of that is rolled back.
    pub fn accept(&mut self, loaded: &LoadedScripts) {
        *self = Self::begin(&loaded.bundle);
    }

    /// They stay away.
    pub fn roll_back(&mut self) {
        self.is_rolled_back = true;
    }

    /// Whether they were rolled back.
    pub fn is_rolled_back(&self) -> bool {
        self.is_rolled_back
    }

    /// Whether what is offered now was rolled back before, and no command asks for it.
    pub fn keeps_away(&self, loaded: &LoadedScripts) -> bool {
        loaded.ticket.is_none() && self.is_rolled_back && same_scripts(&self.bundle, &loaded.bundle)
    }

    /// The types that use a file, by name; none of a file that is no script and no module.
    pub fn types_of(&self, file: &str) -> Option<BTreeSet<&str>> {
        self.bundle.types_of(file)
    }
}

/// Whether two bundles have the same types, of the same text down to what they require.
fn same_scripts(one: &Bundle, other: &Bundle) -> bool {
    let closures = |bundle: &Bundle| -> Vec<_> {
        let names = bundle.types.keys();
        names
            .map(|name| (name.clone(), bundle.closure(name)))
            .collect()
    };
    closures(one) == closures(other)
}
