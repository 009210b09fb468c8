//! One run on several machines: its shards are those of workers, which NATS JetStream connects with who leads the run.
//!
//! In: a NATS server, a run that wants workers; or, on the other side, a worker that waits for runs. Out: the shards of the
//! workers, as a run sees shards ([`RemoteShards`](crate::engine::RemoteShards)). Orders and reports are those of the engine:
//! one machine is the case without this room. It must never know the command line, files, or what a target is.
//!
//! What is kept where, by the id of the run:
//!
//! | place | what | who writes |
//! |---|---|---|
//! | bucket `throng_lease`, `run.ID.call` | a run calls for workers; gone 15 s after its coordinator | coordinator |
//! | bucket `throng_lease`, `run.ID.leader` | who leads the run; gone 15 s after it was renewed last | coordinator |
//! | bucket `throng_state`, `run.ID.w.INDEX` | who has this place of the run | worker, once |
//! | bucket `throng_state`, `run.ID.run`, `.epoch`, `.ckpt` | what a standby needs to go on with it | coordinator |
//! | objects `throng_bundles` | releases of scripts and other large records, by SHA-256 | coordinator |
//! | stream `THRONG_ORD`, `throng.ID.ord` | orders, numbered | coordinator |
//! | stream `THRONG_RES`, `throng.ID.res.INDEX.INCARNATION` | what a worker reports, numbered | worker |
//! | `throng.ID.hb.INDEX`, `.beacon`, `.time`, `.no` | heartbeats and beacons, the time, who cannot take part; not kept | both |
//! | `throng.who` | who the workers are, which each of them answers; not kept | who lists them |

use crate as cluster;
use throng_core::{clock, engine, http, ledger, metrics, plan, request, script, spool};

mod coordinator;
mod error;
mod failure_detector;
mod local;
mod nats;
mod observer;
mod overdue;
mod records;
mod sequence;
mod shard_map;
mod time_of_day;
mod wire;
mod worker;

pub use coordinator::{Coordinator, Led, Member, OnLoss, Options, Pods, Stage, Standby};
pub use error::ClusterError;
pub use local::{Key, prepare};
pub use nats::{Credentials, Server};
pub use observer::{ListedRun, Listing, list, until_no_run_is_led};
pub use records::{Brief, FIRST_EPOCH, Part, Presence, Work};
pub use shard_map::{Candidate, divide, shards_of};
pub use worker::{Host, Prepared, Worker, WorkerOptions};
