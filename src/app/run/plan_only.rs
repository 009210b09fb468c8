//! `--dry-run` and `throng plan`: the plan in words, or as it lives in virtual time; nothing is sent.

use std::process::ExitCode;
use std::sync::Arc;

use super::{dry_run, expected_visits, plan_page, rehearsal, warnings};
use crate::app::process::exit::{Failure, SUCCESS};
use crate::app::process::output::{complain, print};
use crate::app::process::{open_files, terminal};
use crate::cli::{Mode, PlanView, Resolved};
use crate::engine::RunConfig;
use crate::secrets::Masker;

/// Prints what the line asks for.
///
/// # Errors
/// When it cannot be printed, or a dry run cannot begin.
pub fn say(
    resolved: &Resolved,
    config: RunConfig,
    of_contract: &[String],
    secrets: &Arc<Masker>,
) -> Result<ExitCode, Failure> {
    let warnings = warnings::of(resolved, &config, of_contract);
    for words in &resolved.unknown_variables {
        complain(&format!("warning: {words}"));
    }
    let with_capacity = |workers: Option<usize>| {
        workers.map(|count| (count, plan_page::Capacity::measured(resolved, &config)))
    };
    let text = match resolved.mode {
        Mode::Plan(PlanView {
            json: true,
            workers,
            ..
        }) => plan_page::json(resolved, &config.specs, &warnings, with_capacity(workers)),
        Mode::Plan(PlanView { all, workers, .. }) => {
            let table = dry_run::table(resolved, &config.specs, &warnings);
            let table = table + &expected_visits::text(&resolved.plan, config.specs.iter());
            let width = terminal::width();
            let workers = with_capacity(workers);
            plan_page::text(resolved, &config.specs, &table, (all, width), workers)
        }
        _ if rehearsal::is_wanted(resolved) => {
            let table = dry_run::table(resolved, &config.specs, &warnings);
            return rehearsal::run(resolved, config, &table, secrets);
        }
        _ => {
            if let Some((file, _)) = &resolved.outputs.samples {
                let file = crate::text::line(&file.to_string_lossy()).into_owned();
                complain(&format!(
                    "warning: --samples {file}: nothing is written, since without answers no request is made; add --mock FILE.lua"
                ));
            }
            dry_run::text(resolved, &config.specs, &warnings)
        }
    };
    print(&secrets.text(&text))?;
    if let Some(short) = open_files::shortage(&resolved.plan) {
        complain(&format!("warning: {short}"));
    }
    Ok(ExitCode::from(SUCCESS))
}
