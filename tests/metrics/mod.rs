#![expect(clippy::unwrap_used, reason = "a test may fail where it stands")]

mod custom;
mod difference;
mod generations;
mod histogram;
mod history;
mod hub;
mod recorder;
mod reloading;
