//! Why a request was not obeyed, as JSON.

use std::time::Duration;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use crate::engine::Refused;
use crate::plan;

/// The body of every answer that is not a success.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorBody {
    /// What is the matter, in a sentence.
    pub error: String,
    /// Everything that is wrong with what was asked for; empty when it is not about that.
    pub faults: Vec<Fault>,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// A value (`users 0`), or a place in a script (`scripts/power.lua:12`).
    pub place: String,
    pub cause: String,
    /// What to do, where that can be said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
}

impl From<plan::Fault> for Fault {
    fn from(fault: plan::Fault) -> Self {
        Self {
            place: fault.thing,
            cause: fault.cause,
            remedy: Some(fault.remedy),
        }
    }
}

/// A [`ErrorBody`] with its status.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    body: ErrorBody,
    /// How long to wait before it is asked for again.
    wait: Option<Duration>,
}

impl Problem {
    pub(in crate::web) fn new(status: StatusCode, error: impl Into<String>) -> Self {
        let body = ErrorBody {
            error: error.into(),
            faults: Vec::new(),
        };
        Self {
            status,
            body,
            wait: None,
        }
    }

    /// Values that cannot be.
    pub(crate) fn invalid(faults: Vec<plan::Fault>) -> Self {
        let body = ErrorBody {
            error: match faults.len() {
                1 => "one thing is wrong, and nothing has changed".to_owned(),
                count => format!("{count} things are wrong, and nothing has changed"),
            },
            faults: faults.into_iter().map(Fault::from).collect(),
        };
        Self {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            body,
            wait: None,
        }
    }

    /// Anyone who asks does so too often.
    pub(in crate::web) fn too_many(error: &str, wait: Duration) -> Self {
        let error = format!("{error}; try again in {} s", seconds(wait));
        Self {
            wait: Some(wait),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, error)
        }
    }

    /// There is nobody any more who could obey.
    pub(in crate::web) fn run_over() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "the run is over")
    }

    /// The run has not said what became of a command.
    pub(in crate::web) fn timed_out(after: Duration) -> Self {
        let error = format!(
            "the run has not answered for {} s; the command may still be executed",
            after.as_secs_f64()
        );
        Self::new(StatusCode::GATEWAY_TIMEOUT, error)
    }

    /// The same, after something that was done all the same.
    pub(in crate::web) fn after(mut self, words: &str) -> Self {
        self.body.error = format!("{words}{}", self.body.error);
        self
    }

    /// Says so where none of the faults is of this file.
    pub(in crate::web) fn of_other_files_than(mut self, path: &str) -> Self {
        let is_of_it = |fault: &Fault| {
            let rest = fault.place.strip_prefix(path);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
        };
        if !self.body.faults.is_empty() && !self.body.faults.iter().any(is_of_it) {
            self.body.error += "; the faults are in other files";
        }
        self
    }

    fn scripts(faults: Vec<(String, String)>) -> Self {
        let faults = faults.into_iter().map(|(place, cause)| Fault {
            place,
            cause,
            remedy: None,
        });
        Self {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            body: ErrorBody {
                error: "the scripts were refused; users continue with the previous release"
                    .to_owned(),
                faults: faults.collect(),
            },
            wait: None,
        }
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Invalid(faults) => Self::invalid(faults),
            Refused::Scripts(faults) => Self::scripts(faults),
            Refused::NotNow(why) => Self::new(StatusCode::CONFLICT, why),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body)).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Bearer realm=\"throng\"");
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, challenge);
        }
        if let Some(wait) = self.wait {
            let seconds = HeaderValue::from(seconds(wait));
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        response
    }
}

/// Whole seconds, as `Retry-After` has them.
fn seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}
