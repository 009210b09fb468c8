#![expect(clippy::unwrap_used, reason = "a test may fail where it stands")]

mod crowd;
mod exposition;
mod json;
mod progress;
mod summary;
mod units;
