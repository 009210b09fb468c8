//! `throng ctl`: shows a run and gives it commands, over its control API.
//!
//! In: the resolved line. Out: one request, its response as text or JSON, an exit code.
//! Must never know: the engine: the run may be of another version, on another machine.

mod find;
mod show;

use std::process::ExitCode;
use std::time::Duration;

use reqwest::{Client, Method, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::app::process::exit::{FAILED, Failure, SUCCESS};
use crate::app::process::output::complain;
use crate::cli::{Ctl, CtlCommand, Incident};
use crate::text;
use crate::web::api::{CommandResult, ErrorBody, ROOT, Run, Versions};
use find::Found;

/// How long an answer may take: the run itself gives up sooner.
const PATIENCE: Duration = Duration::from_secs(15);

/// Does it and prints what became of it.
///
/// # Errors
/// When there is no such run, or it cannot be reached.
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
        RunClient { client, run, ctl }.execute().await
    })
}

/// A client of one run's control API.
struct RunClient {
    client: Client,
    run: Found,
    ctl: Ctl,
}

/// What the run answers.
enum Answer<T> {
    /// What was asked for.
    Done(T),
    /// Why it will not.
    Refused(ErrorBody),
}

impl RunClient {
    async fn execute(self) -> Result<ExitCode, Failure> {
        match &self.ctl.deed {
            CtlCommand::Status => self.show::<Run>("run", show::status).await,
            CtlCommand::Versions => self.show::<Versions>("versions", show::versions).await,
            CtlCommand::Reload => self.post("reload", None).await,
            CtlCommand::Rollback(kind) => {
                let body = kind.as_ref().map(|kind| json!({ "type": kind }));
                self.post("rollback", body).await
            }
            CtlCommand::Promote => self.post("promote", None).await,
            CtlCommand::Incident(command) => {
                let body = match command {
                    Incident::Begin(name, None) => json!({ "name": name }),
                    Incident::Begin(name, Some(lasts)) => {
                        json!({ "name": name, "for": lasts.as_secs_f64() })
                    }
                    Incident::End(name) => json!({ "name": name, "end": true }),
                };
                self.post("incident", Some(body)).await
            }
            CtlCommand::Pause => self.post("pause", None).await,
            CtlCommand::Resume => self.post("resume", None).await,
            CtlCommand::Stop => self.post("stop", None).await,
            CtlCommand::Set(change) => {
                let body = serde_json::to_value(change).map_err(anyhow::Error::from)?;
                self.command(Method::PATCH, "run", Some(body)).await
            }
        }
    }

    /// Prints what is there.
    async fn show<T: DeserializeOwned + Serialize>(
        &self,
        path: &str,
        show: fn(&T) -> String,
    ) -> Result<ExitCode, Failure> {
        match self.ask::<T>(Method::GET, path, None).await? {
            Answer::Done(seen) if self.ctl.json => print_json(&seen),
            Answer::Done(seen) => {
                crate::app::process::output::print(&show(&seen))?;
                Ok(ExitCode::from(SUCCESS))
            }
            Answer::Refused(trouble) => self.refused(&trouble),
        }
    }

    async fn post(&self, path: &str, body: Option<Value>) -> Result<ExitCode, Failure> {
        self.command(Method::POST, path, body).await
    }

    /// Gives a command and prints what became of it.
    async fn command(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<ExitCode, Failure> {
        match self.ask::<CommandResult>(method, path, body).await? {
            Answer::Done(done) if self.ctl.json => print_json(&done),
            Answer::Done(done) => {
                crate::app::process::output::print(&format!("{}\n", text::line(&done.done)))?;
                Ok(ExitCode::from(SUCCESS))
            }
            Answer::Refused(trouble) => self.refused(&trouble),
        }
    }

    fn refused(&self, trouble: &ErrorBody) -> Result<ExitCode, Failure> {
        if self.ctl.json {
            print_json(trouble)?;
        } else {
            complain(format!("error: {}", show::trouble(trouble)).trim_end());
        }
        Ok(ExitCode::from(FAILED))
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<Answer<T>, Failure> {
        let url = format!("{}{ROOT}/{path}", self.run.base);
        let request = self.client.request(method, url);
        let mut request = request.header("X-Throng-Client", "ctl");
        if let Some(token) = &self.run.token {
            request = request.bearer_auth(token.reveal());
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let silent = |why: reqwest::Error| Failure::Run(find::silence(&self.run.base, &why));
        let answer = request.send().await.map_err(silent)?;
        let status = answer.status();
        let text = answer.text().await.map_err(silent)?;
        let strange = || {
            Failure::Run(format!(
                "{} responded {status}, but not like a run of throng; is it one?",
                self.run.base
            ))
        };
        if status.is_success() {
            return serde_json::from_str(&text)
                .map(Answer::Done)
                .map_err(|_| strange());
        }
        if status == StatusCode::UNAUTHORIZED {
            return Err(Failure::Run(match self.run.token {
                Some(_) => "the token is not that of this run; give the right one with --token".to_owned(),
                None => "this needs the run's token, which it printed at its start; give it with --token".to_owned(),
            }));
        }
        serde_json::from_str(&text)
            .map(Answer::Refused)
            .map_err(|_| strange())
    }
}

fn print_json(value: &impl Serialize) -> Result<ExitCode, Failure> {
    let text = serde_json::to_string_pretty(value).map_err(anyhow::Error::from)?;
    crate::app::process::output::print_json(&format!("{text}\n"))?;
    Ok(ExitCode::from(SUCCESS))
}
