//! Lines from the terminal, or from a pipe.

use std::io::{BufRead as _, IsTerminal as _, Write as _};

use rustyline::error::ReadlineError;
use rustyline::{Config, DefaultEditor};

/// What was read.
pub enum Read {
    Line(String),
    /// Ctrl-C: what was typed of the line is dropped.
    Interrupted,
    /// Ctrl-D, or the end of the pipe.
    End,
}

/// Reads lines.
pub enum Editor {
    /// With history and editing.
    Terminal(Box<DefaultEditor>),
    Plain,
}

impl Editor {
    /// An editor where stdin and stdout are a terminal.
    pub fn open() -> Self {
        if !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
            return Self::Plain;
        }
        remember();
        let config = Config::builder().auto_add_history(true).build();
        match DefaultEditor::with_config(config) {
            Ok(editor) => Self::Terminal(Box::new(editor)),
            Err(_) => Self::Plain,
        }
    }

    /// The next line.
    pub fn read(&mut self, prompt: &str) -> Read {
        match self {
            Self::Terminal(editor) => match editor.readline(prompt) {
                Ok(line) => Read::Line(line),
                Err(ReadlineError::Interrupted) => Read::Interrupted,
                Err(_) => Read::End,
            },
            Self::Plain => {
                let mut stderr = std::io::stderr();
                let _ = stderr.write_all(prompt.as_bytes());
                let mut line = String::new();
                match std::io::stdin().lock().read_line(&mut line) {
                    Ok(0) | Err(_) => {
                        let _ = stderr.write_all(b"\n");
                        Read::End
                    }
                    Ok(_) => Read::Line(line.trim_end_matches(['\n', '\r']).to_owned()),
                }
            }
        }
    }
}

#[cfg(unix)]
static BEFORE: std::sync::OnceLock<rustix::termios::Termios> = std::sync::OnceLock::new();

/// How the terminal is before an editor has it.
#[cfg(unix)]
fn remember() {
    if let Ok(before) = rustix::termios::tcgetattr(std::io::stdin()) {
        let _ = BEFORE.set(before);
    }
}

/// Gives the terminal back that an editor still has, since nobody typed its line to the end.
#[cfg(unix)]
pub fn restore() {
    if let Some(before) = BEFORE.get() {
        let when = rustix::termios::OptionalActions::Now;
        let _ = rustix::termios::tcsetattr(std::io::stdin(), when, before);
        // The prompt stands there still.
        let _ = std::io::stderr().write_all(b"\r\n");
    }
}

#[cfg(not(unix))]
fn remember() {}

/// Nothing is remembered there.
#[cfg(not(unix))]
pub fn restore() {}
