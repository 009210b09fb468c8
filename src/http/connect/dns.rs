//! Names to addresses, remembered for a shard.

use std::cell::RefCell;
use std::fs::File;
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::rc::Rc;
use std::time::{Duration, Instant};

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng as _, SeedableRng};
use rustc_hash::FxHashMap;
use tokio::sync::{OnceCell, oneshot};

use crate::http::message::Origin;
use crate::http::message::shortage;
use crate::http::message::{ErrorKind, HttpError};

/// How long an address is believed.
const TTL: Duration = Duration::from_secs(60);

/// An address that holds for a host and port instead of a lookup, as curl's `--resolve`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolve {
    pub host: String,
    pub port: u16,
    pub address: IpAddr,
}

/// Who is asked for the addresses of a host that no [`Resolve`] names.
#[derive(Debug, Clone, Copy, Default)]
pub enum Lookup {
    /// The system: its files and its name servers.
    #[default]
    System,
    /// A function, for tests: a name server that fails now and then.
    By(fn(&str) -> Result<Vec<IpAddr>, String>),
}

/// The names that a shard has looked up. Requests that ask for one name at one time share one lookup.
#[derive(Debug)]
pub(crate) struct Dns {
    names: RefCell<FxHashMap<Box<str>, Entry>>,
    fixed: Vec<Resolve>,
    by: Lookup,
    /// Where to start among the addresses of a name: no part of what a user does, so it need not be the same again.
    random: RefCell<Xoshiro256PlusPlus>,
}

type Found = OnceCell<Result<Vec<IpAddr>, NoAddress>>;

#[derive(Debug)]
struct Entry {
    born: Instant,
    lookup: Rc<Found>,
    /// Addresses that have connected since.
    answered: Vec<IpAddr>,
    /// Addresses that have not, while another one did.
    silent: Vec<IpAddr>,
}

impl Dns {
    pub fn new(fixed: Vec<Resolve>, by: Lookup) -> Self {
        Self {
            names: RefCell::default(),
            fixed,
            by,
            random: RefCell::new(Xoshiro256PlusPlus::seed_from_u64(
                RandomState::new().hash_one(0),
            )),
        }
    }

    /// The addresses of an origin's host; never none.
    pub async fn addresses(&self, origin: &Origin) -> Result<Vec<IpAddr>, HttpError> {
        let host = origin.host();
        let fixed =
            |rule: &&Resolve| rule.port == origin.port() && rule.host.eq_ignore_ascii_case(host);
        if let Some(rule) = self.fixed.iter().find(fixed) {
            return Ok(vec![rule.address]);
        }
        if let Ok(address) = host.parse() {
            return Ok(vec![address]);
        }
        let known = self.lookup_of(host);
        let found = known.get_or_init(|| lookup(self.by, host)).await;
        found.clone().map_err(|(kind, what)| {
            self.forget(host, &known);
            HttpError::new(kind, what)
        })
    }

    /// The addresses of a host in the order to try: from a random one on, so that connections are spread over all of
    /// them, the families in turn (RFC 8305, 4). Those that never answered while others did come last.
    pub fn order(&self, host: &str, addresses: &[IpAddr]) -> Vec<IpAddr> {
        let names = self.names.borrow();
        let silent = |address: &IpAddr| {
            names
                .get(host)
                .is_some_and(|entry| entry.silent.contains(address))
        };
        let (mut last, mut first): (Vec<IpAddr>, _) =
            addresses.iter().copied().partition(|one| silent(one));
        let mut random = self.random.borrow_mut();
        for part in [&mut first, &mut last] {
            if !part.is_empty() {
                let start = random.next_u64() % part.len() as u64;
                part.rotate_left(start as usize);
                *part = in_turn(part);
            }
        }
        first.append(&mut last);
        first
    }

