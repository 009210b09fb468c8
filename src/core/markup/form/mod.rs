//! Forms: their controls, and what a browser would send of them (WHATWG HTML, 4.10.21).
//! In: a form of a document, and what is put into its fields. Out: method, URL, encoding and entries.
//! Never knows how requests are written, but for forms that are URL-encoded.

mod controls;
mod encode;
mod model;
mod submission;

pub use encode::urlencoded;
pub use model::{Encoding, Entry, EntryValue, File, Form, FormError, FormMethod};
pub use submission::{FieldValue, Submission};
