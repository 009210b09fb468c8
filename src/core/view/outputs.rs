//! How the outputs of a run stand: what they delivered, what they dropped, and why.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use serde::{Deserialize, Serialize};

/// One output of a run, for one kind of items.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OutputStatus {
    /// `remote_write`, `otlp` or `samples`.
    pub output: String,
    /// What is counted: `samples` of remote write, `data_points` or `spans` of OTLP, `requests` of a file.
    pub items: String,
    /// The URL without its credentials and its query, or the file.
    pub destination: String,
    pub sent: u64,
    /// Neither delivered nor kept to be delivered later.
    pub dropped: u64,
    /// Attempts to deliver that failed.
    pub failed_attempts: u64,
    /// For how long nothing could be delivered; none while it works.
    pub failing_seconds: Option<f64>,
    /// Why the last attempt failed, or why something was dropped last.
    pub error: Option<String>,
}

impl OutputStatus {
    /// Output and destination, for people.
    pub fn title(&self) -> String {
        let name = match self.output.as_str() {
            "remote_write" => "remote write",
            "otlp" => "OTLP",
            other => other,
        };
        format!("{name} to {}", self.destination)
    }

    /// What is counted, for people.
    pub fn items(&self) -> String {
        self.items.replace('_', " ")
    }
}

/// The outputs of a run: written by them, read by views.
#[derive(Clone, Debug, Default)]
pub struct OutputStatuses(Arc<Mutex<Vec<Entry>>>);

#[derive(Debug, Default)]
struct Entry {
    status: OutputStatus,
    failing_since: Option<Instant>,
}

/// Reports how one output stands.
#[derive(Clone, Debug)]
pub struct OutputReporter {
    all: OutputStatuses,
    index: usize,
}

impl OutputStatuses {
    /// Another output.
    pub fn add(&self, output: &str, items: &str, destination: &str) -> OutputReporter {
        let mut all = self.lock();
        all.push(Entry {
            status: OutputStatus {
                output: output.to_owned(),
                items: items.to_owned(),
                destination: destination.to_owned(),
                ..OutputStatus::default()
            },
            failing_since: None,
        });
        OutputReporter {
            all: self.clone(),
            index: all.len() - 1,
        }
    }

    /// How they stand now.
    pub fn read(&self) -> Vec<OutputStatus> {
        let all = self.lock();
        let now = |entry: &Entry| OutputStatus {
            failing_seconds: entry
                .failing_since
                .map(|since| since.elapsed().as_secs_f64()),
            ..entry.status.clone()
        };
        all.iter().map(now).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl OutputReporter {
    /// So many items were delivered. True if it failed before.
    pub fn sent(&self, items: u64) -> bool {
        self.with(|entry| {
            entry.status.sent += items;
            if entry.status.dropped == 0 {
                entry.status.error = None;
            }
            entry.failing_since.take().is_some()
        })
    }

    /// So many items are lost. True for the first of them.
    pub fn dropped(&self, items: u64, why: &str) -> bool {
        self.with(|entry| {
            let is_first = entry.status.dropped == 0 && items > 0;
            entry.status.dropped += items;
            entry.status.error = Some(why.to_owned());
            is_first
        })
    }

    /// An attempt failed. True if it worked before.
    pub fn failed(&self, why: &str) -> bool {
        self.with(|entry| {
            entry.status.failed_attempts += 1;
            entry.status.error = Some(why.to_owned());
            let is_first = entry.failing_since.is_none();
            entry.failing_since.get_or_insert_with(Instant::now);
            is_first
        })
    }

    /// How it stands now.
    pub fn status(&self) -> OutputStatus {
        self.with(|entry| entry.status.clone())
    }

    fn with<T>(&self, work: impl FnOnce(&mut Entry) -> T) -> T {
        let mut all = self.all.lock();
        // Entries are never removed.
        work(&mut all[self.index])
    }
}
