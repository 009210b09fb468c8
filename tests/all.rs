mod http;
mod script_api;
mod support;
mod metrics;
mod report;
mod web;
