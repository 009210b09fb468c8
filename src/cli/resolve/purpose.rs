//! What a line of options is for, and what that alone decides.

use std::time::Duration;

use crate::plan::Length;

/// Users of a demo that names no number.
pub const DEMO_USERS: u32 = 60;

/// Length of a demo that names none.
pub const DEMO_LENGTH: Length = Length::Duration(Duration::from_secs(60));

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Run,
    /// As `Run`, with the types inside the program where there is no folder.
    Populate,
    Demo,
    /// As `Run`, to be printed.
    Plan,
    /// One user.
    Try,
}
