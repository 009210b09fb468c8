//! The Lua side. In: script folders and a user's context; out: calls of a behaviour and what they did.
//!
//! In reading order: [`bundle`] is one state of the folders, [`modules`] is `require`, [`check`] looks at everything
//! before it runs; [`loader`] reads the folders, again whenever they change, and offers what it finds ([`offer`]);
//! [`vm`] holds a behaviour with the globals of [`globals`] inside [`sandbox`] and [`budget`], which share a shard's time
//! by [`turns`]; [`natives`] are the guarded functions of Lua's library, [`view`] the tables that nobody can write to; [`actor`] is a user in it, [`context`] how API functions find their user, [`limits`] what holds its
//! requests back; [`api`] has a file for each Lua table.
//!
//! Never knows shards or stages.

pub mod api;
mod diagnostic;
mod feed;
#[doc(hidden)]
pub mod fuzz_api;
mod live_settings;
mod load;
pub mod pattern;
mod session;
mod shard_context;
mod source;
mod user;
pub mod validate;
mod vm;
mod watch;

pub use diagnostic::Diagnostic;
pub use live_settings::Dials;
pub use load::contract::{Step, Steps};
pub use load::instance::{USERS_PER_VM, Vm};
pub use session::actor::{Actor, CallEnd};
pub use session::migrate_state::Moved;
pub use session::setup::SetupScript;
pub use shard_context::{ShardContext, Terms};
pub use source::bundle::{Bundle, Place};
pub use source::fingerprint::Fingerprint;
pub use user::context::{Context, User};
pub use validate::{Checked, Sheet, bundle as check, whole as check_whole};
pub use watch::loader::{Asker, Loader, LoaderError, LoaderSettings, Patience, Places};
pub use watch::reload_event::{Ask, Fresh, ReloadEvent, STARVED};
