//! Deletes what the run created: profiles before their users, several at once, with patience for what passes.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value as Json;
use tokio::task::JoinSet;

use super::logins::Logins;
use crate::http::Method;
use crate::script::api::auth::Login;
use crate::script::api::http::{Call, Expect, Reply, fill, perform};
use crate::script::ledger::{Deletion, Entry, Lookup};
use crate::script::{Context, Halt};

/// Deletions under way at once: gentle to a target that has just had a whole crowd.
const AT_ONCE: usize = 16;
/// Tries for one deletion.
const TRIES: u32 = 5;
/// What a deletion and a look-up are answered with when all is well: what is gone already needs no deletion.
const DONE_OR_GONE: [(u16, u16); 3] = [(200, 299), (404, 404), (410, 410)];
/// The wait after the first failed try; it doubles.
const WAIT: Duration = Duration::from_millis(200);

/// Said of what was not reached in time.
const OVER: &str = "the time for clean-up was over";

/// Something that is still there, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leftover {
    /// What it is: `user`.
    pub kind: String,
    /// Its id, if it is known.
    pub id: String,
    /// Why it could not be deleted.
    pub why: String,
}

impl fmt::Display for Leftover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "left behind: {} {}: {}", self.kind, self.id, self.why)
    }
}

/// An entry that could not be deleted, and why.
pub struct Kept {
    /// As it stood in the ledger.
    pub entry: Entry,
    /// What the target said, or that it said nothing.
    pub why: String,
}

impl From<Kept> for Leftover {
    fn from(Kept { entry, why }: Kept) -> Self {
        let id = entry.params.get("id").cloned();
        Self {
            kind: entry.kind.to_string(),
            id: id.unwrap_or_else(|| "unknown".to_owned()),
            why,
        }
    }
}

/// Deletes all entries and says how many; once `over` is set it only lists what remains.
pub async fn clean(context: &Rc<Context>, entries: Vec<Entry>, over: Rc<Halt>) -> Vec<Kept> {
    let all = entries.len();
    let cleaner = Rc::new(Cleaner {
        context: Rc::clone(context),
        logins: Logins::new(context),
        found: RefCell::default(),
        over,
    });
    let mut kept = Vec::new();
    for wave in waves(entries) {
        kept.extend(cleaner.wave(wave).await);
    }
    if all > 0 {
        tracing::info!("clean-up: {} of {all} things deleted", all - kept.len());
    }
    for ((kind, path), (deleted, missing)) in &*cleaner.found.borrow() {
        if *deleted == 0 && *missing > 0 {
            tracing::warn!(
                "clean-up: {path} was answered with 404 or 410 for each {kind} ({missing}); is creates.delete.path right?"
            );
        }
    }
    kept
}

/// Groups entries so that what needs another kind is deleted before it; within a wave the last made goes first.
fn waves(entries: Vec<Entry>) -> Vec<VecDeque<Entry>> {
    let mut kinds: BTreeMap<Arc<str>, Vec<Arc<str>>> = BTreeMap::new();
    for entry in &entries {
        let needs = kinds.entry(Arc::clone(&entry.kind)).or_default();
        needs.extend(entry.needs.iter().cloned());
        needs.sort();
        needs.dedup();
    }
    let mut depth: BTreeMap<Arc<str>, usize> = BTreeMap::new();
    // As many rounds as kinds settle every chain; a circle of kinds stops there too.
    for _ in 0..kinds.len() {
        for (kind, needs) in &kinds {
            let deepest = needs
                .iter()
                .filter_map(|need| depth.get(need))
                .max()
                .map_or(0, |depth| depth + 1);
            depth.insert(Arc::clone(kind), deepest);
        }
    }
    let mut waves = BTreeMap::<usize, VecDeque<Entry>>::new();
    for entry in entries {
        let level = depth.get(&entry.kind).copied().unwrap_or(0);
        waves
            .entry(usize::MAX - level)
            .or_default()
            .push_front(entry);
    }
    waves.into_values().collect()
}

/// Deleted, and not found.
type Found = (u64, u64);

struct Cleaner {
    context: Rc<Context>,
    logins: Logins,
    /// Of what was known to exist: how many were deleted and how many not found, by kind and path.
    found: RefCell<BTreeMap<(Arc<str>, String), Found>>,
    over: Rc<Halt>,
}

impl Cleaner {
    async fn wave(self: &Rc<Self>, entries: VecDeque<Entry>) -> Vec<Kept> {
        let queue = Rc::new(RefCell::new(entries));
        let mut workers = JoinSet::new();
        for _ in 0..AT_ONCE {
            let (cleaner, queue) = (Rc::clone(self), Rc::clone(&queue));
            workers.spawn_local(async move {
                let mut kept = Vec::new();
                loop {
                    let next = queue.borrow_mut().pop_front();
                    let Some(entry) = next else { return kept };
                    let deleted = tokio::select! {
                        biased;
                        () = cleaner.over.wait() => Err(OVER.to_owned()),
                        deleted = cleaner.delete(&entry) => deleted,
                    };
                    if let Err(why) = deleted {
                        kept.push(Kept { entry, why });
                    }
                }
            });
        }
        let mut kept = Vec::new();
        while let Some(ended) = workers.join_next().await {
            kept.extend(ended.unwrap_or_default());
        }
        kept
    }

