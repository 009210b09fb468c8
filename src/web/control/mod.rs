mod done;

use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::engine::{Answer, By, Command, Done, Refused};
use crate::web::Token;
use crate::web::problem::Problem;

pub use done::Obeyed;

/// How long a request waits for the run's answer to its command.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// The way from the web to the run: where commands go, and who may give them.
#[derive(Clone, Debug)]
pub struct Control {
    commands: UnboundedSender<Command>,
    token: Token,
    patience: Duration,
}

impl Control {
    /// Lets anyone who shows the token give commands.
    pub fn new(commands: UnboundedSender<Command>, token: Token) -> Self {
        Self {
            commands,
            token,
            patience: PATIENCE,
        }
    }

    /// Waits for something else than [`PATIENCE`].
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    pub(in crate::web) fn token(&self) -> &Token {
        &self.token
    }

    pub(in crate::web) fn patience(&self) -> Duration {
        self.patience
    }

    /// Gives a command that is not answered.
    pub(in crate::web) fn tell(&self, command: Command) -> Result<(), Problem> {
        self.commands.send(command).map_err(|_| Problem::over())
    }

    /// Gives a command and waits for its answer.
    pub(in crate::web) async fn ask(
        &self,
        by: By,
        command: impl FnOnce(Answer) -> Command,
    ) -> Result<Done, Problem> {
        let (answer, told) = oneshot::channel::<Result<Done, Refused>>();
        self.tell(command(Answer::new(by, answer)))?;
        match timeout(self.patience, told).await {
            Ok(Ok(told)) => told.map_err(Problem::from),
            // The run ended with the command unread.
            Ok(Err(_)) => Err(Problem::over()),
            Err(_) => Err(Problem::no_answer(self.patience)),
        }
    }
}
