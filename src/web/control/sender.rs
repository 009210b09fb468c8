use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::engine::{Command, CommandReply, Done, Initiator, Refused};
use crate::web::auth::{OneTimeCode, Token};
use crate::web::problem::Problem;

/// How long a request waits for the run's answer to its command.
pub const COMMAND_TIMEOUT: Duration = Duration::from_secs(10);

/// The way from the web to the run: where commands go, and the token of those who may give them.
#[derive(Clone, Debug)]
pub struct Control {
    commands: UnboundedSender<Command>,
    token: Token,
    /// What may be exchanged for the token.
    code: Option<Arc<OneTimeCode>>,
    timeout: Duration,
}

impl Control {
    /// Lets requests that show the token give commands.
    pub fn new(commands: UnboundedSender<Command>, token: Token) -> Self {
        Self {
            commands,
            token,
            code: None,
            timeout: COMMAND_TIMEOUT,
        }
    }

    /// Lets one client exchange this code for the token.
    #[must_use]
    pub fn with_code(self, code: Option<OneTimeCode>) -> Self {
        Self {
            code: code.map(Arc::new),
            ..self
        }
    }

    pub(in crate::web) fn code(&self) -> Option<&OneTimeCode> {
        self.code.as_deref()
    }

    /// Waits for something else than [`COMMAND_TIMEOUT`].
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    pub(in crate::web) fn token(&self) -> &Token {
        &self.token
    }

    pub(in crate::web) fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Gives a command that is not answered.
    pub(in crate::web) fn send(&self, command: Command) -> Result<(), Problem> {
        self.commands.send(command).map_err(|_| Problem::run_over())
    }

    /// Gives a command and waits for its answer.
    pub(in crate::web) async fn ask(
        &self,
        by: Initiator,
        command: impl FnOnce(CommandReply) -> Command,
    ) -> Result<Done, Problem> {
        let (answer, answered) = oneshot::channel::<Result<Done, Refused>>();
        self.send(command(CommandReply::new(by, answer)))?;
        match timeout(self.timeout, answered).await {
            Ok(Ok(answered)) => answered.map_err(Problem::from),
            // The run ended with the command unread.
            Ok(Err(_)) => Err(Problem::run_over()),
            Err(_) => Err(Problem::timed_out(self.timeout)),
        }
    }
}
