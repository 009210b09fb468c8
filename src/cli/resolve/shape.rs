use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use super::overruled::stronger;
use crate::cli::faults::{Faults, quoted};
use crate::cli::options::{RunOptions, ShapeOptions};
use crate::cli::plan_file::Found;
use crate::cli::span::parse_span;
use crate::cli::value_sources::ValueSources;
use crate::plan::file::FileFault;
use crate::plan::live::{Invalid, MAX_USERS, NO_CURVE};
use crate::plan::shape::{
    Arrivals, CurveClock, CurvePlan, CurveSource, DEFAULT_MAX_USERS, DEFAULT_TIME_ZONE, Rate,
    TypeCurve, TypeShape, parse_arrivals, parse_curve, parse_spikes, parse_stages,
};
use crate::plan::{Length, Shape};

/// The options on which the level over time depends, by their keys.
pub(super) const KEYS: [&str; 9] = [
    "users",
    "stage",
    "arrivals",
    "spike",
    "curve",
    "timezone",
    "day_length",
    "noise",
    "warm_up",
];

/// The shape of the run. `length` is what else says when it ends.
pub(super) fn shape(
    options: &RunOptions,
    length: Option<Length>,
    typed: &ValueSources<'_>,
    file: &Found,
    faults: &mut Faults<'_>,
) -> Shape {
    let given = &options.shape;
    let holds = |option: &str| stronger(option, options, typed).is_none();
    let stages = given.stage.as_deref().filter(|_| holds("stage"));
    let stages = read(faults, "stage", stages, parse_stages);
    let spikes = read(faults, "spike", given.spike.as_deref(), parse_spikes);
    let arrivals = given.arrivals.as_deref().filter(|_| holds("arrivals"));
    let has_arrivals = arrivals.is_some();
    let arrivals = read(faults, "arrivals", arrivals, parse_arrivals);
    let max_users = max_users(given, faults);
    if !has_arrivals && given.arrivals.is_none() {
        for (option, is_given) in [
            ("max-users", given.max_users.is_some()),
            ("arrivals-even", given.arrivals_even),
        ] {
            if is_given {
                faults.push(
                    format!("--{option} without --arrivals"),
                    "it says how sessions arrive, and users stay",
                    "give --arrivals too, or leave it out",
                );
            }
        }
    }
    let arrivals = arrivals.map(|arrivals| Arrivals {
        even: given.arrivals_even,
        max_users,
        ..arrivals
    });
    let clock = clock(given, typed, file, faults);
    let shape = Shape {
        stages: stages.unwrap_or_default(),
        arrivals,
        spikes: spikes.unwrap_or_default(),
        curve: curve(given, &clock, faults),
        noise: noise(given, faults),
        types: types(file, &clock),
        warm_up: span("warm-up", given.warm_up.as_deref(), faults).unwrap_or_default(),
    };
    // Where the file contradicts itself, what of it was read says nothing about the rest.
    let is_whole = |fault: &FileFault| fault.fault.thing != "arrivals";
    if file.faults.iter().all(is_whole) {
        exclusions(options, &shape, length, typed, faults);
    }
    shape
}

/// The users of a run whose shape says how many: of one where they arrive, as many as there may be.
pub(super) fn users(shape: &Shape) -> Option<u32> {
    if let Some(arrivals) = &shape.arrivals {
        return Some(arrivals.max_users);
    }
    let targets = shape.stages.iter().map(|stage| stage.target);
    let most = targets.reduce(f64::max)?;
    Some((most as u32).max(1))
}

/// A shape that says when the run ends or how many users there are excludes the options that do. Of two that exclude each
/// other the one that is typed wins.
fn exclusions(
    options: &RunOptions,
    shape: &Shape,
    length: Option<Length>,
    typed: &ValueSources<'_>,
    faults: &mut Faults<'_>,
) {
    let (by, name, cause) = if !shape.stages.is_empty() {
        (
            "stage",
            "--stage",
            "the stages say how many users there are and when the run ends",
        )
    } else if let Some(arrivals) = &shape.arrivals {
        let cause = match arrivals.rate {
            Rate::Constant(_) => "users arrive, have one session and leave",
            Rate::Stages(_) => "the arrivals say who comes and when the run ends",
        };
        ("arrivals", "--arrivals", cause)
    } else {
        return;
    };
    let says_end = shape.end().is_some();
    let others = [
        ("users", options.crowd.users.is_some(), true),
        ("ramp", options.length.ramp.is_some(), true),
        ("sessions", options.length.sessions.is_some(), says_end),
        ("duration", options.length.duration.is_some(), says_end),
        ("continuous", options.length.continuous, says_end),
    ];
    for (option, is_given, excludes) in others {
        let is_weaker = typed.compare(by, option).is_gt();
        if is_given && excludes && !is_weaker {
            faults.push(format!("{name} with --{option}"), cause, "give one of them");
        }
    }
    let is_endless = length.is_some_and(|length| length != Length::Once);
    if by == "arrivals" && !says_end && !is_endless {
        faults.push(
            name,
            "a rate without times does not say when the run ends",
            "give --duration, --continuous or --sessions too, or times such as 2m:50/s,1m:0/s",
        );
    }
}

