//! What is written to stdout and stderr.

use std::io::{self, ErrorKind, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::app::process::exit::Failure;
use crate::text;

/// Whether stdout was closed when the process began. The standard library opens `/dev/null` in its place before `main`, and
/// whatever is written is lost without an error: it must be seen earlier.
static WAS_CLOSED: AtomicBool = AtomicBool::new(false);

#[cfg(unix)]
ctor::declarative::ctor! {
    // Safe before `main`: one system call and one store, no allocation, no other static.
    #[ctor(unsafe)]
    fn look_at_stdout() {
        let is_closed = rustix::io::fcntl_getfd(rustix::stdio::stdout()).is_err();
        WAS_CLOSED.store(is_closed, Ordering::Relaxed);
    }
}

/// Writes all of it.
///
/// # Errors
/// When stdout is closed, full, or has nobody who reads it any more.
pub fn write(text: &str) -> io::Result<()> {
    if WAS_CLOSED.load(Ordering::Relaxed) {
        return Err(io::Error::other("it is closed"));
    }
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}

/// Prints text that was asked for. A reader that has read enough (`throng ctl status | head -1`) is no error.
///
/// # Errors
/// When it cannot be written otherwise.
pub fn print(text: &str) -> Result<(), Failure> {
    print_safe(&text::page(text))
}

/// As [`print`], JSON.
///
/// # Errors
/// When it cannot be written otherwise.
pub fn print_json(json: &str) -> Result<(), Failure> {
    print_safe(&text::json(json))
}

fn print_safe(text: &str) -> Result<(), Failure> {
    match write(text) {
        Err(why) if why.kind() != ErrorKind::BrokenPipe => Err(Failure::Machine(
            anyhow::Error::new(why).context("cannot write to stdout"),
        )),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Writes to stderr, which is the last place there is: where it is closed or full there is nobody to tell.
pub fn to_stderr(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}

/// Writes lines to stderr.
pub fn complain(words: &str) {
    to_stderr(&format!("{}\n", text::page(words)));
}
