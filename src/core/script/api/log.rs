//! `log`: words of a script, among those of the run. `log.info("made", { id = 7 })`. And what `print` writes.
//!
//! A line is one line whatever its bytes are: control characters and what is no UTF-8 are written as escapes. It has at most
//! [`LONGEST_LINE`] bytes, and a thread writes at most [`LINES`] lines and [`BYTES`] bytes a second: a script that says something at
//! each request would fill a disk. What is left out is counted, and the count is said.

mod rate;

pub use rate::{BYTES, LINES, LogRate};

use std::rc::Rc;
use std::sync::Arc;

use mlua::{Lua, LuaString, Table, Value};
use tracing::Level;

use super::json::{self, Form, Layout};
use super::signature::{Field, Function, Namespace, Registration, optional, required};
use crate::script::user::context;
use crate::secrets::Masker;
use crate::session_trace::{LogLine, What};
use crate::text;

/// Bytes of one line, beside what the log itself puts before it.
pub const LONGEST_LINE: usize = 4 << 10;
/// Bytes that are looked at for a line: secrets are masked in them before they are cut.
const LOOKED_AT: usize = 64 << 10;

const PARAMS: &[Field] = &[
    required("text", "any").doc("What to write; always one line."),
    optional("fields", "table").doc("Written behind it as JSON."),
];
/// When they raise.
const FAILS: &str = "An error when the fields cannot be JSON.";

const fn line(name: &'static str, doc: &'static str, example: &'static str) -> Function {
    Function::new("log", name, doc)
        .takes(PARAMS)
        .fails(FAILS)
        .example(example)
}

const DEBUG: Function = line(
    "debug",
    "A line at level debug, which --debug shows.",
    include_str!("examples/log.debug.lua"),
);
const INFO: Function = line(
    "info",
    "A line at level info.",
    include_str!("examples/log.info.lua"),
);
const WARN: Function = line(
    "warn",
    "A line at level warn.",
    include_str!("examples/log.warn.lua"),
);
const ERROR: Function = line(
    "error",
    "A line at level error, which --quiet shows too; it ends nothing.",
    include_str!("examples/log.error.lua"),
);

/// `log`: debug, info, warn, error.
pub const TABLE: Namespace = Namespace {
    name: "log",
    doc: "Writes to the log, with the user's type and number.",
    functions: &[&DEBUG, &INFO, &WARN, &ERROR],
    values: &[],
};

/// `print`, which is Lua's own for scripts.
pub const PRINT: Function = Function::global("print", "A line at level info.")
    .takes(&[optional("...", "any").doc("Written with blanks between, as `tostring` has them.")])
    .example(include_str!("examples/print.lua"));

/// Writes what scripts say.
#[derive(Clone)]
pub struct LogWriter {
    /// They are masked.
    pub secrets: Arc<Masker>,
    /// Shared by the VMs of a shard.
    pub rate: Rc<LogRate>,
}

/// The table `log`: debug, info, warn, error.
///
/// # Errors
/// When Lua has no memory left.
pub fn table(lua: &Lua, writer: &LogWriter) -> mlua::Result<Table> {
    let table = Registration::new(lua, &TABLE)?;
    for (described, level) in [
        (&DEBUG, Level::DEBUG),
        (&INFO, Level::INFO),
        (&WARN, Level::WARN),
        (&ERROR, Level::ERROR),
    ] {
        let (path, writer) = (described.path(), writer.clone());
        table.function(
            described,
            move |_, (text, fields): (Value, Option<Value>)| {
                say(&path, level, &text, fields.as_ref(), &writer)
            },
        )?;
    }
    table.finish()
}

/// Writes what `print` was given, word by word.
///
/// # Errors
/// When Lua has no memory left.
pub fn print(words: &Table, writer: &LogWriter) -> mlua::Result<()> {
    let mut line = Vec::new();
    for place in 1..=words.raw_len() {
        if place > 1 {
            line.push(b' ');
        }
        line.extend_from_slice(&words.raw_get::<LuaString>(place)?.as_bytes());
        if line.len() > LOOKED_AT {
            break;
        }
    }
    record(Level::INFO, &line, writer);
    writer.write(Level::INFO, None, &line);
    Ok(())
}

