use std::path::PathBuf;

use url::Url;

use crate::cli::authoring::{Api, Init, New};
use crate::cli::faults::{Faults, quoted};
use crate::cli::options::{ApiOptions, InitOptions, NewOptions};
use crate::cli::value_sources::ValueSources;
use crate::plan::Fault;

/// What of the API is described.
pub(in crate::cli) fn api(
    options: ApiOptions,
    typed: &ValueSources<'_>,
) -> Result<Api, Vec<Fault>> {
    let mut faults = Faults::of(typed);
    let asked = match (options.meta.as_deref(), options.name) {
        (Some("-"), _) => Api::PrintMeta,
        (Some(file), _) => Api::WriteMeta(path("--meta", file, "a file", &mut faults)),
        (None, Some(name)) => Api::Describe(name),
        (None, None) => Api::List,
    };
    faults.or(asked)
}

/// Where a project begins.
pub(in crate::cli) fn init(
    options: &InitOptions,
    typed: &ValueSources<'_>,
) -> Result<Init, Vec<Fault>> {
    let mut faults = Faults::of(typed);
    let base_url = Url::parse(&options.base_url).ok();
    let base_url = base_url.filter(|url| matches!(url.scheme(), "http" | "https"));
    if base_url.is_none() {
        faults.push(
            format!("--base-url {}", quoted(&options.base_url)),
            "is not a valid URL of HTTP",
            "give one such as http://127.0.0.1:9501",
        );
    }
    let dir = path("throng init", &options.dir, "a folder", &mut faults);
    let Some(base_url) = base_url else {
        return Err(faults.or(()).err().unwrap_or_default());
    };
    faults.or(Init {
        dir,
        base_url,
        force: options.force,
    })
}

/// The behaviour that is added.
pub(in crate::cli) fn new(
    options: &NewOptions,
    typed: &ValueSources<'_>,
) -> Result<New, Vec<Fault>> {
    let mut faults = Faults::of(typed);
    let name = options.name.strip_suffix(".lua").unwrap_or(&options.name);
    let is_type = name.starts_with(|first: char| first.is_ascii_lowercase())
        && name
            .bytes()
            .all(|sign| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == b'_');
    if !is_type {
        faults.push(
            format!("throng new {}", quoted(&options.name)),
            "is not a valid name of a type",
            "give small letters, digits and _, a letter first, such as reader",
        );
    }
    let script_dir = path("--script-dir", &options.script_dir, "a folder", &mut faults);
    faults.or(New {
        name: name.to_owned(),
        script_dir,
        force: options.force,
    })
}

fn path(option: &str, text: &str, what: &str, faults: &mut Faults<'_>) -> PathBuf {
    if text.is_empty() {
        faults.push(
            format!("{option} \"\""),
            "is not a valid path",
            format!("give the path of {what}, or leave it out"),
        );
    }
    PathBuf::from(text)
}
