//! Scripts and targets that misbehave: a table of each, a test for each row, and the document made of both.
//!
//! The tables of bad scripts are in `scripts/*.toml`, which the benchmark `tests/bench/misbehave` reads too; those of bad
//! targets in `targets/*.rs`. What a row of `docs/robustness.md` says is what its test asserts.

mod book;
mod crowd;
mod places;
mod plans;
mod script_case;
mod scripts;
mod targets;