    async fn delete(&self, entry: &Entry) -> Result<(), String> {
        let mut params = entry.params.clone();
        if !entry.confirmed {
            match self.look_up(entry).await? {
                Some(id) => params.insert("id".to_owned(), id),
                None => return Ok(()),
            };
        }
        let reply = self.send(entry, &entry.delete, &params).await?;
        match reply.status() {
            Some(status @ (200..=299 | 404 | 410)) => {
                let key = (Arc::clone(&entry.kind), entry.delete.path.clone());
                let mut found = self.found.borrow_mut();
                let (deleted, missing) = found.entry(key).or_default();
                *(if status < 300 { deleted } else { missing }) += 1;
                Ok(())
            }
            Some(status) => Err(format!(
                "{} {} was answered with {status}",
                entry.delete.method, entry.delete.path
            )),
            None => Err("no answer".to_owned()),
        }
    }

    /// Whether what a request without an answer meant to create is there; its id if so.
    async fn look_up(&self, entry: &Entry) -> Result<Option<String>, String> {
        let Some(Lookup { path, id }) = &entry.find else {
            return Err(
                "its creation was never confirmed, and creates.find does not say how to look it up"
                    .to_owned(),
            );
        };
        let look = Deletion {
            method: "GET".to_owned(),
            path: path.clone(),
            body: None,
        };
        let reply = self.send(entry, &look, &entry.params).await?;
        let Reply::Answer { response, .. } = reply else {
            return Err("no answer".to_owned());
        };
        match response.status {
            404 | 410 => Ok(None),
            200..=299 => {
                let body: Json = serde_json::from_slice(&response.body)
                    .map_err(|why| format!("{path} answered no JSON: {why}"))?;
                Ok(body.pointer(id).map(|value| {
                    value
                        .as_str()
                        .map_or_else(|| value.to_string(), str::to_owned)
                }))
            }
            status => Err(format!("{path} was answered with {status}")),
        }
    }

    /// Sends until an answer comes that time will not change.
    async fn send(
        &self,
        entry: &Entry,
        what: &Deletion,
        params: &BTreeMap<String, String>,
    ) -> Result<Reply, String> {
        let mut why = String::new();
        for attempt in 0..TRIES {
            if attempt > 0 {
                tokio::time::sleep(WAIT * 2u32.pow(attempt - 1)).await;
            }
            let login = match self.logins.of(entry).await {
                Ok(login) => login,
                Err(reason) => {
                    why = reason;
                    continue;
                }
            };
            let reply = self.once(what, params, login.as_deref()).await?;
            match (&reply, reply.status()) {
                (_, Some(401)) => self.logins.forget(login.as_ref()),
                (_, Some(429 | 500..)) | (Reply::Failed { .. }, _) => {}
                _ => return Ok(reply),
            }
            why = match &reply {
                Reply::Failed { message, .. } => message.clone(),
                other => format!(
                    "{} {} was answered with {}",
                    what.method,
                    what.path,
                    other.status().unwrap_or(0)
                ),
            };
        }
        Err(format!("{why} ({TRIES} tries)"))
    }

    async fn once(
        &self,
        what: &Deletion,
        params: &BTreeMap<String, String>,
        login: Option<&Login>,
    ) -> Result<Reply, String> {
        let base = &self.context.user.world.terms.base_path;
        let mut call = Call::plain(method(&what.method)?, "", &what.path);
        call.target = fill(base, &what.path, &used(&what.path, params))?;
        call.own_authorization = true;
        call.expect = Expect::Statuses(DONE_OR_GONE.to_vec());
        if let Some(body) = &what.body {
            call.send_json(body).map_err(|why| why.to_string())?;
        }
        if let Some(login) = login {
            login.authorize(&mut call.headers);
        }
        Ok(perform(&self.context, Box::new(call)).await)
    }
}

fn method(name: &str) -> Result<Method, String> {
    Method::from_bytes(name.as_bytes()).map_err(|_| format!("\"{name}\" is no method"))
}

/// Only the values that a path has braces for.
fn used(path: &str, params: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    params
        .iter()
        .filter(|(name, _)| path.contains(&format!("{{{name}}}")))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(kind: &str, needs: &[&str], id: &str) -> Entry {
        Entry {
            kind: kind.into(),
            needs: needs.iter().map(|need| Arc::from(*need)).collect(),
            params: BTreeMap::from([("id".to_owned(), id.to_owned())]),
            delete: Deletion {
                method: "DELETE".to_owned(),
                path: "/x/{id}".to_owned(),
                body: None,
            },
            find: None,
            login: None,
            confirmed: true,
        }
    }

    #[test]
    fn what_needs_another_kind_goes_first_and_the_last_made_of_a_kind_goes_first() {
        let entries = vec![
            entry("user", &[], "1"),
            entry("profile", &["user"], "2"),
            entry("role", &[], "3"),
            entry("assignment", &["user", "role"], "4"),
            entry("user", &[], "5"),
        ];
        let order: Vec<Vec<String>> = waves(entries)
            .into_iter()
            .map(|wave| {
                wave.iter()
                    .map(|entry| entry.params["id"].clone())
                    .collect()
            })
            .collect();
        assert_eq!(order, [vec!["4", "2"], vec!["5", "3", "1"]]);
    }
}
