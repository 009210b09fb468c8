//! Exit codes, the one place that knows them (`docs/cli.md` lists them).

use std::process::ExitCode;

use crate::secrets::Masker;
use crate::text;

/// Everything went as it should.
pub const SUCCESS: u8 = 0;
/// The run failed: the target never answered, every session failed, or clean-up left things behind.
pub const FAILED: u8 = 1;
/// The command line, or something that it names, is wrong: nothing was sent.
pub const USAGE: u8 = 2;
/// The scripts were rejected: nothing was sent.
pub const REJECTED: u8 = 3;
/// A threshold of the run was met, or had nothing to measure.
pub const THRESHOLD: u8 = 5;
/// The run was ended by its safety valve.
pub const STOP_RULE: u8 = 6;
/// Ended at once by a second Ctrl-C.
pub const INTERRUPTED: u8 = 130;

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
