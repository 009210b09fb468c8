use std::collections::BTreeSet;
use std::time::Duration;

use url::Url;

use super::token;
use crate::cli::faults::{Faults, quoted};
use crate::cli::options::{CtlOptions, InspectOptions, LogOptions, Verb};
use crate::cli::resolved::{Ctl, CtlCommand, Incident, LogQuery};
use crate::cli::span::parse_span;
use crate::cli::trace_view::Inspect;
use crate::cli::value_sources::ValueSources;
use crate::plan::live::Scalar;
use crate::plan::{Change, Fault, SHORTEST_INCIDENT};
use crate::run_log::{Kind, Level};

pub(in crate::cli) fn ctl(
    options: CtlOptions,
    typed: &ValueSources<'_>,
) -> Result<Ctl, Vec<Fault>> {
    let mut faults = Faults::of(typed);
    let (run, url) = which(&options, typed, &mut faults);
    let token = token::token(options.token.as_deref(), &mut faults);
    let deed = match options.verb {
        Verb::Status => CtlCommand::Status,
        Verb::Watch => CtlCommand::Watch,
        Verb::Logs(options) => CtlCommand::Logs(logs(options, &mut faults)),
        Verb::Inspect(options) => CtlCommand::Inspect(inspect(options, &mut faults)),
        Verb::Versions => CtlCommand::Versions,
        Verb::Reload => CtlCommand::Reload,
        Verb::Rollback { kind } => CtlCommand::Rollback(kind),
        Verb::Promote => CtlCommand::Promote,
        Verb::Incident { name, lasts, end } => {
            let lasts = lasts.and_then(|text| span(&text, &mut faults));
            CtlCommand::Incident(if end {
                Incident::End(name)
            } else {
                Incident::Begin(name, lasts)
            })
        }
        Verb::Set { values } => CtlCommand::Set(change(&values, &mut faults)),
        Verb::Pause => CtlCommand::Pause,
        Verb::Resume => CtlCommand::Resume,
        Verb::Stop => CtlCommand::Stop,
    };
    faults.or(Ctl {
        deed,
        run,
        url,
        token,
        json: options.json,
    })
}

/// The run, by its id or by where it listens: two names of one thing may name two things.
fn which(
    options: &CtlOptions,
    typed: &ValueSources<'_>,
    faults: &mut Faults<'_>,
) -> (Option<String>, Option<Url>) {
    let (mut run, mut url) = (options.run.as_deref(), options.url.as_deref());
    if run.is_some() && url.is_some() {
        match (typed.on_the_line("run"), typed.on_the_line("url")) {
            (true, false) => url = None,
            (false, true) => run = None,
            _ => faults.push(
                "--run with --url",
                "each of them selects a run",
                "give one of them",
            ),
        }
    }
    (
        run.map(str::to_owned),
        url.and_then(|text| place(text, faults)),
    )
}

/// Where a run listens.
fn place(text: &str, faults: &mut Faults<'_>) -> Option<Url> {
    const REMEDY: &str = "give one such as http://127.0.0.1:9900";
    let url = Url::parse(text).ok();
    let Some(url) = url.filter(|url| url.scheme() == "http" && url.has_host()) else {
        faults.push(
            format!("--url {}", quoted(text)),
            "is not a valid URL of a run",
            REMEDY,
        );
        return None;
    };
    if !url.username().is_empty() || url.password().is_some() {
        // What stands before the @ is a secret.
        faults.push(
            "--url http://...@...",
            "has a user name, which no run has",
            "leave it out, and give the run's token with --token",
        );
        return None;
    }
    Some(url)
}

fn inspect(options: InspectOptions, faults: &mut Faults<'_>) -> Inspect {
    if options.html.as_deref() == Some("") {
        faults.push(
            "--html \"\"",
            "is not a valid path",
            "give the path of a file, or leave it out",
        );
    }
    // As messages write it.
    let user = options.user.trim_start_matches('#').to_owned();
    if user.is_empty() {
        faults.push(
            quoted(&options.user),
            "names no user",
            "give the number of one, such as 17, or a type",
        );
    }
    let last = options.last.as_deref().and_then(|text| {
        let number = text.parse().ok().filter(|number| *number > 0);
        if number.is_none() {
            faults.push(
                format!("--last {}", quoted(text)),
                "is not a number from 1 up",
                "give one, or leave it out for the newest session",
            );
        }
        number
    });
    Inspect {
        user,
        last,
        verbose: options.verbose,
        curl: options.curl,
        html: options.html.map(Into::into),
    }
}

fn logs(options: LogOptions, faults: &mut Faults<'_>) -> LogQuery {
    let since = options.since.and_then(|text| {
        let since = parse_span(&text);
        if since.is_none() {
            faults.push(
                format!("--since {}", quoted(&text)),
                "is not a valid duration",
                "give seconds such as 30, or units such as 5m",
            );
        }
        since
    });
    let level = options.level.and_then(|name| {
        let level = Level::named(&name);
        if level.is_none() {
            faults.push(
                format!("--level {}", quoted(&name)),
                "is not a valid level",
                "give error, warn, info or debug",
            );
        }
        level
    });
    let kinds = options.kind.iter().filter_map(|name| {
        let kind = Kind::named(name);
        if kind.is_none() {
            faults.push(
                format!("--kind {}", quoted(name)),
                "is not a valid kind",
                "give some of run, event, script, failure, with commas between them",
            );
        }
        kind
    });
    LogQuery {
        follow: options.follow,
        since,
        level,
        kinds: kinds.collect(),
        user_type: options.user_type,
    }
}

/// How long an incident holds.
fn span(text: &str, faults: &mut Faults<'_>) -> Option<Duration> {
    let span = parse_span(text).filter(|span| *span >= SHORTEST_INCIDENT);
    if span.is_none() {
        faults.push(
            format!("--for {}", quoted(text)),
            "is not a valid duration from 1s",
            "give seconds such as 120, or units such as 2m",
        );
    }
    span
}

fn change(values: &[String], faults: &mut Faults<'_>) -> Change {
    let mut change = Change::default();
    let mut seen = BTreeSet::new();
    for text in values {
        let Some((key, value)) = text.split_once('=') else {
            faults.push(text, "has no =", "give one such as users=300");
            continue;
        };
        let key = plain(key);
        if !seen.insert(key.clone()) {
            faults.push(text, format!("{key} is given twice"), "give it once");
        } else if let Err(fault) = change.read(&key, Scalar::Text(value)) {
            faults.push(fault.thing, fault.cause, fault.remedy);
        }
    }
    change
}

/// A key without the dashes that options have; the name of a type stays as it is.
fn plain(key: &str) -> String {
    if key.starts_with("weights.") {
        return key.to_owned();
    }
    key.replace('-', "_")
}
