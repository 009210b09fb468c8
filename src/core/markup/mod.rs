//! HTML and XML as trees.
//!
//! In: the text of a document, and what it may cost. Out: its elements by CSS selectors, their texts and attributes,
//! links, forms and what a browser would send of them, and the assets that it would load.
//! It must never know: who asks, Lua, requests.
//!
//! Documents come from a target, so they may be broken or hostile: a parser never panics, and stops where the tree is
//! too deep, too large, or where its caller says that it took too long.

// So that the paths are those of the crates above.
use crate as markup;

mod assets;
mod document;
mod form;
mod html;
mod links;
mod selector;
mod sink;
mod text;
mod xml;

pub use assets::{Asset, AssetKind, Assets};
pub use document::{Document, Node};
pub use form::{
    Encoding, Entry, EntryValue, FieldValue, File, Form, FormError, FormMethod, Submission,
    urlencoded,
};
pub use selector::{Selector, SelectorError};

/// How deeply elements may nest: what browsers build.
pub const MAX_DEPTH: usize = 512;

/// Why there is no tree of a document.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ParseError<E> {
    /// The tree would be deeper than [`MAX_DEPTH`].
    #[error("its elements are nested more than {MAX_DEPTH} deep")]
    TooDeep,
    /// The tree would take more memory than the caller allows.
    #[error("its tree takes more memory than is left")]
    TooLarge,
    /// It is not well-formed XML: what, and at which byte.
    #[error("{0}")]
    Syntax(String),
    /// The caller said that it took too long.
    #[error("it takes too long")]
    Stopped(E),
}
