//! The `user_service_*` metrics. Their names, types and labels are a contract with whoever watches.

use prometheus::{
    Encoder, Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, Opts,
    Registry, TextEncoder,
};

use crate::client::Client;
use crate::count;
use crate::store::users::Census;

/// Why logins fail.
pub const LOGIN_FAILURES: [&str; 6] = [
    "unknown_user",
    "wrong_password",
    "inactive",
    "deleted",
    "invalid_request",
    "rate_limited",
];

/// Upper bounds of answer times in seconds.
const ANSWER_BUCKETS: &[f64] = &[
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5,
    5.0, 10.0, 30.0, 60.0,
];
/// Upper bounds of a token's life in seconds.
const LIFE_BUCKETS: &[f64] = &[
    1.0, 5.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0,
];

/// Handles of all metrics; clones share them.
#[derive(Clone)]
pub struct Metrics {
    registry: Registry,
    user_total: IntGauge,
    user_active: IntGauge,
    active_tokens: IntGauge,
    database_connections: IntGauge,
    pub user_operations: IntCounterVec,
    pub user_created: IntCounter,
    pub user_operation_duration: HistogramVec,
    pub login_attempts: IntCounterVec,
    pub login_failures: IntCounterVec,
    logins_by_client: IntCounterVec,
    pub token_duration: Histogram,
    pub http_requests: IntCounterVec,
    pub http_duration: HistogramVec,
}

/// What is not counted as it happens but looked up at each scrape.
#[derive(Debug, Clone, Copy)]
pub struct Levels {
    pub census: Census,
    pub tokens: usize,
    pub connections: u32,
}

impl Metrics {
    /// A fresh set on a registry of its own, so that two services in one process do not add up.
    ///
    /// # Errors
    /// When two metrics share a name, which the tests would show.
    pub fn new() -> prometheus::Result<Self> {
        let registry = Registry::new();
        let gauge = |name: &str, help: &str| -> prometheus::Result<IntGauge> {
            let gauge = IntGauge::new(name, help)?;
            registry.register(Box::new(gauge.clone()))?;
            Ok(gauge)
        };
        let counters =
            |name: &str, help: &str, labels: &[&str]| -> prometheus::Result<IntCounterVec> {
                let counters = IntCounterVec::new(Opts::new(name, help), labels)?;
                registry.register(Box::new(counters.clone()))?;
                Ok(counters)
            };
        let histograms =
            |name: &str, help: &str, labels: &[&str]| -> prometheus::Result<HistogramVec> {
                let options = HistogramOpts::new(name, help).buckets(ANSWER_BUCKETS.to_vec());
                let histograms = HistogramVec::new(options, labels)?;
                registry.register(Box::new(histograms.clone()))?;
                Ok(histograms)
            };
        let user_created = IntCounter::new("user_service_user_created_total", "Accounts created.")?;
        registry.register(Box::new(user_created.clone()))?;
        let life = HistogramOpts::new(
            "user_service_auth_token_duration_seconds",
            "Life of an access token, from issue to logout or expiry.",
        );
        let token_duration = Histogram::with_opts(life.buckets(LIFE_BUCKETS.to_vec()))?;
        registry.register(Box::new(token_duration.clone()))?;
        let metrics = Self {
            user_total: gauge(
                "user_service_user_total_count",
                "Accounts that are not deleted.",
            )?,
            user_active: gauge(
                "user_service_user_active_count",
                "Accounts that are active and not deleted.",
            )?,
            active_tokens: gauge(
                "user_service_auth_active_tokens_count",
                "Access tokens issued, not expired and not logged out.",
            )?,
            database_connections: gauge(
                "user_service_database_connections_active",
                "Connections out of the database pool.",
            )?,
            user_operations: counters(
                "user_service_user_operations_total",
                "Operations on users by their end: success, refused (4xx), failed (5xx, dropped), abandoned (499).",
                &["operation", "status"],
            )?,
            user_created,
            user_operation_duration: histograms(
                "user_service_user_operation_duration_seconds",
                "Duration of operations on users.",
                &["operation"],
            )?,
            login_attempts: counters(
                "user_service_auth_login_attempts_total",
                "Logins by result: success or failure.",
                &["result"],
            )?,
            login_failures: counters(
                "user_service_auth_login_failures_total",
                "Failed logins by reason.",
                &["reason"],
            )?,
            logins_by_client: counters(
                "user_service_auth_logins_by_client_total",
                "Logins of clients with a User-Agent, by browser and by the region of the preferred language.",
                &["browser", "country"],
            )?,
            token_duration,
            http_requests: counters(
                "user_service_http_requests_total",
                "Requests by method, route template and status; 499 went away before the answer, dropped got none.",
                &["method", "endpoint", "status"],
            )?,
            http_duration: histograms(
                "user_service_http_request_duration_seconds",
                "Time from a request's head to its answer.",
                &["method", "endpoint"],
            )?,
            registry,
        };
        metrics.begin_at_zero();
        Ok(metrics)
    }

    /// Makes the series whose labels are known, so that each name is there at the first scrape and a rate over the
    /// first event is not lost.
    fn begin_at_zero(&self) {
        for operation in count::USER_OPERATIONS {
            self.user_operation_duration.with_label_values(&[operation]);
            for end in count::ENDS {
                self.user_operations.with_label_values(&[operation, end]);
            }
        }
        for result in ["success", "failure"] {
            self.login_attempts.with_label_values(&[result]);
        }
        for reason in LOGIN_FAILURES {
            self.login_failures.with_label_values(&[reason]);
        }
        self.http_requests
            .with_label_values(&["GET", "/metrics", "200"]);
        self.http_duration.with_label_values(&["GET", "/metrics"]);
    }

    /// Somebody logged in with this client.
    pub fn login_of(&self, client: &Client) {
        self.logins_by_client
            .with_label_values(&[client.browser, client.country.as_str()])
            .inc();
    }

    /// A login that failed, and why.
    pub fn login_failed(&self, reason: &str) {
        self.login_attempts.with_label_values(&["failure"]).inc();
        self.login_failures.with_label_values(&[reason]).inc();
    }

    /// All metrics in the text format 0.0.4 of Prometheus.
    ///
    /// # Errors
    /// When a metric cannot be written.
    pub fn text(&self, levels: &Levels) -> prometheus::Result<Vec<u8>> {
        let int = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        self.user_total.set(int(levels.census.total));
        self.user_active.set(int(levels.census.active));
        self.active_tokens.set(int(levels.tokens as u64));
        self.database_connections.set(levels.connections.into());
        let mut text = Vec::with_capacity(64 * 1024);
        TextEncoder::new().encode(&self.registry.gather(), &mut text)?;
        Ok(text)
    }
}
