//! Progress in plain lines, for pipes and files.

use std::time::Duration;

use crate::metrics::{Histogram, Left, Phase, Snapshot};
use crate::report::{Output, generator, plain};
use crate::view::format::{count, per_second, percentile, share, span};

/// From one line to the next.
pub const EVERY: Duration = Duration::from_secs(5);

/// A rate over less would be anything.
const TOLD: Duration = Duration::from_millis(500);

/// Says every [`EVERY`] what happened since the last line.
pub struct Lines {
    said_at: Duration,
    said_requests: u64,
    said_failures: u64,
    said_pause: bool,
    since: Histogram,
    /// The interval that was added last.
    added: u64,
}

/// Lines of progress, for anyone who prints them.
pub struct Printed<P> {
    lines: Lines,
    print: P,
}

impl<P: FnMut(&str)> Printed<P> {
    pub fn new(print: P) -> Self {
        Self {
            lines: Lines::new(),
            print,
        }
    }
}

impl<P: FnMut(&str)> Output for Printed<P> {
    fn snapshot(&mut self, now: &Snapshot) {
        if let Some(line) = self.lines.update(now) {
            (self.print)(&line);
        }
    }
}

impl Default for Lines {
    fn default() -> Self {
        Self::new()
    }
}

impl Lines {
    pub fn new() -> Self {
        Lines {
            said_at: Duration::ZERO,
            said_requests: 0,
            said_failures: 0,
            said_pause: false,
            since: Histogram::fine(),
            added: 0,
        }
    }

    /// The next line, without its end, when it is time for one. Wants every snapshot.
    pub fn update(&mut self, snapshot: &Snapshot) -> Option<String> {
        // News between two ticks come with the interval that is known already.
        if snapshot.interval.number != self.added || self.added == 0 {
            self.added = snapshot.interval.number;
            self.since.add(&snapshot.interval.service());
        }
        let since = snapshot.elapsed.saturating_sub(self.said_at);
        let paused = snapshot.phase == Phase::Paused;
        // The clock stands still in a pause: it is said at once, or it never would be.
        let pauses = paused && !self.said_pause;
        self.said_pause = paused;
        // Ticks come a little early or late; half a tick early is on time.
        if since + Duration::from_millis(500) < EVERY && !pauses {
            return None;
        }
        let requests = snapshot.requests();
        let new = requests.total().saturating_sub(self.said_requests);
        let failures = requests.failed().saturating_sub(self.said_failures);
        let times = &self.since;
        // A line that says a pause may come soon after the one before.
        let rate = (since >= TOLD).then(|| new as f64 / since.as_secs_f64());
        let mut line = format!(
            "{:>6}  {}users {}  requests {} ({})  ok {}  expected {}  failed {} (+{})  p50 {}  p95 {}  p99 {}",
            span(snapshot.elapsed),
            if paused { "paused  " } else { "" },
            count(snapshot.users_alive().max(0) as u64),
            count(requests.total()),
            per_second(rate),
            share(requests.ok, requests.total()),
            share(requests.expected, requests.total()),
            count(requests.failed()),
            count(failures),
            percentile(times, 0.5),
            percentile(times, 0.95),
            percentile(times, 0.99),
        );
        if let Some(words) = generator::overloaded(snapshot) {
            line += &format!("  generator {words}");
        }
        let shut = snapshot.guard.shut().count();
        if let Some((scope, _)) = snapshot.guard.shut().next() {
            let more = if shut > 1 { ", ..." } else { "" };
            line += &format!("  left alone: {}{more}", plain::line(scope.name()));
        }
        if snapshot.guard.level > 0 {
            line += &format!("  degraded to level {}", snapshot.guard.level);
        }
        match snapshot.left {
            Some(Left::Time(left)) => line += &format!("  {} left", span(left)),
            Some(Left::Sessions(left)) => line += &format!("  {} sessions left", count(left)),
            None => {}
        }
        self.said_at = snapshot.elapsed;
        self.said_requests = requests.total();
        self.said_failures = requests.failed();
        self.since = Histogram::fine();
        Some(line)
    }
}
