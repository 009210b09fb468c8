//! Starts the program, signals it, waits for it with patience that ends: a hang fails its test instead of the suite.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// No test needs as long; what does hangs.
const PATIENCE: Duration = Duration::from_secs(40);

/// A command line that nothing of the machine's own surroundings reaches.
pub struct Program {
    command: Command,
    home: tempfile::TempDir,
}

/// `throng` with these words.
pub fn throng<S: AsRef<std::ffi::OsStr>>(words: impl IntoIterator<Item = S>) -> Program {
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_throng"));
    command
        .args(words)
        .env_clear()
        .current_dir(home.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
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
        let stdout = read_all(child.stdout.take().unwrap());
        let said = Arc::new(Mutex::new(String::new()));
        let (sender, lines) = mpsc::channel();
        let (stderr, keep) = (child.stderr.take().unwrap(), Arc::clone(&said));
        let stderr = std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                let mut all = keep.lock().unwrap();
                all.push_str(&line);
                all.push('\n');
                drop(all);
                // A test that waits for no line has dropped the other end by now, or never looks.
                let _ = sender.send(line);
            }
        });
        Run {
            child,
            began,
            stdout: Some(stdout),
            stderr: Some(stderr),
            said,
            lines,
            home: self.home,
        }
    }
}

fn read_all(mut pipe: impl Read + Send + 'static) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut text = String::new();
        pipe.read_to_string(&mut text).unwrap();
        text
    })
}

/// The program at work. It is killed when its test gives up.
pub struct Run {
    child: Child,
    began: Instant,
    stdout: Option<JoinHandle<String>>,
    stderr: Option<JoinHandle<()>>,
    said: Arc<Mutex<String>>,
    lines: Receiver<String>,
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
        let until = Instant::now() + PATIENCE;
        while let Ok(line) = self.lines.recv_timeout(until - Instant::now()) {
            if line.contains(text) {
                return line;
            }
        }
        panic!("never said: {text}; but:\n{}", self.said.lock().unwrap());
    }

    /// Where `/metrics` answers, as the program said.
    pub fn metrics_address(&self) -> std::net::SocketAddr {
        let line = self.wait_for("metrics at http://");
        let rest = line.split("http://").nth(1).unwrap();
        rest.split('/').next().unwrap().parse().unwrap()
    }

    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Waits for its end.
    pub fn end(mut self) -> Ended {
        let until = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(
                Instant::now() < until,
                "it does not end; it said:\n{}",
                self.said.lock().unwrap()
            );
            std::thread::sleep(Duration::from_millis(5));
        };
        let took = self.began.elapsed();
        self.stderr.take().unwrap().join().unwrap();
        let stdout = self.stdout.take().unwrap().join().unwrap();
        let stderr = self.said.lock().unwrap().clone();
        let summary = std::fs::read_to_string(self.home.path().join("summary.json")).ok();
        Ended {
            code: status.code(),
            stdout,
            stderr,
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
