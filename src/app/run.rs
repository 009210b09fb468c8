//! `throng run`: from resolved words to a finished run.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;

use super::exit::{CUT, FAILED, FINE, Failure};
use super::{signals, words_to_http};
use crate::cli::{Lib, Resolved, Scripts, Verbosity};
use crate::engine::{Brief, Orchestrator, Verdict};
use crate::script::{self, Bundle, Place, Sheet, Tell, Terms};

/// Runs a plan to its end.
pub fn run(resolved: Resolved) -> Result<ExitCode, Failure> {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .init();
    let brief = brief(&resolved)?;
    let (orchestrator, snapshots, commands) = Orchestrator::new(brief, env!("CARGO_PKG_VERSION"));
    signals::listen(commands).context("cannot listen for Ctrl-C")?;
    let _ = snapshots;
    let ended = orchestrator
        .run()
        .map_err(|why| Failure::Machine(why.into()))?;
    println!(
        "{:?} {:?}",
        ended.snapshot.requests(),
        ended.snapshot.sessions()
    );
    for endpoint in ended.snapshot.endpoints() {
        println!(
            "{} {} {:?}",
            endpoint.method, endpoint.name, endpoint.totals.statuses
        );
    }
    let code = match ended.verdict {
        Verdict::Fine if ended.leftovers.is_empty() => FINE,
        Verdict::Aborted => CUT,
        _ => FAILED,
    };
    Ok(ExitCode::from(code))
}

fn brief(resolved: &Resolved) -> Result<Brief, Failure> {
    let place = match &resolved.scripts {
        Scripts::Embedded => Place::Stock,
        Scripts::Folder(folder) => Place::Folder(folder.clone()),
    };
    let lib = match &resolved.lib {
        Lib::Named(folder) => Some(folder.as_path()),
        Lib::Beside(folder) if folder.is_dir() => Some(folder.as_path()),
        Lib::Beside(_) | Lib::Embedded => None,
    };
    let bundle = Arc::new(Bundle::read(1, &place, lib).map_err(Failure::Scripts)?);
    let terms = terms(resolved);
    let sheets = select(
        script::check(&bundle, &terms).map_err(Failure::Scripts)?,
        resolved,
    )?;
    let user_agent = format!(
        "throng/{} (run {})",
        env!("CARGO_PKG_VERSION"),
        terms.run_id
    );
    let http = words_to_http::settings(&resolved.http, user_agent)
        .load()
        .map_err(|why| Failure::Usage(why.to_string()))?;
    Ok(Brief::new(
        Arc::new(resolved.plan.clone()),
        bundle,
        sheets,
        http,
        terms,
    ))
}

fn select(sheets: Vec<Sheet>, resolved: &Resolved) -> Result<Vec<Sheet>, Failure> {
    let Some(wanted) = &resolved.plan.types else {
        return Ok(sheets);
    };
    let known: Vec<String> = sheets.iter().map(|sheet| sheet.name.clone()).collect();
    if let Some(unknown) = wanted.iter().find(|name| !known.contains(name)) {
        return Err(Failure::Usage(format!(
            "--user-types: there is no type '{unknown}'; the script folder has: {}",
            known.join(", ")
        )));
    }
    Ok(sheets
        .into_iter()
        .filter(|sheet| wanted.contains(&sheet.name))
        .collect())
}

fn terms(resolved: &Resolved) -> Terms {
    let plan = &resolved.plan;
    Terms {
        run_id: uuid::Uuid::new_v4().simple().to_string()[..8].to_owned(),
        seed: plan.seed,
        error_rate: plan.error_rate,
        think_factor: plan.think_factor,
        vars: Arc::new(plan.vars.clone()),
        base_path: plan.base_url.path().trim_end_matches('/').to_owned(),
        tell: match resolved.output.verbosity {
            Verbosity::Quiet | Verbosity::Normal => Tell::Nothing,
            Verbosity::Verbose => Tell::Lines,
            Verbosity::Debug => Tell::Everything,
        },
        crowd: None,
        shard: 0,
        shards: plan.shards,
    }
}
