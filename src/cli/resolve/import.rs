use std::path::PathBuf;

use jiff::tz::TimeZone;
use url::Url;

use crate::cli::authoring::{ImportSource, SourcePlace};
use crate::cli::faults::{Faults, quoted};
use crate::cli::options::{ImportOptions, LogReadOptions};
use crate::cli::span::parse_span;
use crate::import::{Format, LOG_FIELDS, LogOptions};
use crate::text::did_you_mean;

/// What `--from` and `--format` name.
pub(super) fn import(options: &ImportOptions, faults: &mut Faults<'_>) -> Option<ImportSource> {
    let from = options.from.as_deref()?;
    let format = format(options.format.as_deref(), faults);
    let is_url = from.starts_with("http://") || from.starts_with("https://");
    let place = match Url::parse(from) {
        Ok(url) if is_url => SourcePlace::Url(url),
        Err(_) if is_url => {
            faults.push(
                format!("--from {}", quoted(from)),
                "is not a valid URL of HTTP",
                "give one such as http://127.0.0.1:9501/openapi.json, or a file",
            );
            return None;
        }
        _ => SourcePlace::File(path("--from", from, "a file", faults)),
    };
    let log = log(&options.log, faults);
    Some(ImportSource {
        place,
        format,
        tags: options.tag.clone(),
        operations: options.operation.clone(),
        mistakes: options.mistakes,
        log,
    })
}

/// What `--format` names.
pub(super) fn format(word: Option<&str>, faults: &mut Faults<'_>) -> Option<Format> {
    let word = word?;
    let format = Format::of_word(word);
    if format.is_none() {
        let words = Format::ALL.map(Format::word);
        faults.push(
            format!("--format {}", quoted(word)),
            format!("is not a format{}", did_you_mean(word, words)),
            format!("give one of {}", words.join(", ")),
        );
    }
    format
}

/// How an access log is read.
pub(super) fn log(options: &LogReadOptions, faults: &mut Faults<'_>) -> LogOptions {
    let mut read = LogOptions::default();
    for given in &options.log_field {
        match given.split_once('=') {
            Some((what, field)) if LOG_FIELDS.contains(&what) && !field.is_empty() => {
                read.fields.push((what.to_owned(), field.to_owned()));
            }
            _ => {
                let what = given.split('=').next().unwrap_or_default();
                faults.push(
                    format!("--log-field {}", quoted(given)),
                    format!("names no field{}", did_you_mean(what, LOG_FIELDS)),
                    format!("give one of {}, such as time=ts", LOG_FIELDS.join(", ")),
                );
            }
        }
    }
    read.times_are_starts = options.log_time == "start";
    if !matches!(options.log_time.as_str(), "start" | "end") {
        faults.push(
            format!("--log-time {}", quoted(&options.log_time)),
            "is not a valid moment",
            "give start or end",
        );
    }
    if let Some(zone) = &options.log_timezone {
        match TimeZone::get(zone) {
            Ok(_) => read.zone = Some(zone.clone()),
            Err(_) => faults.push(
                format!("--log-timezone {}", quoted(zone)),
                "is not a valid time zone",
                "give one of the IANA database, such as Europe/Berlin",
            ),
        }
    }
    let mut span = |option: &str, text: &str, least: f64| {
        let span = parse_span(text).map(|span| span.as_secs_f64());
        let span = span.filter(|seconds| *seconds >= least);
        if span.is_none() {
            faults.push(
                format!("{option} {}", quoted(text)),
                "is not a valid time",
                format!("give one from {least} s, such as 30m"),
            );
        }
        span
    };
    if let Some(gap) = span("--session-gap", &options.session_gap, 0.001) {
        read.session_gap = gap;
    }
    if let Some(length) = &options.log_day_length {
        read.day_length = span("--log-day-length", length, 10.0);
    }
    read
}

pub(super) fn path(option: &str, text: &str, what: &str, faults: &mut Faults<'_>) -> PathBuf {
    if text.is_empty() {
        faults.push(
            format!("{option} \"\""),
            "is not a valid path",
            format!("give the path of {what}, or leave it out"),
        );
    }
    PathBuf::from(text)
}
