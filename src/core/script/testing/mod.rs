//! Tests of scripts: `*_test.lua`, run in virtual time against route tables.
//! In: test files, the bundle that they test. Out: what each test found, with its place; the lines that ran.
//! Never knows how results are printed, shards, or a network.

mod answers;
mod clock_table;
pub mod coverage;
mod file;
mod request_table;
mod session;
mod user;
mod watched;

pub use file::{Failed, Outcome, TestFile, TestResult, TestSettings};
