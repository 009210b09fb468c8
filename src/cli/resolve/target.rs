use std::path::PathBuf;

use url::Url;

use super::purpose::Purpose;
use crate::cli::faults::{Faults, quoted};
use crate::cli::options::TargetOptions;
use crate::cli::value_sources::ValueSources;
use crate::http::{Allowed, NotAllowed};
use crate::plan::Plan;

const REMEDY: &str = "give a URL such as http://127.0.0.1:9501";

/// The target; its rules are the plan's.
pub(super) fn base_url(
    options: &TargetOptions,
    typed: &ValueSources<'_>,
    purpose: Purpose,
    faults: &mut Faults<'_>,
) -> Url {
    let default = Plan::default().base_url;
    let Some(text) = options.base_url.as_deref() else {
        return default;
    };
    if purpose == Purpose::Demo {
        // A variable is meant for `run` and would make the first command of the README fail.
        if typed.on_the_line("base_url") {
            faults.push(
                format!("--base-url {}", quoted(text)),
                "a demo brings its own target",
                "use throng run, or leave it out",
            );
        }
        return default;
    }
    match Url::parse(text) {
        Ok(url) if !url.cannot_be_a_base() => url,
        Ok(_) | Err(url::ParseError::RelativeUrlWithoutBase) => {
            faults.push(
                format!("--base-url {}", quoted(text)),
                "does not begin with http:// or https://",
                REMEDY,
            );
            default
        }
        Err(error) => {
            faults.push(
                format!("--base-url {}", quoted(text)),
                error.to_string(),
                REMEDY,
            );
            default
        }
    }
}

/// The places beside the target that users may connect to.
pub(super) fn allowed(options: &TargetOptions, faults: &mut Faults<'_>) -> Vec<Allowed> {
    let mut allowed = Vec::new();
    for text in &options.allow_host {
        match text.parse::<Allowed>() {
            Ok(place) => allowed.push(place),
            Err(why) => {
                let remedy = match why {
                    NotAllowed::Metadata => "leave it out",
                    NotAllowed::Form | NotAllowed::Bits => {
                        "give one such as api.example.com, api.example.com:8080, 10.0.0.5 or 10.0.0.0/8"
                    }
                };
                faults.push(
                    format!("--allow-host {}", quoted(text)),
                    why.to_string(),
                    remedy,
                );
            }
        }
    }
    allowed
}

/// The file that answers in place of the target.
pub(super) fn mock(
    options: &TargetOptions,
    typed: &ValueSources<'_>,
    purpose: Purpose,
    faults: &mut Faults<'_>,
) -> Option<PathBuf> {
    let file = options.mock.as_deref()?;
    if file.is_empty() {
        faults.push(
            "--mock \"\"",
            "is not a valid path",
            "give a Lua file that returns a table of routes, or leave it out",
        );
        return None;
    }
    if purpose == Purpose::Demo {
        if typed.on_the_line("mock") {
            faults.push(
                format!("--mock {}", quoted(file)),
                "a demo brings its own target",
                "use throng run --builtin, or leave it out",
            );
        }
        return None;
    }
    Some(PathBuf::from(file))
}
