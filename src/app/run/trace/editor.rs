//! Lines from the terminal, or from a pipe.

use std::io::{BufRead as _, IsTerminal as _, Write as _};
use std::sync::mpsc::{Sender, channel};

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

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

/// Reads lines on a thread of its own, so that a run that ends does not wait for one.
pub struct Lines {
    prompts: Sender<String>,
    read: UnboundedReceiver<Read>,
}

impl Lines {
    /// Reads from stdin, a line for each prompt.
    pub fn open() -> Self {
        let (prompts, asked) = channel::<String>();
        let (to, read) = unbounded_channel();
        // Without a thread nothing is read, as at the end of a pipe.
        let _ = std::thread::Builder::new()
            .name("prompt".to_owned())
            .spawn(move || {
                let mut editor = Editor::open();
                for prompt in asked {
                    if to.send(editor.read(&prompt)).is_err() {
                        return;
                    }
                }
            });
        Self { prompts, read }
    }

    /// The next line.
    pub async fn next(&mut self, prompt: &str) -> Read {
        if self.prompts.send(prompt.to_owned()).is_err() {
            return Read::End;
        }
        self.read.recv().await.unwrap_or(Read::End)
    }
}

/// Reads lines.
enum Editor {
    /// With history and editing.
    Terminal(Box<DefaultEditor>),
    Plain,
}

impl Editor {
    /// An editor where stdin and stdout are a terminal.
    fn open() -> Self {
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
    fn read(&mut self, prompt: &str) -> Read {
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
