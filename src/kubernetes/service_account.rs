//! The configuration inside a cluster: token, CA and namespace as the kubelet mounts them, and the address of the API server
//! as it sets it, read as `rest.InClusterConfig` of client-go does.

use std::fs;
use std::path::{Path, PathBuf};

/// A pod's service account.
#[derive(Clone, Debug)]
pub struct ServiceAccount {
    folder: PathBuf,
    namespace: String,
    /// `https://HOST:PORT` of the API server.
    server: String,
}

/// Why there is none.
#[derive(Debug, thiserror::Error)]
pub enum ServiceAccountError {
    #[error(
        "{file}: {why}; the pod needs a service account whose token is mounted \
         (automountServiceAccountToken: true), or name its directory with --service-account"
    )]
    File { file: String, why: String },
    #[error(
        "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set: this process is not in a pod of Kubernetes"
    )]
    NotInAPod,
}

impl ServiceAccount {
    /// Reads the folder; `address` are the values of `KUBERNETES_SERVICE_HOST` and `KUBERNETES_SERVICE_PORT`.
    ///
    /// # Errors
    /// When the process is not in a pod, or has no token.
    pub fn load(
        folder: &Path,
        address: Option<(String, String)>,
    ) -> Result<Self, ServiceAccountError> {
        let (host, port) = address.ok_or(ServiceAccountError::NotInAPod)?;
        let account = Self {
            folder: folder.to_owned(),
            namespace: read(&folder.join("namespace"))?,
            server: match host.contains(':') {
                true => format!("https://[{host}]:{port}"),
                false => format!("https://{host}:{port}"),
            },
        };
        account.token()?;
        Ok(account)
    }

    /// The namespace of the pod.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// `https://HOST:PORT` of the API server.
    pub fn server(&self) -> &str {
        &self.server
    }

    /// The file with the CA that signs the certificate of the API server.
    pub fn ca(&self) -> PathBuf {
        self.folder.join("ca.crt")
    }

    /// The token of this moment: the kubelet replaces it before it expires.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn token(&self) -> Result<String, ServiceAccountError> {
        read(&self.folder.join("token"))
    }
}

fn read(file: &Path) -> Result<String, ServiceAccountError> {
    let fault = |why: String| ServiceAccountError::File {
        file: file.display().to_string(),
        why,
    };
    let text = fs::read_to_string(file).map_err(|why| fault(why.to_string()))?;
    match text.trim() {
        "" => Err(fault("it is empty".to_owned())),
        text => Ok(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(host: &str) -> Option<(String, String)> {
        Some((host.to_owned(), "443".to_owned()))
    }

    #[test]
    fn it_is_what_the_kubelet_mounts() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("namespace"), "load").unwrap();
        let missing = ServiceAccount::load(folder.path(), address("10.0.0.1")).unwrap_err();
        assert!(
            missing.to_string().contains("/token: No such file"),
            "{missing}"
        );
        fs::write(folder.path().join("token"), "abc\n").unwrap();
        let account = ServiceAccount::load(folder.path(), address("10.0.0.1")).unwrap();
        assert_eq!(account.server(), "https://10.0.0.1:443");
        assert_eq!(
            (account.namespace(), account.token().unwrap()),
            ("load", "abc".to_owned())
        );
        let account = ServiceAccount::load(folder.path(), address("fd00::1")).unwrap();
        assert_eq!(account.server(), "https://[fd00::1]:443");
        let outside = ServiceAccount::load(folder.path(), None).unwrap_err();
        assert!(outside.to_string().contains("not in a pod"), "{outside}");
    }
}