fn say(
    function: &str,
    level: Level,
    words: &Value,
    fields: Option<&Value>,
    writer: &LogWriter,
) -> mlua::Result<()> {
    let mut line = Vec::new();
    let mut user_type = None;
    if let Some(context) = context::current() {
        let user = &context.user;
        let kind = user.shard.requests.name(user.requester.kind.get());
        user_type = Some(kind.clone());
        let who = match user.requester.session.number.get() {
            // Nobody of the crowd: setup, teardown or clean-up.
            0 => format!("{kind}: "),
            _ => format!("{kind} #{}: ", user.requester.number),
        };
        line.extend_from_slice(who.as_bytes());
    }
    let who = line.len();
    match words {
        Value::String(words) => line.extend_from_slice(&words.as_bytes()),
        other => line.extend_from_slice(other.to_string()?.as_bytes()),
    }
    if let Some(fields) = fields {
        line.push(b' ');
        line.extend_from_slice(&json::encode(
            fields,
            Form {
                caller: function,
                root: "fields",
                layout: Layout::Compact,
                any_bytes: true,
            },
        )?);
    }
    record(level, &line[who..], writer);
    if let Some(context) = context::current()
        && let Some(observed) = &context.user.shard.observed
    {
        observed.wrote(word(level), || shown(&line[who..], &writer.secrets));
    }
    writer.write(level, user_type.as_deref(), &line);
    Ok(())
}

/// Records a line of the session's log.
fn record(level: Level, line: &[u8], writer: &LogWriter) {
    let recorder = context::current().and_then(|context| context.user.requester.recorder());
    if let Some(recorder) = recorder {
        recorder.add(What::Log(LogLine {
            level: level.as_str().to_ascii_lowercase(),
            text: shown(line, &writer.secrets),
        }));
    }
}

fn word(level: Level) -> &'static str {
    match level {
        Level::ERROR => "error",
        Level::WARN => "warn",
        Level::INFO => "info",
        _ => "debug",
    }
}

impl LogWriter {
    fn write(&self, level: Level, user_type: Option<&str>, line: &[u8]) {
        if self.rate.may_write(level) {
            self.rate
                .write(level, user_type, &shown(line, &self.secrets));
        }
    }
}

/// Bytes as one line of text, without secrets.
fn shown(line: &[u8], secrets: &Masker) -> String {
    let looked_at = &line[..line.len().min(LOOKED_AT)];
    let masked = secrets.owned(escaped(looked_at));
    if masked.len() <= LONGEST_LINE && looked_at.len() == line.len() {
        return masked;
    }
    let mut ends = (0..=LONGEST_LINE.min(masked.len())).rev();
    let end = ends.find(|at| masked.is_char_boundary(*at)).unwrap_or(0);
    format!("{}... ({} bytes)", &masked[..end], line.len())
}

/// Bytes as text on one line; what is no UTF-8 stands there as `\xff`.
fn escaped(bytes: &[u8]) -> String {
    let mut escaped = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        escaped.push_str(&text::line(chunk.valid()));
        for byte in chunk.invalid() {
            escaped.push_str(&format!("\\x{byte:02x}"));
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_bytes_are_one_line() {
        let line = b"a\tb\nc\r\x1b[31m\0\xff\xc3\xa9\xc2\x9b\xe2\x80\xae";
        assert_eq!(
            escaped(line),
            "a\\tb\\nc\\r\\u{1b}[31m\\u{0}\\xff\u{e9}\\u{9b}\\u{202e}"
        );
    }

    #[test]
    fn a_long_line_is_cut_between_two_letters() {
        let masker = Masker::default();
        let line = "\u{e9}".repeat(3_000);
        let cut = shown(line.as_bytes(), &masker);
        assert_eq!(cut, format!("{}... (6000 bytes)", "\u{e9}".repeat(2_048)));
        let fits = "x".repeat(LONGEST_LINE);
        assert_eq!(shown(fits.as_bytes(), &masker), fits);
    }
}
