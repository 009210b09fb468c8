//! What is known of a value without running the script.

use crate::script::api::NAMESPACES;
use crate::script::api::signature::{Function, Namespace, Object};
use crate::script::reference::{objects, type_names};

/// A local, by its number in the file.
pub(super) type Id = usize;

/// What an expression is known to be.
#[derive(Debug, Clone, Copy, Default)]
pub(super) enum Known {
    /// Anything.
    #[default]
    Nothing,
    /// A table of the API.
    Namespace(&'static Namespace),
    /// A function of the API.
    Function(&'static Function),
    /// A method of an object, not yet called.
    Method(&'static Function),
    /// A table of Lua's library.
    LuaTable(&'static str),
    /// A function of Lua's library.
    LuaFunction,
    /// An object of the API, and the local that holds it.
    Object(&'static Object, Option<Id>),
    /// A list or a table by name, of these.
    Elements(&'static Object),
    /// A function of the script, by its number in the file.
    Body(usize),
}

/// The table of the API with this name.
pub(super) fn namespace(name: &str) -> Option<&'static Namespace> {
    NAMESPACES.iter().copied().find(|table| table.name == name)
}

/// The object of this type.
pub(super) fn object(kind: &str) -> Option<&'static Object> {
    objects().find(|object| object.kind == kind)
}

/// What a function of the API gives first.
pub(super) fn result(function: &Function) -> Known {
    let Some(first) = function.returns.first() else {
        return Known::Nothing;
    };
    of_kind(first.kind)
}

/// What a value of this type is.
pub(super) fn of_kind(kind: &str) -> Known {
    let kind = kind.trim_end_matches('?');
    let found = |kind: &str| {
        let is_name = type_names(kind).next() == Some(kind);
        is_name.then(|| object(kind)).flatten()
    };
    if let Some(object) = found(kind) {
        return Known::Object(object, None);
    }
    let by_name = kind.strip_prefix("table<string, ");
    let element = kind
        .strip_suffix("[]")
        .or_else(|| by_name?.strip_suffix('>'));
    element
        .and_then(found)
        .map_or(Known::Nothing, Known::Elements)
}
