//! `throng ctl inspect`: what one user of a run does, until its session ends.

use std::process::ExitCode;

use url::form_urlencoded::Serializer;

use super::client::{RunClient, until_a_signal};
use super::events::Events;
use crate::app::destination::Destination;
use crate::app::look;
use crate::app::process::clock;
use crate::app::process::exit::{FAILED, Failure, SUCCESS};
use crate::app::process::output::{complain, print_json, write};
use crate::app::process::version::VERSION;
use crate::cli::{Color, Inspect};
use crate::report::session_page;
use crate::report::text::session::{SessionLook, SessionText};
use crate::session_trace::{Event, Trace, What};
use crate::text;

/// Prints what the user does; at the end, also after Ctrl-C, the page is written.
pub async fn run(client: &RunClient, asked: &Inspect) -> Result<ExitCode, Failure> {
    let html = asked.html.as_deref();
    let html = html.map(|file| Destination::look("--html", file));
    let html = html.transpose().map_err(Failure::Usage)?;
    let paint = look::paint(Color::Auto, true);
    let look = SessionLook {
        paint,
        width: look::look(paint, true).width,
        is_verbose: asked.verbose,
        curl: asked.curl,
    };
    let mut shown = Shown {
        trace: Trace::new(client.run.base.clone(), VERSION, clock::now()),
        text: SessionText::new("", look),
        as_json: client.ctl.json,
    };
    let done = until_a_signal(follow(client, asked, &mut shown)).await?;
    if let Some(file) = html {
        let json = serde_json::to_string(&shown.trace).map_err(anyhow::Error::from)?;
        let page = session_page::document(&json).map_err(anyhow::Error::from)?;
        if let Err(why) = file.write(&page) {
            complain(&format!(
                "error: --html: the trace cannot be written: {why}"
            ));
            return Ok(ExitCode::from(FAILED));
        }
    }
    Ok(done)
}

struct Shown {
    trace: Trace,
    text: SessionText,
    as_json: bool,
}

async fn follow(
    client: &RunClient,
    asked: &Inspect,
    shown: &mut Shown,
) -> Result<ExitCode, Failure> {
    let key = match asked.user.parse::<u64>() {
        Ok(_) => "user",
        Err(_) => "type",
    };
    let mut query = Serializer::new(String::new());
    query.append_pair(key, &asked.user);
    if let Some(number) = asked.last {
        query.append_pair("last", &number.to_string());
    }
    let query = query.finish();
    let mut events = Events::open(client, format!("inspect?{query}")).await?;
    let mut is_gone = false;
    let mut has_ended = false;
    while let Some(event) = events.next().await? {
        match event.name.as_str() {
            "begun" if !shown.as_json => {
                let said: serde_json::Value =
                    serde_json::from_str(&event.data).map_err(|_| client.strange())?;
                let words = said["done"].as_str().unwrap_or_default();
                let how = if asked.last.is_some() {
                    ""
                } else {
                    "; Ctrl-C ends"
                };
                complain(&format!("{}{how}", text::line(words)));
                let kept = said["kept"].as_array().map_or(0, Vec::len);
                if asked.last == Some(1) && kept > 1 {
                    let more = match kept {
                        2 => "an earlier one is kept: --last 2".to_owned(),
                        _ => format!("{} earlier ones are kept: --last 2 to {kept}", kept - 1),
                    };
                    complain(&more);
                }
            }
            "session" => {
                let event: Event =
                    serde_json::from_str(&event.data).map_err(|_| client.strange())?;
                is_gone |= matches!(event.what, What::Gone { .. });
                has_ended |= matches!(event.what, What::SessionEnded(_));
                shown.add(event)?;
            }
            _ => {}
        }
    }
    if !is_gone && !has_ended && asked.last.is_none() {
        complain("the run has ended, and with it the session");
    }
    Ok(ExitCode::from(if is_gone { FAILED } else { SUCCESS }))
}

impl Shown {
    fn add(&mut self, event: Event) -> Result<(), Failure> {
        if self.as_json {
            let json = serde_json::to_string(&event).map_err(anyhow::Error::from)?;
            print_json(&format!("{json}\n"))?;
        } else {
            // Its lines are escaped where they are made, and have colours. A reader that has read enough is no error.
            let _ = write(&self.text.lines(&event));
        }
        self.trace.add(event);
        Ok(())
    }
}
