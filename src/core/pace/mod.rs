//! When users start, think, retry and send: pure arithmetic.
//!
//! In: counts, spans and a random number that the caller drew. Out: spans and shares. It must never know clocks, timers,
//! tokio or where randomness comes from, so that tables test it.

mod allotment;
mod arrival;
mod backoff;
mod closed;
mod knee;
mod profile;
mod ramp;
mod sequence;
mod spacing;
mod think;

pub use allotment::{Allotment, Quota, Want};
pub use arrival::{ArrivalModel, Remaining, RunProgress, UserProgress};
pub use backoff::Backoff;
pub use closed::{ClosedModel, Length};
pub use knee::{Found, Knee, KneeBounds, KneeSearch, Next, Trial};
pub use profile::{Curve, Noise, Profile, Spike, Stage};
pub use ramp::Ramp;
pub use sequence::{Arrival, ArrivalSequence, ArrivalSpacing};
pub use spacing::Spacing;
pub use think::{LONGEST_THINK, Think};
