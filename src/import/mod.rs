//! Imports: recordings, logs and descriptions of APIs become behaviours and a plan.
//!
//! In: what a file says, in a format such as HAR. Out: an [`Import`], which is data, and of that files: Lua scripts and
//! a plan, with a comment wherever the import guessed. Must never know disks, sockets, clocks of the machine, the engine;
//! nothing that a file says becomes code: it is written as a literal, a comment, or a name made of safe letters only.

use crate as import;
use throng_project as project;
use throng_text as text;

pub mod behaviour;
mod correlate;
mod exchange;
mod har;
mod import_error;
mod log;
mod login;
pub mod lua;
pub mod name;
mod openapi;
pub mod pause;
mod postman;
mod replay;
pub mod request;
pub mod source;
pub mod value;
mod wanted;

pub use behaviour::{Auth, Behaviour, Import, LoginCall, Note, Step};
pub use import_error::ImportError;
pub use log::fields::LOG_FIELDS;
pub use log::line::Shape;
pub use log::records;
pub use name::Name;
pub use pause::Pause;
pub use replay::{Replay, replay};
pub use request::{Action, Body, Extraction, Part, Place, Request};
pub use source::{Format, HEAD, read};
pub use value::Value;
pub use wanted::{LogOptions, Wanted};
