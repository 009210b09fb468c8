//! Processes that this one started: what they say, with their names before it, and how they are ended.

use std::io::{BufRead as _, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::app::process::output::complain;

/// How often it is looked whether a process has ended.
const LOOK: Duration = Duration::from_millis(20);

/// A process.
pub struct Process {
    pub name: String,
    child: Child,
}

impl Process {
    /// Starts it, in a process group of its own: a Ctrl-C is for this process, which ends the others in their order.
    /// `shown` says which of its lines are.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(
        name: String,
        mut command: Command,
        shown: fn(&str) -> bool,
    ) -> std::io::Result<Self> {
        use std::os::unix::process::CommandExt as _;
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()?;
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let started = Self { name, child };
        if let Some(pipe) = stdout {
            pass_on(&started.name, pipe, shown)?;
        }
        if let Some(pipe) = stderr {
            pass_on(&started.name, pipe, shown)?;
        }
        Ok(started)
    }

    /// How it ended, if it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Asks it to end.
    pub fn ask_to_end(&self) {
        // It may have ended by now.
        let _ = kill_process(Pid::from_child(&self.child), Signal::TERM);
    }

    /// Waits until it has ended; ends it at this moment at the latest.
    pub fn end_by(&mut self, until: Instant) {
        while self.ended().is_none() {
            if Instant::now() >= until {
                complain(&format!(
                    "{} did not stop in time and was killed",
                    self.name
                ));
                let _ = self.child.kill();
                let _ = self.child.wait();
                return;
            }
            std::thread::sleep(LOOK);
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.ended().is_none() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// Writes what comes out of a pipe to stderr.
fn pass_on(
    name: &str,
    pipe: impl Read + Send + 'static,
    shown: fn(&str) -> bool,
) -> std::io::Result<()> {
    let name = name.to_owned();
    let thread = std::thread::Builder::new().name("log".to_owned());
    thread.spawn(move || {
        let mut pipe = BufReader::new(pipe);
        let mut line = Vec::new();
        while pipe.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
            let text = String::from_utf8_lossy(&line);
            let text = text.trim_end();
            if shown(text) {
                complain(&format!("{name} | {text}"));
            }
            line.clear();
        }
    })?;
    Ok(())
}
