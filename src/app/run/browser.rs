//! The browser that `--open` opens on the live page.

use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::thread;

use crate::app::key_file;
use crate::app::process::exit::Failure;
use crate::web::Token;

/// What opens a URL on this system.
const OPENER: &str = if cfg!(target_os = "macos") {
    "open"
} else {
    "xdg-open"
};

/// Made where it is wanted: the page exchanges it for the token.
pub fn code(wanted: bool) -> Option<Result<Token, Failure>> {
    wanted.then(|| key_file::token(None))
}

/// Opens the page, which the code signs in. It stands behind the `#`, which no server sees and no history keeps once the page
/// has taken it away. What keeps the browser from opening is said; the run goes on.
pub fn open(address: SocketAddr, code: &Token) {
    let place = format!("http://{address}/");
    let cannot = |why: &str| {
        tracing::warn!(
            "no browser can be opened: {why}; open {place} and sign in with the run's token"
        );
    };
    if !has_display() {
        return cannot("there is no display");
    }
    let url = format!("{place}#code={}", code.reveal());
    let mut command = Command::new(OPENER);
    command.arg(url).stdin(Stdio::null());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(why) => return cannot(&format!("{OPENER}: {why}")),
    };
    tracing::info!("opening {place} in the browser");
    // It may stay as long as the browser does.
    let waits = thread::Builder::new().name("browser".to_owned());
    let waits = waits.spawn(move || {
        let status = child.wait().ok().filter(|status| !status.success());
        if let Some(status) = status {
            tracing::warn!(
                "no browser was opened: {OPENER} ended with {status}; open {place} and sign in \
                 with the run's token"
            );
        }
    });
    // Without a thread nobody waits for it, which is all the same to the run.
    drop(waits);
}

/// Where it is known: without one, `xdg-open` may start a browser of the terminal, which the run needs itself.
fn has_display() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(target_os = "macos") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}
