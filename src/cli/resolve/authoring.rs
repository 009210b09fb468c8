use url::Url;

use super::import::{import, path};
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
    let base_url = options.base_url.as_deref().and_then(|text| {
        let url = Url::parse(text).ok();
        let url = url.filter(|url| matches!(url.scheme(), "http" | "https"));
        if url.is_none() {
            faults.push(
                format!("--base-url {}", quoted(text)),
                "is not a valid URL of HTTP",
                "give one such as http://127.0.0.1:9501",
            );
        }
        url
    });
    let dir = path("throng init", &options.dir, "a folder", &mut faults);
    let import = import(&options.import, &mut faults);
    faults.or(Init {
        dir,
        base_url,
        force: options.force,
        import,
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
    let import = import(&options.import, &mut faults);
    faults.or(New {
        name: name.to_owned(),
        script_dir,
        force: options.force,
        import,
    })
}
