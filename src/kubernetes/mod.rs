//! The Kubernetes API, as far as the coordinator of a run needs it: the Job of the workers is scaled with their number.
//!
//! In: a Job of the pod's namespace, the pod's service account, and how many pods are wanted. Out: the Job's `completions`
//! and `parallelism`, set together, which Kubernetes allows for Indexed Jobs (KEP-3715, on by default since 1.27), on a
//! thread of its own: whatever the API server does, the run does not wait for it.
//! It must never know runs, NATS, the command line, or terminals.

mod job;
mod scaler;
mod service_account;

pub use job::Job;
pub use scaler::scale_on_a_thread;
pub use service_account::{ServiceAccount, ServiceAccountError};
