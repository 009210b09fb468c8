//! The prompt where a user has stopped: lines of Lua, and what begins with a colon.

use tokio::sync::{mpsc, oneshot};

use super::editor::{self, Lines, Read};
use super::shown::Shown;
use crate::engine::{Go, Place, Said, Stopped, Typed};
use crate::report::text::Ink;
use crate::session_trace::{Event, What};
use crate::text::did_you_mean;

const HELP: &str = "\
A line of Lua runs as the user, with all that its script can call; what it gives is printed. `user` is the user, `state`
its user.state. What you assign stays until the user goes on (a `local` until the end of its line).
  n, :step       make the step, and stop before the next one
  c, :continue   go on without a stop, as Ctrl-D does
  :trace         what happened so far, again
  :curl          the last request as a curl command; `:curl 3` is that of call 3
  :quit          end the session here
  :help          this
";

const COMMANDS: [&str; 6] = ["step", "continue", "trace", "curl", "quit", "help"];

/// Reads lines.
pub struct Prompt {
    lines: Lines,
    is_new: bool,
    /// Nothing more can be read.
    is_over: bool,
}

/// What a line asks for.
enum Asked {
    Lua,
    Go(Go),
    Trace,
    Curl(Option<u32>),
    Help,
    Unknown(String),
}

impl Prompt {
    /// Reads from stdin.
    pub fn open() -> Self {
        Self {
            lines: Lines::open(),
            is_new: true,
            is_over: false,
        }
    }

    /// Reads lines until the user goes on.
    pub async fn read(
        &mut self,
        stopped: Stopped,
        shown: &mut Shown,
        events: &mut mpsc::Receiver<Event>,
    ) {
        let is_first = std::mem::take(&mut self.is_new);
        let name = match &stopped.place {
            Place::BeforeStep(name) => {
                let words = format!("\nstopped before step {name}");
                self.say(shown, &words);
                if is_first {
                    self.say(shown, ":help lists the commands");
                }
                format!("{name}> ")
            }
            Place::SessionOver { result, why } => {
                let why = why
                    .as_ref()
                    .map(|why| format!(": {why}"))
                    .unwrap_or_default();
                self.say(shown, &format!("\nthe session is over, {result}{why}"));
                self.say(
                    shown,
                    "user and state can still be inspected; :quit or Ctrl-D ends",
                );
                "over> ".to_owned()
            }
        };
        let mut lines = String::new();
        loop {
            let prompt = match lines.is_empty() {
                true => crate::text::line(&name).into_owned(),
                false => format!("{:>1$}", "> ", name.chars().count()),
            };
            let read = match self.is_over {
                true => Read::End,
                false => tokio::select! {
                    read = self.lines.next(&prompt) => read,
                    // A signal ends the run, and nobody types the line to its end.
                    () = stopped.lines.closed() => {
                        self.is_over = true;
                        editor::restore();
                        return;
                    }
                },
            };
            let line = match read {
                Read::Line(line) => line,
                Read::Interrupted if lines.is_empty() => {
                    self.say(shown, "Ctrl-D goes on, :quit ends the session");
                    continue;
                }
                Read::Interrupted => {
                    lines.clear();
                    continue;
                }
                Read::End => {
                    self.is_over = true;
                    let _ = stopped.lines.send(Typed::Go(Go::Continue));
                    return;
                }
            };
            if lines.is_empty() {
                match asked(&line) {
                    Asked::Lua => {}
                    Asked::Go(go) => {
                        let _ = stopped.lines.send(Typed::Go(go));
                        return;
                    }
                    other => {
                        self.answer(&other, shown);
                        continue;
                    }
                }
            }
            if line.trim().is_empty() && lines.is_empty() {
                continue;
            }
            lines.push_str(&line);
            match run(&stopped, &lines, shown, events).await {
                Some(Said::Incomplete) => lines.push('\n'),
                Some(Said::Ending) | None => {
                    self.say(shown, "the run is ending: the user has left");
                    return;
                }
                Some(Said::Value(_) | Said::Error(_)) => lines.clear(),
            }
        }
    }

    fn answer(&self, asked: &Asked, shown: &mut Shown) {
        match asked {
            Asked::Help => shown.print(HELP),
            Asked::Trace => {
                let mut again = shown.text.again();
                let events = shown.trace.events.iter();
                let lines: String = events.map(|event| again.lines(event)).collect();
                shown.print(&lines);
            }
            Asked::Curl(number) => {
                let calls = shown
                    .trace
                    .events
                    .iter()
                    .filter_map(|event| match &event.what {
                        What::Call(call) => Some(call),
                        _ => None,
                    });
                let mut calls = calls.filter(|call| number.is_none_or(|one| call.number == one));
                let line = match (calls.next_back(), number) {
                    (Some(call), _) => format!("{}\n", crate::text::line(&call.curl)),
                    (None, Some(number)) => format!("there is no call {number}\n"),
                    (None, None) => "no request was made yet\n".to_owned(),
                };
                shown.print(&line);
            }
            Asked::Unknown(word) => {
                let meant = did_you_mean(word, COMMANDS);
                self.say(
                    shown,
                    &format!("there is no :{word}{meant}; :help lists all"),
                );
            }
            Asked::Lua | Asked::Go(_) => {}
        }
    }

    /// A sentence of the prompt itself.
    fn say(&self, shown: &mut Shown, words: &str) {
        let paint = shown.text.paint();
        let lines = words.split('\n').map(|line| paint.ink(Ink::Meant, line));
        let mut text = lines.collect::<Vec<_>>().join("\n");
        text.push('\n');
        shown.print(&text);
    }
}

/// Runs lines as the user, and shows what happens until they are done; none: nobody takes them.
async fn run(
    stopped: &Stopped,
    lines: &str,
    shown: &mut Shown,
    events: &mut mpsc::Receiver<Event>,
) -> Option<Said> {
    let (said, answered) = oneshot::channel();
    stopped
        .lines
        .send(Typed::Lua(lines.to_owned(), said))
        .ok()?;
    let answer = answered.await.ok()?;
    if matches!(answer, Said::Value(_) | Said::Error(_)) {
        // What it gave comes with the events, after the requests that it made.
        while let Some(event) = events.recv().await {
            let is_last = matches!(event.what, What::Typed { .. });
            shown.add(event);
            if is_last {
                break;
            }
        }
    }
    Some(answer)
}

fn asked(line: &str) -> Asked {
    let line = line.trim();
    match line {
        "n" => return Asked::Go(Go::Step),
        "c" => return Asked::Go(Go::Continue),
        _ => {}
    }
    let Some(command) = line.strip_prefix(':').filter(|rest| !rest.starts_with(':')) else {
        return Asked::Lua;
    };
    let (word, rest) = command.split_once(' ').unwrap_or((command, ""));
    match word {
        "step" | "n" | "next" => Asked::Go(Go::Step),
        "continue" | "c" => Asked::Go(Go::Continue),
        "quit" | "q" | "exit" => Asked::Go(Go::Quit),
        "trace" => Asked::Trace,
        "curl" => Asked::Curl(rest.trim().parse().ok()),
        "help" | "h" | "" => Asked::Help,
        other => Asked::Unknown(other.to_owned()),
    }
}
