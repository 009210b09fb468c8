//! A NATS server as the command line names it.

use std::path::Path;
use std::time::Duration;

use crate::app::process::exit::Failure;
use crate::app::state_dir;
use crate::cli::{NatsConfig, show_span};
use crate::cluster::{ClusterError, Credentials, Server};

/// Files of credentials are longer than this by mistake.
const LONGEST: u64 = 64 << 10;

/// The server, with its credentials read.
///
/// # Errors
/// When a file cannot be read.
pub fn server(config: &NatsConfig) -> Result<Server, Failure> {
    let credentials = match (&config.creds, &config.nkey) {
        (Some(file), _) => {
            let text = read("--nats-creds", file)?;
            if let Some(ended) = expiry(&text).filter(|ended| *ended <= state_dir::now()) {
                return Err(Failure::Usage(format!(
                    "--nats-creds {}: expired {} ago; create new ones with nsc generate creds",
                    file.display(),
                    show_span(Duration::from_secs(state_dir::now() - ended))
                )));
            }
            Credentials::Creds(text)
        }
        (None, Some(file)) => {
            let text = read("--nats-nkey", file)?;
            let seed = text.lines().map(str::trim);
            let seed = seed.into_iter().find(|line| line.starts_with("SU"));
            let seed = seed.ok_or_else(|| {
                Failure::Usage(format!(
                    "--nats-nkey {}: it has no nkey seed (a line that begins with SU); throng \
                     cluster key FILE creates one",
                    file.display()
                ))
            })?;
            Credentials::Nkey(seed.to_owned())
        }
        (None, None) => Credentials::None,
    };
    for (option, file) in [
        ("--nats-ca", config.ca.as_ref()),
        (
            "--nats-cert",
            config.identity.as_ref().map(|(cert, _)| cert),
        ),
        ("--nats-key", config.identity.as_ref().map(|(_, key)| key)),
    ] {
        if let Some(file) = file {
            read(option, file)?;
        }
    }
    Ok(Server {
        url: config.url.clone(),
        credentials,
        ca: config.ca.clone(),
        identity: config.identity.clone(),
    })
}

/// When credentials end, in seconds since 1970; none where they do not say so.
fn expiry(creds: &str) -> Option<u64> {
    use base64::Engine as _;
    // The JWT stands between lines of dashes, and its claims between its points.
    let jwt = creds.lines().find(|line| line.starts_with("ey"))?;
    let claims = jwt.trim().split('.').nth(1)?;
    let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(claims)
        .ok()?;
    let claims: serde_json::Value = serde_json::from_slice(&claims).ok()?;
    claims["exp"].as_u64().filter(|exp| *exp > 0)
}

fn read(option: &str, file: &Path) -> Result<String, Failure> {
    let fault = |why: &str| Failure::Usage(format!("{option} {}: {why}", file.display()));
    let size = std::fs::metadata(file).map(|meta| meta.len());
    if size.is_ok_and(|size| size > LONGEST) {
        return Err(fault("is too long for such a file; name the right one"));
    }
    std::fs::read_to_string(file)
        .map_err(|why| fault(&format!("{why}; name a file that can be read")))
}

impl From<ClusterError> for Failure {
    fn from(why: ClusterError) -> Self {
        match why {
            ClusterError::Credentials { .. } => Self::Usage(why.to_string()),
            _ => Self::Run(why.to_string()),
        }
    }
}
