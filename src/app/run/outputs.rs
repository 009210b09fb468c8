//! The outputs of a run while it runs: from what was typed to what is opened.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::app::process::exit::Failure;
use crate::app::process::version::VERSION;
use crate::cli::{HeaderSource, PushTarget, Resolved, header_line};
use crate::clock::Clock;
use crate::output::{Endpoint, Identity, Outputs, SamplesFile, Settings};
use crate::secrets::Masker;
use crate::view::{Exit, ExitKind};

/// How long the end of a run waits for receivers to take the last figures.
const FLUSH: Duration = Duration::from_secs(5);
/// The same where somebody wants it to end at once.
const FLUSH_AFTER_ABORT: Duration = Duration::from_secs(1);

/// A file of headers is no larger.
const FILE_LIMIT: u64 = 1 << 20;

/// How long receivers have at the end.
pub fn flush_limit(exit: Option<&Exit>) -> Duration {
    match exit.is_some_and(|exit| exit.has(ExitKind::Interrupted)) {
        true => FLUSH_AFTER_ABORT,
        false => FLUSH,
    }
}

/// Reads the files of headers, in whose place what they hold comes; gives all values that may be secrets.
///
/// # Errors
/// Names everything that cannot be read.
pub fn read_headers(resolved: &mut Resolved) -> Result<Vec<String>, Failure> {
    let outputs = &mut resolved.outputs;
    let targets = [
        ("--remote-write-header", &mut outputs.remote_write),
        ("--otlp-header", &mut outputs.otlp),
    ];
    let (mut secrets, mut faults) = (Vec::new(), Vec::new());
    for (option, target) in targets {
        let Some(target) = target else { continue };
        let mut headers = Vec::new();
        for header in std::mem::take(&mut target.headers) {
            match header {
                HeaderSource::Typed(..) => headers.push(header),
                HeaderSource::File(file) => match of_file(&file) {
                    Ok(found) => headers.extend(found),
                    Err(why) => faults.push(format!("{option} @{}: {why}", file.display())),
                },
            }
        }
        target.headers = headers;
        secrets.extend(secrets_of(target));
    }
    match faults.is_empty() {
        true => Ok(secrets),
        false => Err(Failure::Usage(faults.join("\n"))),
    }
}

fn of_file(file: &Path) -> Result<Vec<HeaderSource>, String> {
    let remedy = |why: std::io::Error| format!("{why}; name a file that can be read");
    let size = std::fs::metadata(file).map_err(remedy)?.len();
    if size > FILE_LIMIT {
        return Err(format!("the file has {size} bytes; headers are shorter"));
    }
    let text = std::fs::read_to_string(file).map_err(remedy)?;
    let lines = text.lines().zip(1..);
    let lines = lines.filter(|(line, _)| !line.trim().is_empty());
    let headers = lines.map(|(line, number)| {
        let read = header_line(line)
            .map_err(|cause| format!("line {number} {cause}; each line is 'Name: value'"))?;
        Ok(HeaderSource::Typed(read.0, read.1))
    });
    headers.collect()
}

/// The values of headers, with and without the scheme of an `Authorization`, and the password of the URL.
fn secrets_of(target: &PushTarget) -> Vec<String> {
    let mut secrets = Vec::new();
    for header in &target.headers {
        if let HeaderSource::Typed(_, value) = header {
            secrets.push(value.clone());
            let last = value.rsplit(' ').next().unwrap_or_default();
            if last != value {
                secrets.push(last.to_owned());
            }
        }
    }
    let password = target.url.password().map(|text| {
        let decoded = percent_encoding::percent_decode_str(text);
        decoded.decode_utf8_lossy().into_owned()
    });
    secrets.extend(password);
    secrets.extend(target.url.query().map(str::to_owned));
    secrets
}

/// Opens what was asked for; headers were read before.
///
/// # Errors
/// What will keep an output from working, as far as that can be known now.
pub fn open(
    resolved: &Resolved,
    run: &str,
    clock: Clock,
    secrets: &Arc<Masker>,
) -> Result<Outputs, Failure> {
    let settings = settings(resolved, run, clock);
    Outputs::open(&settings, secrets).map_err(|why| Failure::Usage(why.to_string()))
}

/// Opens the file of requests, and nothing that receives figures over the network.
///
/// # Errors
/// When it cannot be written.
pub fn open_file(
    resolved: &Resolved,
    run: &str,
    clock: Clock,
    secrets: &Arc<Masker>,
) -> Result<Outputs, Failure> {
    let settings = Settings {
        remote_write: None,
        otlp: None,
        ..settings(resolved, run, clock)
    };
    Outputs::open(&settings, secrets).map_err(|why| Failure::Usage(why.to_string()))
}

fn settings(resolved: &Resolved, run: &str, clock: Clock) -> Settings {
    let outputs = &resolved.outputs;
    let samples = outputs.samples.as_ref();
    Settings {
        remote_write: outputs.remote_write.as_ref().map(endpoint),
        otlp: outputs.otlp.as_ref().map(endpoint),
        spans: resolved.http.trace.is_some(),
        samples: samples.map(|(path, rate)| SamplesFile {
            path: path.clone(),
            rate: *rate,
        }),
        interval: outputs.interval,
        identity: Identity {
            run: run.to_owned(),
            version: VERSION.to_owned(),
            host: host(),
            labels: outputs.labels.clone(),
            started: SystemTime::now(),
        },
        ca: resolved.http.ca.clone(),
        clock,
    }
}

fn endpoint(target: &PushTarget) -> Endpoint {
    let headers = target.headers.iter().filter_map(|header| match header {
        HeaderSource::Typed(name, value) => Some((name.clone(), value.clone())),
        HeaderSource::File(_) => None,
    });
    Endpoint {
        url: target.url.clone(),
        headers: headers.collect(),
    }
}

/// The name of this machine.
#[cfg(unix)]
fn host() -> String {
    let name = rustix::system::uname();
    name.nodename().to_string_lossy().into_owned()
}

#[cfg(not(unix))]
fn host() -> String {
    std::env::var("COMPUTERNAME").unwrap_or_else(|_| "unknown".to_owned())
}
