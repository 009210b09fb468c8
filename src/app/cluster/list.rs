use std::process::ExitCode;

use serde_json::{Value, json};

use crate::app::process::exit::{Failure, SUCCESS};
use crate::app::process::output::{print, print_json};
use crate::app::{look, nats_server};
use crate::cli::{ClusterList, Color};
use crate::cluster::{self, ListedRun, Listing};
use crate::report::text::table::{NOTHING, Side, Table};

/// `throng cluster ls`.
///
/// # Errors
/// When NATS cannot be used.
pub fn run(config: &ClusterList) -> Result<ExitCode, Failure> {
    let server = nats_server::server(&config.nats)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(anyhow::Error::from)?;
    let listing = runtime.block_on(cluster::list(&server))?;
    if config.json {
        let page = serde_json::to_string_pretty(&json(&listing)).map_err(anyhow::Error::from)?;
        print_json(&format!("{page}\n"))?;
    } else {
        print(&text(&listing))?;
    }
    Ok(ExitCode::from(SUCCESS))
}

fn json(listing: &Listing) -> Value {
    let workers: Vec<Value> = listing
        .workers
        .iter()
        .map(|one| {
            let work = one.work.as_ref();
            json!({
                "name": one.name, "host": one.host, "version": one.version, "threads": one.threads,
                "state": state(work.is_some()),
                "run": work.map(|work| &work.run), "place": work.map(|work| work.place),
            })
        })
        .collect();
    let runs: Vec<Value> = listing
        .runs
        .iter()
        .map(|(id, run)| {
            json!({
                "id": id, "workers": run.workers, "wanted": run.wanted, "state": state_of_run(run),
            })
        })
        .collect();
    json!({ "workers": workers, "runs": runs })
}

fn text(listing: &Listing) -> String {
    let look = look::look(look::paint(Color::Auto, true), true);
    let mut page = String::new();
    if listing.workers.is_empty() {
        page += "no worker answered; start some with `throng worker --nats URL`\n";
    } else {
        let mut table = Table::new(&[
            ("worker", Side::Left),
            ("host", Side::Left),
            ("version", Side::Left),
            ("threads", Side::Right),
            ("state", Side::Left),
            ("run", Side::Left),
            ("place", Side::Right),
        ]);
        for one in &listing.workers {
            let work = one.work.as_ref();
            let place = work.map(|work| work.place.to_string());
            table.row(vec![
                one.name.as_str().into(),
                one.host.as_str().into(),
                one.version.as_str().into(),
                one.threads.to_string().into(),
                state(work.is_some()).into(),
                work.map_or(NOTHING, |work| work.run.as_str()).into(),
                place.unwrap_or_else(|| NOTHING.to_owned()).into(),
            ]);
        }
        page += &table.render(look.width, look.whole, 2, "host", look.paint);
    }
    if !listing.runs.is_empty() {
        let mut table = Table::new(&[
            ("run", Side::Left),
            ("workers", Side::Right),
            ("wanted", Side::Right),
            ("state", Side::Left),
        ]);
        for (id, run) in &listing.runs {
            table.row(vec![
                id.as_str().into(),
                run.workers.to_string().into(),
                run.wanted.to_string().into(),
                state_of_run(run).into(),
            ]);
        }
        page += "\n";
        page += &table.render(look.width, look.whole, 1, "state", look.paint);
    }
    page
}

fn state(is_at_work: bool) -> &'static str {
    if is_at_work { "working" } else { "waiting" }
}

fn state_of_run(run: &ListedRun) -> &'static str {
    if run.calls {
        "waiting for workers"
    } else {
        "under way"
    }
}
