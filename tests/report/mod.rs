#![expect(clippy::unwrap_used, reason = "a test may fail where it stands")]

mod crowd;
mod exposition;
mod hostile;
mod json;
mod junit;
mod markdown;
mod progress;
mod reloaded;
mod reloaded_frames;
mod reloaded_summary;
mod screen;
mod side_by_side;
mod steps;
mod summary;
