//! `throng ctl watch`: a run at each second, in a line or a small frame.

use std::fmt::Write as _;
use std::io::IsTerminal as _;
use std::process::ExitCode;

use serde::{Deserialize, Serialize};

use super::client::{RunClient, until_a_signal};
use super::events::Events;
use crate::app::process::exit::{Failure, SUCCESS};
use crate::app::process::output::{print, print_json, write};
use crate::app::process::terminal;
use crate::text;
use crate::view::format::{measured, per_second, ratio, span};
use crate::view::{self, Left, StatusLine, Threshold, ThresholdResult};
use crate::web::api::{Percentiles, Rates, Run, Users};

/// What is read of an event `now` of the feed.
#[derive(Deserialize)]
struct Now {
    run: Run,
}

/// A run at a second, as `--json` prints it.
#[derive(Serialize)]
struct Second<'a> {
    run: &'a str,
    phase: &'a str,
    elapsed_seconds: f64,
    left: Option<Left>,
    /// The worst first.
    status: &'a [StatusLine],
    users: &'a Users,
    requests: u64,
    rates: Rates,
    latency_seconds: Percentiles,
    thresholds: &'a [Threshold],
}

/// Follows the run until it is over.
pub async fn run(client: &RunClient) -> Result<ExitCode, Failure> {
    until_a_signal(follow(client)).await
}

async fn follow(client: &RunClient) -> Result<ExitCode, Failure> {
    let mut events = Events::open(client, "feed".to_owned()).await?;
    let in_place = std::io::stdout().is_terminal() && !client.ctl.json;
    let mut drawn = 0;
    let mut shown: Option<(u64, String)> = None;
    while let Some(event) = events.next().await? {
        if event.name != "now" {
            continue;
        }
        let now: Now = serde_json::from_str(&event.data).map_err(|_| client.strange())?;
        if in_place {
            let lines = frame(&now, terminal::width());
            drop(write(&over(&lines, drawn)));
            drawn = lines.len();
            continue;
        }
        // News comes between two seconds; a line is for a second, or for another sentence.
        let second = (now.run.elapsed_seconds.max(0.0) as u64, headline(&now));
        if shown.as_ref() != Some(&second) {
            shown = Some(second);
            say(client, &now)?;
        }
    }
    if !client.ctl.json {
        print("the run is over\n")?;
    }
    Ok(ExitCode::from(SUCCESS))
}

fn say(client: &RunClient, now: &Now) -> Result<(), Failure> {
    if !client.ctl.json {
        return print(&format!("{}\n", line(now)));
    }
    let run = &now.run;
    let second = Second {
        run: &run.run,
        phase: run.phase.as_str(),
        elapsed_seconds: run.elapsed_seconds,
        left: run.left,
        status: &run.status,
        users: &run.users,
        requests: run.requests.total,
        rates: run.rates,
        latency_seconds: run.latency_seconds,
        thresholds: &run.thresholds,
    };
    let json = serde_json::to_string(&second).map_err(anyhow::Error::from)?;
    print_json(&format!("{json}\n"))
}

/// The worst of what is to be said, or the phase of a run that says nothing.
fn headline(now: &Now) -> String {
    let status = &now.run.status;
    let text = status
        .first()
        .map_or(now.run.phase.as_str(), |worst| &worst.text);
    let more = status.len().saturating_sub(1);
    let text = text::line(text);
    match more {
        0 => text.into_owned(),
        more => format!("{text} (and {more} more)"),
    }
}

fn figures(run: &Run) -> String {
    let planned = run.users.planned;
    let planned = planned.map_or_else(String::new, |users| format!(" of {users}"));
    format!(
        "users {}{planned}; last second {}, failed {}, p95 {}",
        run.users.alive,
        per_second(run.rates.requests),
        ratio(run.rates.failures),
        measured(run.latency_seconds.p95)
    )
}

/// `2 of 3 thresholds pass`.
fn verdict(thresholds: &[Threshold]) -> Option<String> {
    let passed = thresholds
        .iter()
        .filter(|one| one.result == ThresholdResult::Passed);
    let (passed, all) = (passed.count(), thresholds.len());
    (all > 0).then(|| format!("{passed} of {all} thresholds pass"))
}

/// A second in a line.
fn line(now: &Now) -> String {
    let run = &now.run;
    let mut line = format!("{:>8}  {}", span(run.elapsed_seconds), figures(run));
    if let Some(verdict) = verdict(&run.thresholds) {
        let _ = write!(line, "; {verdict}");
    }
    let _ = write!(line, "; {}", headline(now));
    line
}

/// A second as lines of a terminal, each cut to its width: first what is the matter, then the figures.
fn frame(now: &Now, width: usize) -> Vec<String> {
    let run = &now.run;
    let left = match run.left {
        Some(Left::Seconds(left)) => format!(", {} left", span(left)),
        Some(Left::Sessions(left)) => format!(", {left} sessions left"),
        None => String::new(),
    };
    let (colour, sign) = match run.status.first().map(|worst| worst.level) {
        Some(view::Level::Critical) => ("31", "!"),
        Some(view::Level::Warning) => ("33", "!"),
        Some(view::Level::Ok) => ("32", "+"),
        Some(view::Level::Info) | None => ("0", "-"),
    };
    let cut = |line: String| -> String { line.chars().take(width.saturating_sub(1)).collect() };
    let headline = cut(format!("{sign} {}", headline(now)));
    let mut lines = vec![
        match std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()) {
            true => format!("\u{1b}[{colour}m{headline}\u{1b}[0m"),
            false => headline,
        },
        cut(format!(
            "run {} {}, {} old{left}, against {}",
            text::line(&run.run),
            run.phase.as_str(),
            span(run.elapsed_seconds),
            text::line(&run.target)
        )),
        cut(figures(run)),
    ];
    for one in &run.thresholds {
        let figure = one.figure.as_deref().unwrap_or("no data");
        let result = match one.result {
            ThresholdResult::Passed => "passes",
            ThresholdResult::Failed => "FAILS",
            ThresholdResult::NoData | ThresholdResult::UnknownName => "no data",
        };
        lines.push(cut(format!(
            "{result:<8}{}  now {}",
            text::line(&one.rule),
            text::line(figure)
        )));
    }
    lines
}

/// The lines in place of those that were drawn before.
fn over(lines: &[String], drawn: usize) -> String {
    let up = match drawn {
        0 => String::new(),
        drawn => format!("\u{1b}[{drawn}A"),
    };
    let mut text = format!("{up}\u{1b}[J");
    for line in lines {
        text.push_str(line);
        text.push('\n');
    }
    text
}
