use crate::cli::option_values::{Overruled, ValueOrigin};
use crate::cli::options::RunOptions;
use crate::cli::value_sources::{Source, ValueSources};
use crate::plan::Shape;

/// The options of the shape and the length that are given and do not hold, since others exclude them in stronger places.
pub(super) fn overruled(
    options: &RunOptions,
    shape: &Shape,
    typed: &ValueSources<'_>,
) -> Vec<Overruled> {
    let mut found: Vec<(&str, &str)> = Vec::new();
    for (option, beside) in [
        ("stage", &[][..]),
        ("arrivals", &["max_users", "arrivals_even"][..]),
    ] {
        let is_said = is_given(option, options, typed);
        if let Some(by) = stronger(option, options, typed).filter(|_| is_said) {
            let all = std::iter::once(&option).chain(beside);
            let given = all.filter(|option| is_given(option, options, typed));
            found.extend(given.map(|option| (*option, by)));
        }
    }
    let mut excludes = |by: &'static str, others: &[&'static str]| {
        for option in others {
            let is_weaker = typed.compare(by, option).is_gt();
            let is_new = found.iter().all(|(known, _)| known != option);
            if is_weaker && is_new && is_given(option, options, typed) {
                found.push((*option, by));
            }
        }
    };
    let lengths = ["duration", "continuous", "sessions"];
    let by_shape = match (&shape.arrivals, shape.stages.is_empty()) {
        (_, false) => Some("stage"),
        (Some(_), true) => Some("arrivals"),
        (None, true) => None,
    };
    if let Some(by) = by_shape {
        excludes(by, &["users", "ramp"]);
        if shape.end().is_some() {
            excludes(by, &lengths);
        }
    }
    let given = lengths
        .into_iter()
        .filter(|option| is_given(option, options, typed));
    if let Some(by) = given.max_by_key(|option| typed.source(option)) {
        excludes(by, &lengths);
    }
    for (by, other) in [("timezone", "day_length"), ("day_length", "timezone")] {
        excludes(by, &[other]);
    }
    let overruled = found.into_iter().filter_map(|(option, by)| {
        Some(Overruled {
            key: option.to_owned(),
            origin: origin(option, typed)?,
            by: origin(by, typed)?.to_string(),
        })
    });
    overruled.collect()
}

/// What excludes the stages or the arrivals and stands in a stronger place than they do.
pub(super) fn stronger(
    option: &str,
    options: &RunOptions,
    typed: &ValueSources<'_>,
) -> Option<&'static str> {
    // A rate alone does not say when the run ends, and goes with what does.
    let is_constant = |text: &String| !text.contains(':');
    let others: &[&str] = match option {
        "stage" => &["users", "arrivals", "sessions", "duration", "continuous"],
        _ if options.shape.arrivals.as_ref().is_some_and(is_constant) => &["users", "stage"],
        _ => &["users", "stage", "sessions", "duration", "continuous"],
    };
    others
        .iter()
        .copied()
        .find(|other| is_given(other, options, typed) && typed.compare(other, option).is_gt())
}

/// Where the value of an option comes from; none where it is not given.
pub(super) fn origin(option: &str, typed: &ValueSources<'_>) -> Option<ValueOrigin> {
    let long = format!("--{}", option.replace('_', "-"));
    match typed.source(option) {
        Source::Nowhere => None,
        Source::File => Some(ValueOrigin::File(typed.entry_of(&long)?.place.clone())),
        Source::Environment => typed.variable_of(&long).map(ValueOrigin::Environment),
        Source::Line => Some(ValueOrigin::Line(long)),
    }
}

/// Whether an option says something. A flag that is set to false does not.
fn is_given(option: &str, options: &RunOptions, typed: &ValueSources<'_>) -> bool {
    match option {
        "continuous" => options.length.continuous,
        "arrivals_even" => options.shape.arrivals_even,
        _ => typed.source(option) > Source::Nowhere,
    }
}
