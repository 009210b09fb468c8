//! The users or the arrivals over the run's time, with the incidents that begin at a fixed age of the run.

use std::time::Duration;

use crate::engine::RunConfig;
use crate::plan::shape::{CurvePlan, TypeShape};
use crate::plan::{Incident, Length, Plan, Setting, Starts};
use crate::script::TypeSpec;

/// A level at each age of the run.
pub type Level = Box<dyn Fn(Duration) -> f64>;

/// What an incident makes of the users while it lasts.
#[derive(Clone, Copy)]
enum Users {
    /// So many times as many, or as many arrivals.
    Times(f64),
    /// So many of the types without stages of their own.
    Number(f64),
}

/// What changes over the run's time: users or arrivals a second, and how many at a moment.
pub fn level(plan: &Plan, specs: &[TypeSpec]) -> (&'static str, Level) {
    let (name, beneath) = beneath(plan, specs);
    let mut held: Vec<(Duration, Duration, Users)> = plan
        .incidents
        .iter()
        .filter_map(|incident| {
            let Starts::At(at) = incident.starts else {
                return None;
            };
            Some((at, at.saturating_add(incident.lasts), users(incident)?))
        })
        .collect();
    if held.is_empty() {
        return (name, beneath);
    }
    held.sort_by_key(|(at, ..)| *at);
    let stages = own_stages(plan, specs);
    let has_stages = !plan.shape.stages.is_empty();
    let planned = f64::from(plan.users.max(1));
    let level = move |at: Duration| {
        let level = beneath(at);
        // Of two incidents the later one wins.
        let mut holding = held.iter().rev();
        let last = holding.find(|(from, until, _)| (*from..*until).contains(&at));
        match last {
            None => level,
            Some((.., Users::Times(factor))) => level * factor,
            Some((.., Users::Number(users))) if has_stages => stages(at) + users,
            Some((.., Users::Number(users))) => {
                let own = stages(at);
                own + (level - own) * users / planned
            }
        }
    };
    (name, Box::new(level))
}

/// The incidents that change the users, or the arrivals: the names of those that [`level`] shows, and of the others.
pub fn incidents(plan: &Plan) -> (Vec<&str>, Vec<&str>) {
    let (shown, others): (Vec<&Incident>, Vec<&Incident>) = plan
        .incidents
        .iter()
        .filter(|incident| users(incident).is_some())
        .partition(|incident| matches!(incident.starts, Starts::At(_)));
    (names(&shown), names(&others))
}

fn names<'a>(incidents: &[&'a Incident]) -> Vec<&'a str> {
    let names = incidents.iter().map(|incident| incident.name.as_str());
    names.collect()
}

fn users(incident: &Incident) -> Option<Users> {
    let overlay = &incident.overlay;
    let times = overlay.users_per_cent.map(|share| share / 100.0);
    let number = overlay.change.get(Setting::Users);
    times.map(Users::Times).or(number.map(Users::Number))
}

/// The level without incidents.
fn beneath(plan: &Plan, specs: &[TypeSpec]) -> (&'static str, Level) {
    if let Some(arrivals) = RunConfig::arrivals_over_time(plan, specs) {
        return ("arrivals a second", Box::new(move |at| arrivals.level(at)));
    }
    if let Some(users) = RunConfig::users_over_time(plan, specs) {
        return ("users", Box::new(move |at| users.level(at)));
    }
    let (users, ramp) = (f64::from(plan.users), plan.ramp());
    let level = move |at: Duration| {
        if at >= ramp {
            users
        } else {
            (users * at.as_secs_f64() / ramp.as_secs_f64()).ceil()
        }
    };
    ("users", Box::new(level))
}

/// The users of the types with stages of their own.
fn own_stages(plan: &Plan, specs: &[TypeSpec]) -> Level {
    let levels = RunConfig::users_over_time(plan, specs);
    let own = (0u16..).zip(specs).filter_map(|(kind, spec)| {
        let shape = plan.shape.types.get(&spec.name);
        shape.filter(|of| TypeShape::has_stages(of))?;
        Some(levels.as_ref()?.of(kind).clone())
    });
    let own: Vec<_> = own.collect();
    Box::new(move |at| own.iter().map(|level| level.level(at)).sum())
}

/// The time that is shown: of a run without a fixed end a day of its curve, or a while after its ramp.
pub fn horizon(plan: &Plan) -> Duration {
    let day = plan.shape.curves().next().map(CurvePlan::day_length);
    match (plan.length, day) {
        (Length::Duration(time), _) => time,
        (_, Some(day)) => day,
        (Length::Once | Length::Continuous | Length::Sessions(_), None) => {
            (plan.ramp() * 4).max(Duration::from_secs(60))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Change, Overlay};

    fn incident(name: &str, starts: Starts, users: &str) -> Incident {
        let per_cent = users.strip_suffix('%').and_then(|text| text.parse().ok());
        let number = Change::of([("users", users)]).unwrap_or_default();
        Incident {
            name: name.to_owned(),
            starts,
            lasts: Duration::from_secs(10),
            overlay: Overlay {
                change: if per_cent.is_some() {
                    Change::default()
                } else {
                    number
                },
                users_per_cent: per_cent,
                step: None,
            },
        }
    }

    #[test]
    fn incidents_with_a_time_change_the_level_while_they_last() {
        let at = |seconds| Starts::At(Duration::from_secs(seconds));
        let every = Duration::from_secs(60);
        let plan = Plan {
            users: 20,
            ramp: Some(Duration::ZERO),
            length: Length::Duration(Duration::from_secs(100)),
            incidents: vec![
                incident("few", at(35), "5"),
                incident("rush", at(30), "300%"),
                incident("storm", Starts::Random { every }, "200%"),
            ],
            ..Plan::default()
        };
        let (name, level) = level(&plan, &[]);
        assert_eq!(name, "users");
        let seen = [29, 30, 34, 35, 39, 44, 45].map(|at| level(Duration::from_secs(at)));
        assert_eq!(seen, [20.0, 60.0, 60.0, 5.0, 5.0, 5.0, 20.0]);
        assert_eq!(incidents(&plan), (vec!["few", "rush"], vec!["storm"]));
    }
}
