//! The rooms of throng that a request of a user goes through, and those that they use (`docs/architecture.md`). They are
//! always compiled for speed; the static program has all other rooms, those of the crate above, compiled for size.
//!
//! From the ground up; each may use those below it only: [`clock`], [`http`], [`ledger`], [`markup`], [`metrics`],
//! [`openapi`], [`pace`], [`random`], [`secrets`], [`session_trace`], [`spool`], [`text`]; [`plan`]; [`request`], [`view`];
//! [`script`]; [`engine`].

pub mod clock;
pub mod engine;
pub mod http;
pub mod ledger;
pub mod markup;
pub mod metrics;
pub mod openapi;
pub mod pace;
pub mod plan;
pub mod random;
pub mod request;
pub mod script;
pub mod secrets;
pub mod session_trace;
pub mod spool;
pub mod text;
pub mod view;
