//! The incidents of a run.
//!
//! In: incidents of a plan, commands, the run's age. Out: which hold now, and when the next one begins or ends. It must
//! never know clocks, and who acts on it.

mod day;
mod scheduled;

use std::time::Duration;

pub use day::Day;
use scheduled::Scheduled;

use crate::plan::{Incident, Overlay};
use crate::random::{Purpose, Stream};

/// The incidents of a run. Times are the run's age, which stands still in a pause.
pub struct Incidents {
    known: Vec<Scheduled>,
    /// In the order in which they began.
    holding: Vec<Holding>,
    day: Day,
}

/// An incident that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Holding {
    place: usize,
    since: Duration,
    until: Duration,
}

/// What happens to an incident.
#[derive(Clone, Debug, PartialEq)]
pub enum IncidentEvent {
    Began { name: String, until: Duration },
    Ended { name: String },
}

/// How an incident stands.
#[derive(Clone, Debug, PartialEq)]
pub struct IncidentState {
    pub name: String,
    /// Since and until which age of the run it holds.
    pub holds: Option<(Duration, Duration)>,
    /// When it begins next by itself.
    pub next: Option<Duration>,
}

impl Incidents {
    /// At the beginning of a run.
    pub fn new(incidents: &[Incident], seed: u64, day: Day) -> Self {
        let known = (0u32..).zip(incidents);
        let known = known.map(|(number, incident)| {
            let random = Stream::new(seed, 0, Purpose::Incident(number));
            Scheduled::new(incident.clone(), random, &day)
        });
        let known = known.collect();
        Self {
            known,
            holding: Vec::new(),
            day,
        }
    }

    /// The time of day in the run.
    pub fn day(&self) -> &Day {
        &self.day
    }

    /// When the next incident begins or ends.
    pub fn next_change(&self) -> Option<Duration> {
        let ends = self.holding.iter().map(|holding| holding.until);
        let starts = self.known.iter().filter_map(|known| known.next);
        ends.chain(starts).min()
    }

    /// The next that has begun or ended by now: ends first, then starts, each in order of time; none once that was all.
    pub fn advance(&mut self, now: Duration) -> Option<IncidentEvent> {
        let over = self.holding.iter().filter(|holding| holding.until <= now);
        if let Some(holding) = over.min_by_key(|holding| holding.until).copied() {
            return Some(self.release(holding));
        }
        loop {
            let due = (0..).zip(&self.known).filter_map(|(place, known)| {
                let start = known.next.filter(|next| *next <= now)?;
                Some((start, place))
            });
            let (start, place) = due.min()?;
            let known = &mut self.known[place];
            let lasts = known.incident.lasts;
            known.next = known.after(start, now, &self.day);
            // One whose whole time was missed, such as by a suspended machine, does not begin.
            if start + lasts > now {
                return Some(self.hold(place, now, start + lasts));
            }
        }
    }

    /// Ends the one that began last; none where none holds.
    pub fn end_last(&mut self) -> Option<IncidentEvent> {
        let last = self.holding.last().copied()?;
        Some(self.release(last))
    }

    /// Ends all that hold, and begins none any more.
    pub fn stop(&mut self) -> Vec<IncidentEvent> {
        for known in &mut self.known {
            known.next = None;
        }
        std::iter::from_fn(|| self.end_last()).collect()
    }

    /// Begins an incident now; none when there is none of this name.
    pub fn begin(
        &mut self,
        name: &str,
        lasts: Option<Duration>,
        now: Duration,
    ) -> Option<IncidentEvent> {
        let place = self.place(name)?;
        let lasts = lasts.unwrap_or(self.known[place].incident.lasts);
        Some(self.hold(place, now, now.saturating_add(lasts)))
    }

    /// Ends an incident before its time; false when it does not hold.
    pub fn cancel(&mut self, name: &str) -> bool {
        let place = self.place(name);
        let mut holding = self.holding.iter();
        let Some(holding) = holding.find(|one| Some(one.place) == place).copied() else {
            return false;
        };
        self.release(holding);
        true
    }

    /// What holds now, in the order in which it began.
    pub fn overlays(&self) -> impl Iterator<Item = &Overlay> {
        let holding = self.holding.iter();
        holding.map(|holding| &self.known[holding.place].incident.overlay)
    }

    /// The names of those that hold now.
    pub fn holding(&self) -> impl Iterator<Item = &str> {
        let holding = self.holding.iter();
        holding.map(|holding| self.known[holding.place].incident.name.as_str())
    }

