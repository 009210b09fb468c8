//! The pauses of a run: its clock stands still, and so do its users.

use std::time::{Duration, Instant as Moment};

use tokio::time::Instant;

use super::state::Course;
use crate::engine::command::{Done, Refused};
use crate::engine::protocol::Order;
use crate::metrics::Phase;

/// When the run's clock stood still.
#[derive(Default)]
pub struct Pauses {
    /// Since when it does so now.
    pub since: Option<Instant>,
    /// All that are over.
    pub total: Duration,
}

impl Course {
    pub(crate) fn pause(&mut self) -> Result<Done, Refused> {
        if self.pauses.since.is_some() {
            return Ok(Done("the run is paused already".to_owned()));
        }
        let now = Moment::now();
        self.pauses.since = Some(Instant::from_std(now));
        self.aggregator.phase(Phase::Paused);
        self.order(&Order::Pause(self.since_began(now)));
        Ok(self.tell("pause", "paused: no step begins, the clock stands still"))
    }

    pub(crate) fn resume(&mut self) -> Result<Done, Refused> {
        let Some(pause) = self.go_on() else {
            return Ok(Done("the run is not paused".to_owned()));
        };
        self.aggregator.phase(Phase::Running);
        Ok(self.tell("resume", &format!("resumed after {} s", pause.as_secs())))
    }

    /// Lets the clock go on; gives how long it stood still.
    pub(crate) fn go_on(&mut self) -> Option<Duration> {
        let since = self.pauses.since.take()?;
        let now = Moment::now();
        let pause = Instant::from_std(now).saturating_duration_since(since);
        self.pauses.total += pause;
        self.order(&Order::Resume(self.since_began(now)));
        Some(pause)
    }

    /// A moment as shards know it.
    fn since_began(&self, moment: Moment) -> Duration {
        Instant::from_std(moment).saturating_duration_since(self.began)
    }

    /// How long the run has been at it, without its pauses.
    pub(crate) fn elapsed(&self) -> Duration {
        self.elapsed_since(self.began)
    }

    /// How long it has been since a moment of it, without its pauses.
    pub(crate) fn elapsed_since(&self, moment: Instant) -> Duration {
        let until = self.pauses.since.unwrap_or_else(Instant::now);
        let since = until.saturating_duration_since(moment);
        since.saturating_sub(self.pauses.total)
    }
}
