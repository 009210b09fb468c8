//! What Lua scripts can call: one file for each Lua table. In: a fresh VM; out: its globals.

pub mod argument;
pub mod auth;
pub mod crypto;
pub mod data;
pub mod describe;
pub mod http;
pub mod json;
pub mod log;
pub mod metrics;
pub mod parallel;
pub mod random;
pub mod require;
pub mod think;
pub mod time;
pub mod vars;
pub mod whole;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::metrics::Declaration;
use crate::request::auth::scheme::Scheme;

use describe::{Function, Namespace, Object, Options};

/// The tables of functions.
pub const NAMESPACES: &[&Namespace] = &[
    &random::TABLE,
    &metrics::TABLE,
    &json::TABLE,
    &time::TABLE,
    &crypto::TABLE,
    &crypto::BASE64_TABLE,
    &crypto::BASE64URL_TABLE,
    &crypto::HEX_TABLE,
    &log::TABLE,
    &data::TABLE,
];

/// Functions that are no table's.
pub const GLOBALS: &[&Function] = &[
    &parallel::PARALLEL,
    &think::THINK,
    &log::PRINT,
    &crate::script::api::require::REQUIRE,
];

/// The objects that functions give to scripts.
pub const OBJECTS: &[&Object] = &[
    &metrics::COUNTER_OBJECT,
    &metrics::GAUGE_OBJECT,
    &metrics::HISTOGRAM_OBJECT,
    &data::FEED,
];

/// The tables that scripts write.
pub const OPTIONS: &[&Options] = &[&metrics::OPTIONS, &json::OPTIONS, &data::OPTIONS];

/// What the modules of one VM declared while they loaded.
#[derive(Default)]
pub struct Declared {
    /// How the target logs users in (`auth.setup`).
    pub scheme: RefCell<Option<Arc<Scheme>>>,
    /// Metrics of the scripts, in the order of their declaration.
    pub metrics: RefCell<Vec<Declaration>>,
    /// From `lib/mistakes.lua`: for which error rate the rates are meant, and the rates of deliberate mistakes by kind.
    pub mistakes: RefCell<Option<(f64, BTreeMap<String, f64>)>>,
    /// The data files that were read, by path and kind.
    pub files: RefCell<BTreeSet<(String, data::Kind)>>,
    /// Set when loading is over: declarations come too late from then on.
    pub closed: Cell<bool>,
}

impl Declared {
    /// The scheme, or an error that says where it should come from.
    ///
    /// # Errors
    /// When no module called `auth.setup`.
    pub fn scheme(&self, function: &str) -> mlua::Result<Arc<Scheme>> {
        self.scheme.borrow().clone().ok_or_else(|| {
            mlua::Error::runtime(format!(
                "{function}: no module has said how to log in; call auth.setup {{ login = {{ path = ..., fields = ..., token = ... }} }} in one"
            ))
        })
    }
}

/// The words of an error without mlua's own.
pub fn words(error: &mlua::Error) -> String {
    match error {
        mlua::Error::RuntimeError(text) => text.clone(),
        mlua::Error::CallbackError { cause, .. } => words(cause),
        other => other.to_string(),
    }
}
