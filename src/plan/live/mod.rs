//! Settings that may be changed during a run.
//!
//! In: values as people and programs write them. Out: a [`Change`], of which every value can be, and the
//! [`LiveSettings`] that it makes of those before; the names, units and bounds of all stand in one table.
//! It must never know where a value was written, which types there are, or whether anybody would be left.

mod change;
mod setting;
mod store;
mod value;

pub use change::{Change, keys};
pub use setting::{MAX_USERS, Setting};
pub use store::LiveSettings;
pub use value::{Invalid, Scalar};
