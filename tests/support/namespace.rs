//! A network namespace with two links to it, one of which can be cut. Only root may make one.

use std::net::Ipv4Addr;
use std::process::Command;

/// Where the programs are that make it.
const IP: &str = "/usr/sbin/ip";

/// The namespace; it goes with its test.
pub struct Namespace {
    name: String,
    /// The second number of its addresses: tests run at once.
    number: u8,
}

impl Namespace {
    /// None: this machine or this user cannot make one, which is said.
    pub fn new() -> Option<Self> {
        let number = (std::process::id() % 250) as u8;
        let made = Self {
            name: format!("throng-{number}"),
            number,
        };
        let is_made = ip(&["netns", "add", &made.name]) && (0..2).all(|link| made.link(link));
        if !is_made {
            eprintln!("skipped: a network namespace needs root, and ip of iproute2");
        }
        is_made.then_some(made)
    }

    fn outside(&self, link: u8) -> String {
        format!("thr{}o{link}", self.number)
    }

    /// The address of this machine at the end of a link.
    pub fn address(&self, link: u8) -> Ipv4Addr {
        Ipv4Addr::new(10, self.number, link, 1)
    }

    fn link(&self, link: u8) -> bool {
        let (outside, inside) = (self.outside(link), format!("thr{}i{link}", self.number));
        let ours = format!("{}/30", self.address(link));
        let theirs = format!("10.{}.{link}.2/30", self.number);
        let within = |words: &[&str]| {
            let all = ["-n", &self.name].into_iter().chain(words.iter().copied());
            ip(&all.collect::<Vec<_>>())
        };
        ip(&[
            "link", "add", &outside, "type", "veth", "peer", "name", &inside, "netns", &self.name,
        ]) && ip(&["addr", "add", &ours, "dev", &outside])
            && ip(&["link", "set", &outside, "up"])
            && within(&["addr", "add", &theirs, "dev", &inside])
            && within(&["link", "set", &inside, "up"])
            && within(&["link", "set", "lo", "up"])
    }

    /// Cuts a link, or mends it.
    pub fn set(&self, link: u8, state: &str) {
        assert!(ip(&["link", "set", &self.outside(link), state]));
    }

    /// What runs a program within it.
    pub fn words(&self) -> [&str; 4] {
        [IP, "netns", "exec", &self.name]
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        // The links go with it.
        ip(&["netns", "del", &self.name]);
    }
}

fn ip(words: &[&str]) -> bool {
    let done = Command::new(IP).args(words).output();
    done.is_ok_and(|done| done.status.success())
}
