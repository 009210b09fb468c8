//! The script of a type, loaded into a VM that is ready for users.
//! In: a bundle, the name of a type, the run's settings. Out: a VM and the contract that the script keeps, or every fault.
//! Never knows users, sessions, or when a bundle is loaded.

pub mod comebacks;
pub mod contract;
pub mod contract_signature;
pub mod globals;
pub mod instance;
pub mod memory;
pub mod next_shares;
pub mod next_steps;
pub mod resources;
pub mod session_headers;
pub mod step_names;
pub mod values;
