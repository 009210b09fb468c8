//! A form, and what is said of it.

use crate::markup::document::{Document, Node};

/// How a form is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormMethod {
    Get,
    Post,
}

/// How the body of a form is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Urlencoded,
    Multipart,
    Plain,
}

/// A file that a form sends.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct File {
    pub name: Vec<u8>,
    /// Its media type; none: `application/octet-stream`.
    pub kind: Option<Vec<u8>>,
    pub content: Vec<u8>,
}

/// A name and value as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub name: String,
    pub value: EntryValue,
}

/// A value of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryValue {
    Text(Vec<u8>),
    File(File),
}

/// Why a form cannot be sent.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum FormError {
    #[error("the element is <{0}>, not <form>")]
    NoForm(String),
    #[error("its method is dialog, which sends nothing")]
    Dialog,
    #[error("its action \"{0}\" is not a URL of http or https")]
    Action(String),
}

/// A form of a document.
pub struct Form<'d> {
    pub(super) document: &'d Document,
    pub(super) node: Node,
}

impl<'d> Form<'d> {
    /// The form that an element is.
    ///
    /// # Errors
    /// When it is another element.
    pub fn of(document: &'d Document, node: Node) -> Result<Self, FormError> {
        match document.name(node) {
            Some("form") => Ok(Self { document, node }),
            other => Err(FormError::NoForm(other.unwrap_or("html").to_owned())),
        }
    }
}