    /// The names of all incidents.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.known.iter().map(|known| known.incident.name.as_str())
    }

    /// How each incident stands.
    pub fn states(&self) -> Vec<IncidentState> {
        let state = |(place, known): (usize, &Scheduled)| IncidentState {
            name: known.incident.name.clone(),
            holds: self
                .holding
                .iter()
                .find(|holding| holding.place == place)
                .map(|holding| (holding.since, holding.until)),
            next: known.next,
        };
        self.known.iter().enumerate().map(state).collect()
    }

    fn place(&self, name: &str) -> Option<usize> {
        self.names().position(|known| known == name)
    }

    /// Holds an incident until then; one that holds already begins anew, after all others.
    fn hold(&mut self, place: usize, now: Duration, until: Duration) -> IncidentEvent {
        let before = self.holding.iter().find(|holding| holding.place == place);
        let (since, until) = before.map_or((now, until), |one| (one.since, one.until.max(until)));
        self.holding.retain(|holding| holding.place != place);
        self.holding.push(Holding {
            place,
            since,
            until,
        });
        IncidentEvent::Began {
            name: self.known[place].incident.name.clone(),
            until,
        }
    }

    fn release(&mut self, over: Holding) -> IncidentEvent {
        self.holding.retain(|holding| *holding != over);
        IncidentEvent::Ended {
            name: self.known[over.place].incident.name.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::span::DAY;
    use crate::plan::{Change, Starts};

    const fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn incident(name: &str, starts: Starts, lasts: u64) -> Incident {
        Incident {
            name: name.to_owned(),
            starts,
            lasts: seconds(lasts),
            overlay: Overlay {
                change: Change::of([("error_rate", "50")]).expect("it is valid"),
                step: Some(name.to_owned()),
                ..Overlay::default()
            },
        }
    }

    fn begin(name: &str, until: u64) -> IncidentEvent {
        IncidentEvent::Began {
            name: name.to_owned(),
            until: seconds(until),
        }
    }

    fn end(name: &str) -> IncidentEvent {
        IncidentEvent::Ended {
            name: name.to_owned(),
        }
    }

    fn steps(incidents: &Incidents) -> Vec<&str> {
        incidents
            .overlays()
            .filter_map(|one| one.step.as_deref())
            .collect()
    }

    /// What begins and ends until then, one after the other.
    fn all(incidents: &mut Incidents, now: Duration) -> Vec<IncidentEvent> {
        std::iter::from_fn(|| incidents.advance(now)).collect()
    }

    #[test]
    fn incidents_begin_and_end_in_their_order() {
        let plan = [
            incident("slow", Starts::At(seconds(10)), 20),
            incident("failing", Starts::At(seconds(15)), 5),
            incident("asked", Starts::OnCommand, 30),
        ];
        let mut incidents = Incidents::new(&plan, 1, Day::real(Duration::ZERO));
        assert_eq!(incidents.next_change(), Some(seconds(10)));
        assert_eq!(all(&mut incidents, seconds(9)), []);
        assert_eq!(all(&mut incidents, seconds(10)), [begin("slow", 30)]);
        assert_eq!(all(&mut incidents, seconds(15)), [begin("failing", 20)]);
        assert_eq!(steps(&incidents), ["slow", "failing"]);
        // One that holds already becomes the last, and holds for longer.
        let again = incidents.begin("slow", None, seconds(16));
        assert_eq!(again, Some(begin("slow", 36)));
        assert_eq!(steps(&incidents), ["failing", "slow"]);
        assert_eq!(incidents.begin("nothing", None, seconds(16)), None);
        let brief = incidents.begin("asked", Some(seconds(2)), seconds(17));
        assert_eq!(brief, Some(begin("asked", 19)));
        assert_eq!(incidents.next_change(), Some(seconds(19)));
        assert_eq!(
            all(&mut incidents, seconds(21)),
            [end("asked"), end("failing")]
        );
        assert!(incidents.cancel("slow"));
        assert!(!incidents.cancel("slow"));
        assert_eq!(steps(&incidents), [""; 0]);
        assert_eq!(incidents.next_change(), None);
    }

    #[test]
    fn two_at_one_moment_begin_one_after_the_other_and_all_end_with_the_run() {
        let plan = [
            incident("slow", Starts::At(seconds(10)), 20),
            incident("failing", Starts::At(seconds(10)), 30),
            incident("late", Starts::At(seconds(90)), 5),
        ];
        let mut incidents = Incidents::new(&plan, 1, Day::real(Duration::ZERO));
        assert_eq!(incidents.advance(seconds(10)), Some(begin("slow", 30)));
        assert_eq!(steps(&incidents), ["slow"]);
        assert_eq!(incidents.advance(seconds(10)), Some(begin("failing", 40)));
        assert_eq!(incidents.advance(seconds(10)), None);
        assert_eq!(incidents.stop(), [end("failing"), end("slow")]);
        assert_eq!(incidents.stop(), []);
        assert_eq!(incidents.next_change(), None);
    }

    #[test]
    fn an_incident_whose_time_was_missed_does_not_begin() {
        let plan = [incident("slow", Starts::At(seconds(10)), 20)];
        let mut incidents = Incidents::new(&plan, 1, Day::real(Duration::ZERO));
        assert_eq!(all(&mut incidents, seconds(30)), []);
        let mut late = Incidents::new(&plan, 1, Day::real(Duration::ZERO));
        assert_eq!(all(&mut late, seconds(29)), [begin("slow", 30)]);
    }

    #[test]
    fn a_daily_incident_comes_at_its_time_of_day_also_in_a_short_day() {
        let two = seconds(14 * 3_600);
        let plan = [incident("lunch", Starts::Daily(two), 60)];
        // The run begins at 13:00.
        let mut real = Incidents::new(&plan, 1, Day::real(seconds(13 * 3_600)));
        assert_eq!(all(&mut real, seconds(3_600)), [begin("lunch", 3_660)]);
        assert_eq!(all(&mut real, seconds(3_660)), [end("lunch")]);
        assert_eq!(real.next_change(), Some(seconds(25 * 3_600)));
        // It begins at 15:00: the first one is tomorrow.
        let late = Incidents::new(&plan, 1, Day::real(seconds(15 * 3_600)));
        assert_eq!(late.next_change(), Some(seconds(23 * 3_600)));
        // A day of 240 s that begins at midnight.
        let short = Day::new(seconds(240), vec![(Duration::ZERO, Duration::ZERO)]);
        let mut compressed = Incidents::new(&plan, 1, short);
        assert_eq!(compressed.next_change(), Some(seconds(140)));
        assert_eq!(compressed.day().time_at(seconds(380)), two);
        assert_eq!(all(&mut compressed, seconds(141)), [begin("lunch", 200)]);
        assert_eq!(compressed.known[0].next, Some(seconds(380)));
        // Three days are missed.
        assert_eq!(all(&mut compressed, seconds(1_000)), [end("lunch")]);
        assert_eq!(compressed.next_change(), Some(seconds(1_100)));
    }

    #[test]
    fn a_time_left_out_begins_at_the_change_and_one_had_twice_once() {
        const HOUR: u64 = 3_600;
        let plan = [incident(
            "night",
            Starts::Daily(seconds(2 * HOUR + HOUR / 2)),
            60,
        )];
        // The run begins at midnight; at 2:00 the clock is put forward to 3:00.
        let forward = vec![
            (Duration::ZERO, Duration::ZERO),
            (seconds(2 * HOUR), seconds(HOUR)),
        ];
        let mut incidents = Incidents::new(&plan, 1, Day::new(DAY, forward));
        assert_eq!(incidents.next_change(), Some(seconds(2 * HOUR)));
        all(&mut incidents, seconds(2 * HOUR));
        assert_eq!(incidents.known[0].next, Some(seconds(25 * HOUR + HOUR / 2)));
        // At 3:00 it is put back to 2:00, by a week's clock, which goes on by 167 hours.
        let week = 7 * 24 * HOUR;
        let back = vec![
            (Duration::ZERO, Duration::ZERO),
            (seconds(3 * HOUR), seconds(week - HOUR)),
        ];
        let mut incidents = Incidents::new(&plan, 1, Day::new(DAY, back));
        assert_eq!(incidents.next_change(), Some(seconds(2 * HOUR + HOUR / 2)));
        all(&mut incidents, seconds(2 * HOUR + HOUR / 2));
        assert_eq!(incidents.known[0].next, Some(seconds(27 * HOUR + HOUR / 2)));
    }

    #[test]
    fn random_incidents_come_as_often_as_asked_and_repeat_with_the_seed() {
        let every = seconds(100);
        let plan = [incident("flaky", Starts::Random { every }, 10)];
        let starts = |seed| {
            let mut incidents = Incidents::new(&plan, seed, Day::real(Duration::ZERO));
            let mut starts = Vec::new();
            while let Some(next) = incidents
                .next_change()
                .filter(|next| *next < seconds(1_000_000))
            {
                for event in all(&mut incidents, next) {
                    if matches!(event, IncidentEvent::Began { .. }) {
                        starts.push(next);
                    }
                }
            }
            starts
        };
        let one = starts(1);
        assert_eq!(one, starts(1));
        assert_ne!(one, starts(2));
        // 10,000 are expected, with a standard deviation below 100.
        assert!((9_600..10_400).contains(&one.len()), "{}", one.len());
        let is_apart = |pair: &[Duration]| pair[1] - pair[0] >= seconds(10);
        assert!(one.windows(2).all(is_apart));
    }
}
