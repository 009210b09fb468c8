//! The token of a run, and how often wrong ones come.

mod login_attempts;
mod token;

pub(super) use login_attempts::Tries;
pub use token::Token;
