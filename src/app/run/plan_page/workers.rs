//! What each of several workers would have of a plan.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::level;
use crate::cluster::{self, Candidate};
use crate::engine::RunConfig;
use crate::plan::Plan;
use crate::plan::crowd::VIRTUAL_SHARDS;
use crate::report::text::Paint;
use crate::report::text::table::{NOTHING, Side, Table};
use crate::script::TypeSpec;
use crate::view::format;

/// Moments of the run at which arrivals are looked at.
const MOMENTS: u32 = 1000;

/// What a worker would have.
struct Part {
    virtual_shards: usize,
    users: usize,
    /// A second, at the most.
    arrivals: Option<f64>,
    max_rps: Option<f64>,
    connections: Option<f64>,
}

/// Of so many workers, with as many threads each as the plan has. Who has which users depends on the names of the workers, how
/// many does not by more than chance: these have those of `throng cluster up`.
fn parts(plan: &Plan, specs: &[TypeSpec], workers: usize) -> Vec<Part> {
    let names: Vec<String> = (0..workers).map(|index| format!("w{index}")).collect();
    let weight = plan.shards as f64;
    let candidates = names.iter().map(|name| Candidate { name, weight });
    let candidates: Vec<Candidate<'_>> = candidates.collect();
    let owners = cluster::divide(&candidates, None);
    let users: u32 = match plan.is_open() {
        true => 0,
        false => RunConfig::counts(plan, specs).iter().sum(),
    };
    let mut parts: Vec<(usize, usize)> = vec![(0, 0); workers];
    owners.iter().for_each(|owner| parts[*owner].0 += 1);
    (0..users as usize).for_each(|user| parts[owners[user % VIRTUAL_SHARDS]].1 += 1);
    let arrivals = plan.is_open().then(|| most_arrivals(plan, specs));
    parts
        .into_iter()
        .map(|(virtual_shards, users)| {
            let share = virtual_shards as f64 / VIRTUAL_SHARDS as f64;
            Part {
                virtual_shards,
                users,
                arrivals: arrivals.map(|most| most * share),
                max_rps: plan.limits.max_rps.map(|most| most * share),
                connections: plan.limits.max_connections.map(|most| most as f64 * share),
            }
        })
        .collect()
}

fn most_arrivals(plan: &Plan, specs: &[TypeSpec]) -> f64 {
    let (_, level) = level::level(plan, specs);
    let horizon = level::horizon(plan);
    let levels = (0..=MOMENTS).map(|part| level(horizon * part / MOMENTS));
    levels.fold(0.0, f64::max)
}

/// The table, below a line that says of what.
pub fn text(plan: &Plan, specs: &[TypeSpec], workers: usize, width: usize) -> String {
    let mut page = String::new();
    let _ = writeln!(
        page,
        "\neach of {workers} workers with {} thread(s); caps move to the workers that need them",
        plan.shards
    );
    let mut table = Table::new(&[
        ("worker", Side::Left),
        ("virtual shards", Side::Right),
        ("users", Side::Right),
        ("arrivals/s", Side::Right),
        ("max-rps", Side::Right),
        ("connections", Side::Right),
    ]);
    let figure = |of: Option<f64>| of.map_or_else(|| NOTHING.to_owned(), format::figure);
    for (index, part) in parts(plan, specs, workers).iter().enumerate() {
        let users = match plan.is_open() {
            true => NOTHING.to_owned(),
            false => part.users.to_string(),
        };
        table.row(vec![
            index.to_string().into(),
            part.virtual_shards.to_string().into(),
            users.into(),
            figure(part.arrivals).into(),
            figure(part.max_rps).into(),
            figure(part.connections).into(),
        ]);
    }
    page += &table.render(width, true, 1, "users", Paint::PLAIN);
    page
}

/// The same: `[{ "virtual_shards": 256, "users": 250, "arrivals_per_second": null, ... }]`.
pub fn json(plan: &Plan, specs: &[TypeSpec], workers: usize) -> Vec<Value> {
    parts(plan, specs, workers)
        .iter()
        .map(|part| {
            json!({
                "threads": plan.shards,
                "virtual_shards": part.virtual_shards,
                "users": (!plan.is_open()).then_some(part.users),
                "arrivals_per_second": part.arrivals,
                "max_rps": part.max_rps,
                "max_connections": part.connections,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Limits, Plan};

    #[test]
    fn workers_have_the_whole_plan_together() {
        let plan = Plan {
            shards: 2,
            limits: Limits {
                max_rps: Some(60.0),
                ..Limits::default()
            },
            ..Plan::default()
        };
        let parts = parts(&plan, &[], 3);
        let shards: usize = parts.iter().map(|part| part.virtual_shards).sum();
        assert_eq!(shards, VIRTUAL_SHARDS);
        let rps: f64 = parts.iter().filter_map(|part| part.max_rps).sum();
        assert!((rps - 60.0).abs() < 1e-9, "{rps}");
        assert!(
            parts
                .iter()
                .all(|part| (341..=342).contains(&part.virtual_shards))
        );
    }
}
