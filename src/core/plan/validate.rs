//! The rules of a plan, in the order of its fields.

use std::collections::BTreeSet;
use std::time::Duration;

use url::Url;

use super::crowd::VIRTUAL_SHARDS;
use super::span::show_span;
use super::{Fault, Plan, Reload, Rule, Setting, incident, length, search, shape_rules};

impl Plan {
    /// Checks the plan; reports all its faults. A fault's `thing` begins with the name
    /// of the field as the command line spells it, without dashes.
    ///
    /// # Errors
    /// All the faults, in the order of the fields.
    pub fn validate(&self) -> Result<(), Vec<Fault>> {
        let faults = faults(self);
        if faults.is_empty() {
            Ok(())
        } else {
            Err(faults)
        }
    }
}

fn faults(plan: &Plan) -> Vec<Fault> {
    let mut faults = Vec::new();
    // A canary also has a duration: it is checked with the rules of reloads.
    let numbers = Setting::ALL.into_iter();
    for setting in numbers.filter(|setting| *setting != Setting::Canary) {
        live(setting, plan, &mut faults);
    }
    types(plan, &mut faults);
    requests(plan, &mut faults);
    length::faults(plan.length, plan.ramp, &mut faults);
    base_url(&plan.base_url, &mut faults);
    if plan
        .cleanup
        .is_some_and(|cleanup| cleanup.interval == Some(Duration::ZERO))
    {
        faults.push(Fault::new(
            "cleanup-interval 0",
            "must be above 0",
            "give a time such as 3600 or 10m, or --cleanup alone to clean up at the end",
        ));
    }
    if !(1..=VIRTUAL_SHARDS).contains(&plan.shards) {
        faults.push(Fault::new(
            format!("threads {}", plan.shards),
            format!("must be 1 to {VIRTUAL_SHARDS} threads"),
            "give the number of cores, or leave it out",
        ));
    }
    reload(&plan.reload, &mut faults);
    faults.extend(plan.valve.iter().filter_map(Rule::fault_of_stop));
    rules(plan, &mut faults);
    plan.limits.faults(&mut faults);
    incident::faults(&plan.incidents, plan.is_open(), &mut faults);
    shape_rules::faults(plan, &mut faults);
    if let Some(search) = &plan.search {
        search::faults(search, &mut faults);
    }
    faults
}

/// Thresholds, and what no rule may look at: a stage that the plan has not, a time that the run has not.
fn rules(plan: &Plan, faults: &mut Vec<Fault>) {
    let thresholds = plan.thresholds.iter();
    faults.extend(thresholds.filter_map(|rule| rule.fault("fail-if")));
    let stages = plan.shape.stage_ends().count();
    let rules = plan.valve.iter().map(|rule| ("stop-if", rule));
    let rules = rules.chain(plan.thresholds.iter().map(|rule| ("fail-if", rule)));
    for (option, rule) in rules {
        let stage = rule.selector.stage();
        if let Some(stage) = stage.filter(|stage| *stage > stages) {
            faults.push(Fault::new(
                format!("{option} '{rule}'"),
                format!("there is no stage {stage}: the plan has {stages}"),
                "give the number of one of its stages, from 1, or leave the label out",
            ));
            continue;
        }
        let (from, to) = rule.span(&plan.shape);
        let (from, time) = (from.max(plan.shape.warm_up), rule.least_time());
        let looks = format!("looks at {} from {} on", show_span(time), show_span(from));
        let beyond = |end: Duration| from.saturating_add(time) > end;
        if let Some(stage) = stage.filter(|_| beyond(to)) {
            faults.push(Fault::new(
                format!("{option} '{rule}'"),
                format!("{looks}, and stage {stage} ends after {}", show_span(to)),
                "give shorter times, or a longer stage",
            ));
        } else if let Some(end) = plan.end().filter(|end| option == "fail-if" && beyond(*end)) {
            // A stop rule that a run is too short for does no harm.
            faults.push(Fault::new(
                format!("{option} '{rule}'"),
                format!("{looks}, and the run lasts {}", show_span(end)),
                "give shorter times, or a longer run",
            ));
        }
    }
}

