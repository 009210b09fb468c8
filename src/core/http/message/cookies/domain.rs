//! Domain matching (RFC 6265bis, 5.1.3), and which hosts count as secure.

use std::net::IpAddr;

/// Whether a cookie of `domain` is sent to `host`; both in lower case, as the URL standard writes hosts.
pub(crate) fn matches(host: &str, domain: &str) -> bool {
    host == domain
        || (host
            .strip_suffix(domain)
            .is_some_and(|before| before.ends_with('.'))
            && !domain.is_empty()
            && !is_address(host))
}

/// Whether the domain is a public suffix, such as `com` and `github.io`: by the list of publicsuffix.org, and by its
/// rule that the last label of any other name is one.
pub(crate) fn is_public_suffix(domain: &str) -> bool {
    public_suffix::suffix(domain) == Some(domain)
}

/// Whether the host is this machine: browsers treat such a connection as secure as https.
pub(crate) fn is_loopback(host: &str) -> bool {
    match host.parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => host == "localhost" || host.ends_with(".localhost"),
    }
}

fn is_address(host: &str) -> bool {
    host.parse::<IpAddr>().is_ok()
}