pub(super) fn max_users(given: &ShapeOptions, faults: &mut Faults<'_>) -> u32 {
    faults.read(
        "max-users",
        given.max_users.as_deref(),
        DEFAULT_MAX_USERS,
        |text| {
            text.parse()
                .ok()
                .filter(|users| (1..=MAX_USERS).contains(users))
        },
        (
            "must be a whole number from 1 to 1,000,000",
            "give one such as 10000",
        ),
    )
}

/// The clock of all curves.
fn clock(
    given: &ShapeOptions,
    typed: &ValueSources<'_>,
    file: &Found,
    faults: &mut Faults<'_>,
) -> CurveClock {
    let day = span("day-length", given.day_length.as_deref(), faults);
    if given.curve.is_none() && file.plan.curves.values().all(Option::is_none) {
        for (option, is_given) in [
            ("timezone", given.timezone.is_some()),
            ("day-length", given.day_length.is_some()),
        ] {
            if is_given {
                faults.push(
                    format!("--{option} without --curve"),
                    "it says how the time of a curve goes",
                    "give --curve too, or leave it out",
                );
            }
        }
    }
    let is_by_zone = match (&given.timezone, &given.day_length) {
        (Some(_), Some(_)) => {
            let order = typed.compare("timezone", "day_length");
            if order.is_eq() {
                faults.push(
                    "--timezone with --day-length",
                    "a curve goes by the time of day or by days of its own",
                    "give one of them",
                );
            }
            order.is_gt()
        }
        (_, day) => day.is_none(),
    };
    match day.filter(|_| !is_by_zone) {
        Some(day) => CurveClock::Compressed { day },
        None => CurveClock::Real {
            zone: given
                .timezone
                .clone()
                .unwrap_or_else(|| DEFAULT_TIME_ZONE.to_owned()),
            began: Duration::ZERO,
        },
    }
}

fn curve(given: &ShapeOptions, clock: &CurveClock, faults: &mut Faults<'_>) -> Option<CurvePlan> {
    // What takes a curve away stands in a stronger place than the curve.
    let text = given.curve.as_deref().filter(|text| *text != NO_CURVE);
    let source = read(faults, "curve", text, parse_curve)?;
    Some(CurvePlan::new(source, clock.clone()))
}

/// What the plan file says of the shapes of types.
fn types(file: &Found, clock: &CurveClock) -> BTreeMap<String, TypeShape> {
    let mut types: BTreeMap<String, TypeShape> = BTreeMap::new();
    for (name, stages) in &file.plan.stages {
        let of = types.entry(name.clone()).or_default();
        of.stages.clone_from(stages);
    }
    let folder = file.path.as_deref().and_then(Path::parent);
    let folder = folder.unwrap_or(Path::new(""));
    for (name, source) in &file.plan.curves {
        let of = types.entry(name.clone()).or_default();
        of.curve = match source.clone() {
            None => TypeCurve::None,
            Some(CurveSource::File(path)) => {
                let path = folder.join(path).to_string_lossy().into_owned();
                TypeCurve::Own(CurvePlan::new(CurveSource::File(path), clock.clone()))
            }
            Some(source) => TypeCurve::Own(CurvePlan::new(source, clock.clone())),
        };
    }
    types
}

fn noise(given: &ShapeOptions, faults: &mut Faults<'_>) -> f64 {
    faults.share("noise", given.noise.as_deref(), 0.0)
}

fn span(option: &str, text: Option<&str>, faults: &mut Faults<'_>) -> Option<Duration> {
    faults.read(
        option,
        text,
        None,
        |text| parse_span(text).map(Some),
        (
            "is not a valid duration",
            "give seconds such as 30, or units such as 30s or 10m",
        ),
    )
}

/// What an option says, where it says something that can be.
fn read<T>(
    faults: &mut Faults<'_>,
    option: &str,
    text: Option<&str>,
    parse: impl FnOnce(&str) -> Result<T, Invalid>,
) -> Option<T> {
    let text = text?;
    parse(text)
        .map_err(|why| {
            faults.push(
                format!("--{option} {}", quoted(text)),
                why.cause,
                why.remedy,
            )
        })
        .ok()
}
