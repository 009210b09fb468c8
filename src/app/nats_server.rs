//! A NATS server as the command line names it.

use std::path::Path;

use crate::app::process::exit::Failure;
use crate::cli::NatsConfig;
use crate::cluster::{ClusterError, Credentials, Server};

/// Files of credentials are longer than this by mistake.
const LONGEST: u64 = 64 << 10;

/// The server, with its credentials read.
///
/// # Errors
/// When a file cannot be read.
pub fn server(config: &NatsConfig) -> Result<Server, Failure> {
    let credentials = match (&config.creds, &config.nkey) {
        (Some(file), _) => Credentials::Creds(read("--nats-creds", file)?),
        (None, Some(file)) => {
            let text = read("--nats-nkey", file)?;
            let seed = text.lines().map(str::trim);
            let seed = seed.into_iter().find(|line| line.starts_with("SU"));
            let seed = seed.ok_or_else(|| {
                Failure::Usage(format!(
                    "--nats-nkey {}: there is no seed in it, which begins with SU; nk -gen user \
                     makes one",
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
