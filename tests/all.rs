mod http;
mod metrics;
mod report;
mod script_api;
mod support;
mod web;
