//! The program's clock: the time, and timers.
//!
//! In: a speed, 1 except in tests. Out: instants, and sleeps until them. Everything that a run schedules (ramps, think time,
//! rates, backoff, deadlines, snapshots) uses this clock; network times are measured by the
//! machine's own. It must never know: runs, pauses, who waits.

mod fine_timers;
mod timer_fd;

use std::time::{Duration, SystemTime};

use tokio::task::coop::unconstrained;
use tokio::time::Instant;

pub use fine_timers::FineTimers;

/// The time elapsed before the work was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the time elapsed")]
pub struct Elapsed;

/// A clock; copies share its start and speed.
///
/// It reads tokio's clock, so it follows a runtime's paused time (`tokio::time::pause`). Its sleeps end to a fraction of a
/// millisecond on threads with [`FineTimers`], within one on others, and never early. Besides, it can run faster than the machine's clock, which keeps the order of events when real sockets respond in real time.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    origin: Instant,
    wall: SystemTime,
    /// Seconds of this clock in a second of the machine's.
    speed: f64,
    /// Whether time passes only while everybody waits.
    is_virtual: bool,
    /// Seconds by which the machine's time of day is shifted, in tests of machines whose clocks differ.
    ahead: i64,
}

impl Default for Clock {
    fn default() -> Self {
        Self::with_speed(1.0)
    }
}

impl Clock {
    /// A clock that runs `speed` times as fast as the machine's from now on; a speed that is not a positive number is 1.
    pub fn with_speed(speed: f64) -> Self {
        let usable = speed.is_finite() && speed > 0.0;
        Self {
            origin: Instant::now(),
            wall: SystemTime::now(),
            speed: if usable { speed } else { 1.0 },
            is_virtual: false,
            ahead: 0,
        }
    }

    /// The same clock with the time of day shifted by `seconds`, as on a machine whose clock is wrong.
    #[must_use]
    pub fn ahead(self, seconds: i64) -> Self {
        Self {
            ahead: seconds,
            ..self
        }
    }

    /// The clock of a runtime whose time is paused (`tokio::time::pause`): it shows `wall` now, and goes on to the next timer
    /// whenever nobody has anything to do. Its timers fire at whole milliseconds.
    pub fn virtual_from(wall: SystemTime) -> Self {
        Self {
            origin: Instant::now(),
            wall,
            speed: 1.0,
            is_virtual: true,
            ahead: 0,
        }
    }

    /// Whether it is the clock of a runtime whose time is paused.
    pub fn is_virtual(&self) -> bool {
        self.is_virtual
    }

    /// Lets others have their turn. In virtual time some of it passes, so that nobody who does this again and again stays at
    /// one moment for ever.
    pub async fn breathe(&self) {
        if self.is_virtual {
            self.sleep(Duration::from_millis(1)).await;
        } else {
            tokio::task::yield_now().await;
        }
    }

    /// The current instant.
    pub fn now(&self) -> Instant {
        let now = Instant::now();
        if self.is_real() {
            return now;
        }
        self.at_real(now)
    }

    /// The machine's time of day, whatever the speed of this clock.
    pub fn machine_time(&self) -> SystemTime {
        let (now, shift) = (
            SystemTime::now(),
            Duration::from_secs(self.ahead.unsigned_abs()),
        );
        let shifted = match self.ahead {
            0.. => now.checked_add(shift),
            _ => now.checked_sub(shift),
        };
        shifted.unwrap_or(now)
    }

    /// The current time of day.
    pub fn time_of_day(&self) -> SystemTime {
        if self.is_real() && !self.is_virtual {
            return self.machine_time();
        }
        self.wall + self.now().saturating_duration_since(self.origin)
    }

    /// The time since an instant of this clock; zero for a future one.
    pub fn since(&self, instant: Instant) -> Duration {
        self.now().saturating_duration_since(instant)
    }

    /// Waits for `span`.
    pub async fn sleep(&self, span: Duration) {
        fine_timers::sleep(self.real_span(span)).await;
    }

    /// Waits until `due`; returns at once if it has passed.
    pub async fn sleep_until(&self, due: Instant) {
        fine_timers::sleep_until(self.real_instant(due)).await;
    }

    /// Waits until `due`; for ever where nothing is due.
    pub async fn sleep_until_any(&self, due: Option<Instant>) {
        match due {
            Some(due) => self.sleep_until(due).await,
            None => std::future::pending().await,
        }
    }

    /// Waits for `work`, but only until `due`.
    ///
    /// # Errors
    /// When `due` passed first; the work is dropped.
    pub async fn timeout_at<F: Future>(&self, due: Instant, work: F) -> Result<F::Output, Elapsed> {
        timeout(self.sleep_until(due), work).await
    }

    /// Waits for `work`, but for `span` at most.
    ///
    /// # Errors
    /// When the time elapsed first; the work is dropped.
    pub async fn timeout<F: Future>(&self, span: Duration, work: F) -> Result<F::Output, Elapsed> {
        timeout(self.sleep(span), work).await
    }

