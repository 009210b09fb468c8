mod http;
mod script_api;
mod support;
