//! One user for one session: its trace in the terminal while it runs, as a page and as JSON at its end.

mod editor;
mod hint;
mod prompt;
mod repeat;
mod shown;

pub use repeat::repeat;

use std::io::IsTerminal;
use std::path::Path;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::mpsc;

use crate::app::destination::Destination;
use crate::app::look;
use crate::app::process::exit::Failure;
use crate::app::process::version::VERSION;
use crate::app::process::{clock, signals};
use crate::cli::{Listen, Resolved, StepStop, Summary, ValueOrigin, Verbosity};
use crate::engine::{StepPrompt, StopAt, Stopped};
use crate::metrics::{Exit, ExitKind};
use crate::report::session_page;
use crate::report::text::session::{SessionLook, SessionText};
use crate::secrets::Masker;
use crate::session_trace::{Event, Joined, Trace, What};
use crate::text;
use hint::PauseHint;
use prompt::Prompt;
use shown::Shown;

/// Events that wait to be shown.
const WAITING: usize = 16_384;
/// How long the last events may take.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// Where the trace is written at the end.
pub struct Files {
    html: Option<Destination>,
    json: Option<Destination>,
}

/// What the run gives to the one that follows it.
pub struct Tracing {
    /// Events go there.
    pub events: mpsc::Sender<Event>,
    /// Where the user stops, if it does.
    pub prompt: Option<StepPrompt>,
    received: mpsc::Receiver<Event>,
    stops: mpsc::UnboundedReceiver<Stopped>,
    files: Files,
}

/// The thread that shows the trace.
pub struct Follower {
    thread: JoinHandle<Trace>,
    files: Files,
}

/// What is shown beside the trace: nothing that it tells too.
pub fn settle(resolved: &mut Resolved) {
    resolved.plan.users = 1;
    resolved.trace.unjudged = std::mem::take(&mut resolved.plan.thresholds).len();
    if resolved.output.verbosity > Verbosity::Quiet {
        let is_verbose = resolved.output.verbosity > Verbosity::Normal;
        resolved.trace.is_verbose |= is_verbose;
        resolved.output.verbosity = Verbosity::Warnings;
    }
    resolved.output.tui = false;
    let is_given = |key: &str| {
        let mut options = resolved.options.iter();
        options.any(|one| one.key == key && one.origin != ValueOrigin::Default)
    };
    if !is_given("summary") {
        resolved.output.summary = Summary::None;
    }
    // One session is over before anybody has opened the page.
    if matches!(resolved.listen, Listen::Default(_)) {
        resolved.listen = Listen::Nowhere;
    }
}

impl Tracing {
    /// Looks at the files that are to be written.
    ///
    /// # Errors
    /// Why one of them cannot be.
    pub fn open(resolved: &Resolved) -> Result<Self, Failure> {
        let look = |option: &str, file: Option<&Path>| {
            let found = file.map(|file| Destination::look(option, file));
            found.transpose().map_err(Failure::Usage)
        };
        let files = Files {
            html: look("--html", resolved.trace.html.as_deref())?,
            json: look("--json", resolved.trace.json.as_deref())?,
        };
        let (events, received) = mpsc::channel(WAITING);
        let (to, stops) = mpsc::unbounded_channel();
        let prompt = resolved.trace.step.as_ref().map(|step| StepPrompt {
            at: match step {
                StepStop::Each => StopAt::EveryStep,
                StepStop::Named(name) => StopAt::Step(name.clone()),
            },
            stops: to,
        });
        Ok(Self {
            events,
            prompt,
            received,
            stops,
            files,
        })
    }

