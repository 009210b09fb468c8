//! A client of the control API of a run.

use std::process::ExitCode;
use std::time::Duration;

use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::find::{self, Found};
use super::show;
use crate::app::process::exit::{FAILED, Failure, SUCCESS};
use crate::app::process::output::complain;
use crate::app::process::signals::Signals;
use crate::cli::Ctl;
use crate::text;
use crate::web::api::{CommandResult, ErrorBody, ROOT};

/// How long an answer may take: the run itself gives up sooner.
pub const PATIENCE: Duration = Duration::from_secs(15);

/// A client of one run's control API.
pub struct RunClient {
    pub client: Client,
    pub run: Found,
    pub ctl: Ctl,
}

/// What the run answers.
pub enum Answer<T> {
    /// What was asked for.
    Done(T),
    /// Why it will not.
    Refused(ErrorBody),
}

impl RunClient {
    /// Prints what is there.
    pub async fn show<T: DeserializeOwned + Serialize>(
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

    pub async fn post(&self, path: &str, body: Option<Value>) -> Result<ExitCode, Failure> {
        self.command(Method::POST, path, body).await
    }

    /// Gives a command and prints what became of it.
    pub async fn command(
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

    pub fn refused(&self, trouble: &ErrorBody) -> Result<ExitCode, Failure> {
        if self.ctl.json {
            print_json(trouble)?;
        } else {
            complain(format!("error: {}", show::trouble(trouble)).trim_end());
        }
        Ok(ExitCode::from(FAILED))
    }

    pub async fn ask<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<Answer<T>, Failure> {
        let mut request = self.request(self.client.request(method, self.url(path)));
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.map_err(|why| self.silent(&why))?;
        let status = answer.status();
        let text = answer.text().await.map_err(|why| self.silent(&why))?;
        if status.is_success() {
            return serde_json::from_str(&text)
                .map(Answer::Done)
                .map_err(|_| self.strange());
        }
        self.not_done(status, &text).map(Answer::Refused)
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{ROOT}/{path}", self.run.base)
    }

    /// The request, with who asks and the token.
    pub fn request(&self, request: RequestBuilder) -> RequestBuilder {
        let request = request.header("X-Throng-Client", "ctl");
        match &self.run.token {
            Some(token) => request.bearer_auth(token.reveal()),
            None => request,
        }
    }

    /// Why the run will not.
    ///
    /// # Errors
    /// When the token is missing or wrong, or it is no run of throng.
    pub fn not_done(&self, status: StatusCode, text: &str) -> Result<ErrorBody, Failure> {
        if status == StatusCode::UNAUTHORIZED {
            let what = match self.run.token {
                Some(_) => "the token is not that of this run; give the right one with --token",
                None => "this needs the run's token, printed at its start; give it with --token",
            };
            return Err(Failure::Run(what.to_owned()));
        }
        let strange = |_| {
            Failure::Run(format!(
                "{} responded {status}, but not like a run of throng; is it one?",
                self.run.base
            ))
        };
        serde_json::from_str(text).map_err(strange)
    }

    pub fn silent(&self, why: &reqwest::Error) -> Failure {
        Failure::Run(find::silence(&self.run.base, why))
    }

    pub fn strange(&self) -> Failure {
        Failure::Run(format!(
            "{} responded, but not like a run of throng; is it one?",
            self.run.base
        ))
    }
}

/// Does it until it is done, or a signal ends it: then everything went as it should, too.
pub async fn until_a_signal(
    work: impl Future<Output = Result<ExitCode, Failure>>,
) -> Result<ExitCode, Failure> {
    let mut signals = Signals::open().map_err(anyhow::Error::from)?;
    tokio::select! {
        done = work => done,
        _ = signals.next() => Ok(ExitCode::from(SUCCESS)),
    }
}

fn print_json(value: &impl Serialize) -> Result<ExitCode, Failure> {
    let text = serde_json::to_string_pretty(value).map_err(anyhow::Error::from)?;
    crate::app::process::output::print_json(&format!("{text}\n"))?;
    Ok(ExitCode::from(SUCCESS))
}
