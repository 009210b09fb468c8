//! The rooms of throng that a request of a user goes through, and those that they use (`docs/architecture.md`). They are
//! compiled for speed, but for those that are crates of their own, in their folders, which are compiled for size; the static
//! program has the rooms of the crate above compiled for size, too.
//!
//! From the ground up; each may use those below it only: [`clock`], [`http`], [`ledger`], [`markup`], [`metrics`],
//! [`openapi`], [`pace`], [`random`], [`secrets`], [`session_trace`], [`spool`], [`text`]; [`plan`]; [`request`], [`view`];
//! [`script`]; [`engine`].

pub mod clock;
pub mod engine;
pub mod http;
pub mod metrics;
pub mod random;
pub mod request;
pub mod script;
pub mod secrets;
pub mod spool;
pub mod view;

pub use throng_ledger as ledger;
pub use throng_markup as markup;
pub use throng_openapi as openapi;
pub use throng_pace as pace;
pub use throng_plan as plan;
pub use throng_session_trace as session_trace;
pub use throng_text as text;
