//! Which run is meant, and the token for it.

use std::path::PathBuf;
use std::time::Duration;

use reqwest::Client;

use crate::app::exit::Failure;
use crate::app::keys::{self, Key};
use crate::cli::Ctl;
use crate::web::Token;
use crate::web::api::{ROOT, Run};

/// How long a run may take to say who it is.
const PATIENCE: Duration = Duration::from_secs(3);

/// A run that can be reached.
pub struct Found {
    /// Where it listens, without a slash at the end.
    pub base: String,
    /// What it wants to see.
    pub token: Option<Token>,
}

/// The run that is meant.
///
/// # Errors
/// When there is none, or more than one and nobody said which.
pub async fn run(client: &Client, ctl: &Ctl) -> Result<Found, Failure> {
    let given = ctl.token.as_ref().map(|word| keys::token(Some(word)));
    let given = given.transpose()?;
    if let Some(url) = &ctl.url {
        let base = url.as_str().trim_end_matches('/').to_owned();
        let token = given.or_else(|| key_of(url.port_or_known_default()?));
        return Ok(Found { base, token });
    }
    let all = keys::all().map_err(|why| Failure::Run(format!("no run can be found: {why}")))?;
    let mut runs = Vec::new();
    for (file, key) in all {
        if is_alive(client, &key).await {
            runs.push(key);
        } else {
            forget(&file, &key);
        }
    }
    if let Some(wanted) = &ctl.run {
        runs.retain(|key| key.run == *wanted);
    }
    let name = "name it with --url http://127.0.0.1:9900 and --token";
    match (runs.as_slice(), &ctl.run) {
        ([key], _) => Ok(Found {
            base: format!("http://{}", key.address),
            token: given.or_else(|| Some(Token::new(&key.token))),
        }),
        ([], None) => Err(Failure::Run(format!(
            "no run of this user goes on here; if it does elsewhere, {name}"
        ))),
        ([], Some(id)) => Err(Failure::Run(format!(
            "there is no run {id} of this user here; `throng ctl status` without --run finds those that are, else {name}"
        ))),
        (several, _) => {
            let lines: Vec<String> = several
                .iter()
                .map(|key| {
                    format!(
                        "  --run {}  http://{}  process {}",
                        key.run, key.address, key.pid
                    )
                })
                .collect();
            Err(Failure::Usage(format!(
                "several runs go on; say which:\n{}",
                lines.join("\n")
            )))
        }
    }
}

/// The token of the run of this machine that has this port.
fn key_of(port: u16) -> Option<Token> {
    let keys = keys::all().ok()?;
    let key = keys.into_iter().find(|(_, key)| key.address.port() == port);
    key.map(|(_, key)| Token::new(key.token))
}

/// Whether the run that left this key still answers.
async fn is_alive(client: &Client, key: &Key) -> bool {
    let ask = async {
        let url = format!("http://{}{ROOT}/run", key.address);
        let answer = client.get(url).timeout(PATIENCE).send().await.ok()?;
        let run: Run = answer.json().await.ok()?;
        (run.run == key.run).then_some(())
    };
    ask.await.is_some()
}

/// A run that was killed leaves its key behind.
fn forget(file: &PathBuf, key: &Key) {
    tracing::debug!("the run {} is gone, and so is its key", key.run);
    // Somebody else may have been faster.
    let _ = std::fs::remove_file(file);
}

/// What to say when nobody answers.
pub fn silence(base: &str, why: &reqwest::Error) -> String {
    if why.is_timeout() {
        format!("{base} does not answer in time; is it a run of throng?")
    } else {
        format!(
            "nobody answers at {base}; the run may have ended, or listens elsewhere: it says where at its start"
        )
    }
}
