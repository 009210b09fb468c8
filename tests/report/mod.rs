mod crowd;
mod exposition;
mod json;
mod progress;
mod summary;
mod units;
