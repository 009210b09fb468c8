//! Circuit breakers, for each host and endpoint.
//!
//! In: how requests ended. Out: whether the next one may go, and what the run and its threads say to each other of it
//! ([`messages`]): each thread counts and holds back ([`local`]), one [`coordinator`] decides for the whole run. Must never
//! know: what a request is, who sends it, how messages travel.

pub mod coordinator;
mod local;
mod messages;

pub use local::{Breakers, Crossed};
pub use messages::{Ending, News, Shut, Signal};
