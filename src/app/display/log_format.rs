//! How an entry of the log looks in text: one line, whatever was said.

use std::fmt::{self, Write};

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use crate::text;

/// The field whose lines stand below the entry, each indented: lists, heads of requests. Anyone who fills it has made
/// each of its texts one line.
const BELOW: &str = "lines";

/// `12:00:00  WARN what happened`; fields of throng's own are in the sentence already and are shown in JSON only.
pub struct OneLine;

impl<S, N> FormatEvent<S, N> for OneLine
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    N: for<'writer> FormatFields<'writer> + 'static,
{
    fn format_event(
        &self,
        _: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let metadata = event.metadata();
        let mut said = Said {
            with_fields: !metadata.target().starts_with("throng"),
            ..Said::default()
        };
        event.record(&mut said);
        let colours = writer.has_ansi_escapes();
        let level = format!("{:>5}", metadata.level().as_str());
        if colours {
            let code = code(*metadata.level());
            write!(writer, "\u{1b}[2m{}\u{1b}[0m ", now())?;
            write!(writer, "\u{1b}[{code}m{level}\u{1b}[0m ")?;
        } else {
            write!(writer, "{} {level} ", now())?;
        }
        writeln!(
            writer,
            "{}{}",
            text::line(&said.message),
            text::line(&said.fields)
        )?;
        for line in said.below.lines() {
            writeln!(writer, "  {}", text::line(line))?;
        }
        Ok(())
    }
}

/// The colours of tracing's own format.
fn code(level: Level) -> u8 {
    match level {
        Level::TRACE => 35,
        Level::DEBUG => 34,
        Level::INFO => 32,
        Level::WARN => 33,
        Level::ERROR => 31,
    }
}

/// The time of day in UTC, to the second: a run's log is read beside its progress.
fn now() -> String {
    let now = time::OffsetDateTime::now_utc();
    format!("{:02}:{:02}:{:02}", now.hour(), now.minute(), now.second())
}

#[derive(Default)]
struct Said {
    message: String,
    below: String,
    fields: String,
    with_fields: bool,
}

impl Visit for Said {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == BELOW {
            self.below.push_str(value);
        } else {
            self.record_debug(field, &value);
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // Writing to a String does not fail.
        let _ = match field.name() {
            "message" => write!(self.message, "{value:?}"),
            name if self.with_fields => write!(self.fields, " {name}={value:?}"),
            _ => Ok(()),
        };
    }
}
