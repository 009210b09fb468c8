//! The report of a panic: a bug of throng's, whose message may hold secrets.

use crate::app::process::output::complain;
use crate::secrets::SharedMasker;

/// Says panics on stderr as Rust does, with secrets masked.
pub fn mask(secrets: impl Into<SharedMasker>) {
    let secrets = secrets.into();
    std::panic::set_hook(Box::new(move |panic| {
        let thread = std::thread::current();
        let name = thread.name().unwrap_or("?");
        let text = format!("thread '{name}': {panic}");
        complain(&secrets.get().text(&text));
    }));
}
