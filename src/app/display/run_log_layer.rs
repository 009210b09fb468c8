//! Writes what is logged to the run's log, whatever stderr shows of it.

use std::fmt::{self, Write as _};

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::FilterFn;
use tracing_subscriber::layer::{Context, Filter};

use crate::run_log::{self, Kind, NewEntry, RunLog};

/// The target of the line that has the run's token, which stderr shows and nothing else.
pub const TOKEN_LINE: &str = "throng::token";

/// What is no entry: single requests (`--verbose`) and progress are too many, and shown elsewhere.
const LEFT_OUT: [&str; 3] = [TOKEN_LINE, "throng::request", "throng::progress"];

/// Puts events into the run's log.
pub struct RunLogLayer(pub RunLog);

/// Throng's own events from `info` on, and warnings of others.
pub fn filter<S>() -> impl Filter<S> {
    let passes = |metadata: &Metadata<'_>| {
        let target = metadata.target();
        let most = match target.starts_with("throng") {
            true => Level::INFO,
            false => Level::WARN,
        };
        // Whether a level is wanted is asked without an event.
        !metadata.is_span() && *metadata.level() <= most && !LEFT_OUT.contains(&target)
    };
    FilterFn::new(passes).with_max_level_hint(Level::INFO)
}

impl<S: Subscriber> Layer<S> for RunLogLayer {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut said = Said::default();
        event.record(&mut said);
        let metadata = event.metadata();
        self.0.add(NewEntry {
            level: match *metadata.level() {
                Level::ERROR => run_log::Level::Error,
                Level::WARN => run_log::Level::Warn,
                Level::INFO => run_log::Level::Info,
                Level::DEBUG | Level::TRACE => run_log::Level::Debug,
            },
            kind: match metadata.target() {
                "throng::script" => Kind::Script,
                "throng::run" => Kind::Event,
                _ => Kind::Run,
            },
            user_type: said.user_type,
            text: said.message,
            lines: said.lines,
        });
    }
}

#[derive(Default)]
struct Said {
    message: String,
    lines: String,
    user_type: Option<String>,
}

impl Visit for Said {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "lines" => self.lines.push_str(value),
            "user_type" => self.user_type = Some(value.to_owned()),
            _ => self.record_debug(field, &value),
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            // Writing to a String does not fail.
            let _ = write!(self.message, "{value:?}");
        }
    }
}
