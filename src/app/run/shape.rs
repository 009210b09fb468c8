//! What a shape takes from outside, its file and the time of day, and the shape in words.

use std::time::{Duration, SystemTime};

use crate::app::process::exit::Failure;
use crate::cli::show_span;
use crate::plan::shape::{Arrivals, show_arrivals, show_spikes, show_stages};
use crate::plan::{Fault, Plan};

/// The largest file of a curve: a point for each minute of a week is about a tenth of it.
const FILE_LIMIT: u64 = 1 << 20;

/// Reads the file of the curve, and sets when the run begins.
///
/// # Errors
/// When the file cannot be read, is no curve, or makes the crowd too large.
pub fn complete(plan: &mut Plan) -> Result<(), Failure> {
    let Some(curve) = &mut plan.shape.curve else {
        return Ok(());
    };
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    curve.begin(now.unwrap_or(Duration::ZERO));
    if let Some(path) = curve.file().map(str::to_owned) {
        let text = read(&path).map_err(|why| {
            let remedy = "give a file of lines such as 08:30,1.5, or day, office or shop";
            Failure::Usage(format!("--curve {path}: {why}; {remedy}"))
        })?;
        curve.read_file(&text).map_err(usage)?;
    }
    plan.validate().map_err(usage)
}

fn read(path: &str) -> Result<String, String> {
    let size = std::fs::metadata(path).map_err(|why| why.to_string())?;
    if !size.is_file() {
        return Err("is not a file".to_owned());
    }
    if size.len() > FILE_LIMIT {
        return Err(format!("is longer than {FILE_LIMIT} bytes"));
    }
    std::fs::read_to_string(path).map_err(|why| why.to_string())
}

fn usage(faults: Vec<Fault>) -> Failure {
    let lines: Vec<String> = faults.iter().map(|fault| format!("--{fault}")).collect();
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
