//! Who is asking, and may they: passwords, tokens, and the extractors that stand before the handlers.
//!
//! In: a password or an `Authorization` header. Out: an [`Identity`] or a refusal. It must never know what the
//! handlers behind it do.

pub mod guard;
pub mod jwt;
pub mod live;
pub mod password;
pub mod token;

pub use guard::{Admin, Bearer, Id, OwnerOrAdmin};
pub use token::{Identity, Tokens};
