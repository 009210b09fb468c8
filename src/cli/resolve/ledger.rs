use std::path::PathBuf;

use crate::cli::faults::Faults;
use crate::cli::options::LedgerOptions;
use crate::ledger::Policy;
use crate::plan::DEFAULT_CLEANUP_RPS;

/// The folder of the ledgers, as it was named.
pub(super) fn state_dir(word: Option<&str>, faults: &mut Faults<'_>) -> Option<PathBuf> {
    if word == Some("") {
        faults.push(
            "--state-dir \"\"",
            "is not a valid path",
            "give the path of a folder, or leave it out",
        );
    }
    word.map(PathBuf::from)
}

/// What happens when the ledger cannot be written.
pub(super) fn policy(options: &LedgerOptions, faults: &mut Faults<'_>) -> Policy {
    let read = |text: &str| match text {
        "required" => Some(Policy::Required),
        "best-effort" => Some(Policy::BestEffort),
        _ => None,
    };
    faults.read(
        "ledger",
        options.ledger.as_deref(),
        Policy::default(),
        read,
        (
            "is not a valid ledger policy",
            "give required or best-effort",
        ),
    )
}

/// Requests a second of a clean-up.
pub(super) fn rps(word: Option<&str>, faults: &mut Faults<'_>) -> f64 {
    let read = |text: &str| {
        let rps = text.parse::<f64>().ok()?;
        (rps.is_finite() && rps > 0.0).then_some(rps)
    };
    faults.read(
        "cleanup-rps",
        word,
        DEFAULT_CLEANUP_RPS,
        read,
        (
            "is not a valid request rate",
            "give a number above 0, such as 100",
        ),
    )
}
