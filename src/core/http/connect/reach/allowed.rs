//! An entry of `--allow-host`: `HOST[:PORT]` or a range of addresses.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use url::Host;

use super::metadata;

/// A host or a range that users may connect to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Allowed {
    /// All addresses of this name, at one port or all.
    Name { host: Box<str>, port: Option<u16> },
    /// Addresses, whatever their names.
    Range {
        first: IpAddr,
        bits: u8,
        port: Option<u16>,
    },
}

/// Why an entry is invalid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAllowed {
    #[error("is neither a host nor a range of addresses")]
    Form,
    #[error("has more prefix bits than such an address has")]
    Bits,
    #[error(
        "is an address from which cloud machines get their credentials; throng never connects to it"
    )]
    Metadata,
}

impl Allowed {
    /// Whether its name is `host`, at `port`.
    pub(crate) fn has_name(&self, host: &str, port: u16) -> bool {
        match self {
            Self::Name {
                host: own,
                port: at,
            } => **own == *host && at.is_none_or(|at| at == port),
            Self::Range { .. } => false,
        }
    }

    /// Whether `address`, in its plain form, is one of its addresses, at `port`.
    pub(crate) fn has_address(&self, address: IpAddr, port: u16) -> bool {
        match self {
            Self::Name { .. } => false,
            Self::Range {
                first,
                bits,
                port: at,
            } => at.is_none_or(|at| at == port) && head(address, *bits) == head(*first, *bits),
        }
    }

    /// Whether it allows any addresses at `port`, so that names need a lookup.
    pub(crate) fn asks_for_addresses(&self, port: u16) -> bool {
        match self {
            Self::Name { .. } => false,
            Self::Range { port: at, .. } => at.is_none_or(|at| at == port),
        }
    }
}

/// The version of an address and its first bits.
fn head(address: IpAddr, bits: u8) -> (bool, u128) {
    let (value, width) = match address {
        IpAddr::V4(short) => (u128::from(short.to_bits()), 32),
        IpAddr::V6(long) => (long.to_bits(), 128),
    };
    let rest = width - u32::from(bits).min(width);
    (address.is_ipv4(), value.checked_shr(rest).unwrap_or(0))
}

impl FromStr for Allowed {
    type Err = NotAllowed;

    /// Reads `host`, `host:port`, `10.0.0.5`, `10.0.0.5:80`, `10.0.0.0/8`, `fd00::1`, `[fd00::1]:80` or `fd00::/8`.
    fn from_str(text: &str) -> Result<Self, NotAllowed> {
        if let Some((first, bits)) = text.split_once('/') {
            let first: IpAddr = first.parse().map_err(|_| NotAllowed::Form)?;
            let bits: u8 = bits.parse().map_err(|_| NotAllowed::Form)?;
            let width = if first.is_ipv4() { 32 } else { 128 };
            return match bits {
                bits if bits > width => Err(NotAllowed::Bits),
                bits => Self::range(first, bits, None),
            };
        }
        if let Ok(address) = text.parse() {
            return Self::range(address, 128, None);
        }
        // Colons within brackets belong to the address.
        let port = text.rsplit_once(':').filter(|_| !text.ends_with(']'));
        let (host, port) = match port {
            Some((host, port)) => (host, Some(port.parse().map_err(|_| NotAllowed::Form)?)),
            None => (text, None),
        };
        if port == Some(0) {
            return Err(NotAllowed::Form);
        }
        // Parsed as in URLs, so that both sides of the comparison are normalized alike.
        match Host::parse(host).map_err(|_| NotAllowed::Form)? {
            // The parser would accept `*` as a name, and readers would expect a wildcard.
            Host::Domain(name) if name.contains('*') => Err(NotAllowed::Form),
            Host::Domain(name) => {
                let host = normalized(&name);
                if host.split('.').any(str::is_empty) {
                    return Err(NotAllowed::Form);
                }
                if metadata::is_name(&host) {
                    return Err(NotAllowed::Metadata);
                }
                Ok(Self::Name { host, port })
            }
            Host::Ipv4(address) => Self::range(address.into(), 128, port),
            Host::Ipv6(address) => Self::range(address.into(), 128, port),
        }
    }
}

impl Allowed {
    fn range(first: IpAddr, bits: u8, port: Option<u16>) -> Result<Self, NotAllowed> {
        let width = if first.is_ipv4() { 32 } else { 128 };
        if bits >= width && metadata::is_address(first) {
            return Err(NotAllowed::Metadata);
        }
        // A single address is normalized as connections are; a range is taken literally.
        let (first, bits) = if bits >= width {
            let plain = metadata::plain(first);
            (plain, if plain.is_ipv4() { 32 } else { 128 })
        } else {
            (first, bits)
        };
        Ok(Self::Range { first, bits, port })
    }
}

impl fmt::Display for Allowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let port = match self {
            Self::Name { host, port } => {
                f.write_str(host)?;
                port
            }
            Self::Range { first, bits, port } => {
                match (first, bits, port) {
                    (IpAddr::V4(_), 32, _) | (IpAddr::V6(_), 128, None) => write!(f, "{first}")?,
                    (IpAddr::V6(_), 128, Some(_)) => write!(f, "[{first}]")?,
                    _ => write!(f, "{first}/{bits}")?,
                }
                port
            }
        };
        port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

/// A host for comparison: in lower case, without a trailing dot.
pub(super) fn normalized(host: &str) -> Box<str> {
    let host = host.strip_suffix('.').unwrap_or(host);
    host.to_ascii_lowercase().into()
}
