//! Signatures of what scripts can call, as data: each function is registered with its description, and in no other way.
//!
//! In: descriptions, and the Rust functions behind them. Out: tables and methods for a VM; the descriptions, from which
//! types for editors, documents and `throng api` are made. It never knows what a function does.

mod description;
mod option_values;
mod registration;

pub use description::{
    FIRST_VERSION, Field, Function, Namespace, Object, Options, Returned, UNITLESS, optional,
    required, returned,
};
pub use registration::{Registration, function, method, waiting, waiting_method};

#[cfg(test)]
mod tests;
