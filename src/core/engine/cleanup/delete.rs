//! Deletes one ledger entry: looked up first if nobody knows whether it is there, with patience for what
//! passes.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::{Duration, SystemTime};

use serde_json::Value;

use super::OVER;
use super::credentials::{BearerToken, Credentials};
use super::find::found;
use super::pacing::Pacing;
use crate::http::Method;
use crate::http::retry_after;
use crate::ledger::{Deletion, Entry};
use crate::pace::Backoff;
use crate::random::{Purpose, Stream};
use crate::request::entity_id::{NoId, check_id};
use crate::request::path_template::fill_any;
use crate::request::{Call, CancelToken, Expect, Reply, Requester, ShutdownSignal, perform};

/// Tries for one deletion.
const TRIES: u32 = 5;
/// What a deletion and a look-up are answered with when all is well: what is gone already needs no deletion.
const DONE_OR_GONE: [(u16, u16); 3] = [(200, 299), (404, 404), (410, 410)];
/// The waits between tries.
const BACKOFF: Backoff = Backoff {
    base: Duration::from_millis(100),
    cap: Duration::from_secs(2),
};
/// How old a request is, at the least, when it is believed that the target will do no more about it.
const GRACE: Duration = Duration::from_secs(2);
/// The longest pause that a target may ask for (`Retry-After`).
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// What became of a thing.
pub enum DeleteResult {
    /// It was there, and was deleted.
    Deleted,
    /// It was known to exist, and is gone.
    Missing,
    /// It was never made.
    NeverCreated,
}

/// A thing that is still there, or may be.
#[derive(Debug)]
pub struct NotDeleted {
    /// Why, in words.
    pub why: String,
    /// Whether a later try may delete it: the target was not reached, was busy or had a fault of its own.
    pub passing: bool,
}

impl NotDeleted {
    /// A later try may delete it.
    pub fn for_now(why: impl Into<String>) -> Self {
        Self {
            why: why.into(),
            passing: true,
        }
    }
}

/// The target refused, or nobody can ask it: another try would end the same.
impl From<String> for NotDeleted {
    fn from(why: String) -> Self {
        Self {
            why,
            passing: false,
        }
    }
}

/// Deletes things, several at a time.
pub struct Deleter {
    user: Rc<Requester>,
    over: Rc<ShutdownSignal>,
    credentials: Credentials,
    pacing: Pacing,
    random: RefCell<Stream>,
}

impl Deleter {
    /// A reason as it may be listed.
    pub fn masked(&self, why: String) -> String {
        self.user.shared.run.secrets.owned(why)
    }

    /// Sends as this user, so many requests a second at most, until `over` is set.
    pub fn new(user: &Rc<Requester>, rps: f64, over: &Rc<ShutdownSignal>) -> Self {
        let seed = user.shared.run.seed;
        Self {
            user: Rc::clone(user),
            over: Rc::clone(over),
            credentials: Credentials::new(user, over),
            pacing: Pacing::new(user.shared.run.clock, rps),
            random: RefCell::new(Stream::new(seed, user.number, Purpose::Pace)),
        }
    }

    /// Deletes it, if it is there.
    ///
    /// # Errors
    /// Why it is still there, or may be.
    pub async fn delete(&self, entry: &Entry) -> Result<DeleteResult, NotDeleted> {
        let mut params = entry.params.clone();
        // What older versions took for an id may be none.
        let unfit = params.get("id").and_then(|id| check_id(id).err());
        if unfit.is_some() {
            params.remove("id");
        }
        let nameless = mentions_id(&entry.delete) && !params.contains_key("id");
        if !entry.confirmed || (nameless && (entry.find.is_some() || unfit.is_some())) {
            match self.look_up(entry, &params, unfit).await? {
                Some(id) => params.insert("id".to_owned(), id),
                None => return Ok(DeleteResult::NeverCreated),
            };
        }
        let reply = self.send(entry, &entry.delete, &params).await?;
        match reply.status() {
            Some(200..=299) => Ok(DeleteResult::Deleted),
            Some(404 | 410) => Ok(DeleteResult::Missing),
            Some(status) => Err(NotDeleted::from(format!(
                "{} {} returned {status}",
                entry.delete.method, entry.delete.path
            ))),
            None => Err(NotDeleted::for_now("no response")),
        }
    }

    /// Whether what a request without an answer meant to create is there; its id if so.
    async fn look_up(
        &self,
        entry: &Entry,
        params: &BTreeMap<String, String>,
        unfit: Option<NoId>,
    ) -> Result<Option<String>, NotDeleted> {
        let Some(find) = &entry.find else {
            let why = match (unfit, &entry.doubt) {
                (Some(what), _) => format!("its id is {what}, which is not an id"),
                (None, Some(doubt)) => doubt.clone(),
                (None, None) => "its creation was never confirmed".to_owned(),
            };
            return Err(format!("{why}, and there is no creates.find to look it up").into());
        };
        self.settle_down(entry).await;
        let path = &find.path;
        let look = Deletion {
            method: "GET".to_owned(),
            path: path.clone(),
            body: None,
        };
        let reply = self.send(entry, &look, params).await?;
        let Reply::Response(response) = reply else {
            return Err(NotDeleted::for_now("no response"));
        };
        match response.status {
            404 | 410 => Ok(None),
            200..=299 => Ok(found(find, &response.body)?),
            status => Err(format!("{path} returned {status}").into()),
        }
    }

