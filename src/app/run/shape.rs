//! What a shape takes from outside, its file and the time of day, and the shape in words.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::app::process::exit::Failure;
use crate::cli::{Resolved, show_span};
use crate::plan::file::Place;
use crate::plan::shape::{Arrivals, show_arrivals, show_spikes, show_stages};
use crate::plan::{Fault, Plan};
use crate::script;

/// Reads the file of the curve, and sets when the run begins.
///
/// # Errors
/// When the file cannot be read, is not a valid curve, or makes the crowd too large: each with the place of the plan file that
/// says so.
pub fn complete(resolved: &mut Resolved) -> Result<(), Failure> {
    let Resolved {
        plan, plan_file, ..
    } = resolved;
    let Some(curve) = &mut plan.shape.curve else {
        return Ok(());
    };
    let places = &plan_file.shape;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    curve.begin(now.unwrap_or(Duration::ZERO));
    if let Some(path) = curve.file().map(str::to_owned) {
        let text = script::read_source(Path::new(&path)).and_then(|bytes| {
            String::from_utf8(bytes).map_err(|_| "is not UTF-8; save it as UTF-8".to_owned())
        });
        let text = text.map_err(|why| {
            let remedy = "give a file of lines such as 08:30,1.5, or day, office or shop";
            usage(&[Fault::new(format!("curve {path}"), why, remedy)], places)
        })?;
        curve
            .read_file(&text)
            .map_err(|faults| usage(&faults, places))?;
    }
    plan.validate().map_err(|faults| usage(&faults, places))
}

/// Faults of the plan; of options that the plan file says with their place.
fn usage(faults: &[Fault], places: &BTreeMap<String, Place>) -> Failure {
    let line = |fault: &Fault| {
        let option = fault.thing.split(' ').next().unwrap_or_default();
        match places.get(&option.replace('-', "_")) {
            Some(place) => format!("{place}: {fault}"),
            None => format!("--{fault}"),
        }
    };
    let lines: Vec<String> = faults.iter().map(line).collect();
    match lines.as_slice() {
        [one] => Failure::Usage(one.clone()),
        many => Failure::Usage(format!(
            "{} things are wrong\n  {}",
            many.len(),
            many.join("\n  ")
        )),
    }
}

/// Who takes part: `100 users`, `up to 300 users`, `50/s arrivals`
pub fn who(plan: &Plan) -> String {
    match &plan.shape.arrivals {
        Some(arrivals) => format!("{} arrivals", show_arrivals(&arrivals.rate)),
        None if plan.shape.is_flat() => format!("{} users", plan.users),
        None => format!("up to {} users", plan.most_users()),
    }
}

/// The shape as lines of a table.
pub fn lines(plan: &Plan) -> Vec<(&'static str, String)> {
    let shape = &plan.shape;
    let mut lines = Vec::new();
    let threads = format!("on {} thread(s)", plan.shards);
    match &shape.arrivals {
        Some(Arrivals {
            rate,
            even,
            max_users,
        }) => {
            let how = if *even { "evenly spaced" } else { "at random" };
            lines.push((
                "arrivals",
                format!(
                    "{} {how}, at most {max_users} users {threads}",
                    show_arrivals(rate)
                ),
            ));
        }
        None if !shape.stages.is_empty() => lines.push((
            "users",
            format!(
                "{}, at most {} {threads}",
                show_stages(&shape.stages),
                plan.most_users()
            ),
        )),
        None => {
            let most = plan.most_users();
            let most = if most == plan.users {
                String::new()
            } else {
                format!(", at most {most}")
            };
            let ramp = show_span(plan.ramp());
            lines.push((
                "users",
                format!("{} {threads}, started over {ramp}{most}", plan.users),
            ));
        }
    }
    if !shape.spikes.is_empty() {
        lines.push(("spikes", show_spikes(&shape.spikes)));
    }
    if let Some(curve) = &shape.curve {
        lines.push(("curve", curve.show()));
    }
    if shape.noise > 0.0 {
        lines.push(("noise", format!("{} %", (shape.noise * 1e8).round() / 1e6)));
    }
    if !shape.warm_up.is_zero() {
        lines.push(("warm-up", show_span(shape.warm_up)));
    }
    lines
}