/// The initial value of a live setting.
fn live(setting: Setting, plan: &Plan, faults: &mut Vec<Fault>) {
    let value = setting.planned(plan);
    if let Err(why) = setting.check(value) {
        let thing = format!("{} {value}", setting.option());
        faults.push(Fault::new(thing, why.cause, why.remedy));
    }
}

fn types(plan: &Plan, faults: &mut Vec<Fault>) {
    let Some(types) = &plan.types else { return };
    if types.is_empty() || types.iter().any(String::is_empty) {
        faults.push(Fault::new(
            format!("user-types {:?}", types.join(",")),
            "has an empty type name",
            "give names with commas between them, such as new,active",
        ));
    }
    let mut seen = BTreeSet::new();
    for name in types.iter().filter(|name| !name.is_empty()) {
        if !seen.insert(name) {
            faults.push(Fault::new(
                format!("user-types {}", types.join(",")),
                format!("{name} is given twice"),
                "name each type once; its weight in the script says how many there are",
            ));
            break;
        }
    }
}

fn requests(plan: &Plan, faults: &mut Vec<Fault>) {
    for (name, value) in [
        ("min-requests", plan.requests.min),
        ("max-requests", plan.requests.max),
    ] {
        if value == Some(0) {
            faults.push(Fault::new(
                format!("{name} 0"),
                "must be at least 1",
                "give a whole number from 1",
            ));
        }
    }
    if let (Some(min), Some(max)) = (plan.requests.min, plan.requests.max)
        && min > max
    {
        faults.push(Fault::new(
            format!("min-requests {min}"),
            format!("more than --max-requests {max}"),
            "give a minimum that is at most the maximum",
        ));
    }
}

fn reload(reload: &Reload, faults: &mut Vec<Fault>) {
    if let Some(rules) = &reload.canary {
        // 7 % is 0.07, and a hundred times that is slightly more than 7.
        let per_cent = (rules.share * 1e8).round() / 1e6;
        let mut fault = |cause| {
            faults.push(Fault::new(
                format!("canary {per_cent}%/{}s", rules.time.as_secs_f64()),
                cause,
                "give a share and a time, such as 10%/20s or 0.1/20s",
            ));
        };
        if !(rules.share > 0.0 && rules.share < 1.0) {
            fault("the share must be above 0% and below 100%");
        }
        if rules.time.is_zero() {
            fault("the duration must be above 0");
        }
    }
    if !(0.0..=100.0).contains(&reload.tolerance) {
        faults.push(Fault::new(
            format!("canary-tolerance {}", reload.tolerance),
            "must be 0 to 100 percentage points",
            "give a number from 0 to 100, such as 2",
        ));
    }
}

fn base_url(url: &Url, faults: &mut Vec<Fault>) {
    let mut fault = |cause: &str, remedy: &str| {
        faults.push(Fault::new(
            format!("base-url {}", without_secrets(url)),
            cause,
            remedy,
        ));
    };
    if !matches!(url.scheme(), "http" | "https") {
        fault(
            "must be an http or https URL",
            "give a URL such as http://127.0.0.1:9501",
        );
    } else if url.host_str().is_none_or(str::is_empty) {
        fault("names no host", "give a URL such as http://127.0.0.1:9501");
    }
    if !url.username().is_empty() || url.password().is_some() {
        fault(
            "has a user name, which would appear in logs",
            "leave it out of the URL; scripts log in by auth.basic",
        );
    }
    if url.query().is_some() || url.fragment().is_some() {
        fault(
            "has a query or a fragment, which requests cannot keep",
            "end the URL with its path",
        );
    }
}

/// The URL without the part before the `@`, safe to show.
fn without_secrets(url: &Url) -> String {
    let mut shown = url.clone();
    let hidden = shown.set_username("").is_ok() & shown.set_password(None).is_ok();
    if hidden {
        shown.to_string()
    } else {
        format!("{}:...", url.scheme())
    }
}
