//! From a call to its sample: what a request passes before it leaves, its redirects and retries, the token of its user, the
//! ledger and the outcome.
//!
//! In: a call as plain data, who sends it, and what cancels it. Out: its reply, and one sample for each request on the wire.
//! Must never know: Lua, scripts, shards.

pub mod admission;
mod admit;
mod attempt;
pub mod auth;
mod browser_cache;
mod call;
mod cancel;
mod capture;
mod captured;
pub mod circuit_breaker;
mod contract;
mod created_items;
mod creation;
mod curl;
mod deletion;
mod endpoint_name;
pub mod endpoints;
pub mod entity_id;
mod expect;
mod judgement;
pub mod masking;
mod page_assets;
mod path_segment;
pub mod path_template;
mod pausable_clock;
mod pauses;
mod pipeline;
mod recording;
mod recordings;
mod redirects;
mod reply;
mod request_log;
mod requester;
mod retry;
mod shared_context;
mod shutdown;
mod tags;
mod token_refresh;
mod trace_context;
mod unsettled;
mod verdict;
mod waiting_gauge;

pub use call::{Call, CallOptions, Creates, Redirects};
pub use cancel::{CancelToken, Cancelled};
pub use contract::SCHEMA_CHECK;
pub use endpoint_name::fold as fold_path;
pub use expect::Expect;
pub use judgement::{TooLate, fail};
pub use page_assets::{AssetsLoaded, load_assets};
pub use pausable_clock::PausableClock;
pub use pipeline::perform;
pub use recordings::{Recordings, Wanted, Whose};
pub use reply::{FinalResponse, Place, Redirect, Reply};
pub use requester::{Kept, Network, Requester, Session};
pub use retry::Retry;
pub use shared_context::{LogDetail, RunInfo, SharedContext};
pub use shutdown::ShutdownSignal;
pub use tags::Tags;
pub use token_refresh::refresh_token;
pub use trace_context::TraceContext;
pub use verdict::{SampleId, Verdict};
