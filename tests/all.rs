mod metrics;
mod report;
mod web;
