//! Prometheus remote write 1.0.
//!
//! In: the view of a run. Out: messages with the metrics of `/metrics`, compressed, and stale markers of series that are
//! over. It must never know how messages travel.

mod message;
mod series;

use std::hash::BuildHasher as _;
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use prost::Message as _;
use rustc_hash::{FxBuildHasher, FxHashSet};

use self::message::{Label, MetricMetadata, TimeSeries, WriteRequest};
use self::series::Common;
use super::delivery::{Answer, Message, Queue, answer_of_status};
use super::moments::Moments;
use super::settings::Identity;
use crate::http::Response;
use crate::report::Output;
use crate::report::prometheus::{self, MetricFamily};
use crate::secrets::Masker;
use crate::view::RunView;

/// The name of this output in its status.
pub const NAME: &str = "remote_write";
/// What its status counts.
pub const ITEMS: &str = "samples";

/// Headers of each request beside those that were given.
pub const HEADERS: [(&str, &str); 3] = [
    ("Content-Type", "application/x-protobuf"),
    ("Content-Encoding", "snappy"),
    ("X-Prometheus-Remote-Write-Version", "0.1.0"),
];

/// Series of one request, as of Prometheus (`max_samples_per_send`).
const MAX_SERIES: usize = 2_000;
/// How often type and help are sent, as of Prometheus (`metadata_config`).
const METADATA_INTERVAL: Duration = Duration::from_secs(60);

/// Makes the messages.
pub struct RemoteWrite {
    queue: Rc<Queue>,
    labels: Vec<(String, String)>,
    secrets: Arc<Masker>,
    moments: Moments,
    /// When type and help were sent.
    metadata_sent: Option<Instant>,
    /// The labels of the series of the last push.
    known: Vec<Vec<Label>>,
}

impl RemoteWrite {
    pub fn new(queue: Rc<Queue>, identity: &Identity, secrets: &Arc<Masker>) -> Self {
        Self {
            queue,
            labels: identity.series_labels(),
            secrets: Arc::clone(secrets),
            moments: Moments::default(),
            metadata_sent: None,
            known: Vec::new(),
        }
    }

    fn push(&mut self, now: &RunView) {
        let families = prometheus::families(now);
        let is_recent = |sent: Instant| sent.elapsed() < METADATA_INTERVAL;
        if !self.metadata_sent.is_some_and(is_recent) {
            self.metadata_sent = Some(Instant::now());
            self.push_metadata(&families);
        }
        let timestamp = milliseconds(self.moments.next());
        let common = Common {
            labels: &self.labels,
            secrets: &self.secrets,
            timestamp,
        };
        let mut all = series::of(&families, &common);
        let fresh: FxHashSet<u64> = all.iter().map(|one| hash(&one.labels)).collect();
        let known = std::mem::take(&mut self.known).into_iter();
        let over = known.filter(|labels| !fresh.contains(&hash(labels)));
        let count = all.len();
        all.extend(over.map(|labels| series::stale(labels, timestamp)));
        all = self.send(all);
        all.truncate(count);
        self.known = all.into_iter().map(|one| one.labels).collect();
    }

    fn push_metadata(&self, families: &[MetricFamily]) {
        self.enqueue(&WriteRequest {
            timeseries: Vec::new(),
            metadata: series::metadata(families),
        });
    }

    /// Says that every series is over.
    fn push_end(&mut self) {
        let timestamp = milliseconds(self.moments.next());
        let known = std::mem::take(&mut self.known).into_iter();
        let ended = known.map(|labels| series::stale(labels, timestamp));
        self.send(ended.collect());
    }

    /// Sends series in requests of bounded size, and gives them back.
    fn send(&self, mut all: Vec<TimeSeries>) -> Vec<TimeSeries> {
        let mut sent = Vec::with_capacity(all.len());
        while !all.is_empty() {
            let rest = all.split_off(all.len().min(MAX_SERIES));
            let request = WriteRequest {
                timeseries: std::mem::replace(&mut all, rest),
                metadata: Vec::<MetricMetadata>::new(),
            };
            self.enqueue(&request);
            sent.extend(request.timeseries);
        }
        sent
    }

    fn enqueue(&self, request: &WriteRequest) {
        let items = request.timeseries.len() as u64;
        match snap::raw::Encoder::new().compress_vec(&request.encode_to_vec()) {
            Ok(body) => self.queue.push(Message {
                body: body.into(),
                items,
            }),
            // Only messages of 4 GB.
            Err(why) => drop(self.queue.reporter().dropped(items, &why.to_string())),
        }
    }
}

impl Output for RemoteWrite {
    fn show(&mut self, now: &RunView) {
        self.push(now);
    }

    fn finish(&mut self, last: &RunView) -> io::Result<()> {
        self.push(last);
        self.push_end();
        self.queue.close();
        Ok(())
    }
}

/// What a receiver says by its status: 5xx and 429 are worth another attempt.
pub fn judge(response: &Response) -> Answer {
    answer_of_status(response, |status| status == 429 || status >= 500, None)
}

fn hash(labels: &[Label]) -> u64 {
    FxBuildHasher.hash_one(labels)
}

fn milliseconds(moment: Duration) -> i64 {
    i64::try_from(moment.as_millis()).unwrap_or(i64::MAX)
}
