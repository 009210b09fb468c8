use crate::cli::contract::{ContractConfig, DocumentSource, MinCoverage};
use crate::cli::faults::{Faults, quoted};
use crate::cli::options::ContractOptions;
use crate::cli::value_sources::ValueSources;

/// How a share is written.
const REMEDY: &str = "give one of the operations such as 95%, or of another such as statuses=40%: \
                      operations, parameters, statuses or content_types";

/// What the target offers; none: nobody says.
pub(super) fn contract(
    options: &ContractOptions,
    typed: &ValueSources<'_>,
    faults: &mut Faults<'_>,
) -> Option<ContractConfig> {
    let mut minimum = Vec::new();
    for text in &options.min_coverage {
        match MinCoverage::parse(text) {
            Some(one) => minimum.push(one),
            None => faults.push(
                format!("--min-coverage {}", quoted(text)),
                "is not a valid share of what the document has",
                REMEDY,
            ),
        }
    }
    let Some(text) = &options.openapi else {
        // In the environment or a plan file they may stand for those runs that have a document.
        for (name, is_given) in [
            ("min_coverage", !minimum.is_empty()),
            ("no_schema_checks", options.no_schema_checks),
        ] {
            if is_given && typed.on_the_line(name) {
                faults.push(
                    format!("--{} without --openapi", name.replace('_', "-")),
                    "there is no document that says what the target offers",
                    "name one with --openapi, such as openapi.yaml",
                );
            }
        }
        return None;
    };
    let Some(source) = DocumentSource::parse(text) else {
        faults.push(
            format!("--openapi {}", quoted(text)),
            "names neither a file nor an http or https URL with a host",
            "give one such as openapi.yaml or http://127.0.0.1:9501/openapi.json",
        );
        return None;
    };
    Some(ContractConfig {
        source,
        checks: !options.no_schema_checks,
        minimum,
    })
}
