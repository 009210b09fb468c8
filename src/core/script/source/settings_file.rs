//! The plan file of a run, as far as it concerns scripts that change: what may be changed without one, for which types.

use super::bundle::{Bundle, Source};
use crate::plan::file::{self, Baseline, FILE_NAME, FileFault};
use crate::plan::{Change, Fault};
use crate::script::diagnostic::Diagnostic;
use crate::text::did_you_mean;

/// What the plan file of the bundle says of live settings; nothing without one.
///
/// # Errors
/// Every fault with its line and column: of the file, of a type that there is not, and of a key that cannot change once the
/// run has begun with this baseline.
pub fn read(bundle: &Bundle, baseline: &Baseline) -> Result<Change, Vec<Diagnostic>> {
    let Some(source) = &bundle.settings else {
        return match baseline.missed().as_slice() {
            [] => Ok(Change::default()),
            keys => Err(vec![Diagnostic::at(
                FILE_NAME.to_owned(),
                format!(
                    "is not there any more, and what it said of {} cannot change during a run; \
                     write it again, or restart the run without it",
                    keys.join(", ")
                ),
            )]),
        };
    };
    let types: Vec<&str> = bundle.types.keys().map(String::as_str).collect();
    read_source(source, &types, baseline)
}

/// What a plan file says to a crowd of these types.
///
/// # Errors
/// As [`read`].
pub fn read_source(
    source: &Source,
    types: &[&str],
    baseline: &Baseline,
) -> Result<Change, Vec<Diagnostic>> {
    let (plan, mut faults) = file::read(&source.path, &source.text, &baseline.keys);
    for item in &plan.types {
        let name = item.text.as_str();
        if !types.contains(&name) {
            let fault = unknown_type(name, types);
            let place = item.place.clone();
            faults.push(FileFault { place, fault });
        }
    }
    // A file that cannot be read whole says nothing of what was taken out of it.
    if faults.is_empty() {
        faults = baseline.faults(&source.path, &plan);
    }
    done(plan.live, faults)
}

/// A type that is named and is not there, among those that are.
pub fn unknown_type(name: &str, types: &[&str]) -> Fault {
    let meant = did_you_mean(name, types.iter().copied());
    Fault::new(
        format!("type {name}"),
        "does not exist",
        format!("there are: {}{meant}", types.join(", ")),
    )
}

fn done(change: Change, mut faults: Vec<FileFault>) -> Result<Change, Vec<Diagnostic>> {
    if faults.is_empty() {
        return Ok(change);
    }
    faults.sort_by_key(|fault| fault.place.position());
    let faults = faults.into_iter();
    Err(faults
        .map(|found| Diagnostic::at(found.place.to_string(), found.fault.to_string()))
        .collect())
}
