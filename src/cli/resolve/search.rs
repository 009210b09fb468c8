use std::time::Duration;

use crate::cli::faults::{Faults, quoted};
use crate::cli::option_values::Overruled;
use crate::cli::options::{LengthOptions, LevelOptions, RunOptions, SET_BY_SEARCH, ShapeOptions};
use crate::cli::span::parse_span;
use crate::cli::value_sources::ValueSources;
use crate::plan::shape::{Arrivals, Rate, parse_arrivals};
use crate::plan::{
    DEFAULT_COOLDOWN, DEFAULT_MEASURE, DEFAULT_PASSES, DEFAULT_PRECISION, DEFAULT_SETTLE,
    DEFAULT_SPAN, SearchPlan, Shape, parse_slo,
};

/// Why an option of a run has no place in a search.
fn cause(option: &str) -> &'static str {
    match option {
        "fail_if" | "allow_missing" => "the search judges each level by --slo, not the run",
        "trace" => "a search needs more than one user",
        _ => "the search sets the level, and says when the run ends",
    }
}

/// The options without what a search says itself: what is typed of it is a fault, what stands elsewhere is meant for other runs.
pub(super) fn own(
    options: RunOptions,
    typed: &ValueSources<'_>,
    faults: &mut Faults<'_>,
) -> (RunOptions, Vec<Overruled>) {
    let mut overruled = Vec::new();
    for option in SET_BY_SEARCH {
        let long = format!("--{}", option.replace('_', "-"));
        if typed.on_the_line(option) {
            let thing = format!("{long} with throng search");
            faults.push(
                thing,
                cause(option),
                "leave it out, or give --from and --at-most",
            );
        } else if let Some(origin) = super::overruled::origin(option, typed) {
            overruled.push(Overruled {
                key: option.to_owned(),
                origin,
                by: "throng search".to_owned(),
            });
        }
    }
    let mut own = options;
    own.length = LengthOptions::default();
    own.shape = ShapeOptions {
        arrivals_even: own.shape.arrivals_even,
        max_users: own.shape.max_users,
        ..ShapeOptions::default()
    };
    (own.crowd.users, own.crowd.trace) = (None, None);
    (own.safety.fail_if, own.safety.allow_missing) = (Vec::new(), false);
    (own, overruled)
}

/// The search; none where something of it is wrong.
pub(super) fn search(asked: &LevelOptions, faults: &mut Faults<'_>) -> Option<SearchPlan> {
    let slo = slo(asked.slo.as_deref(), faults);
    let at_most = match asked.at_most.as_deref() {
        Some(text) => level("at-most", text, faults),
        None => {
            faults.push(
                "--at-most",
                "is missing: nothing says how far the load may be raised",
                "give the highest level, such as 500/s for arrivals or 500 for users",
            );
            None
        }
    };
    let from = asked.from.as_deref();
    let from = from.map(|text| level("from", text, faults));
    let mut span = |option, text: &Option<String>, default| {
        let remedy = "give seconds such as 10, or units such as 500ms or 1m";
        let fault = ("is not a valid duration", remedy);
        faults.read(option, text.as_deref(), default, parse_span, fault)
    };
    let settle: Duration = span("settle", &asked.settle, DEFAULT_SETTLE);
    let measure = span("measure", &asked.measure, DEFAULT_MEASURE);
    let cooldown = span("cooldown", &asked.cooldown, DEFAULT_COOLDOWN);
    let precision = asked.precision.as_deref();
    let precision = faults.share("precision", precision, DEFAULT_PRECISION);
    let passes = faults.read(
        "passes",
        asked.passes.as_deref(),
        DEFAULT_PASSES,
        |text| text.parse().ok(),
        ("is not a valid number", "give a whole number such as 3"),
    );
    let (at_most, open) = at_most?;
    let from = match from {
        Some(from) => from?,
        None => (lowest(at_most, open), open),
    };
    if from.1 != open {
        faults.push(
            format!("--from {}", asked.from.as_deref().unwrap_or_default()),
            "is not of the same kind as --at-most",
            "give both as arrivals such as 500/s, or both as users such as 500",
        );
        return None;
    }
    Some(SearchPlan {
        slo: slo?,
        from: from.0,
        at_most,
        open,
        settle,
        measure,
        cooldown,
        precision,
        passes,
    })
}

/// The shape with which a search begins: what of arrivals is no level.
pub(super) fn shape(options: &ShapeOptions, max_users: u32) -> Shape {
    Shape {
        arrivals: Some(Arrivals {
            rate: Rate::Constant(1.0),
            even: options.arrivals_even,
            max_users,
        }),
        ..Shape::default()
    }
}

fn slo(text: Option<&str>, faults: &mut Faults<'_>) -> Option<Vec<crate::plan::Rule>> {
    let Some(text) = text.filter(|text| !text.trim().is_empty()) else {
        faults.push(
            "--slo",
            "is missing: nothing says what must hold",
            "give an objective such as 'p99 < 300ms, failed < 1%'",
        );
        return None;
    };
    parse_slo("slo", text)
        .map_err(|of_slo| faults.add_of_plan(of_slo))
        .ok()
}

/// A level, and whether it is a rate of arrivals. Its bounds are the plan's to check.
fn level(option: &str, text: &str, faults: &mut Faults<'_>) -> Option<(f64, bool)> {
    if !text.contains('/') {
        let users = text.trim().parse::<u32>().ok();
        if let Some(users) = users {
            return Some((f64::from(users), false));
        }
    } else if let Ok(Arrivals {
        rate: Rate::Constant(rate),
        ..
    }) = parse_arrivals(text)
    {
        return Some((rate, true));
    }
    faults.push(
        format!("--{option} {}", quoted(text)),
        "is not a valid level",
        "give arrivals such as 500/s or 300/m, or users such as 500",
    );
    None
}

/// The lowest level where none is given.
fn lowest(at_most: f64, open: bool) -> f64 {
    let lowest = at_most / DEFAULT_SPAN;
    if open {
        lowest
    } else {
        lowest.floor().max(1.0)
    }
}
