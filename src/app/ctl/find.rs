//! Which run is meant, and the token for it.

use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use reqwest::{Client, StatusCode};
use url::{Host, Url};

use crate::app::key_file::{self, Key};
use crate::app::process::exit::Failure;
use crate::app::process::output::complain;
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
    let given = ctl.token.as_ref().map(|word| key_file::token(Some(word)));
    let given = given.transpose()?;
    if let Some(url) = &ctl.url {
        // The run says at its start where its API is; that is as good as where it listens.
        let base = url.as_str().trim_end_matches('/');
        let base = base.strip_suffix(ROOT).unwrap_or(base).to_owned();
        if given.is_some() && is_overheard(url) {
            complain(&format!(
                "warning: the token goes to {base} unencrypted, where others on the network can read it; use https, or a tunnel (ssh -L)"
            ));
        }
        let token = given.or_else(|| key_for(url));
        return Ok(Found { base, token });
    }
    let all = key_file::all().map_err(|why| Failure::Run(format!("no run can be found: {why}")))?;
    let mut runs = Vec::new();
    for (file, key) in all {
        if ctl.run.as_ref().is_some_and(|wanted| *wanted != key.run) {
            continue;
        }
        match sign_of_life(client, &key).await {
            Life::Gone => forget(&file, &key),
            Life::There => runs.push(key),
        }
    }
    let name = "name it with --url http://127.0.0.1:9900 and --token";
    match (runs.as_slice(), &ctl.run) {
        ([key], _) => Ok(Found {
            base: format!("http://{}", key.address),
            token: given.or_else(|| Some(Token::new(&key.token))),
        }),
        ([], None) => Err(Failure::Run(format!(
            "this user has no run on this machine; if it is elsewhere, {name}"
        ))),
        ([], Some(id)) => Err(Failure::Run(format!(
            "this user has no run {id} on this machine; `throng ctl status` without --run finds others; if it is elsewhere, {name}"
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
                "several runs are in progress; choose one:\n{}",
                lines.join("\n")
            )))
        }
    }
}

/// The token of the run of this machine that listens there.
fn key_for(url: &Url) -> Option<Token> {
    let keys = key_file::all().ok()?;
    let mut keys = keys.into_iter().map(|(_, key)| key);
    let key = keys.find(|key| leads_to(url, key.address))?;
    Some(Token::new(key.token))
}

/// Whether what goes there can be read on the way.
fn is_overheard(url: &Url) -> bool {
    let stays_here = match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => true,
    };
    url.scheme() == "http" && !stays_here
}

/// Whether it is this machine's own address: no other machine gets to see a token by itself.
fn leads_to(url: &Url, address: SocketAddr) -> bool {
    let is_here = |ip: IpAddr| ip.is_loopback() || ip == address.ip();
    let here = match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(ip)) => is_here(ip.into()),
        Some(Host::Ipv6(ip)) => is_here(ip.into()),
        None => false,
    };
    here && url.port_or_known_default() == Some(address.port())
}

/// What became of the run that left a key.
enum Life {
    /// It answers, or is too busy to.
    There,
    /// Nobody listens where it did, or somebody else.
    Gone,
}

async fn sign_of_life(client: &Client, key: &Key) -> Life {
    let url = format!("http://{}{ROOT}/run", key.address);
    let asked = client.get(url).bearer_auth(&key.token).timeout(PATIENCE);
    let answer = match asked.send().await {
        Ok(answer) => answer,
        Err(why) if why.is_connect() && !why.is_timeout() => return Life::Gone,
        Err(_) => return Life::There,
    };
    if answer.status() == StatusCode::TOO_MANY_REQUESTS {
        // It does not listen to this machine for now, and lives.
        return Life::There;
    }
    match answer.json::<Run>().await {
        Ok(run) if run.run == key.run => Life::There,
        Err(why) if why.is_timeout() => Life::There,
        Ok(_) | Err(_) => Life::Gone,
    }
}

/// A run that was killed leaves its key behind.
fn forget(file: &Path, key: &Key) {
    tracing::debug!("the run {} is gone, and so is its key", key.run);
    // Somebody else may have been faster.
    let _ = std::fs::remove_file(file);
}

/// What to say when nobody answers.
pub fn silence(base: &str, why: &reqwest::Error) -> String {
    if why.is_timeout() {
        format!("{base} does not respond in time; is it a run of throng?")
    } else {
        format!(
            "no response from {base}; the run may have ended, or listens elsewhere: it prints its address at its start"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_that_can_be_read_on_the_way_is_warned_of() {
        for (url, overheard) in [
            ("http://127.0.0.1:9900", false),
            ("http://localhost:9900", false),
            ("http://[::1]:9900", false),
            ("https://load.example.com", false),
            ("http://load.example.com:9900", true),
            ("http://10.1.2.3:9900", true),
        ] {
            assert_eq!(
                Url::parse(url).map(|url| is_overheard(&url)),
                Ok(overheard),
                "{url}"
            );
        }
    }

    #[test]
    fn a_token_goes_to_the_run_that_left_it_and_to_no_other_machine() {
        let key = |address: &str| address.parse().ok();
        for (url, address, leads) in [
            ("http://127.0.0.1:9900", "127.0.0.1:9900", true),
            ("http://LOCALHOST:9900/api/v1", "127.0.0.1:9900", true),
            ("http://[::1]:9900", "127.0.0.1:9900", true),
            ("http://10.1.2.3:9900", "10.1.2.3:9900", true),
            ("http://localhost", "127.0.0.1:80", true),
            ("http://127.0.0.1:9901", "127.0.0.1:9900", false),
            ("http://10.1.2.4:9900", "10.1.2.3:9900", false),
            ("http://10.1.2.4:9900", "127.0.0.1:9900", false),
            ("http://example.com:9900", "127.0.0.1:9900", false),
            ("http://localhost.example.com:9900", "127.0.0.1:9900", false),
        ] {
            let found = Url::parse(url).ok().zip(key(address));
            let found = found.map(|(url, address)| leads_to(&url, address));
            assert_eq!(found, Some(leads), "{url} and {address}");
        }
    }
}
