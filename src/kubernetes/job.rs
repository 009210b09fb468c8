//! One Job of the Kubernetes API.

use std::rc::Rc;

use ::http::StatusCode;
use bytes::Bytes;
use serde_json::{Value, json};

use super::service_account::ServiceAccount;
use crate::http::{
    Client, LoadedSettings, Method, Origin, Request, Response, Settings, TlsSettings,
};
use crate::text;

/// A change of single fields (RFC 7396).
const MERGE_PATCH: &str = "application/merge-patch+json";

/// An Indexed Job.
#[derive(Debug)]
pub struct Job {
    name: String,
    account: ServiceAccount,
    url: url::Url,
    http: LoadedSettings,
}

impl Job {
    /// The Job of this name in the namespace of the pod that has this service account.
    ///
    /// # Errors
    /// When the API server cannot be reached with what the service account has, whatever it answers.
    pub fn new(name: &str, account: ServiceAccount) -> Result<Self, String> {
        let path = format!(
            "{}/apis/batch/v1/namespaces/{}/jobs/{name}",
            account.server(),
            account.namespace()
        );
        let url = url::Url::parse(&path).map_err(|why| format!("{path}: {why}"))?;
        let settings = Settings {
            tls: TlsSettings {
                ca: Some(account.ca()),
                ..TlsSettings::default()
            },
            ..Settings::default()
        };
        let http = settings.load().map_err(|why| why.to_string())?;
        Ok(Self {
            name: name.to_owned(),
            account,
            url,
            http,
        })
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// Of a thread that sends its requests.
    pub(super) fn http(&self) -> LoadedSettings {
        self.http.clone()
    }

    /// Has so many pods from now on.
    ///
    /// # Errors
    /// Why it has not.
    pub(super) async fn resize(&self, client: &Client, pods: usize) -> Result<(), String> {
        let request = self.patch(pods)?;
        match client.send(&request).await {
            Ok(response) if (200..300).contains(&response.status) => Ok(()),
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
        let target = self.url.path().to_owned();
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

/// The message of a `Status`, with which the API says no; else the status alone.
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
        why.push_str("; let the service account of this pod patch the Job");
    }
    why
}
