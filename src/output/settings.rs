//! Where outputs go, as plain data.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use url::Url;

use crate::clock::Clock;

/// The label `job`, and OpenTelemetry's `service.name`, where nobody gives another.
pub const DEFAULT_JOB: &str = "throng";

/// The outputs of a run.
#[derive(Clone, Debug)]
pub struct Settings {
    pub remote_write: Option<Endpoint>,
    pub otlp: Option<Endpoint>,
    /// Whether spans go to `otlp`, too.
    pub spans: bool,
    pub samples: Option<SamplesFile>,
    /// How often metrics are pushed, by the run's clock.
    pub interval: Duration,
    pub identity: Identity,
    /// PEM file of authorities to trust beside the system's.
    pub ca: Option<PathBuf>,
    /// The run's clock.
    pub clock: Clock,
}

/// A receiver that is pushed to.
#[derive(Clone)]
pub struct Endpoint {
    /// May name a user and a password.
    pub url: Url,
    /// Headers of each request, which may be secrets.
    pub headers: Vec<(String, String)>,
}

/// Texts of it may be secrets.
impl std::fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Endpoint")
            .field("url", &self.shown())
            .finish_non_exhaustive()
    }
}

impl Endpoint {
    /// The URL without what may be a secret.
    pub fn shown(&self) -> String {
        let mut url = self.url.clone();
        url.set_query(None);
        url.set_fragment(None);
        // Only URLs without a host refuse, and they have no user.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        url.to_string()
    }
}

/// The file of single requests.
#[derive(Clone, Debug, PartialEq)]
pub struct SamplesFile {
    pub path: PathBuf,
    /// The share of requests that are written, 0 to 1; failures always are.
    pub rate: f64,
}

/// How receivers tell this run from others.
#[derive(Clone, Debug, PartialEq)]
pub struct Identity {
    pub run: String,
    /// Version of throng.
    pub version: String,
    /// The name of this machine.
    pub host: String,
    /// Labels that were given; `job` and `instance` among them take the place of the defaults.
    pub labels: Vec<(String, String)>,
    pub started: SystemTime,
}

impl Identity {
    /// The labels of every series: `job`, `instance`, `run` and those that were given, by name.
    pub fn series_labels(&self) -> Vec<(String, String)> {
        let defaults = [
            ("job", DEFAULT_JOB),
            ("instance", &self.host),
            ("run", &self.run),
        ];
        let mut labels = self.labels.clone();
        for (name, value) in defaults {
            if !labels.iter().any(|(given, _)| given == name) {
                labels.push((name.to_owned(), value.to_owned()));
            }
        }
        labels.sort();
        labels
    }

    /// A label that was given.
    pub fn given(&self, name: &str) -> Option<&str> {
        let found = self.labels.iter().find(|(given, _)| given == name);
        found.map(|(_, value)| value.as_str())
    }
}
