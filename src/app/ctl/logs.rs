//! `throng ctl logs`: the log of a run.

use std::process::ExitCode;

use reqwest::Method;
use serde::Deserialize;
use url::form_urlencoded::Serializer;

use super::client::{Answer, RunClient, until_a_signal};
use super::events::Events;
use crate::app::process::exit::{Failure, SUCCESS};
use crate::app::process::output::{complain, print, print_json};
use crate::cli::LogQuery;
use crate::run_log::Entry;
use crate::text;
use crate::web::logs::LogPage;

/// How many entries were dropped before they were read.
#[derive(Deserialize)]
struct Missed {
    entries: u64,
}

/// Prints what is kept, and with `--follow` what comes.
pub async fn run(client: &RunClient, query: &LogQuery) -> Result<ExitCode, Failure> {
    if query.follow {
        return until_a_signal(follow(client, query)).await;
    }
    let mut after = 0;
    loop {
        let path = format!("logs?after={after}&{}", parameters(query));
        let page = match client.ask::<LogPage>(Method::GET, &path, None).await? {
            Answer::Done(page) => page,
            Answer::Refused(why) => return client.refused(&why),
        };
        missed(page.missed);
        for entry in &page.entries {
            show(client, entry)?;
        }
        if !page.has_more {
            return Ok(ExitCode::from(SUCCESS));
        }
        after = page.next;
    }
}

async fn follow(client: &RunClient, query: &LogQuery) -> Result<ExitCode, Failure> {
    let path = format!("logs/feed?{}", parameters(query));
    let mut events = Events::open(client, path).await?;
    while let Some(event) = events.next().await? {
        match event.name.as_str() {
            "log" => {
                let entry = serde_json::from_str(&event.data);
                show(client, &entry.map_err(|_| client.strange())?)?;
            }
            "missed" => {
                let gone = serde_json::from_str::<Missed>(&event.data);
                missed(gone.map_err(|_| client.strange())?.entries);
            }
            _ => {}
        }
    }
    Ok(ExitCode::from(SUCCESS))
}

fn parameters(query: &LogQuery) -> String {
    let mut parameters = Serializer::new(String::new());
    if let Some(since) = query.since {
        parameters.append_pair("since", &since.as_secs_f64().to_string());
    }
    if let Some(level) = query.level {
        parameters.append_pair("level", level.as_str());
    }
    if !query.kinds.is_empty() {
        let kinds: Vec<&str> = query.kinds.iter().map(|kind| kind.as_str()).collect();
        parameters.append_pair("kind", &kinds.join(","));
    }
    if let Some(user_type) = &query.user_type {
        parameters.append_pair("type", user_type);
    }
    parameters.finish()
}

fn missed(entries: u64) {
    if entries > 0 {
        complain(&format!(
            "{entries} entries were dropped: a run keeps the last ones only"
        ));
    }
}

fn show(client: &RunClient, entry: &Entry) -> Result<(), Failure> {
    if client.ctl.json {
        let json = serde_json::to_string(entry).map_err(anyhow::Error::from)?;
        return print_json(&format!("{json}\n"));
    }
    print(&line(entry))
}

/// `12:00:00  WARN script  new: what it wrote`, and below it, indented, what belongs to it.
fn line(entry: &Entry) -> String {
    // The time of day, without its fractions.
    let time = entry.at.get(11..19).unwrap_or(&entry.at);
    let level = entry.level.as_str().to_uppercase();
    // What scripts write begins with their type.
    let about = entry.user_type.as_deref();
    let about = about.filter(|user_type| !entry.text.starts_with(user_type));
    let about = about.map_or_else(String::new, |user_type| format!("{user_type}: "));
    let mut shown = format!(
        "{time} {level:>5} {:<7} {about}{}\n",
        entry.kind.as_str(),
        text::line(&entry.text)
    );
    for line in entry.lines.lines() {
        shown.push_str(&format!("  {}\n", text::line(line)));
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_log::{Kind, Level};

    #[test]
    fn an_entry_is_a_line_with_what_belongs_to_it_below() {
        let entry = Entry {
            number: 1,
            at: "2026-01-02T03:04:05.678Z".to_owned(),
            level: Level::Error,
            kind: Kind::Failure,
            user_type: Some("new".to_owned()),
            text: "GET /users: status 500".to_owned(),
            lines: "GET /users -> 500: \u{1b}[31mno".to_owned(),
        };
        assert_eq!(
            line(&entry),
            "03:04:05 ERROR failure new: GET /users: status 500\n  GET /users -> 500: \\u{1b}[31mno\n"
        );
        let entry = Entry {
            level: Level::Info,
            kind: Kind::Script,
            text: "new #3: hello".to_owned(),
            lines: String::new(),
            ..entry
        };
        assert_eq!(line(&entry), "03:04:05  INFO script  new #3: hello\n");
    }
}
