//! The stop of a run: when it begins, and its timetable.

use tokio::time::Instant;

use super::shutdown_deadlines::Timetable;
use super::state::Course;
use crate::engine::protocol::Order;
use crate::metrics::Phase;
use crate::plan::Length;

impl Course {
    /// Whether the run is ending, or never began.
    pub fn is_stopping(&self) -> bool {
        self.stopping.is_some() || self.aborted
    }

    pub(crate) fn drain(&mut self) {
        if self.stopping.is_none() {
            // What is under way may wait for the clock.
            if self.pauses.since.is_some() {
                self.go_on();
            }
            self.stopping = Some(Instant::now());
            self.aggregator.phase(Phase::Stopping);
            self.order(&Order::Drain);
        }
    }

    /// Since when the run is stopping, and by which timetable.
    fn stop(&self) -> Option<(Instant, Timetable)> {
        let of_itself = || self.timetable.of_itself(self.brief.http.request_timeout());
        match (self.signalled, self.stopping) {
            (Some(since), _) => Some((since, self.timetable)),
            (None, since) => since.map(|since| (since, of_itself())),
        }
    }

    /// What is due next: the end of the duration, or the next line of the stop's timetable.
    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        match (self.stop(), self.brief.plan.length) {
            (None, Length::Duration(duration)) if self.pauses.since.is_none() => {
                Some(self.began + duration + self.pauses.total)
            }
            (None, _) => None,
            (Some((since, timetable)), _) => [timetable.cut, timetable.end, timetable.leave_behind]
                .map(|after| since + after)
                .into_iter()
                .find(|due| *due > Instant::now()),
        }
    }

    pub(crate) fn keep_timetable(&mut self) {
        let Some((since, timetable)) = self.stop() else {
            return self.drain();
        };
        let elapsed = since.elapsed();
        if elapsed >= timetable.leave_behind {
            tracing::error!("{} shard(s) did not end and are left behind", self.open);
            self.open = 0;
        } else if elapsed >= timetable.end {
            self.order(&Order::End);
        } else if elapsed >= timetable.cut {
            self.order(&Order::CutSteps);
        }
    }
}
