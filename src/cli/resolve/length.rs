use std::time::Duration;

use crate::cli::faults::Faults;
use crate::cli::options::LengthOptions;
use crate::cli::span::parse_span;
use crate::cli::value_sources::ValueSources;
use crate::plan::Length;

const NOT_A_SPAN: &str = "is not a valid duration";
const SPAN_REMEDY: &str = "give seconds such as 300, or units such as 5m or 1h30m";

/// When the run ends, or `None` where nothing says so. The three options exclude each other; one that is typed wins over
/// one of the environment, and that over one of the plan file.
pub(super) fn length(
    options: &LengthOptions,
    typed: &ValueSources<'_>,
    faults: &mut Faults<'_>,
) -> Option<Length> {
    let given = [
        ("duration", options.duration.is_some()),
        ("continuous", options.continuous),
        ("sessions", options.sessions.is_some()),
    ];
    let mut asked: Vec<&str> = given
        .iter()
        .filter(|(_, given)| *given)
        .map(|(name, _)| *name)
        .collect();
    let strongest = asked.iter().map(|name| typed.source(name)).max();
    asked.retain(|name| Some(typed.source(name)) == strongest);
    if asked.len() > 1 {
        let names: Vec<String> = asked.iter().map(|name| format!("--{name}")).collect();
        faults.push(
            names.join(" with "),
            "each of them says when the run ends",
            "give one of them",
        );
    }
    match *asked.first()? {
        "duration" => {
            let read = |text: &str| parse_span(text).map(Length::Duration);
            Some(faults.read(
                "duration",
                options.duration.as_deref(),
                Length::Once,
                read,
                (NOT_A_SPAN, SPAN_REMEDY),
            ))
        }
        "sessions" => {
            let read = |text: &str| text.parse().ok().map(Length::Sessions);
            let fault = (
                "is not a valid number of sessions",
                "give a whole number from 1",
            );
            Some(faults.read(
                "sessions",
                options.sessions.as_deref(),
                Length::Once,
                read,
                fault,
            ))
        }
        _ => Some(Length::Continuous),
    }
}

pub(super) fn ramp(options: &LengthOptions, faults: &mut Faults<'_>) -> Option<Duration> {
    let read = |text: &str| parse_span(text).map(Some);
    faults.read(
        "ramp",
        options.ramp.as_deref(),
        None,
        read,
        (
            NOT_A_SPAN,
            "give seconds such as 10, or units such as 1m; 0 is all at once",
        ),
    )
}
