//! OpenAPI documents: what an API offers, and which of it a request is.
//!
//! In: the text of a document, JSON or YAML, OpenAPI 3.0 or 3.1. Out: its operations with their parameters, bodies,
//! answers and schemas; the operation of a request, and whether an answer follows its schema.
//! It must never know: disks, sockets, Lua, who asks.
//!
//! Documents may be broken or hostile: what is read is bounded, a document that leads back to itself ends, and nothing of
//! it is looked up elsewhere.

mod contract;
mod document;
mod fault;
mod items;
mod limits;
mod locate;
mod media_type;
mod operations;
mod parse;
mod pointer;
mod references;
mod router;
mod scalar;
mod schemas;
mod servers;
mod source;
mod validators;
mod yaml;

pub use contract::{Contract, Exchange, Mismatch, Observation};
pub use document::{
    Content, Document, Location, Operation, Parameter, RequestBody, Response, SecurityScheme,
    StatusPattern,
};
pub use fault::{Fault, Faults, Position};
pub use items::{ItemKind, OperationItems};
pub use limits::{MAX_DOCUMENT_BYTES, MAX_OPERATIONS};
pub use media_type::is_json;
pub use validators::follows;
