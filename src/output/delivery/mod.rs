//! Delivers messages over HTTP, in their order, each until it is taken or refused.
//!
//! In: messages of one output. Out: requests, and how they fared. It must never know what a message says.

mod queue;
mod sender;

pub use queue::{Message, Queue};
pub use sender::{Answer, Sender, answer_of_status};
