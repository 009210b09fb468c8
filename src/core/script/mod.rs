//! The Lua side: from script folders to what their users do.
//!
//! In: script folders, and the settings of a run. Out: bundles, and calls of a type's script for its users.
//! Never knows the plan of a run, other shards, or what the numbers look like.
//!
//! From the top: [`watch`] tells of each change of the folders; [`validate`] looks at a whole bundle before it runs;
//! [`session`] calls a script for its users; [`load`] puts a type's script into a VM with all that [`api`] has; [`vm`]
//! is that VM, with its limits; [`user`] is who calls; [`source`] reads the folders, and [`feed`] their data files.

pub mod api;
mod budgets;
mod diagnostic;
mod fair_share;
mod feed;
#[doc(hidden)]
pub mod fuzz_api;
pub mod lint;
mod load;
mod mock;
mod observed;
pub mod pattern;
pub mod reference;
mod session;
mod shard_context;
mod source;
pub mod testing;
mod user;
pub mod validate;
mod vm;
mod watch;

pub use diagnostic::Diagnostic;
pub use fair_share::FairShare;
pub use feed::{FeedId, FileVersion, HeldRows, Lease, RowAnswer, RowRequest, RunLeases};
pub use load::comebacks::Comebacks;
pub use load::contract::{Step, Steps};
pub use load::contract_signature::{CONTRACT, CROWD_SCRIPT, MISTAKES, STEP, USER, VALUES};
pub use load::instance::{USERS_PER_VM, Vm};
pub use load::resources::VmResources;
pub use mock::{Mock, MockFile, MockServer};
pub use observed::{Observations, Observed, OfType};
pub use session::crowd_script::CrowdScript;
pub use session::evaluate::Evaluated;
pub use session::migrate_state::Moved;
pub use session::script_user::{CallEnd, Pause, ScriptUser};
pub use shard_context::{ScriptConfig, ShardContext};
pub use source::bundle::{Bundle, Place};
pub use source::fingerprint::Fingerprint;
pub use source::settings_file::unknown_type;
pub use source::source_tree::{is_stock, read_source};
pub use user::context::{Context, User};
pub use user::journeys::Unfinished;
pub use user::person::{Memory, Person};
pub use validate::{
    Checked, Examined, TypeSpec, bundle as check, examine, examine_beside, whole as check_whole,
};
pub use watch::folder_watch::{FileChange, FolderWatch};
pub use watch::loader::{Loader, LoaderError, LoaderHandle, LoaderSettings, LoaderTimings, Places};
pub use watch::reload_event::{LoadedScripts, LoaderRequest, ReloadEvent, STARVED};
