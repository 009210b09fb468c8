use serde::{Deserialize, Serialize};

/// The body of every answer to a command that was obeyed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Obeyed {
    /// What was done, in a sentence.
    pub done: String,
}
