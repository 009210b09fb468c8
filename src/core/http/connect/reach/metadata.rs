//! Metadata services of clouds, which hand out credentials: throng never connects to them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Services that hand out metadata and credentials to any client, according to the clouds' documentation.
const SERVICES: [IpAddr; 11] = [
    // AWS, Google Cloud, Azure, Oracle, OpenStack, DigitalOcean and others
    v4(169, 254, 169, 254),
    v6([0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254]),
    v6([0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254]),
    // credentials of containers: ECS, EKS
    v4(169, 254, 170, 2),
    v4(169, 254, 170, 23),
    v6([0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23]),
    // Alibaba, Tencent, Scaleway
    v4(100, 100, 100, 200),
    v4(169, 254, 0, 23),
    v4(169, 254, 42, 42),
    v6([0xfd00, 0x42, 0, 0, 0, 0, 0, 0x42]),
    // Azure's host
    v4(168, 63, 129, 16),
];

/// Their names, for proxies, which resolve names themselves.
const NAMES: [&str; 4] = [
    "metadata.google.internal",
    "metadata.goog",
    "metadata.tencentyun.com",
    "instance-data.ec2.internal",
];

const fn v4(a: u8, b: u8, c: u8, d: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(a, b, c, d))
}

const fn v6([a, b, c, d, e, f, g, h]: [u16; 8]) -> IpAddr {
    IpAddr::V6(Ipv6Addr::new(a, b, c, d, e, f, g, h))
}

/// Whether a connection to `address` ends at such a service.
pub fn is_address(address: IpAddr) -> bool {
    SERVICES.contains(&plain(address))
}

/// Whether `host`, in lower case, is the name of one.
pub fn is_name(host: &str) -> bool {
    NAMES.contains(&host)
}

/// The effective address of a connection: an IPv4 address may be written in IPv6 as mapped or compatible (RFC 4291,
/// 2.5.5), for NAT64 (RFC 6052, 2.1) or for 6to4 (RFC 3056, 2).
pub fn plain(address: IpAddr) -> IpAddr {
    let IpAddr::V6(long) = address else {
        return address;
    };
    let within = match long.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0..=1] => return address,
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            [high, low]
        }
        [0x2002, high, low, ..] => [high, low],
        _ => return address,
    };
    let [[a, b], [c, d]] = within.map(u16::to_be_bytes);
    v4(a, b, c, d)
}
