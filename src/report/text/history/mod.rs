//! Runs that were kept, as text: a list, one run, two side by side.
//!
//! In: records and comparisons of the history. Out: tables. It must never know where they are printed.

mod comparison;
mod list;
mod run;

pub use comparison::{change, comparison};
pub use list::list;
pub use run::run;
