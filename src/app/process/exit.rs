//! Why a command ends before it does anything, and its exit code.

use std::process::ExitCode;

use crate::engine::StartError;
use crate::secrets::Masker;
use crate::text;
use crate::view::exit;

/// The codes of a run (`docs/cli.md` lists them), and of every other command.
pub use exit::{FAILED, INTERRUPTED, REJECTED, SUCCESS, USAGE};

/// Why the program ends early, in words for the user.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The command line, or something that it names.
    #[error("{0}")]
    Usage(String),
    /// What the scripts have wrong, all of it.
    #[error("the scripts were rejected, nothing was sent:\n{}", lines(.0))]
    Scripts(Vec<crate::script::Diagnostic>),
    /// The run failed before its first user.
    #[error("{0}")]
    Run(String),
    /// The machine did not give what a run needs.
    #[error("{0:#}")]
    Machine(#[from] anyhow::Error),
}

impl From<StartError> for Failure {
    fn from(why: StartError) -> Self {
        match why {
            StartError::Machine(why) => Self::Machine(anyhow::anyhow!(why)),
            why @ (StartError::Setup(_) | StartError::Superseded(_)) => Self::Run(why.to_string()),
        }
    }
}

impl Failure {
    /// Faults of the command line, or of something that it names, each with its place.
    pub fn faults(lines: &[String]) -> Self {
        Self::Usage(match lines {
            [one] => one.clone(),
            many => format!("{} things are wrong\n  {}", many.len(), many.join("\n  ")),
        })
    }

    /// The same with secrets masked.
    #[must_use]
    pub fn masked(self, secrets: &Masker) -> Self {
        match self {
            Self::Usage(why) => Self::Usage(secrets.owned(why)),
            Self::Run(why) => Self::Run(secrets.owned(why)),
            Self::Scripts(faults) => Self::Scripts(
                faults
                    .into_iter()
                    .map(|fault| fault.reworded(|text| secrets.owned(text)))
                    .collect(),
            ),
            Self::Machine(why) => {
                let masked = secrets.owned(format!("{why:#}"));
                Self::Machine(anyhow::Error::msg(masked))
            }
        }
    }

    /// Says it in the log.
    pub fn say(&self) {
        let words = self.to_string();
        match words.split_once('\n') {
            Some((first, rest)) => tracing::error!(lines = rest, "{first}"),
            None => tracing::error!("{words}"),
        }
    }

    /// The code for the shell.
    pub fn code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Usage(_) => USAGE,
            Self::Scripts(_) => REJECTED,
            Self::Run(_) | Self::Machine(_) => FAILED,
        })
    }
}

fn lines(faults: &[crate::script::Diagnostic]) -> String {
    let lines: Vec<String> = faults
        .iter()
        .map(|fault| format!("  {}", text::line(&fault.to_string())))
        .collect();
    lines.join("\n")
}
