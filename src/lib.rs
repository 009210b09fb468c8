pub mod metrics;
pub mod report;
pub mod web;
