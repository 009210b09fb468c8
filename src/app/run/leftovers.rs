//! What a run leaves on its target, reported at its end.

use crate::app::state_dir::LedgerPlace;
use crate::cli::Resolved;
use crate::engine::{Ended, MOST_LISTED};
use crate::text;

/// Says what is left: in the log thing by thing where it should have been deleted or stands in no file; given back, how the
/// rest is deleted later.
pub fn report(resolved: &Resolved, ended: &Ended, keeping: LedgerPlace) -> Option<String> {
    for leftover in &ended.leftovers {
        tracing::error!("{leftover}");
    }
    let kinds = &ended.snapshot.left_behind;
    let left: u64 = kinds.values().sum();
    if left == 0 || keeping == LedgerPlace::Memory {
        return None;
    }
    if resolved.plan.cleanup.is_some() && left > MOST_LISTED as u64 {
        tracing::error!("left behind: {} more", left - MOST_LISTED as u64);
    }
    for kept in &ended.unwritten {
        tracing::error!("on the target, and in no ledger: {kept}");
    }
    let written = left.saturating_sub(ended.unwritten.len() as u64);
    if written == 0 {
        return None;
    }
    let kinds: Vec<String> = kinds
        .iter()
        .map(|(kind, things)| format!("{} x{things}", text::line(kind)))
        .collect();
    Some(format!(
        "\nleft on the target: {}; to delete it: {}\n",
        kinds.join(", "),
        command(resolved, &ended.snapshot.run.id)
    ))
}

fn command(resolved: &Resolved, run: &str) -> String {
    let mut command = format!("throng cleanup --run {run}");
    if let Some(folder) = &resolved.state_dir {
        let whole = std::path::absolute(folder).unwrap_or_else(|_| folder.clone());
        let shown = whole.display().to_string();
        let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+=:@,".contains(c);
        if shown.chars().all(plain) {
            command += &format!(" --state-dir {shown}");
        } else {
            command += &format!(" --state-dir '{}'", shown.replace('\'', "'\\''"));
        }
    }
    command
}
