//! `throng plan`: the plan with the origin of each value, and its users over time.
//!
//! In: the resolved line, and its types. Out: a page of text, or JSON. Must never know: how a run is done.

mod capacity;
mod chart;
mod level;
mod workers;

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use crate::app::run::{expected_visits, shape};
use crate::cli::{GivenValue, OptionValue, Resolved, ValueOrigin, show_span};
use crate::engine::RunConfig;
use crate::plan::shape::{TypeCurve, show_stages};
use crate::plan::{Length, Plan, show_length};
use crate::script::TypeSpec;
use crate::text;

/// Parts of the run whose level JSON tells.
const SAMPLES: u32 = 100;

pub use capacity::Capacity;

/// The plan in words: `table` is the one of a dry run.
pub fn text(
    resolved: &Resolved,
    specs: &[TypeSpec],
    table: &str,
    (all, width): (bool, usize),
    workers: Option<(usize, Option<Capacity>)>,
) -> String {
    let mut page = format!("{table}\n");
    let (defaults, others): (Vec<_>, Vec<_>) = resolved
        .options
        .iter()
        .partition(|option| option.origin == ValueOrigin::Default);
    let shown: Vec<&OptionValue> = if all {
        resolved.options.iter().collect()
    } else {
        others
    };
    let key_width = shown.iter().map(|option| option.key.len()).max();
    let key_width = key_width.unwrap_or_default().max(12);
    if !shown.is_empty() {
        let _ = writeln!(page, "{:<key_width$}  {:<31}  from", "option", "value");
    }
    for option in &shown {
        let value = value(resolved, option);
        let overruled = option.overruled_by.as_ref();
        let overruled = overruled.map_or_else(String::new, |by| format!(", overruled by {by}"));
        let _ = writeln!(
            page,
            "{:<key_width$}  {:<31}  {}{overruled}",
            text::line(&option.key),
            text::line(&value.to_string()),
            text::line(&option.origin.to_string())
        );
    }
    if !all && !defaults.is_empty() {
        let _ = writeln!(
            page,
            "{} options are at their defaults; --all shows them",
            defaults.len()
        );
    }
    let plan = &resolved.plan;
    let (name, level) = level::level(plan, specs);
    let (shown, others) = level::incidents(plan);
    let mut notes = own_levels(plan);
    if !shown.is_empty() {
        let _ = write!(notes, ", with incidents: {}", shown.join(", "));
    }
    let _ = writeln!(page, "\n{name} over {}{}", over(plan), text::line(&notes));
    page.push_str(&chart::draw(&level, level::horizon(plan), width));
    if !others.is_empty() {
        let others = others.join(", ");
        let _ = writeln!(
            page,
            "incidents without a fixed time are not drawn: {}",
            text::line(&others)
        );
    }
    if let Some((count, capacity)) = workers {
        page += &workers::text(plan, specs, count, width);
        page += &capacity::text(plan, capacity.as_ref(), count);
    }
    page
}

/// The plan as JSON: options by key, types, the users at times, what each of so many workers would have, and these warnings.
pub fn json(
    resolved: &Resolved,
    specs: &[TypeSpec],
    warnings: &[String],
    workers: Option<(usize, Option<Capacity>)>,
) -> String {
    let plan = &resolved.plan;
    let options = resolved.options.iter().map(|option| {
        let origin = match &option.origin {
            ValueOrigin::Line(name) => json!({ "kind": "option", "name": name }),
            ValueOrigin::Environment(name) => json!({ "kind": "variable", "name": name }),
            ValueOrigin::File(place) => json!({
                "kind": "file", "file": &*place.file, "line": place.line, "column": place.column,
            }),
            ValueOrigin::Default => json!({ "kind": "default" }),
        };
        let value = match value(resolved, option) {
            // The words of the help for an option without a value.
            GivenValue::Text(text) if option.origin == ValueOrigin::Default && text == "none" => {
                Value::Null
            }
            value => json!(value),
        };
        let mut told = json!({ "value": value, "origin": origin });
        if let Some(by) = &option.overruled_by {
            told["overruled_by"] = json!(by);
        }
        (option.key.clone(), told)
    });
    let options: Map<String, Value> = options.collect();
    let types: Vec<Value> = specs
        .iter()
        .zip(RunConfig::counts(plan, specs))
        .map(|(spec, users)| {
            let (low, high) = plan.requests.clamp(spec.requests);
            let own = plan.shape.types.get(&spec.name);
            let stages = own.filter(|of| of.has_stages());
            let curve = own.and_then(|of| match &of.curve {
                TypeCurve::OfRun => None,
                TypeCurve::None => Some("none"),
                TypeCurve::Own(curve) => Some(curve.name()),
            });
            json!({
                "name": spec.name, "file": spec.path, "users": users,
                "weight": shape::weight(plan, spec),
                "requests": [low, high], "think": spec.think, "steps": spec.steps,
                "stages": stages.map(|of| show_stages(&of.stages)), "curve": curve,
                "expected_session": expected_visits::json(plan, spec),
            })
        })
        .collect();
    let horizon = level::horizon(plan);
    let (name, level) = level::level(plan, specs);
    let name = name.replace(' ', "_");
    let levels: Vec<Value> = (0..=SAMPLES)
        .map(|part| {
            let at = horizon * part / SAMPLES;
            json!({ "at_seconds": at.as_secs_f64(), &name: level(at) })
        })
        .collect();
    let plan_file = resolved.plan_file.path.as_ref();
    let page = json!({
        "target": plan.base_url.as_str(),
        "length": show_length(plan.length),
        "plan_file": plan_file.map(|path| path.display().to_string()),
        "options": options,
        "types": types,
        "over_time": levels,
        "workers": workers.as_ref().map(|(count, _)| workers::json(plan, specs, *count)),
        "capacity": workers.as_ref().and_then(|(count, capacity)| {
            capacity.as_ref().map(|capacity| capacity::json(plan, capacity, *count))
        }),
        "warnings": warnings,
    });
    let page = serde_json::to_string_pretty(&page).unwrap_or_default();
    format!("{}\n", text::json(&page))
}

/// The value that the run takes, where the default is computed.
pub fn value(resolved: &Resolved, option: &OptionValue) -> GivenValue {
    let plan = &resolved.plan;
    if option.origin != ValueOrigin::Default {
        return option.value.clone();
    }
    match option.key.as_str() {
        "users" => GivenValue::Text(plan.users.to_string()),
        "threads" => GivenValue::Text(plan.shards.to_string()),
        "ramp" => GivenValue::Text(show_span(plan.ramp())),
        _ => option.value.clone(),
    }
}

/// ` (own: batch by stages, night by curve office)`, or nothing.
fn own_levels(plan: &Plan) -> String {
    let types = plan.shape.types.iter().map(|(name, of)| match &of.curve {
        _ if of.has_stages() => format!("{name} by stages"),
        TypeCurve::Own(curve) => format!("{name} by curve {}", curve.name()),
        TypeCurve::OfRun | TypeCurve::None => format!("{name} without a curve"),
    });
    let types: Vec<String> = types.collect();
    if types.is_empty() {
        String::new()
    } else {
        format!(" (own: {})", types.join(", "))
    }
}

fn over(plan: &Plan) -> String {
    let shown = show_span(level::horizon(plan));
    match plan.length {
        Length::Duration(_) => shown,
        length => format!("the first {shown} ({})", show_length(length)),
    }
}
