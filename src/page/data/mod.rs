//! The data of a run that the page shows, as JSON.
//!
//! In: views, and the history of a run. Out: [`now`], the run at a moment; [`history`], the points of its charts; [`Run`] and
//! [`Versions`], those parts of it that the control API answers with.
//! Must never know: who reads it, secrets: what leaves the process is masked there.

mod coverage;
pub mod failures;
pub mod history;
pub mod now;
mod run;
mod versions;

pub use failures::Failures;
pub use history::Point;
pub use run::{Arrivals, Percentiles, Rates, Run, Users, UsersOfType, Workers};
pub use versions::{OfType, Version, Versions};
