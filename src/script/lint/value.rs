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
    let kind = first.kind.trim_end_matches('?');
    let is_name = type_names(kind).next() == Some(kind);
    let object = if is_name { object(kind) } else { None };
    object.map_or(Known::Nothing, |object| Known::Object(object, None))
}