    /// An address of a host connected, and others that had been tried before it had not answered by then.
    pub fn answered(&self, host: &str, address: IpAddr, beaten: &[IpAddr]) {
        let mut names = self.names.borrow_mut();
        let Some(entry) = names.get_mut(host) else {
            return;
        };
        entry.silent.retain(|silent| *silent != address);
        if !entry.answered.contains(&address) {
            entry.answered.push(address);
        }
        for &address in beaten {
            // One that answers at other times is only slow, and has its share all the same.
            if !entry.answered.contains(&address) && !entry.silent.contains(&address) {
                entry.silent.push(address);
            }
        }
    }

    fn lookup_of(&self, host: &str) -> Rc<Found> {
        let mut names = self.names.borrow_mut();
        if let Some(entry) = names.get(host).filter(|entry| entry.born.elapsed() < TTL) {
            return Rc::clone(&entry.lookup);
        }
        let lookup = Rc::default();
        let entry = Entry {
            born: Instant::now(),
            lookup: Rc::clone(&lookup),
            answered: Vec::new(),
            silent: Vec::new(),
        };
        names.insert(host.into(), entry);
        lookup
    }

    /// A failed lookup is shared by those who waited for it and then forgotten.
    fn forget(&self, host: &str, failed: &Rc<Found>) {
        let mut names = self.names.borrow_mut();
        if names
            .get(host)
            .is_some_and(|entry| Rc::ptr_eq(&entry.lookup, failed))
        {
            names.remove(host);
        }
    }
}

/// The same addresses, those of the two families in turn, the family of the first one first.
fn in_turn(addresses: &[IpAddr]) -> Vec<IpAddr> {
    let first = addresses.first().is_some_and(IpAddr::is_ipv6);
    let (one, other): (Vec<IpAddr>, Vec<IpAddr>) = addresses
        .iter()
        .partition(|address| address.is_ipv6() == first);
    let longest = one.len().max(other.len());
    (0..longest)
        .flat_map(|at| [one.get(at), other.get(at)])
        .flatten()
        .copied()
        .collect()
}

/// Whose fault it is, and what happened.
type NoAddress = (ErrorKind, String);

async fn lookup(by: Lookup, host: &str) -> Result<Vec<IpAddr>, NoAddress> {
    let none = |what: String| (ErrorKind::Dns, what);
    if let Lookup::By(known) = by {
        return known(host).map_err(none);
    }
    let found = by_the_system(host).await?;
    let mut addresses: Vec<IpAddr> = Vec::new();
    for address in found {
        if !addresses.contains(&address.ip()) {
            addresses.push(address.ip());
        }
    }
    if addresses.is_empty() {
        return Err(none("the host has no address".to_owned()));
    }
    Ok(addresses)
}

/// Asks the system on a thread: it blocks. A thread of its own and not one of tokio's, which panics where there is
/// none.
async fn by_the_system(host: &str) -> Result<Vec<SocketAddr>, NoAddress> {
    let (reply, answer) = oneshot::channel();
    let name = host.to_owned();
    let thread = std::thread::Builder::new().name("lookup".to_owned());
    let started = thread.spawn(move || {
        let found = (name.as_str(), 0).to_socket_addrs();
        // The one that asked may have gone away.
        let _ = reply.send(found.map(Vec::from_iter));
    });
    if let Err(why) = started {
        let what = format!("cannot look the host up: no thread for it: {why}");
        return Err((ErrorKind::Generator, what));
    }
    let found = answer
        .await
        .unwrap_or_else(|_| Err(io::Error::other("the look-up ended by a panic")));
    found.map_err(|error| {
        // The resolver tells many things as one; it needs descriptors as everybody does.
        let lacking = shortage(&error).or_else(|| shortage(&File::open("/dev/null").err()?));
        match lacking {
            Some(hint) => (
                ErrorKind::Generator,
                format!("the host has no address: {error} ({hint})"),
            ),
            None => (ErrorKind::Dns, HttpError::unknown_host(host, &error)),
        }
    })
}
