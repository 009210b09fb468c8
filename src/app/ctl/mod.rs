//! `throng ctl`: shows a run and gives it commands, over its control API.
//!
//! In: the resolved line. Out: one request, its response as text or JSON, an exit code; or a stream of events, each as a line.
//! Must never know: the engine: the run may be of another version, on another machine.

mod client;
mod events;
mod find;
mod inspect;
mod logs;
mod show;
mod watch;

use std::process::ExitCode;

use reqwest::{Client, Method};
use serde_json::json;

use crate::app::process::exit::Failure;
use crate::cli::{Ctl, CtlCommand, Incident};
use crate::web::api::{Run, Versions};
use client::{PATIENCE, RunClient};

/// Does it and prints what became of it.
///
/// # Errors
/// When the run does not exist, or cannot be reached.
pub fn run(ctl: Ctl) -> Result<ExitCode, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(anyhow::Error::from)?;
    runtime.block_on(async {
        let client = Client::builder()
            .no_proxy()
            .timeout(PATIENCE)
            .build()
            .map_err(anyhow::Error::from)?;
        let run = find::run(&client, &ctl).await?;
        execute(&RunClient { client, run, ctl }).await
    })
}

async fn execute(client: &RunClient) -> Result<ExitCode, Failure> {
    match &client.ctl.deed {
        CtlCommand::Status => client.show::<Run>("run", show::status).await,
        CtlCommand::Watch => watch::run(client).await,
        CtlCommand::Logs(query) => logs::run(client, query).await,
        CtlCommand::Inspect(asked) => inspect::run(client, asked).await,
        CtlCommand::Versions => client.show::<Versions>("versions", show::versions).await,
        CtlCommand::Reload => client.post("reload", None).await,
        CtlCommand::Rollback(kind) => {
            let body = kind.as_ref().map(|kind| json!({ "type": kind }));
            client.post("rollback", body).await
        }
        CtlCommand::Promote => client.post("promote", None).await,
        CtlCommand::Incident(command) => {
            let body = match command {
                Incident::Begin(name, None) => json!({ "name": name }),
                Incident::Begin(name, Some(lasts)) => {
                    json!({ "name": name, "for": lasts.as_secs_f64() })
                }
                Incident::End(name) => json!({ "name": name, "end": true }),
            };
            client.post("incident", Some(body)).await
        }
        CtlCommand::Pause => client.post("pause", None).await,
        CtlCommand::Resume => client.post("resume", None).await,
        CtlCommand::Stop => client.post("stop", None).await,
        CtlCommand::Set(change) => {
            let body = serde_json::to_value(change).map_err(anyhow::Error::from)?;
            client.command(Method::PATCH, "run", Some(body)).await
        }
    }
}
