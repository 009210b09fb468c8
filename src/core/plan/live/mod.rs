//! Settings that may be changed during a run.
//!
//! In: values as people and programs write them. Out: a [`Change`] with valid values, and the
//! [`LiveSettings`] after it; names, units and bounds of all settings are in one table.
//! It must never know where a value was written, which types there are, or whether any users would be left.

mod change;
mod layers;
mod overlay;
mod planned;
mod setting;
mod shape_key;
mod store;
mod value;

pub use change::{Change, keys};
pub use overlay::{HeldUsers, Overlay};
pub use setting::Setting;
pub use shape_key::{NO_CURVE, ShapeKey};
pub use store::LiveSettings;
pub use value::{Invalid, MAX_USERS, Scalar};
