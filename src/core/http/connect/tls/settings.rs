//! Which certificates are trusted, and which one is shown.

use std::path::PathBuf;

/// Which certificates are trusted, and the client certificate.
#[derive(Debug, Clone, Default)]
pub struct TlsSettings {
    /// A PEM file of CAs that are trusted in addition to the system's.
    pub ca: Option<PathBuf>,
    /// Trust those alone, and not the system's.
    pub only_ca: bool,
    /// PEM files of a client certificate (with its chain) and its key.
    pub identity: Option<(PathBuf, PathBuf)>,
    /// Trust every certificate.
    pub insecure: bool,
}
