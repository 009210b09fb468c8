use std::path::PathBuf;
use std::time::Duration;

use url::Url;

use crate::cli::faults::{Faults, quoted};
use crate::cli::options::PushOptions;
use crate::cli::push_target::{
    DEFAULT_PUSH_INTERVAL, HeaderSource, Outputs, PushTarget, header_line,
};
use crate::cli::span::parse_span;

/// The shortest time between two pushes: the run has new figures once a second.
const SHORTEST_INTERVAL: Duration = Duration::from_secs(1);

const LABEL_REMEDY: &str = "give one such as env=staging, with a name of letters, digits and _";
/// Labels that throng gives itself.
const OWN_LABELS: [&str; 2] = ["run", "le"];

/// Where the run is written to while it runs.
pub(super) fn outputs(options: &PushOptions, faults: &mut Faults<'_>) -> Outputs {
    let remote_write = target(
        "remote-write",
        options.remote_write.as_deref(),
        &options.remote_write_header,
        faults,
    );
    let otlp = target(
        "otlp",
        options.otlp.as_deref(),
        &options.otlp_header,
        faults,
    );
    let interval = interval(options.push_interval.as_deref(), faults);
    let labels = options.push_label.iter();
    let labels = labels.filter_map(|text| label(text, faults)).collect();
    let is_pushed = options.remote_write.is_some() || options.otlp.is_some();
    let first_label = options.push_label.first();
    for (option, value) in [
        ("push-interval", options.push_interval.as_ref()),
        ("push-label", first_label),
    ] {
        if let (Some(value), false) = (value, is_pushed) {
            faults.push(
                format!("--{option} {}", quoted(value)),
                "has no effect without --remote-write or --otlp",
                "add one of them, or leave it out",
            );
        }
    }
    Outputs {
        remote_write,
        otlp,
        interval,
        labels,
        samples: samples(options, faults),
    }
}

fn target(
    option: &str,
    text: Option<&str>,
    headers: &[String],
    faults: &mut Faults<'_>,
) -> Option<PushTarget> {
    let headers: Vec<HeaderSource> = headers
        .iter()
        .filter(|text| !text.trim().is_empty())
        .filter_map(|text| header(option, text, faults))
        .collect();
    let Some(text) = text else {
        if !headers.is_empty() {
            faults.push(
                format!("--{option}-header ..."),
                format!("has no effect without --{option}"),
                format!("add --{option} URL, or leave it out"),
            );
        }
        return None;
    };
    let url = Url::parse(text).ok();
    let url = url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if url.is_none() {
        // It may hold a password, which ends at the @, and a key in its query.
        let shown = text.rsplit_once('@').map_or(text, |(_, host)| host);
        let shown = shown.split('?').next().unwrap_or_default();
        let example = match option {
            "otlp" => "http://127.0.0.1:4318",
            _ => "http://127.0.0.1:9090/api/v1/write",
        };
        faults.push(
            format!("--{option} {}", quoted(shown)),
            "is not a valid HTTP URL",
            format!("give one such as {example}"),
        );
    }
    Some(PushTarget { url: url?, headers })
}

fn header(option: &str, text: &str, faults: &mut Faults<'_>) -> Option<HeaderSource> {
    match text.strip_prefix('@') {
        Some("") => faults.push(
            format!("--{option}-header @"),
            "names no file",
            "give the path of a file after the @",
        ),
        Some(file) => return Some(HeaderSource::File(PathBuf::from(file))),
        None => match header_line(text) {
            Ok((name, value)) => return Some(HeaderSource::Typed(name, value)),
            // Its text may be a secret.
            Err(cause) => faults.push(
                format!("--{option}-header ..."),
                cause,
                "give one such as 'Authorization: Bearer TOKEN', or @FILE to read it from a file",
            ),
        },
    }
    None
}

fn interval(text: Option<&str>, faults: &mut Faults<'_>) -> Duration {
    faults.read(
        "push-interval",
        text,
        DEFAULT_PUSH_INTERVAL,
        |text| parse_span(text).filter(|span| *span >= SHORTEST_INTERVAL),
        (
            "is not a valid time between pushes",
            "give a second or more, such as 5, 15s or 1m",
        ),
    )
}

fn label(text: &str, faults: &mut Faults<'_>) -> Option<(String, String)> {
    let read = text.split_once('=');
    let read = read.map(|(name, value)| (name.trim(), value.trim()));
    let cause = match read {
        None => "has no = between name and value",
        Some((name, _)) if !is_label(name) => "has a name that no label can have",
        Some((name, _)) if OWN_LABELS.contains(&name) => "is a label that throng gives itself",
        Some((_, "")) => "has no value",
        Some((name, value)) => return Some((name.to_owned(), value.to_owned())),
    };
    faults.push(
        format!("--push-label {}", quoted(text)),
        cause,
        LABEL_REMEDY,
    );
    None
}

/// Names of Prometheus; those that begin with two underscores are its own.
fn is_label(name: &str) -> bool {
    let mut letters = name.chars();
    let first = letters.next();
    first.is_some_and(|letter| letter.is_ascii_alphabetic() || letter == '_')
        && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
        && !name.starts_with("__")
}

fn samples(options: &PushOptions, faults: &mut Faults<'_>) -> Option<(PathBuf, f64)> {
    let rate = faults.share("samples-rate", options.samples_rate.as_deref(), 1.0);
    let Some(file) = options.samples.as_deref() else {
        if let Some(value) = &options.samples_rate {
            faults.push(
                format!("--samples-rate {}", quoted(value)),
                "has no effect without --samples",
                "add --samples FILE, or leave it out",
            );
        }
        return None;
    };
    if !(file.ends_with(".jsonl") || file.ends_with(".jsonl.zst")) {
        faults.push(
            format!("--samples {}", quoted(file)),
            "has no extension that says which format is meant",
            "give a file that ends in .jsonl or .jsonl.zst",
        );
    }
    Some((PathBuf::from(file), rate))
}
