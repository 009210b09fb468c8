mod http;
mod support;