    /// The machine's instant at which this clock shows `due`.
    pub fn real_instant(&self, due: Instant) -> Instant {
        if self.is_real() {
            return due;
        }
        // Rounded up, so that nobody who waited until then finds it still to come.
        let real = self.real_span(due.saturating_duration_since(self.origin));
        self.origin + real + Duration::from_nanos(1)
    }

    /// What this clock showed at the machine's instant.
    pub fn at_real(&self, real: Instant) -> Instant {
        if self.is_real() {
            return real;
        }
        self.origin + self.span_of_real(real.saturating_duration_since(self.origin))
    }

    /// How much of this clock's time passes in `real` of the machine's.
    pub fn span_of_real(&self, real: Duration) -> Duration {
        if self.is_real() {
            return real;
        }
        real.mul_f64(self.speed)
    }

    /// How much of the machine's time passes in `span` of this clock's.
    pub fn real_span(&self, span: Duration) -> Duration {
        if self.is_real() {
            return span;
        }
        // Spans beyond any lifetime of a machine need not be exact.
        Duration::try_from_secs_f64(span.as_secs_f64() / self.speed).unwrap_or(Duration::MAX)
    }

    fn is_real(&self) -> bool {
        self.speed == 1.0
    }
}

async fn timeout<F: Future>(time: impl Future<Output = ()>, work: F) -> Result<F::Output, Elapsed> {
    tokio::select! {
        biased;
        done = work => Ok(done),
        // Work that always has something to do leaves no budget to what is polled after it.
        () = unconstrained(time) => Err(Elapsed),
    }
}

/// Ticks of a [`Clock`], at whole periods after its start; missed ticks are skipped.
#[derive(Debug)]
pub struct Ticks {
    clock: Clock,
    start: Instant,
    period: Duration,
    next: Instant,
}

impl Ticks {
    /// Ticks at `start` and each `period` after it; a period of zero is a millisecond.
    pub fn new(clock: Clock, start: Instant, period: Duration) -> Self {
        Self {
            clock,
            start,
            period: period.max(Duration::from_millis(1)),
            next: start,
        }
    }

    /// Waits for the next tick. Cancel-safe: a tick is consumed only when the wait completes.
    pub async fn tick(&mut self) {
        self.clock.sleep_until(self.next).await;
        let passed = self.clock.since(self.start);
        let periods = passed.as_nanos() / self.period.as_nanos() + 1;
        let periods = u32::try_from(periods).unwrap_or(u32::MAX);
        self.next = self.start + self.period * periods;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    /// Waits on a runtime like that of a shard.
    fn wait<T>(work: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build();
        runtime
            .unwrap_or_else(|why| panic!("no runtime: {why}"))
            .block_on(work)
    }

    #[test]
    fn a_fast_clock_waits_less_and_tells_more() {
        let clock = Clock::with_speed(100.0);
        let (start, real, wall) = (clock.now(), Instant::now(), SystemTime::now());
        wait(clock.sleep(1_000 * MS));
        let (told, took) = (clock.since(start), real.elapsed());
        assert!(told >= 1_000 * MS, "{told:?}");
        assert!(took >= 10 * MS && took < told, "{took:?}");
        let ahead = clock.time_of_day().duration_since(wall).unwrap_or_default();
        assert!(ahead >= told, "{ahead:?}");
        let due = clock.now() + 1_000 * MS;
        assert!(wait(clock.timeout_at(due, std::future::pending::<()>())).is_err());
        assert!(clock.now() >= due);
        assert!(wait(clock.timeout(100 * MS, std::future::pending::<()>())).is_err());
        assert_eq!(wait(clock.timeout(100 * MS, std::future::ready(7))), Ok(7));
        wait(clock.sleep_until(start));
        assert_eq!(clock.since(clock.now() + 9 * MS), Duration::ZERO);
    }

    #[test]
    fn ticks_come_on_whole_periods_and_those_missed_are_left_out() {
        let clock = Clock::with_speed(10.0);
        let start = clock.now();
        let mut ticks = Ticks::new(clock, start + 100 * MS, 100 * MS);
        wait(ticks.tick());
        assert!(clock.since(start) >= 100 * MS);
        wait(clock.sleep(250 * MS));
        let missed = clock.since(start);
        wait(ticks.tick());
        // The tick that was due fires at once, all others are skipped.
        let next = ticks.next;
        assert!(next > start + missed, "{:?} {missed:?}", next - start);
        assert_eq!((next - start).as_nanos() % (100 * MS).as_nanos(), 0);
        wait(ticks.tick());
        assert!(clock.now() >= next);
    }

    #[test]
    fn a_speed_that_is_none_is_that_of_the_machine() {
        for speed in [1.0, 0.0, -1.0, f64::NAN, f64::INFINITY] {
            let (clock, due) = (Clock::with_speed(speed), Instant::now() + 1_000 * MS);
            assert_eq!(clock.real_instant(due), due, "{speed}");
            assert_eq!(clock.real_span(MS), MS, "{speed}");
        }
    }
}
