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
    Began {
        name: String,
        until: Duration,
    },
    /// It held already, and goes on: for longer, or as long as it would have.
    GoesOn {
        name: String,
        until: Duration,
        is_longer: bool,
    },
    Ended {
        name: String,
    },
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

    /// Holds an incident until then; one that holds already goes on, after all others.
    fn hold(&mut self, place: usize, now: Duration, until: Duration) -> IncidentEvent {
        let before = self.holding.iter().find(|holding| holding.place == place);
        let before = before.map(|holding| (holding.since, holding.until));
        let (since, ends) = before.unwrap_or((now, until));
        let until = until.max(ends);
        self.holding.retain(|holding| holding.place != place);
        let holding = Holding {
            place,
            since,
            until,
        };
        self.holding.push(holding);
        let name = self.known[place].incident.name.clone();
        if before.is_none() {
            return IncidentEvent::Began { name, until };
        }
        IncidentEvent::GoesOn {
            name,
            until,
            is_longer: until > ends,
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
mod tests;
