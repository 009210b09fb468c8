//! Whether a target can be reached at all: one connection and its handshake, and no request.

use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::time::timeout;

use super::settings::LoadedSettings;
use super::transport::Transport;
use crate::http::message::Origin;
use crate::http::message::{ErrorKind, Failure, HttpError};
use crate::http::message::{Phase, Progress};

/// Connects to `origin` as users will, through the proxy and with the TLS handshake if configured, and closes
/// the connection again. No request is sent.
///
/// # Errors
/// Why users cannot connect, or that it took longer than `limit`.
pub async fn probe(
    loaded: &LoadedSettings,
    origin: &Origin,
    limit: Duration,
) -> Result<(), Box<Failure>> {
    let transport = Transport::new(loaded.clone());
    let progress = Progress::new();
    let connected: Result<Result<(), HttpError>, _> = timeout(limit, async {
        let mut connected = transport.connector().connect(origin, &progress).await?;
        // The target was reached: errors on closing do not matter.
        let _ = connected.io.shutdown().await;
        Ok(())
    })
    .await;
    let mut fault = match connected {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(fault)) => fault,
        Err(_) => HttpError::new(
            ErrorKind::Timeout,
            format!(
                "no connection within {limit:?}: {}",
                progress.phase().as_str()
            ),
        ),
    };
    if fault.kind == ErrorKind::Timeout && progress.phase() == Phase::Tls {
        // Such a server waits for the end of a line, which a TLS handshake never contains.
        fault.what = format!("{} (if it speaks plain HTTP, use http://)", fault.what).into();
    }
    Err(Failure::new(fault, origin, &progress))
}
