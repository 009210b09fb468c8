//! Declarations of the modules of a VM: what they set up while they load.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::metrics::Declaration;
use crate::request::auth::scheme::Scheme;
use crate::script::feed::Kind;

/// What the modules of one VM declared while they loaded.
#[derive(Default)]
pub struct ModuleDeclarations {
    /// How the target logs users in (`auth.setup`).
    pub scheme: RefCell<Option<Arc<Scheme>>>,
    /// Metrics of the scripts, in the order of their declaration.
    pub metrics: RefCell<Vec<Declaration>>,
    /// From `lib/mistakes.lua`: for which error rate the rates are meant, and the rates of deliberate mistakes by kind.
    pub mistakes: RefCell<Option<(f64, BTreeMap<String, f64>)>>,
    /// The data files that were read, by path and kind.
    pub files: RefCell<BTreeSet<(String, Kind)>>,
    /// Set when loading is over: declarations come too late from then on.
    pub closed: Cell<bool>,
}

impl ModuleDeclarations {
    /// The scheme, or an error that says where it should come from.
    ///
    /// # Errors
    /// When no module called `auth.setup`.
    pub fn scheme(&self, function: &str) -> mlua::Result<Arc<Scheme>> {
        self.scheme.borrow().clone().ok_or_else(|| {
            mlua::Error::runtime(format!(
                "{function}: no module has said how to log in; call auth.setup {{ login = {{ path \
                 = ..., fields = ..., token = ... }} }} in one"
            ))
        })
    }
}
