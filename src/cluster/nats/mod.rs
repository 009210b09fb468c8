//! NATS as this room uses it.
//!
//! In: a server, bytes. Out: a connection whose refusals are said at once, buckets that any server from 2.9 on has, objects by
//! their digest, messages in their order. It must never know what the bytes are.

mod connect;
mod latest;
mod objects;
mod stores;
mod stream;

pub use connect::{Credentials, Nats, Server};
pub use latest::{Latest, latest};
pub use objects::Objects;
pub use stores::{KEPT, Stores};
pub use stream::{Ordered, Publisher};
