//! The Lua side. In: script folders and a user's context; out: calls of a behaviour and what they did.
//!
//! In reading order: [`bundle`] is one state of the folders, [`modules`] is `require`, [`check`] looks at everything
//! before it runs; [`loader`] reads the folders, again whenever they change, and offers what it finds ([`offer`]);
//! [`vm`] holds a behaviour with the globals of [`globals`] inside [`sandbox`] and [`budget`], which share a shard's time
//! by [`turns`]; [`natives`] are the guarded functions of Lua's library, [`view`] the tables that nobody can write to; [`actor`] is a user in it, [`context`] how API functions find their user, [`limits`] what holds its
//! requests back; [`api`] has a file for each Lua table.
//!
//! Never knows shards or stages.

mod actor;
pub mod api;
mod behaviour;
mod budget;
mod bundle;
mod catch;
mod check;
mod clock;
mod context;
mod crowd;
mod dials;
#[doc(hidden)]
pub mod door;
pub mod draw;
mod fault;
mod feeds;
mod globals;
mod halt;
pub mod limits;
pub mod loader;
mod modules;
mod moving;
mod natives;
mod offer;
pub mod pattern;
mod print;
mod sandbox;
pub mod secrets;
mod state;
mod tell;
mod turns;
mod view;
mod vm;
mod world;

pub use actor::{Actor, CallEnd};
pub use behaviour::{Step, Steps};
pub use bundle::{Bundle, Place};
pub use check::{Checked, Sheet, bundle as check, whole as check_whole};
pub use clock::Clock;
pub use context::{Context, User};
pub use crowd::CrowdScript;
pub use dials::Dials;
pub use draw::{Purpose, Stream};
pub use fault::Fault;
pub use halt::Halt;
pub use loader::{Asker, Loader, LoaderError, LoaderSettings, Patience, Places};
pub use moving::Moved;
pub use offer::{Ask, Fresh, Offer, STARVED};
pub use print::Print;
pub use vm::{USERS_PER_VM, Vm};
pub use world::{Tell, Terms, World};
