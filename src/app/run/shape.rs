//! What a shape takes from outside, its file and the time of day, and the shape in words.

use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::app::process::exit::Failure;
use crate::cli::{PlanSource, Resolved, show_span};
use crate::engine::RunConfig;
use crate::plan::shape::{
    Arrivals, CurvePlan, TypeCurve, TypeShape, show_arrivals, show_spikes, show_stages,
};
use crate::plan::{Fault, Plan, TypeLevels};
use crate::script::{self, TypeSpec};

/// Reads the file of the curve, and sets when the run begins: at this time of day.
///
/// # Errors
/// When the file cannot be read, is not a valid curve, or makes the crowd too large: each with the place of the plan file that
/// says so.
pub fn complete(resolved: &mut Resolved, begin_at: SystemTime) -> Result<(), Failure> {
    let Resolved {
        plan, plan_file, ..
    } = resolved;
    let now = begin_at.duration_since(SystemTime::UNIX_EPOCH);
    let now = now.unwrap_or(Duration::ZERO);
    let mut faults = Vec::new();
    let mut has_curve = false;
    if let Some(curve) = &mut plan.shape.curve {
        has_curve = true;
        faults.extend(begin(curve, now));
    }
    for (name, of) in &mut plan.shape.types {
        if let TypeCurve::Own(curve) = &mut of.curve {
            has_curve = true;
            faults.extend(begin(curve, now).into_iter().map(|fault| Fault {
                thing: format!("types.{name}.{}", fault.thing),
                ..fault
            }));
        }
    }
    if has_curve && faults.is_empty() {
        faults = plan.validate().err().unwrap_or_default();
    }
    if faults.is_empty() {
        return Ok(());
    }
    Err(usage(&faults, plan_file))
}

/// Reads the file of a curve, and sets when the run begins; gives what is wrong with the file.
fn begin(curve: &mut CurvePlan, now: Duration) -> Vec<Fault> {
    curve.begin(now);
    let Some(path) = curve.file().map(str::to_owned) else {
        return Vec::new();
    };
    let text = script::read_source(Path::new(&path)).and_then(|bytes| {
        String::from_utf8(bytes).map_err(|_| "is not UTF-8; save it as UTF-8".to_owned())
    });
    match text {
        Ok(text) => curve.read_file(&text).err().unwrap_or_default(),
        Err(why) => {
            let remedy = "give a file of lines such as 08:30,1.5, or day, office or shop";
            vec![Fault::new(format!("curve {path}"), why, remedy)]
        }
    }
}

/// Settles what the plan says of its types with those that take part.
///
/// # Errors
/// When stages of types do not say when the run of the others ends, or something begins after the end that they say; when
/// every type has the weight 0.
pub fn settle(resolved: &mut Resolved, specs: &[TypeSpec]) -> Result<(), Failure> {
    let Resolved {
        plan, plan_file, ..
    } = resolved;
    let types: Vec<(&str, f64)> = specs
        .iter()
        .map(|spec| {
            let weight = plan.weights.get(&spec.name).unwrap_or(&spec.weight);
            (spec.name.as_str(), *weight)
        })
        .collect();
    let settled = plan.settle(&types);
    settled.map_err(|fault| usage(&[fault], plan_file))?;
    weights(plan, specs, plan_file)?;
    if plan.shape.types.is_empty() {
        return Ok(());
    }
    plan.validate().map_err(|faults| usage(&faults, plan_file))
}

/// Refuses a run whose every type has the weight 0: it would be over at once. Scripts say no such weight, the plan file does.
fn weights(plan: &Plan, specs: &[TypeSpec], plan_file: &PlanSource) -> Result<(), Failure> {
    let is_out = |spec: &TypeSpec| weight(plan, spec).is_some_and(|weight| weight <= 0.0);
    if specs.is_empty() || !specs.iter().all(is_out) {
        return Ok(());
    }
    let keys = specs
        .iter()
        .map(|spec| format!("types.{}.weight", spec.name));
    let entries = keys.filter_map(|key| plan_file.file.entry(&key));
    let first = entries.min_by_key(|entry| entry.place.position());
    let fault = Fault::new(
        first.map_or_else(|| "weights".to_owned(), |entry| format!("{} 0", entry.key)),
        "every type that is there would have the weight 0",
        "leave one above 0",
    );
    Err(match first {
        Some(_) => usage(&[fault], plan_file),
        None => Failure::Usage(fault.to_string()),
    })
}

/// Faults of the plan; of what the plan file says with their place.
fn usage(faults: &[Fault], plan_file: &PlanSource) -> Failure {
    let line = |fault: &Fault| {
        let option = fault.thing.split(' ').next().unwrap_or_default();
        let of_type = plan_file.file.entry(option).map(|entry| &entry.place);
        let place = plan_file.shape.get(&option.replace('-', "_"));
        match place.or(of_type.filter(|_| option.starts_with("types."))) {
            Some(place) => format!("{place}: {fault}"),
            None => format!("--{fault}"),
        }
    };
    let lines: Vec<String> = faults.iter().map(line).collect();
    Failure::faults(&lines)
}

/// Who takes part: `100 users`, `up to 300 users`, `50/s arrivals`
pub fn who(plan: &Plan, specs: &[TypeSpec]) -> String {
    match &plan.shape.arrivals {
        Some(arrivals) => format!("{} arrivals", show_arrivals(&arrivals.rate)),
        None if plan.shape.is_flat() => format!("{} users", plan.users),
        None => {
            let most: u32 = RunConfig::counts(plan, specs).iter().sum();
            format!("up to {most} users")
        }
    }
}

/// The shape as lines of a table.
pub fn lines(plan: &Plan, specs: &[TypeSpec]) -> Vec<(&'static str, String)> {
    let shape = &plan.shape;
    let mut lines = Vec::new();
    let levels = RunConfig::users_over_time(plan, specs);
    let shared = levels.as_ref().is_none_or(TypeLevels::has_common);
    let most: u32 = RunConfig::counts(plan, specs).iter().sum();
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
        None if !shape.stages.is_empty() => {
            let stages = show_stages(&shape.stages);
            lines.push(("users", format!("{stages}, at most {most} {threads}")));
        }
        None if !shared => lines.push(("users", format!("at most {most} {threads}"))),
        None => {
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
    for (name, of) in &shape.types {
        let stages = of.has_stages().then(|| show_stages(&of.stages));
        let curve = match &of.curve {
            TypeCurve::OfRun => None,
            TypeCurve::None => Some("no curve".to_owned()),
            TypeCurve::Own(curve) => Some(format!("curve {}", curve.show())),
        };
        let parts: Vec<String> = stages.into_iter().chain(curve).collect();
        lines.push(("own shape", format!("{name}: {}", parts.join(", "))));
    }
    if shape.noise > 0.0 {
        lines.push(("noise", format!("{} %", (shape.noise * 1e8).round() / 1e6)));
    }
    if !shape.warm_up.is_zero() {
        lines.push(("warm-up", show_span(shape.warm_up)));
    }
    lines
}

/// The weight of a type; none where stages of its own say how many users it has.
pub fn weight(plan: &Plan, spec: &TypeSpec) -> Option<f64> {
    let shape = plan.shape.types.get(&spec.name);
    if shape.is_some_and(TypeShape::has_stages) {
        return None;
    }
    let weight = plan.weights.get(&spec.name).unwrap_or(&spec.weight);
    Some(*weight)
}
