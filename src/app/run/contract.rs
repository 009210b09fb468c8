//! The contract of a run: the document of `--openapi`, read before anything is sent, and what the run covered of it.

use std::sync::Arc;

use crate::app::document_source;
use crate::app::process::exit::Failure;
use crate::cli::{ContractConfig, CoverageOf, Resolved};
use crate::http::Settings;
use crate::openapi::{Contract, Document, Fault, MAX_DOCUMENT_BYTES};
use crate::text;
use crate::view::{Coverage, CoverageRule, CoverageShare, ExitKind, RunView, format};

/// The contract of a run as it was read.
pub struct ReadContract {
    pub contract: Arc<Contract>,
    /// The text of the document.
    pub text: String,
    /// What of it cannot be distinguished or checked.
    pub notes: Vec<String>,
}

/// Reads the document, where there is one.
///
/// # Errors
/// When it cannot be read, or is no document of OpenAPI 3.0 or 3.1.
pub fn read(resolved: &Resolved, settings: &Settings) -> Result<Option<ReadContract>, Failure> {
    let Some(config) = &resolved.contract else {
        return Ok(None);
    };
    let name = config.source.name();
    let text = document_source::read(&config.source, settings, MAX_DOCUMENT_BYTES)
        .map_err(|why| usage(&format!("--openapi {name}: {why}")))?;
    let (document, mut notes) = Document::read(&text).map_err(|faults| {
        let said = |fault: &Fault| text::line(&fault.in_document(&name)).into_owned();
        Failure::faults(&faults.0.iter().map(said).collect::<Vec<_>>())
    })?;
    if document.operations.is_empty() {
        let words = format!(
            "--openapi {name}: the document has no operations, so nothing could be covered"
        );
        return Err(usage(&words));
    }
    let base_path = resolved.plan.base_url.path();
    let (contract, more) = Contract::new(document, base_path, config.checks);
    notes.extend(more);
    let notes = notes.iter().map(|note| note.in_document(&name)).collect();
    Ok(Some(ReadContract {
        contract: Arc::new(contract),
        text,
        notes,
    }))
}

fn usage(words: &str) -> Failure {
    Failure::Usage(text::line(words).into_owned())
}

/// Says which minimum the run did not reach, also as reasons for its exit code.
pub fn judge(config: &ContractConfig, last: &mut RunView) {
    let Some(coverage) = &mut last.coverage else {
        return;
    };
    for words in missed(config, coverage) {
        let exit = last.exit.get_or_insert_default();
        exit.add(ExitKind::Coverage, words);
    }
    last.refresh_status();
}

/// Writes into what was covered which minimum was reached; in words those that were not.
pub fn missed(config: &ContractConfig, coverage: &mut Coverage) -> Vec<String> {
    let mut reasons = Vec::new();
    for one in &config.minimum {
        let share: CoverageShare = match one.of {
            CoverageOf::Operations => coverage.operations,
            CoverageOf::Parameters => coverage.parameters,
            CoverageOf::Statuses => coverage.statuses,
            CoverageOf::ContentTypes => coverage.content_types,
        };
        let passed = share.ratio.is_none_or(|ratio| ratio >= one.share);
        if !passed {
            reasons.push(format!(
                "covered {} of {} {} ({}), and --min-coverage requires {}",
                share.covered,
                share.total,
                one.of.as_str().replace('_', " "),
                format::ratio(share.ratio),
                format::ratio(Some(one.share)),
            ));
        }
        coverage.rules.push(CoverageRule {
            of: one.of.as_str(),
            minimum: one.share,
            passed,
        });
    }
    reasons
}
