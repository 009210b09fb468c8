//! (to be written)

pub mod cursor;
pub mod leases;
pub mod library;
pub mod rows;