    /// Waits until a request whose answer was never seen has had its time: it may be on its way still, also when the
    /// process that sent it is gone.
    async fn settle_down(&self, entry: &Entry) {
        let age = entry.at.and_then(|at| at.elapsed().ok());
        self.user
            .shared
            .run
            .clock
            .sleep(GRACE.saturating_sub(age.unwrap_or(GRACE)))
            .await;
    }

    /// Sends until an answer comes that time will not change.
    async fn send(
        &self,
        entry: &Entry,
        what: &Deletion,
        params: &BTreeMap<String, String>,
    ) -> Result<Reply, NotDeleted> {
        let mut why = String::new();
        let mut reauth_attempts = 0;
        for attempt in 0..TRIES {
            if attempt > 0 {
                let draw = self.random.borrow_mut().float();
                self.user
                    .shared
                    .run
                    .clock
                    .sleep(BACKOFF.delay(attempt, draw))
                    .await;
            }
            self.pacing.next().await;
            let pass = match self.credentials.of(entry).await {
                Ok(pass) => pass,
                Err(no) if no.refused => return Err(no.why.into()),
                Err(no) => {
                    why = no.why;
                    continue;
                }
            };
            let reply = self.once(what, params, pass.as_deref()).await?;
            match &reply {
                Reply::Response(response) => match response.status {
                    // A token that had its day; with a fresh one it is an answer.
                    401 if reauth_attempts == 0 && pass.is_some() => {
                        reauth_attempts += 1;
                        self.credentials.forget(pass.as_ref());
                    }
                    429 | 500.. => {
                        if let Some(pause) = retry_after(&response.headers, SystemTime::now()) {
                            self.pacing.pause(pause.min(LONGEST_PAUSE));
                        }
                    }
                    _ => return Ok(reply),
                },
                Reply::Failed { .. } => {}
                Reply::GivenUp { .. } | Reply::Misread { .. } => return Ok(reply),
            }
            why = match &reply {
                Reply::Failed { message, .. } => message.clone(),
                other => format!(
                    "{} {} returned {}",
                    what.method,
                    what.path,
                    other.status().unwrap_or(0)
                ),
            };
        }
        Err(NotDeleted::for_now(format!("{why} ({TRIES} tries)")))
    }

    async fn once(
        &self,
        what: &Deletion,
        params: &BTreeMap<String, String>,
        pass: Option<&BearerToken>,
    ) -> Result<Reply, NotDeleted> {
        let base = &self.user.shared.run.base_path;
        let target = fill_any(base, &what.path, params)?;
        let mut call = Call::new(method(&what.method)?, target, &what.path);
        call.own_authorization = true;
        call.options.expect = Expect::Statuses(DONE_OR_GONE.to_vec());
        if let Some(body) = &what.body {
            call.send_json(&filled(body, params))
                .map_err(|why| why.to_string())?;
        }
        if let Some(pass) = pass {
            pass.authorize(&mut call.headers);
        }
        let cancel = CancelToken::on(&self.over);
        let reply = perform(&self.user, Box::new(call), cancel).await;
        reply.map_err(|_| NotDeleted::for_now(OVER))
    }
}

/// Whether it needs the id of what it deletes.
fn mentions_id(deletion: &Deletion) -> bool {
    fn is_in(value: &Value) -> bool {
        match value {
            Value::String(text) => text.contains("{id}"),
            Value::Array(items) => items.iter().any(is_in),
            Value::Object(fields) => fields.values().any(is_in),
            _ => false,
        }
    }
    deletion.path.contains("{id}") || deletion.body.as_ref().is_some_and(is_in)
}

/// A body with the id and the params in the places of its texts that name them, as a path has them.
fn filled(body: &Value, params: &BTreeMap<String, String>) -> Value {
    match body {
        Value::String(text) => Value::String(filled_text(text, params)),
        Value::Array(items) => items.iter().map(|item| filled(item, params)).collect(),
        Value::Object(fields) => {
            let field = |(name, value): (&String, &Value)| (name.clone(), filled(value, params));
            Value::Object(fields.iter().map(field).collect())
        }
        other => other.clone(),
    }
}

/// A value is put in as it is: braces in it name nothing.
fn filled_text(text: &str, params: &BTreeMap<String, String>) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once('{') {
        out += before;
        let named = after.split_once('}');
        match named.and_then(|(name, after)| Some((params.get(name)?, after))) {
            Some((value, after)) => {
                out += value;
                rest = after;
            }
            None => {
                out.push('{');
                rest = after;
            }
        }
    }
    out + rest
}

fn method(name: &str) -> Result<Method, String> {
    Method::from_bytes(name.as_bytes()).map_err(|_| format!("\"{name}\" is not a method"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_a_body_are_filled_once() {
        let params = [("id", "{of}"), ("of", "7")];
        let params = params.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let body =
            serde_json::json!({ "ids": ["{id}", 1], "{id}": "a {of} {id}{unknown} {", "on": true });
        assert_eq!(
            filled(&body, &BTreeMap::from(params)),
            serde_json::json!({ "ids": ["{of}", 1], "{id}": "a 7 {of}{unknown} {", "on": true })
        );
    }
}
