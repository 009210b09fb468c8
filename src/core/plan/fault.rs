use std::fmt;

/// A fault with its cause and its remedy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Fault {
    /// What is wrong, with its value: `users 0`.
    pub thing: String,
    /// Why it is invalid: `must be a whole number from 1`.
    pub cause: String,
    /// What to do: `give a number from 1`.
    pub remedy: String,
}

impl Fault {
    pub fn new(
        thing: impl Into<String>,
        cause: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            thing: thing.into(),
            cause: cause.into(),
            remedy: remedy.into(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.thing, self.cause, self.remedy)
    }
}