    /// Shows the trace on a thread of its own, and reads lines where the user stops.
    ///
    /// # Errors
    /// When there is no thread to be had.
    pub fn follow(self, resolved: &Resolved, secrets: &Masker) -> std::io::Result<Follower> {
        let Self {
            events,
            prompt,
            received,
            stops,
            files,
        } = self;
        // The run has its own: it is over when that is dropped.
        let prompts = prompt.is_some();
        drop((events, prompt));
        let on_stdout = !is_stdout(resolved.trace.json.as_deref())
            && !is_stdout(resolved.output.summary_json.as_deref());
        let paint = look::paint(resolved.output.color, on_stdout);
        let look = SessionLook {
            paint,
            width: look::look(paint, on_stdout).width,
            is_verbose: resolved.trace.is_verbose,
            curl: resolved.trace.curl,
        };
        let target = secrets.text(resolved.plan.base_url.as_str()).into_owned();
        let trace = Trace::new(target, VERSION, clock::now());
        let is_quiet = resolved.output.verbosity == Verbosity::Quiet;
        let text = SessionText::new(&trace.target, look);
        let unjudged = unjudged(resolved.trace.unjudged);
        let mut shown = Shown {
            trace,
            joined: Joined::default(),
            text,
            on_stdout,
            is_quiet,
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()?;
        let has_hints = !is_quiet && !prompts && std::io::stderr().is_terminal();
        let hint = has_hints.then(|| PauseHint::new(clock::of_a_run()));
        let thread = std::thread::Builder::new()
            .name("trace".to_owned())
            .spawn(move || {
                runtime.block_on(follow(&mut shown, received, stops, hint));
                if !shown.is_quiet {
                    shown.print(&unjudged);
                }
                shown.trace
            })?;
        Ok(Follower { thread, files })
    }
}

/// What is said of thresholds, which a plan may have for its runs.
fn unjudged(thresholds: usize) -> String {
    match thresholds {
        0 => String::new(),
        1 => "\nThe threshold of the plan is not judged: one session says nothing about it.\n"
            .to_owned(),
        many => format!(
            "\nThe {many} thresholds of the plan are not judged: one session says nothing about them.\n"
        ),
    }
}

fn is_stdout(file: Option<&Path>) -> bool {
    file.is_some_and(|file| file.as_os_str() == "-")
}

/// Shows events, and reads lines where the user stops, until nothing more comes.
async fn follow(
    shown: &mut Shown,
    mut events: mpsc::Receiver<Event>,
    mut stops: mpsc::UnboundedReceiver<Stopped>,
    mut hint: Option<PauseHint>,
) {
    let mut prompt = None;
    loop {
        let next = match &mut hint {
            Some(hint) => hint.while_waiting(events.recv()).await,
            None => events.recv().await,
        };
        let Some(event) = next else { break };
        if let Some(hint) = &mut hint {
            hint.follow(&event.what);
        }
        let is_stop = matches!(event.what, What::Stopped { .. });
        shown.add(event);
        if is_stop && let Some(stopped) = stops.recv().await {
            let prompt = prompt.get_or_insert_with(Prompt::open);
            prompt.read(stopped, shown, &mut events).await;
        }
    }
}

impl Follower {
    /// Waits for the last events and writes the files; gives more reasons for another exit code.
    pub fn end(self, exit: &mut Exit, secrets: &Masker) {
        if !signals::wait_for(&self.thread, LAST_WORDS) {
            // What it prints to takes nothing.
            editor::restore();
            return;
        }
        // A panic of the thread was said by it.
        let Ok(trace) = self.thread.join() else {
            return;
        };
        for reason in &mut exit.reasons {
            if reason.kind == ExitKind::SessionsFailed {
                // There is one, and no summary that would say why.
                "the session failed".clone_into(&mut reason.text);
            }
        }
        let totals = trace.totals();
        if totals.requests > 0
            && totals.failed >= totals.requests
            && !exit.has(ExitKind::NoResponse)
        {
            exit.add(ExitKind::SessionsFailed, "every request failed");
        }
        let json = serde_json::to_string(&trace).unwrap_or_default();
        let json = secrets.quoted(&json);
        let page = self
            .files
            .html
            .is_some()
            .then(|| session_page::document(&json));
        let documents = [
            ("--html", self.files.html, page.transpose()),
            (
                "--json",
                self.files.json,
                Ok(Some(format!("{}\n", text::json(&json)))),
            ),
        ];
        for (option, file, document) in documents {
            let written = document.and_then(|document| match (&file, document) {
                (Some(file), Some(document)) => file.write(&document),
                _ => Ok(()),
            });
            if let Err(why) = written {
                let words = format!("{option}: the trace cannot be written: {why}");
                tracing::error!("{words}");
                exit.add(ExitKind::NotWritten, words);
            }
        }
    }
}
