//! The rules of a plan's shape.

use std::time::Duration;

use super::live::MAX_USERS;
use super::shape::{
    CurveClock, CurvePlan, MAX_ARRIVALS, TypeCurve, TypeShape, show_spikes, show_stages,
    time_zone_fault,
};
use super::span::show_span;
use super::{Fault, Length, Plan};

/// The shortest day of a curve: below, a minute of it would be shorter than a millisecond.
const SHORTEST_DAY: Duration = Duration::from_secs(10);

pub(super) fn faults(plan: &Plan, faults: &mut Vec<Fault>) {
    let shape = &plan.shape;
    let mut fault = |thing: String, cause: String, remedy: &str| {
        faults.push(Fault::new(thing, cause, remedy));
    };
    if shape.arrivals.is_some() && !shape.stages.is_empty() {
        fault(
            "stage with --arrivals".to_owned(),
            "users either stay or arrive".to_owned(),
            "give one of them",
        );
    }
    if let Some(arrivals) = &shape.arrivals
        && !(1..=MAX_USERS).contains(&arrivals.max_users)
    {
        fault(
            format!("max-users {}", arrivals.max_users),
            "must be a whole number from 1 to 1,000,000".to_owned(),
            "give one such as 10000",
        );
    }
    if shape.arrivals.is_some() {
        for (name, of) in shape.types.iter().filter(|(_, of)| of.has_stages()) {
            fault(
                format!("types.{name}.stages {}", show_stages(&of.stages)),
                "says how many users stay, and in this run users arrive".to_owned(),
                "give the type a curve or a weight",
            );
        }
    }
    let end = plan.end();
    for spike in &shape.spikes {
        if let Some(end) = end.filter(|end| spike.at >= *end) {
            fault(
                format!("spike {}", show_spikes(&[*spike])),
                format!("begins when the run of {} is over", show_span(end)),
                "let it begin earlier, or give a longer run",
            );
        }
    }
    if !(0.0..=1.0).contains(&shape.noise) {
        fault(
            format!("noise {}", shape.noise * 100.0),
            "must be 0 to 100 per cent".to_owned(),
            "give one such as 10%",
        );
    }
    // All go by one clock.
    if let Some(curve) = shape.curves().next() {
        of_curve(curve, &mut fault);
    }
    let has_no_end = matches!(plan.length, Length::Once | Length::Sessions(_));
    let takes_no_time = shape.arrivals.is_none() && shape.end().is_none();
    if !shape.stages.is_empty() && takes_no_time && has_no_end {
        fault(
            format!("stage {}", show_stages(&shape.stages)),
            "takes no time at all, and does not say when the run ends".to_owned(),
            "give --duration or --continuous too, or times such as 2m:100,5m:100,1m:0",
        );
    }
    let is_whole_life = match plan.length {
        // Whether stages of types say when the run ends is known with the types.
        Length::Once => !shape.has_only_stages_of_types(),
        Length::Sessions(_) => true,
        Length::Duration(_) | Length::Continuous => false,
    };
    if !shape.is_flat() && shape.arrivals.is_none() && shape.stages.is_empty() && is_whole_life {
        let what = match (&shape.curve, shape.spikes.is_empty()) {
            (Some(curve), _) => format!("curve {}", curve.name()),
            (None, false) => format!("spike {}", show_spikes(&shape.spikes)),
            (None, true) if shape.noise > 0.0 => format!("noise {}%", shape.noise * 100.0),
            (None, true) => shape.types.iter().next().map_or_else(String::new, of_type),
        };
        fault(
            what,
            "users come and go, and a run of a number of sessions has no time for it".to_owned(),
            "give --duration or --continuous",
        );
    }
    if let Some(end) = end.filter(|end| shape.warm_up >= *end) {
        let is_given = !shape.warm_up.is_zero();
        if is_given {
            fault(
                format!("warm-up {}", show_span(shape.warm_up)),
                format!("is not shorter than the run of {}", show_span(end)),
                "give a shorter one, or a longer run",
            );
        }
    }
    let most = plan
        .users_over_time()
        .map_or(0.0, |levels| levels.greatest());
    if most > f64::from(MAX_USERS) {
        fault(
            "users".to_owned(),
            format!("would be up to {most:.0} with spikes, curve and noise, above 1,000,000"),
            "give fewer users or smaller factors",
        );
    }
    let most = plan
        .arrivals_over_time()
        .map_or(0.0, |rate| rate.greatest());
    if most > MAX_ARRIVALS {
        fault(
            "arrivals".to_owned(),
            format!("would be up to {most:.0}/s with spikes, curve and noise, above 1,000,000/s"),
            "give a lower rate or smaller factors",
        );
    }
}

/// The shape of a type in words.
fn of_type((name, of): (&String, &TypeShape)) -> String {
    match &of.curve {
        _ if of.has_stages() => format!("types.{name}.stages {}", show_stages(&of.stages)),
        TypeCurve::Own(curve) => format!("types.{name}.curve {}", curve.name()),
        TypeCurve::OfRun | TypeCurve::None => format!("types.{name}.curve none"),
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
