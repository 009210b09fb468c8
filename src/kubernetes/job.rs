//! One Job of the Kubernetes API.

use std::rc::Rc;

use ::http::StatusCode;
use bytes::Bytes;
use serde_json::{Value, json};

use super::service_account::ServiceAccount;
use crate::http::{Client, Method, Origin, Request, Response, Settings, TlsSettings, Transport};
use crate::text;

/// A change of single fields (RFC 7396).
const MERGE_PATCH: &str = "application/merge-patch+json";

/// Unknown fields are refused, not ignored.
const STRICT: &str = "fieldValidation=Strict";

/// An Indexed Job.
#[derive(Debug)]
pub struct Job {
    name: String,
    account: ServiceAccount,
    url: url::Url,
}

impl Job {
    /// The Job of this name in the namespace of the pod that has this service account.
    ///
    /// # Errors
    /// When the API server cannot be reached with what the service account has, whatever it answers.
    pub fn new(name: &str, account: ServiceAccount) -> Result<Self, String> {
        let path = format!(
            "{}/apis/batch/v1/namespaces/{}/jobs/{name}?{STRICT}",
            account.server(),
            account.namespace()
        );
        let url = url::Url::parse(&path).map_err(|why| format!("{path}: {why}"))?;
        let job = Self {
            name: name.to_owned(),
            account,
            url,
        };
        job.client()?;
        Ok(job)
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// Trusts the CA of the cluster alone, as it is now: it is replaced in a long run, as the token is.
    fn client(&self) -> Result<Client, String> {
        let settings = Settings {
            tls: TlsSettings {
                ca: Some(self.account.ca()),
                only_ca: true,
                ..TlsSettings::default()
            },
            ..Settings::default()
        };
        let loaded = settings.load().map_err(|why| why.to_string())?;
        Ok(Client::new(Transport::new(loaded)))
    }

    /// Sets completions and parallelism. Gives the condition of a Job that has ended.
    ///
    /// # Errors
    /// Why they are not set.
    pub(super) async fn scale(&self, pods: usize) -> Result<Option<String>, String> {
        let client = self.client()?;
        let request = self.patch(pods)?;
        match client.send(&request).await {
            Ok(response) if (200..300).contains(&response.status) => Ok(ended(&response.body)),
            Ok(response) => Err(refusal(&response)),
            Err(failure) => Err(format!(
                "the Kubernetes API at {} does not answer: {}",
                self.account.server(),
                text::line(&failure.message)
            )),
        }
    }

    fn patch(&self, pods: usize) -> Result<Request, String> {
        let origin = Origin::of(&self.url).map_err(|why| why.to_string())?;
        let target = format!("{}?{STRICT}", self.url.path());
        let mut request = Request::new(Method::PATCH, Rc::new(origin), target);
        let token = self.account.token().map_err(|why| why.to_string())?;
        let headers = [
            ("Authorization", format!("Bearer {token}")),
            ("Content-Type", MERGE_PATCH.to_owned()),
            ("Accept", "application/json".to_owned()),
        ];
        for (name, value) in headers {
            let pushed = request.headers.push(name, &value);
            pushed.map_err(|_| format!("the header {name} cannot be sent"))?;
        }
        request.body = Bytes::from(size(pods).to_string());
        Ok(request)
    }

    /// The command that does the same by hand.
    pub(super) fn command(&self, pods: usize) -> String {
        format!(
            "kubectl patch job {} --namespace {} --patch '{}'",
            self.name,
            self.account.namespace(),
            size(pods)
        )
    }
}

/// An Indexed Job has both numbers changed together, to the same.
fn size(pods: usize) -> Value {
    json!({ "spec": { "completions": pods, "parallelism": pods } })
}

/// `Complete` or `Failed`, where the Job has ended.
fn ended(body: &[u8]) -> Option<String> {
    let job: Value = serde_json::from_slice(body).ok()?;
    let conditions = job["status"]["conditions"].as_array()?;
    let kinds = conditions.iter().filter(|one| one["status"] == "True");
    let mut kinds = kinds.filter_map(|one| one["type"].as_str());
    let ended = kinds.find(|kind| ["Complete", "Failed"].contains(kind))?;
    Some(ended.to_owned())
}

/// The status of an error response, and the message of its `Status` object.
fn refusal(response: &Response) -> String {
    let status: Option<Value> = serde_json::from_slice(&response.body).ok();
    let message = status
        .as_ref()
        .and_then(|status| status["message"].as_str());
    let reason = StatusCode::from_u16(response.status).ok();
    let reason = reason.and_then(|status| status.canonical_reason());
    let mut why = format!("the Kubernetes API answered {}", response.status);
    for (before, words) in [(" ", reason), (": ", message)] {
        if let Some(words) = words {
            why.push_str(before);
            why.push_str(&text::line(words));
        }
    }
    if matches!(response.status, 401 | 403) {
        why.push_str(
            "; grant the service account of this pod the verb patch on this Job (jobs.batch)",
        );
    }
    why
}
