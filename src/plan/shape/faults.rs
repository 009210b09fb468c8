//! What cannot be of a shape.

use std::time::Duration;

use super::curve::CurveClock;
use super::{CurvePlan, Shape, time_zone_fault};
use crate::pace::Length;
use crate::plan::live::MAX_USERS;
use crate::plan::span::show_span;
use crate::plan::{Fault, Plan};

/// The shortest day of a curve: below, a minute of it would be shorter than a millisecond.
const SHORTEST_DAY: Duration = Duration::from_secs(10);

impl Shape {
    pub(in crate::plan) fn faults(&self, plan: &Plan, faults: &mut Vec<Fault>) {
        let mut fault = |thing: String, cause: String, remedy: &str| {
            faults.push(Fault::new(thing, cause, remedy));
        };
        if self.arrivals.is_some() && !self.stages.is_empty() {
            fault(
                "stage with --arrivals".to_owned(),
                "users either stay or arrive".to_owned(),
                "give one of them",
            );
        }
        if let Some(arrivals) = &self.arrivals
            && !(1..=MAX_USERS).contains(&arrivals.max_users)
        {
            fault(
                format!("max-users {}", arrivals.max_users),
                "must be a whole number from 1 to 1,000,000".to_owned(),
                "give one such as 10000",
            );
        }
        let end = self.end().or(match plan.length {
            Length::Duration(end) => Some(end),
            Length::Once | Length::Continuous | Length::Sessions(_) => None,
        });
        for spike in &self.spikes {
            if let Some(end) = end.filter(|end| spike.at >= *end) {
                fault(
                    format!("spike {}", super::show_spikes(&[*spike])),
                    format!("begins when the run of {} is over", show_span(end)),
                    "let it begin earlier, or give a longer run",
                );
            }
        }
        if !(0.0..=1.0).contains(&self.noise) {
            fault(
                format!("noise {}", self.noise * 100.0),
                "must be 0 to 100 per cent".to_owned(),
                "give one such as 10%",
            );
        }
        if let Some(curve) = &self.curve {
            of_curve(curve, &mut fault);
        }
        let is_whole_life = matches!(plan.length, Length::Once | Length::Sessions(_));
        if !self.is_flat() && self.arrivals.is_none() && self.stages.is_empty() && is_whole_life {
            let what = match (&self.curve, self.spikes.is_empty()) {
                (Some(curve), _) => format!("curve {}", curve.name()),
                (None, false) => format!("spike {}", super::show_spikes(&self.spikes)),
                (None, true) => format!("noise {}%", self.noise * 100.0),
            };
            fault(
                what,
                "users come and go, and a run of a number of sessions has no time for it"
                    .to_owned(),
                "give --duration or --continuous",
            );
        }
        if let Some(end) = end.filter(|end| self.warm_up >= *end) {
            let is_given = !self.warm_up.is_zero();
            if is_given {
                fault(
                    format!("warm-up {}", show_span(self.warm_up)),
                    format!("is not shorter than the run of {}", show_span(end)),
                    "give a shorter one, or a longer run",
                );
            }
        }
        let most = plan.users_over_time().map_or(0.0, |users| users.greatest());
        if most > f64::from(MAX_USERS) {
            fault(
                "users".to_owned(),
                format!("would be up to {most:.0} with spikes, curve and noise, above 1,000,000"),
                "give fewer users or smaller factors",
            );
        }
    }
}

fn of_curve(curve: &CurvePlan, fault: &mut impl FnMut(String, String, &str)) {
    match &curve.clock {
        CurveClock::Real { zone, .. } => {
            if let Some(cause) = time_zone_fault(zone) {
                fault(
                    format!("timezone {zone}"),
                    cause.to_owned(),
                    "give one such as Europe/Berlin, America/New_York or UTC",
                );
            }
        }
        CurveClock::Compressed { day } if *day < SHORTEST_DAY => fault(
            format!("day-length {}", show_span(*day)),
            format!("must be at least {}", show_span(SHORTEST_DAY)),
            "give how long a day of the curve takes, such as 10m",
        ),
        CurveClock::Compressed { .. } => {}
    }
}
