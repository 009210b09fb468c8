//! Messages for errors of the operating system that say what to do.

use std::io;
use std::net::IpAddr;

use super::failure::{ErrorKind, HttpError};
use super::tls_error;

/// What this machine ran out of, and what to do, for errors with that cause (errno of Linux).
pub fn shortage(error: &io::Error) -> Option<&'static str> {
    if error.kind() == io::ErrorKind::AddrNotAvailable {
        return Some(
            "this machine is out of local ports for that target, or has no such address: widen `net.ipv4.ip_local_port_range`, or keep connections alive",
        );
    }
    match error.raw_os_error() {
        // EMFILE
        Some(24) => Some("this process is out of file descriptors: raise `ulimit -n`"),
        // ENFILE
        Some(23) => Some("this machine is out of file descriptors: raise `fs.file-max`"),
        // ENOMEM, ENOBUFS
        Some(12 | 105) => Some("this machine is out of memory for connections"),
        _ => None,
    }
}

impl HttpError {
    /// No TCP connection to `address`.
    pub fn unconnected(error: &io::Error, address: IpAddr) -> Self {
        if let Some(hint) = shortage(error) {
            return Self::new(
                ErrorKind::Generator,
                format!("cannot connect to {address}: {error} ({hint})"),
            );
        }
        let why = match error.kind() {
            io::ErrorKind::ConnectionRefused => {
                "connection refused: nothing listens on that port".into()
            }
            io::ErrorKind::ConnectionReset => "the connection was reset at once".into(),
            io::ErrorKind::TimedOut => "no response (timed out)".into(),
            io::ErrorKind::HostUnreachable => "no route to that host".into(),
            io::ErrorKind::NetworkUnreachable | io::ErrorKind::NetworkDown => {
                "this machine has no route to that network".into()
            }
            io::ErrorKind::PermissionDenied => {
                "this machine does not permit the connection (a firewall or a sandbox)".into()
            }
            _ => error.to_string(),
        };
        Self::new(
            ErrorKind::Connect,
            format!("cannot connect to {address}: {why}"),
        )
    }

    /// No address for a host. The system's message (`Name or service not known`) does not help users.
    pub fn unknown_host(host: &str, error: &io::Error) -> String {
        let said = error.to_string();
        let unknown = [
            "not known",
            "No address associated",
            "does not resolve",
            "nodename nor servname",
        ];
        if unknown.iter().any(|words| said.contains(words)) {
            format!("no such host: {host:?} has no address; is the name right?")
        } else if said.contains("Temporary failure") || said.contains("Try again") {
            format!("no name server responds for {host:?}: is this machine on the network?")
        } else {
            format!("the address of {host:?} cannot be found: {said}")
        }
    }

    /// An error of an established connection.
    pub fn lost(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::truncated(format!("connection closed: {error}")),
            io::ErrorKind::InvalidData => tls_error::broken(error),
            _ => Self::new(ErrorKind::Reset, format!("connection lost: {error}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_this_machine_lacks_is_a_shortage_of_it() {
        let said = |number: i32| shortage(&io::Error::from_raw_os_error(number));
        // EMFILE, ENFILE, EADDRNOTAVAIL, ENOBUFS, ENOMEM.
        for (number, words) in [
            (24, "ulimit -n"),
            (23, "fs.file-max"),
            (99, "local ports"),
            (105, "memory"),
            (12, "memory"),
        ] {
            assert!(
                said(number).is_some_and(|said| said.contains(words)),
                "{number}"
            );
        }
        // ECONNREFUSED, ETIMEDOUT, EHOSTUNREACH, ENETUNREACH, ECONNRESET.
        for number in [111, 110, 113, 101, 104] {
            assert_eq!(said(number), None, "{number}");
        }
    }
}
