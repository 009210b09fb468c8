//! TODO: what comes in, what goes out, what it must never know.

pub mod custom_recorder;
pub mod recorder;
pub mod series_index;
pub mod counts;
