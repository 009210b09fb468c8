//! Starts the program, signals it, waits for it with patience that ends: a hang fails its test instead of the suite.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::patience::{PATIENCE, until, wait_for};

/// Seconds of a fast run in one of the machine's; a program of a release build has no clock but the machine's.
pub const FAST: f64 = if cfg!(debug_assertions) { 5.0 } else { 1.0 };

/// A command line that nothing of the machine's own surroundings reaches.
pub struct Program {
    command: Command,
    home: tempfile::TempDir,
}

/// `throng` with these words.
pub fn throng<S: AsRef<std::ffi::OsStr>>(words: impl IntoIterator<Item = S>) -> Program {
    program(env!("CARGO_BIN_EXE_throng"), words)
}

/// A program with these words.
pub fn program<S: AsRef<std::ffi::OsStr>>(
    program: &str,
    words: impl IntoIterator<Item = S>,
) -> Program {
    let home = tempfile::tempdir().unwrap();
    // An ignored SIGHUP is inherited: the tests may run under nohup.
    let mut command = Command::new("/usr/bin/env");
    command
        .args(["--default-signal=HUP,INT", program])
        .args(words)
        .env_clear()
        .current_dir(home.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .env("THRONG_STATE_DIR", home.path().join("state"));
    Program { command, home }
}

/// `throng run --no-listen` against a target, with the scripts of a folder and then these words.
pub fn run(base_url: &str, scripts: &Path, words: &[&str]) -> Program {
    throng(["run", "--no-listen", "--base-url", base_url, "--script-dir"])
        .arg(scripts)
        .args(words)
}

impl Program {
    pub fn arg(mut self, word: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.arg(word);
        self
    }

    pub fn args(mut self, words: &[&str]) -> Self {
        self.command.args(words);
        self
    }

    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// The same program and words, run by these: `ip netns exec NAME`.
    pub fn by(mut self, words: &[&str]) -> Self {
        let mut command = Command::new("/usr/bin/env");
        // The first says what becomes of an ignored SIGHUP.
        let own = || self.command.get_args();
        command.args(own().take(1)).args(words).args(own().skip(1));
        command.env_clear().stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        if let Some(folder) = self.command.get_current_dir() {
            command.current_dir(folder);
        }
        let set = self.command.get_envs();
        command.envs(set.filter_map(|(name, value)| Some((name, value?))));
        self.command = command;
        self
    }

    /// Runs it in this folder instead of one of its own.
    pub fn within(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// What it reads from stdin.
    pub fn input(mut self, input: std::fs::File) -> Self {
        self.command.stdin(input);
        self
    }

    /// Lets the run's clock go [`FAST`]: for what the run itself waits for, and no particular time of the target.
    pub fn fast(self) -> Self {
        self.at_speed(FAST)
    }

    /// Speeds up the run's clock by this factor: where a busy machine would be late at [`FAST`].
    pub fn at_speed(self, speed: f64) -> Self {
        self.variable("THRONG_CLOCK_SPEED", &speed.to_string())
    }

    /// Asks for the summary as JSON too; [`Ended::summary`] reads it.
    pub fn with_summary(self) -> Self {
        self.args(&["--summary-json", "summary.json"])
    }

    /// Starts it and waits for its end.
    pub fn end(self) -> Ended {
        self.start().end()
    }

    /// Starts it.
    pub fn start(mut self) -> Run {
        let began = Instant::now();
        let mut child = self.command.spawn().unwrap();
        let stdout = Pipe::read(child.stdout.take().unwrap());
        let stderr = Pipe::read(child.stderr.take().unwrap());
        Run {
            child,
            began,
            stdout,
            stderr,
            home: self.home,
        }
    }
}

/// What the program writes, line by line.
struct Pipe {
    all: Arc<Mutex<String>>,
    lines: Receiver<String>,
    reader: JoinHandle<()>,
}

impl Pipe {
    fn read(pipe: impl Read + Send + 'static) -> Self {
        let all = Arc::new(Mutex::new(String::new()));
        let (sender, lines) = mpsc::channel();
        let keep = Arc::clone(&all);
        let reader = std::thread::spawn(move || {
            for line in BufReader::new(pipe).lines() {
                let line = line.unwrap();
                let mut all = keep.lock().unwrap();
                all.push_str(&line);
                all.push('\n');
                drop(all);
                // A test that is over waits for no line.
                let _ = sender.send(line);
            }
        });
        Self { all, lines, reader }
    }

    /// Waits for a line that holds this text.
    fn wait_for(&self, text: &str) -> String {
        let until = Instant::now() + PATIENCE;
        while let Ok(line) = self.lines.recv_timeout(until - Instant::now()) {
            if line.contains(text) {
                return line;
            }
        }
        panic!("never said: {text}; but:\n{}", self.so_far());
    }

    fn so_far(&self) -> String {
        self.all.lock().unwrap().clone()
    }
}

/// The program at work. It is killed when its test gives up.
pub struct Run {
    child: Child,
    began: Instant,
    stdout: Pipe,
    stderr: Pipe,
    home: tempfile::TempDir,
}

impl Run {
    /// Sends `INT` or `TERM`.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("sh")
            .args(["-c", &format!("kill -{name} {}", self.child.id())])
            .status()
            .unwrap();
        assert!(sent.success(), "kill -{name}");
    }

    /// Waits for a line on stderr that holds this text.
    pub fn wait_for(&self, text: &str) -> String {
        self.stderr.wait_for(text)
    }

    /// Waits for a line on stdout that holds this text.
    pub fn wait_on_stdout(&self, text: &str) -> String {
        self.stdout.wait_for(text)
    }

    /// Where `/metrics` answers, as the program said.
    pub fn metrics_address(&self) -> std::net::SocketAddr {
        let line = self.wait_for("metrics at http://");
        let rest = line.split("http://").nth(1).unwrap();
        rest.split('/').next().unwrap().parse().unwrap()
    }

    /// Sends two signals that end it at once: of two kinds, as the system makes one of equal ones that come together.
    pub fn signal_twice(&self) {
        self.signal("INT");
        self.signal("TERM");
    }

    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Waits for its end.
    pub fn end(mut self) -> Ended {
        let status = wait_for(
            || self.child.try_wait().unwrap(),
            || format!("it does not end; it said:\n{}", self.stderr.so_far()),
        );
        let took = self.began.elapsed();
        // The pipes are closed, so that what is read is all.
        until("the end of what it says", || {
            self.stdout.reader.is_finished() && self.stderr.reader.is_finished()
        });
        let summary = std::fs::read_to_string(self.home.path().join("summary.json")).ok();
        Ended {
            code: status.code(),
            stdout: self.stdout.so_far(),
            stderr: self.stderr.so_far(),
            took,
            summary,
        }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        // It may have ended long ago.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How it ended.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
    pub took: Duration,
    summary: Option<String>,
}

impl Ended {
    /// The JSON summary, which must have the form that the schema says.
    pub fn summary(&self) -> serde_json::Value {
        let text = self
            .summary
            .as_ref()
            .unwrap_or_else(|| panic!("no summary: {self:?}"));
        let summary: serde_json::Value = serde_json::from_str(text).unwrap();
        let schema = include_str!("../../docs/summary.schema.json");
        let schema: serde_json::Value = serde_json::from_str(schema).unwrap();
        let schema = jsonschema::validator_for(&schema).unwrap();
        let faults: Vec<String> = schema
            .iter_errors(&summary)
            .map(|fault| format!("{}: {fault}", fault.instance_path()))
            .collect();
        assert_eq!(faults, [""; 0], "{text}");
        summary
    }

    /// The JSON summary as it was written.
    pub fn summary_as_written(&self) -> &str {
        self.summary.as_deref().unwrap_or_default()
    }

    /// Asserts the exit code, showing everything where it is another.
    pub fn with_code(self, code: i32) -> Self {
        assert_eq!(
            self.code,
            Some(code),
            "stderr:\n{}\nstdout:\n{}",
            self.stderr,
            self.stdout
        );
        self
    }

    /// Asserts that stderr says this.
    pub fn said(&self, text: &str) {
        assert!(
            self.stderr.contains(text),
            "not said: {text}\nbut:\n{}",
            self.stderr
        );
    }
}
