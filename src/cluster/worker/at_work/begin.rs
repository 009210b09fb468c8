//! How the part of a worker begins: its shards start, and then its users.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::AtWork;
use crate::cluster::error::ClusterError;
use crate::cluster::records::{Brief, Digests, Part, WorkerMessage};
use crate::engine::{Report, RunStart, WorkerShards};

impl AtWork<'_> {
    /// Starts the shards of a part; what keeps them from it is reported.
    pub(super) async fn start_with(
        &mut self,
        part: Part,
        brief: &Brief,
        mut start: Box<RunStart>,
        bundles: Digests,
    ) -> Result<(), ClusterError> {
        self.part = part;
        let roster = self.sources.of_roster((*start.roster).clone(), bundles);
        start.roster = Arc::new(roster.await?);
        if let Err(why) = self.start(brief, &start) {
            let why = format!("worker {}: {why}", self.options.name);
            let shard = part.first;
            self.cannot_start = Some(why.clone());
            self.report(Report::Failed { shard, why });
        }
        Ok(())
    }

    fn start(&mut self, brief: &Brief, start: &RunStart) -> Result<(), String> {
        let mut prepared = self.host.prepare(brief, start, self.part)?;
        self.ledger = Some(prepared.config.ledger.clone());
        self.report_reach(prepared.unreached);
        let range = self.part.first..self.part.first + self.part.threads;
        let gates = range.clone().enumerate();
        prepared.config.departures = gates
            .map(|(way, shard)| (shard, self.gates.of(way)))
            .collect();
        self.cleanup = prepared.cleanup.map(|mut cleanup| {
            let own = self.gates.of(self.part.threads);
            cleanup.http = cleanup.http.with_departures(Some(own));
            cleanup
        });
        let started = WorkerShards::start(&prepared.config, start, range);
        let (shards, mut reports) = started.map_err(|why| why.to_string())?;
        let say = self.say.clone();
        self.reporting = Some(tokio::spawn(async move {
            while let Some(report) = reports.recv().await {
                let _ = say.send(WorkerMessage::Report(report));
            }
        }));
        let rate = |shard| start.quotas.get(shard).and_then(|(rate, _)| *rate);
        let shards_of_part = self.part.first..self.part.first + self.part.threads;
        self.own_rates = shards_of_part.map(rate).collect();
        self.shards = Some(shards);
        Ok(())
    }

    /// Says so where the target cannot be reached from here, once that is known: users begin all the same.
    fn report_reach(&self, unreached: oneshot::Receiver<String>) {
        let say = self.say.clone();
        tokio::spawn(async move {
            if let Ok(why) = unreached.await {
                let _ = say.send(WorkerMessage::Unreached { why });
            }
        });
    }

    /// Users begin at this moment of the coordinator's clock; gives how late that is, at most.
    pub(super) fn begin(&mut self, unix_ns: u64) -> Option<Duration> {
        let clock = self.placed.clock;
        let now = self.options.time_of_day() - i128::from(clock.ahead_ns);
        let ahead = i128::from(unix_ns) - now;
        let nanoseconds = |count: i128| Duration::from_nanos(u64::try_from(count).unwrap_or(0));
        let at = Instant::now() + nanoseconds(ahead) - nanoseconds(-ahead);
        let at = self.options.clock.at_real(at);
        self.shards.as_mut()?.begin(at.into_std());
        Some(nanoseconds(-ahead) + Duration::from_nanos(clock.error_ns))
    }
}
