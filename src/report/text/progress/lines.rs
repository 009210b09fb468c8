//! Progress in plain lines, for pipes and files.

use crate::report::Output;
use crate::report::text::{generator, plain};
use crate::view::format::{count, measured, per_second, share, span};
use crate::view::{Histogram, Latency, Left, Phase, RunView};

/// Seconds from one line to the next.
pub const EVERY: f64 = 5.0;

/// Seconds: ticks come a little early or late, and a rate over less would be anything.
const HALF_A_TICK: f64 = 0.5;

/// Says every [`EVERY`] what happened since the last line.
pub struct Lines {
    said_at: f64,
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
    fn show(&mut self, now: &RunView) {
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
            said_at: 0.0,
            said_requests: 0,
            said_failures: 0,
            said_pause: false,
            since: Histogram::fine(),
            added: 0,
        }
    }

    /// The next line, without its end, when it is time for one. Wants every view.
    pub fn update(&mut self, view: &RunView) -> Option<String> {
        // News between two ticks come with the interval that is known already.
        let interval = &view.live.interval;
        if interval.number != self.added || self.added == 0 {
            self.added = interval.number;
            self.since.add(&interval.service);
        }
        let since = view.run.seconds - self.said_at;
        let paused = view.live.phase == Phase::Paused;
        // The clock stands still in a pause: it is said at once, or it never would be.
        let pauses = paused && !self.said_pause;
        self.said_pause = paused;
        if since + HALF_A_TICK < EVERY && !pauses {
            return None;
        }
        let requests = &view.load.requests.outcomes;
        let new = requests.total.saturating_sub(self.said_requests);
        let failures = requests.failed().saturating_sub(self.said_failures);
        let times = Latency::from(&self.since);
        // A line that says a pause may come soon after the one before.
        let rate = (since >= HALF_A_TICK).then(|| new as f64 / since);
        let mut line = format!(
            "{:>6}  {}users {}  requests {} ({})  ok {}  expected {}  failed {} (+{})  p50 {}  p95 {}  p99 {}",
            span(view.run.seconds),
            if paused { "paused  " } else { "" },
            count(view.live.users.max(0).unsigned_abs()),
            count(requests.total),
            per_second(rate),
            share(requests.ok, requests.total),
            share(requests.expected, requests.total),
            count(requests.failed()),
            count(failures),
            measured(times.p50),
            measured(times.p95),
            measured(times.p99),
        );
        if let Some(words) = generator::overloaded(&view.generator) {
            line += &format!("  generator {words}");
        }
        let shut = view.protection.shut().count();
        if let Some(breaker) = view.protection.shut().next() {
            let more = if shut > 1 { ", ..." } else { "" };
            line += &format!("  open breaker: {}{more}", plain::line(&breaker.name));
        }
        let level = view.protection.degradation.level;
        if level > 0 {
            line += &format!("  degraded to level {level}");
        }
        match view.live.left {
            Some(Left::Seconds(left)) => line += &format!("  {} left", span(left)),
            Some(Left::Sessions(left)) => line += &format!("  {} sessions left", count(left)),
            None => {}
        }
        self.said_at = view.run.seconds;
        self.said_requests = requests.total;
        self.said_failures = requests.failed();
        self.since = Histogram::fine();
        Some(line)
    }
}
