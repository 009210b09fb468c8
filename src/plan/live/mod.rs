//! Settings that may be changed while a run goes on.
//!
//! In: values as people and programs write them. Out: a [`Change`], of which every value can be, and the
//! [`LiveSettings`] that it makes of those before. What a setting is called, what it is counted in and what its bounds are
//! stands in one table; only the run knows which types there are, and whether anybody would be left.

mod change;
mod setting;
mod store;
mod value;

pub use change::{Change, keys};
pub use setting::{MAX_USERS, Setting};
pub use store::LiveSettings;
pub use value::{Invalid, Scalar};
