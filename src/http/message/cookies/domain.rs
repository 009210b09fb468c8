//! Which hosts belong together (RFC 6265bis, 5.1.3), and which are secure enough.

use std::net::IpAddr;

/// Whether a cookie of `domain` goes to `host`; both in small letters, as the URL standard writes hosts.
pub(crate) fn matches(host: &str, domain: &str) -> bool {
    host == domain
        || (host
            .strip_suffix(domain)
            .is_some_and(|before| before.ends_with('.'))
            && !domain.is_empty()
            && !is_address(host))
}

/// Whether anybody may have names below this one, as with `com` and `github.io`: by the list of publicsuffix.org, and by its
/// rule that the last label of any other name is one.
pub(crate) fn is_public_suffix(domain: &str) -> bool {
    psl::suffix_str(domain) == Some(domain)
}

/// Whether nothing listens on the way to this host: browsers take such a connection for as secure as https.
pub(crate) fn is_loopback(host: &str) -> bool {
    match host.parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => host == "localhost" || host.ends_with(".localhost"),
    }
}

fn is_address(host: &str) -> bool {
    host.parse::<IpAddr>().is_ok()
}
