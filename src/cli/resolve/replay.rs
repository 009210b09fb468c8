use std::path::PathBuf;

use super::import::{format, log};
use crate::cli::authoring::{ImportSource, SourcePlace};
use crate::cli::faults::{Faults, quoted};
use crate::cli::options::ReplayOptions;
use crate::cli::value_sources::ValueSources;
use crate::plan::Fault;

/// The fastest replay.
const FASTEST: f64 = 10_000.0;

/// What is played, and how fast.
pub(in crate::cli) fn replay(
    options: &ReplayOptions,
    typed: &ValueSources<'_>,
) -> Result<(ImportSource, f64), Vec<Fault>> {
    let mut faults = Faults::of(typed);
    let speed = options.speed.trim_end_matches('x').parse::<f64>().ok();
    let speed = speed.filter(|speed| *speed > 0.0 && *speed <= FASTEST);
    if speed.is_none() {
        faults.push(
            format!("--speed {}", quoted(&options.speed)),
            "is not a valid factor",
            format!("give a number above 0 and up to {FASTEST}, such as 2"),
        );
    }
    let source = ImportSource {
        place: SourcePlace::File(PathBuf::from(&options.log_file)),
        format: format(options.format.as_deref(), &mut faults),
        tags: Vec::new(),
        operations: Vec::new(),
        mistakes: false,
        log: log(&options.log, &mut faults),
    };
    faults.or((source, speed.unwrap_or(1.0)))
}
