//! Lua patterns with an end to them, since C's ignore the hook: `("a"):rep(30):find((".-"):rep(30) .. "b")` takes years.
//! In: a pattern (manual of Lua 5.4, 6.4.1) and a text, both bytes. Out: matches, and the functions for the table `string`.
//! Each call has a number of steps, and the way back is a list no longer than the pattern. Unlike C, a result of `gsub`
//! has at most [`MAX_RESULT`] bytes, and patterns of over 200 quantifiers work. Never knows users or what the text is.

mod call;
mod functions;
mod gsub;
mod matcher;
mod parse;
mod set;

pub use call::Watch;
pub use functions::table;
pub use matcher::{Match, Matcher};
pub use parse::Pattern;

/// Steps that a call may take whatever the length of the text.
pub const BASE_STEPS: u64 = 1_000_000;
/// Steps for each byte of the text on top, so that long texts can be read through.
pub const STEPS_PER_BYTE: u64 = 8;
/// Bytes that `gsub` may return: Lua's memory limit does not see them while they grow.
pub const MAX_RESULT: usize = 64 << 20;

/// Captures that one pattern may have, as in C.
const MAX_CAPTURES: usize = 32;

/// Why a pattern has no answer. The words of malformed patterns are those of Lua.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    #[error("malformed pattern (ends with '%')")]
    EndsWithEscape,
    #[error("malformed pattern (missing ']')")]
    OpenSet,
    #[error("malformed pattern (missing arguments to '%b')")]
    BalanceArguments,
    #[error("missing '[' after '%f' in pattern")]
    FrontierSet,
    #[error("invalid pattern capture")]
    CloseWithoutOpen,
    #[error("too many captures")]
    TooManyCaptures,
    #[error("unfinished capture")]
    UnfinishedCapture,
    #[error("invalid capture index %{0}")]
    CaptureIndex(i32),
    #[error("invalid use of '%' in replacement string")]
    ReplacementEscape,
    /// The pattern tries too many ways: the steps that it had.
    #[error("the pattern took more than {0} steps")]
    Steps(u64),
    #[error("the result is larger than {} MiB", MAX_RESULT >> 20)]
    Result,
}
