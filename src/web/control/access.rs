//! Who may give commands.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, StatusCode};

use super::rate_limit::RateLimit;
use super::sender::Control;
use crate::engine::Initiator;
use crate::web::auth::{self, Client, LoginAttempts, Token};
use crate::web::limits::Limits;
use crate::web::problem::Problem;

/// Names the program that asks.
const CLIENT: HeaderName = HeaderName::from_static("x-throng-client");

/// The way to the run behind its token.
#[derive(Clone)]
pub struct Access {
    control: Option<Control>,
    attempts: Arc<LoginAttempts>,
    commands: Arc<RateLimit>,
    /// Stands for a client whose address is not known.
    bound: IpAddr,
}

impl Access {
    pub fn new(control: Option<Control>, limits: Limits, bound: IpAddr) -> Self {
        Self {
            control,
            attempts: Arc::new(LoginAttempts::new(limits)),
            commands: Arc::new(RateLimit::new(limits.commands)),
            bound,
        }
    }

    /// The way to the run, for a request that shows its token.
    pub fn authenticate(&self, request: &Request) -> Result<&Control, Problem> {
        let Some(control) = &self.control else {
            return Err(Problem::new(
                StatusCode::FORBIDDEN,
                "this run takes no commands here",
            ));
        };
        let client = request.extensions().get().copied();
        let client = client.unwrap_or(Client(self.bound));
        auth::authenticate(control.token(), &self.attempts, client, request.headers())?;
        Ok(control)
    }

    /// The token, for a client that shows the code of `--open`.
    pub fn exchange(&self, client: Option<Client>, shown: &str) -> Result<&Token, Problem> {
        let Some(control) = &self.control else {
            return Err(Problem::new(
                StatusCode::FORBIDDEN,
                "this run takes no commands here",
            ));
        };
        let Client(client) = client.unwrap_or(Client(self.bound));
        auth::exchange(control.code(), &self.attempts, client, shown)?;
        Ok(control.token())
    }

    /// The way to the run, for a request that gives a command: no more of them than a run can take.
    pub fn command(&self, request: &Request) -> Result<&Control, Problem> {
        let control = self.authenticate(request)?;
        self.commands
            .take()
            .map_err(|wait| Problem::too_many("too many commands", wait))?;
        Ok(control)
    }
}

/// Who says so in `X-Throng-Client`: it is for the run's record and opens nothing.
pub fn source(headers: &HeaderMap) -> Initiator {
    match auth::single(headers, CLIENT) {
        Some("page") => Initiator::Page,
        Some("ctl") => Initiator::Ctl,
        _ => Initiator::Api,
    }
}
