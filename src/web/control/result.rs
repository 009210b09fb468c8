use serde::{Deserialize, Serialize};

/// The body of every response to a command that was carried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandResult {
    /// What was done, in a sentence.
    pub done: String,
}
