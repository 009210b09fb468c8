//! Counts every request that reaches the service exactly once: with the status of its answer, as 499 when its
//! connection goes away before, or as `dropped` when the weather closes it.

use std::sync::Arc;
use std::time::Instant;

use axum::http::{Method, StatusCode};

use crate::metrics::Metrics;

/// The endpoint of requests that no route takes.
pub const UNMATCHED: &str = "__unmatched__";
const GONE: &str = "499";
const DROPPED: &str = "dropped";

/// How an operation on users can end.
pub const ENDS: [&str; 4] = ["success", "refused", "failed", "abandoned"];
/// The operations on users: numbers 5 to 16 of the table of operations.
pub const USER_OPERATIONS: [&str; 12] = [
    "list",
    "search",
    "get",
    "get_by_email",
    "get_by_username",
    "create",
    "update",
    "delete",
    "activate",
    "deactivate",
    "change_password",
    "reset_password",
];

/// A request that is under way. Whatever happens to it, its drop counts it.
pub struct Count {
    metrics: Metrics,
    method: &'static str,
    endpoint: Arc<str>,
    operation: Option<&'static str>,
    began: Instant,
    counted: bool,
}

impl Count {
    pub fn begin(metrics: Metrics, method: &Method, endpoint: Arc<str>) -> Self {
        let method = method_name(method);
        let operation = operation(method, &endpoint);
        Self {
            metrics,
            method,
            endpoint,
            operation,
            began: Instant::now(),
            counted: false,
        }
    }

    pub fn method(&self) -> &'static str {
        self.method
    }

    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The answer is ready; called before its first byte can leave.
    pub fn answered(mut self, status: StatusCode) {
        let end = match status.as_u16() {
            499 => "abandoned",
            500.. => "failed",
            400.. => "refused",
            _ => "success",
        };
        self.count(status.as_str(), end);
    }

    /// There will be no answer.
    pub fn dropped(mut self) {
        self.count(DROPPED, "failed");
    }

    fn count(&mut self, status: &str, end: &str) {
        self.counted = true;
        let seconds = self.began.elapsed().as_secs_f64();
        self.metrics
            .http_requests
            .with_label_values(&[self.method, &self.endpoint, status])
            .inc();
        self.metrics
            .http_duration
            .with_label_values(&[self.method, &self.endpoint])
            .observe(seconds);
        if let Some(operation) = self.operation {
            self.metrics
                .user_operations
                .with_label_values(&[operation, end])
                .inc();
            self.metrics
                .user_operation_duration
                .with_label_values(&[operation])
                .observe(seconds);
        }
    }
}

impl Drop for Count {
    fn drop(&mut self) {
        if !self.counted {
            self.count(GONE, "abandoned");
        }
    }
}

/// Methods are a label, so a client's inventions must not become series.
fn method_name(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "POST" => "POST",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        "HEAD" => "HEAD",
        "OPTIONS" => "OPTIONS",
        "PATCH" => "PATCH",
        _ => "OTHER",
    }
}

/// Which of [`USER_OPERATIONS`] a route is.
fn operation(method: &str, endpoint: &str) -> Option<&'static str> {
    Some(match (method, endpoint.strip_prefix("/api/v1/users")?) {
        ("GET", "") => "list",
        ("GET", "/search") => "search",
        ("GET", "/{id}") => "get",
        ("GET", "/email/{email}") => "get_by_email",
        ("GET", "/username/{username}") => "get_by_username",
        ("POST", "") => "create",
        ("PUT", "/{id}") => "update",
        ("DELETE", "/{id}") => "delete",
        ("PUT", "/{id}/activate") => "activate",
        ("PUT", "/{id}/deactivate") => "deactivate",
        ("PUT", "/{id}/change-password") => "change_password",
        ("PUT", "/{id}/reset-password") => "reset_password",
        _ => return None,
    })
}
