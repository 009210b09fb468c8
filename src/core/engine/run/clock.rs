//! The run's own clock, which stands still while the run is paused. The time is an argument.

use std::time::Duration;

use tokio::time::Instant;

use crate::engine::checkpoint::ClockState;

/// When a run began, and how long it has been going on without its pauses.
pub struct RunClock {
    /// Setup comes before the beginning.
    made: Instant,
    began: Instant,
    paused_since: Option<Instant>,
    /// All pauses that are over.
    paused: Duration,
    /// Time since it was made, without pauses, at the end of the last interval.
    last_interval: Duration,
    /// The age at which the last user left; clean-up is no part of it.
    final_age: Option<Duration>,
}

impl RunClock {
    /// Of a run that is made now, before its setup.
    pub fn new(now: Instant) -> Self {
        Self {
            made: now,
            began: now,
            paused_since: None,
            paused: Duration::ZERO,
            last_interval: Duration::ZERO,
            final_age: None,
        }
    }

    /// As it stands.
    pub fn state(&self, now: Instant) -> ClockState {
        ClockState {
            since_began: self.since_began(now),
            paused: self.paused,
            paused_for: self
                .paused_since
                .map(|since| now.saturating_duration_since(since)),
            final_age: self.final_age,
        }
    }

    /// Goes on with how one stood so long ago.
    pub fn resume_from(&mut self, state: ClockState, age: Duration, now: Instant) {
        let ago = |span: Duration| now.checked_sub(span).unwrap_or(now);
        self.began = ago(state.since_began + age);
        self.made = self.began;
        self.paused = state.paused;
        self.paused_since = state.paused_for.map(|lasted| ago(lasted + age));
        self.final_age = state.final_age;
        // What was counted since then comes with the next interval, which is as long.
        self.last_interval = self.elapsed(ago(age));
    }

    /// Since when it stands still, as shards know moments; zero where it does not.
    pub fn paused_at(&self) -> Duration {
        let since = self.paused_since;
        since.map_or(Duration::ZERO, |since| self.since_began(since))
    }

    /// The first users may begin.
    pub fn begin(&mut self, now: Instant) {
        self.began = now;
    }

    /// When the first users could begin.
    pub fn began(&self) -> Instant {
        self.began
    }

    /// A moment as shards know it: how long after the beginning, pauses included.
    pub fn since_began(&self, moment: Instant) -> Duration {
        moment.saturating_duration_since(self.began)
    }

    /// The last user has left.
    pub fn end(&mut self, now: Instant) {
        let age = self.elapsed(now);
        self.final_age.get_or_insert(age);
    }

    /// Stands still from now on; false if it does so already.
    pub fn pause(&mut self, now: Instant) -> bool {
        if self.is_paused() {
            return false;
        }
        self.paused_since = Some(now);
        true
    }

    /// Goes on; gives how long it stood still, if it did.
    pub fn resume(&mut self, now: Instant) -> Option<Duration> {
        let since = self.paused_since.take()?;
        let pause = now.saturating_duration_since(since);
        self.paused += pause;
        Some(pause)
    }

    /// All pauses that are over.
    pub fn paused(&self) -> Duration {
        self.paused
    }

    /// Since when it stands still, if it does.
    pub fn paused_since(&self) -> Option<Instant> {
        self.paused_since
    }

    /// Whether it stands still.
    pub fn is_paused(&self) -> bool {
        self.paused_since.is_some()
    }

    /// How long the run has been going on.
    pub fn elapsed(&self, now: Instant) -> Duration {
        self.elapsed_since(self.began, now)
    }

    /// The age for a snapshot: it does not grow once the last user has left.
    pub fn age(&self, now: Instant) -> Duration {
        self.final_age.unwrap_or_else(|| self.elapsed(now))
    }

    /// Ends an interval; gives how long it was. Setup and clean-up have intervals too.
    pub fn next_interval(&mut self, now: Instant) -> Duration {
        let end = self.elapsed_since(self.made, now);
        let length = end.saturating_sub(self.last_interval);
        self.last_interval = end;
        length
    }

    /// When a run of this length is over; none while the clock stands still.
    pub fn end_of(&self, duration: Duration) -> Option<Instant> {
        (!self.is_paused()).then(|| self.began + duration + self.paused)
    }

    fn elapsed_since(&self, moment: Instant, now: Instant) -> Duration {
        let until = self.paused_since.unwrap_or(now);
        let since = until.saturating_duration_since(moment);
        since.saturating_sub(self.paused)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn pauses_are_no_part_of_the_age_and_move_the_end() {
        let made = Instant::now();
        let mut clock = RunClock::new(made);
        let began = made + seconds(2);
        clock.begin(began);
        assert_eq!(clock.elapsed(began + seconds(5)), seconds(5));
        assert!(clock.pause(began + seconds(5)));
        assert!(!clock.pause(began + seconds(6)), "it stands still already");
        assert_eq!(clock.elapsed(began + seconds(9)), seconds(5));
        assert_eq!(clock.end_of(seconds(60)), None);
        assert_eq!(clock.resume(began + seconds(15)), Some(seconds(10)));
        assert_eq!(clock.resume(began + seconds(16)), None);
        assert_eq!(clock.elapsed(began + seconds(16)), seconds(6));
        assert_eq!(clock.end_of(seconds(60)), Some(began + seconds(70)));
    }

    #[test]
    fn intervals_begin_with_setup_and_the_age_ends_with_the_last_user() {
        let made = Instant::now();
        let mut clock = RunClock::new(made);
        assert_eq!(clock.next_interval(made + seconds(1)), seconds(1));
        clock.begin(made + seconds(3));
        assert_eq!(clock.next_interval(made + seconds(4)), seconds(3));
        clock.end(made + seconds(8));
        assert_eq!(clock.age(made + seconds(20)), seconds(5));
        assert_eq!(clock.next_interval(made + seconds(9)), seconds(5));
    }

    #[test]
    fn who_goes_on_with_a_clock_has_the_time_since_then_in_the_first_interval() {
        let made = Instant::now();
        let mut clock = RunClock::new(made);
        clock.begin(made);
        clock.pause(made + seconds(10));
        clock.resume(made + seconds(14));
        let state = clock.state(made + seconds(20));
        let now = made + seconds(100);
        let mut next = RunClock::new(now);
        next.resume_from(state, seconds(12), now);
        assert_eq!(next.age(now), seconds(16 + 12));
        assert_eq!(next.next_interval(now + seconds(1)), seconds(12 + 1));
        assert_eq!(next.next_interval(now + seconds(2)), seconds(1));

        clock.pause(made + seconds(21));
        let state = clock.state(made + seconds(25));
        let mut next = RunClock::new(now);
        next.resume_from(state, seconds(12), now);
        assert_eq!(next.next_interval(now + seconds(1)), seconds(0));
        assert_eq!(next.resume(now + seconds(3)), Some(seconds(4 + 12 + 3)));
        assert_eq!(next.next_interval(now + seconds(4)), seconds(1));
    }
}
