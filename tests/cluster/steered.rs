//! A run on several workers whose control API answers.

use std::path::Path;

use crate::support::nats::Nats;
use crate::support::program::{Run, throng};
use crate::support::target::Target;

/// What tells it something.
pub struct Control {
    url: String,
    /// Where its key is.
    keys: tempfile::TempDir,
}

const TOKEN: &str = "the-token-of-this-run";

/// The run, which answers.
pub fn steered(
    nats: &Nats,
    workers: usize,
    target: &Target,
    scripts: &Path,
    words: &[&str],
) -> (Run, Control) {
    steered_in(nats, workers, (target, scripts), words, &[])
}

/// The same with these variables.
pub fn steered_in(
    nats: &Nats,
    workers: usize,
    (target, scripts): (&Target, &Path),
    words: &[&str],
    variables: &[(&str, &str)],
) -> (Run, Control) {
    let workers = workers.to_string();
    let run = throng(["run", "--listen", "127.0.0.1:0", "--token", TOKEN])
        .args(&["--base-url", &target.url(), "--script-dir"])
        .arg(scripts)
        .args(&["--nats", &nats.url(), "--workers", &workers])
        .args(words)
        .with_summary();
    let run = variables
        .iter()
        .fold(run, |run, (name, value)| run.variable(name, value))
        .start();
    let line = run.wait_for("control at http://");
    let url = line.split_once("control at ").unwrap().1;
    let url = url.split(',').next().unwrap().trim().to_owned();
    let keys = tempfile::tempdir().unwrap();
    (run, Control { url, keys })
}

impl Control {
    /// Tells it something; gives what it says.
    pub fn done(&self, words: &[&str]) -> String {
        let keys = self.keys.path().to_str().unwrap();
        let ended = throng(["ctl"])
            .args(words)
            .args(&["--url", &self.url, "--token", TOKEN])
            .variable("XDG_RUNTIME_DIR", keys)
            .end();
        ended.with_code(0).stdout
    }
}
