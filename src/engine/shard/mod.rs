//! TODO: what comes in, what goes out, what it must never know.

pub mod health;
pub mod limits;
pub mod migrate;
pub mod session;
pub mod session_quota;
pub mod state;
pub mod thread;
pub mod user;
pub mod vm_pool;
