//! The port on which a run can be watched.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};

use anyhow::Context as _;
use tokio::sync::oneshot;

use crate::app::display::TOKEN_LINE;
use crate::app::process::exit::Failure;
use crate::app::run::port_owner::PortOwner;
use crate::cli::Listen;
use crate::view::Views;
use crate::web::{self, Config, Token};

/// A bound port.
pub struct Listener {
    socket: TcpListener,
    /// The default address that was taken, and by whom.
    moved_from: Option<(SocketAddr, PortOwner)>,
}

impl Listener {
    /// Where it listens, with the port that it really has.
    pub fn address(&self) -> Option<SocketAddr> {
        self.socket.local_addr().ok()
    }

    /// Where this machine reaches it: nobody can connect to the wildcard address.
    pub fn reached_at(&self) -> Option<SocketAddr> {
        self.address().map(from_here)
    }

    /// Says where the run can be watched and controlled. A token that was given is known to the person who gave it.
    pub fn say(&self, token: &Token, given: bool) {
        let Some(address) = self.address() else {
            return;
        };
        tracing::info!("live page at http://{address}/");
        match &self.moved_from {
            Some((taken, by)) => {
                tracing::info!("metrics at http://{address}/metrics ({taken} is taken by {by})");
            }
            None => tracing::info!("metrics at http://{address}/metrics"),
        }
        let root = web::api::ROOT;
        match given {
            true => {
                tracing::info!("control at http://{address}{root}, with the token that was given")
            }
            // The log that is read from elsewhere leaves out what has this target.
            false => tracing::info!(
                target: TOKEN_LINE,
                "control at http://{address}{root}, token {}",
                token.reveal()
            ),
        }
    }
}

/// Where this machine reaches an address: nobody can connect to the wildcard address.
pub fn from_here(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address {
            SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}

/// Binds the port: one that was asked for must be free, the default may move to any free one.
///
/// # Errors
/// When the port is taken or may not be used.
pub fn bind(listen: &Listen) -> Result<Option<Listener>, Failure> {
    let (address, may_move) = match *listen {
        Listen::Nowhere => return Ok(None),
        Listen::Default(address) => (address, true),
        Listen::Asked(address) => (address, false),
    };
    let why = match TcpListener::bind(address) {
        Ok(socket) => {
            return Ok(Some(Listener {
                socket,
                moved_from: None,
            }));
        }
        Err(why) => why,
    };
    let taken = why.kind() == std::io::ErrorKind::AddrInUse;
    if may_move {
        let socket = TcpListener::bind((address.ip(), 0)).context("no free port for --listen")?;
        return Ok(Some(Listener {
            socket,
            moved_from: Some((address, PortOwner::at(from_here(address)))),
        }));
    }
    let what = if taken {
        PortOwner::at(from_here(address)).in_use()
    } else {
        why.to_string()
    };
    Err(Failure::Usage(format!(
        "--listen {address}: {what}; name another one, port 0 for any free one, or give --no-listen"
    )))
}

/// The pages of a run.
pub struct Pages {
    server: web::Server,
    stop: oneshot::Sender<()>,
}

impl Pages {
    /// Begins to answer.
    ///
    /// # Errors
    /// When there is no thread to be had.
    pub fn open(listener: Listener, views: Views, config: Config) -> Result<Self, Failure> {
        let (stop, stopped) = oneshot::channel::<()>();
        let stopped = async move {
            // A sender that is gone means stop, too.
            let _ = stopped.await;
        };
        let server = web::serve(listener.socket, views, config, stopped)
            .context("the run cannot be watched")?;
        Ok(Self { server, stop })
    }

    /// Where they answer.
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// Stops answering.
    pub fn close(self) {
        drop(self.stop);
        self.server.join();
    }
}
