//! (to be written)

pub mod contract;
pub mod globals;
pub mod instance;
