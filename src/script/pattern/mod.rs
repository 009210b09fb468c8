//! Lua patterns with an end to them.
//!
//! In: a pattern (manual of Lua 5.4, 6.4.1) and a text, both bytes. Out: where it matches and what it captures; and the
//! four functions `find`, `match`, `gmatch` and `gsub` for the table `string`. It never knows users, budgets of slices
//! or what the text is.
//!
//! The functions of C that they replace run outside the instruction hook: `("a"):rep(30):find((".-"):rep(30) .. "b")`
//! would hold a shard for years. Here each call has a number of steps, and the way back is kept in a list that is never
//! longer than the pattern, so no pattern can use up the stack either.
//!
//! What differs from C: the steps; the size of a result of `gsub` ([`MAX_RESULT`]); and patterns that C calls "too
//! complex" (over 200 quantifiers) work.

mod functions;
mod gsub;
mod matcher;
mod parse;
mod set;

pub use functions::{Watch, table};
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
