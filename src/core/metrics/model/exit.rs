//! The exit code of a run, and every reason for it.

use serde::{Deserialize, Serialize};

/// Everything went as it should.
pub const SUCCESS: u8 = 0;
/// The run failed, or something that it was to write could not be written.
pub const FAILED: u8 = 1;
/// The command line, or something that it names, is wrong: nothing was sent.
pub const USAGE: u8 = 2;
/// The scripts were rejected: nothing was sent.
pub const REJECTED: u8 = 3;
/// A threshold failed or had nothing to measure, the run is worse than its baseline, or it covered too little.
pub const THRESHOLD: u8 = 5;
/// The run was ended by its safety valve.
pub const STOP_RULE: u8 = 6;
/// With `--strict`: the generator did not keep up, so that the figures are not reliable.
pub const GENERATOR: u8 = 7;
/// Ended at once by a second signal.
pub const INTERRUPTED: u8 = 130;

/// The codes of failures: of several that are true the first is the exit code. What says least of the target comes first.
pub const PRECEDENCE: [u8; 7] = [
    INTERRUPTED,
    USAGE,
    REJECTED,
    FAILED,
    STOP_RULE,
    GENERATOR,
    THRESHOLD,
];

/// How a run ended for the shell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exit {
    /// That of the first reason; 0 without any.
    pub code: u8,
    /// Everything that is true, by precedence.
    pub reasons: Vec<ExitReason>,
}

/// One reason for an exit code other than 0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExitReason {
    /// The exit code that it asks for.
    pub code: u8,
    pub kind: ExitKind,
    /// What happened, as a sentence.
    pub text: String,
}

/// What makes an exit code other than 0. The order is that of [`PRECEDENCE`], and of one code that in which they are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExitKind {
    /// A second signal ended it at once.
    Interrupted,
    /// A thread of the run ended before its time.
    ThreadLost,
    /// The ledger could not be written.
    Ledger,
    /// The target never responded.
    NoResponse,
    /// This machine could send no request.
    NotSent,
    /// Every request was to a host that is not allowed.
    NotAllowed,
    /// More sessions failed than were completed.
    SessionsFailed,
    /// Clean-up left items on the target.
    LeftBehind,
    /// A summary or a report could not be written.
    NotWritten,
    /// The safety valve ended the run.
    StopRule,
    /// With `--strict`: the verdict on the generator is not `valid`.
    Generator,
    /// A threshold failed.
    Threshold,
    /// A threshold had nothing to measure.
    NoData,
    /// A threshold names what was never seen.
    UnknownName,
    /// The run is worse than its baseline.
    Regression,
    /// The run covered too little.
    Coverage,
}

impl ExitKind {
    pub const ALL: [Self; 16] = [
        Self::Interrupted,
        Self::ThreadLost,
        Self::Ledger,
        Self::NoResponse,
        Self::NotSent,
        Self::NotAllowed,
        Self::SessionsFailed,
        Self::LeftBehind,
        Self::NotWritten,
        Self::StopRule,
        Self::Generator,
        Self::Threshold,
        Self::NoData,
        Self::UnknownName,
        Self::Regression,
        Self::Coverage,
    ];

    /// The exit code.
    pub fn code(self) -> u8 {
        match self {
            Self::Interrupted => INTERRUPTED,
            Self::ThreadLost
            | Self::Ledger
            | Self::NoResponse
            | Self::NotSent
            | Self::NotAllowed
            | Self::SessionsFailed
            | Self::LeftBehind
            | Self::NotWritten => FAILED,
            Self::StopRule => STOP_RULE,
            Self::Generator => GENERATOR,
            Self::Threshold
            | Self::NoData
            | Self::UnknownName
            | Self::Regression
            | Self::Coverage => THRESHOLD,
        }
    }
}

impl Exit {
    /// Adds a reason in its place. Later ones of a kind come after earlier ones.
    pub fn add(&mut self, kind: ExitKind, text: impl Into<String>) {
        let place = self.reasons.partition_point(|known| known.kind <= kind);
        let reason = ExitReason {
            code: kind.code(),
            kind,
            text: text.into(),
        };
        self.reasons.insert(place, reason);
        self.code = self.reasons.first().map_or(SUCCESS, |first| first.code);
    }

    /// Whether a reason is of this kind.
    pub fn has(&self, kind: ExitKind) -> bool {
        self.reasons.iter().any(|reason| reason.kind == kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_kinds_is_that_of_the_codes() {
        let codes = ExitKind::ALL.map(ExitKind::code);
        let place = |code: u8| PRECEDENCE.iter().position(|one| *one == code);
        assert!(codes.map(place).is_sorted(), "{codes:?}");
        assert!(codes.map(place).iter().all(Option::is_some));
        assert!(ExitKind::ALL.is_sorted());
    }

    #[test]
    fn the_first_reason_by_precedence_is_the_exit_code_and_all_are_listed() {
        use ExitKind::*;
        for (added, code, listed) in [
            (&[][..], 0, &[][..]),
            (&[Threshold], 5, &[Threshold]),
            (&[Coverage, Regression], 5, &[Regression, Coverage]),
            (&[Threshold, Generator], 7, &[Generator, Threshold]),
            (&[Generator, StopRule], 6, &[StopRule, Generator]),
            (&[StopRule, NoResponse], 1, &[NoResponse, StopRule]),
            (&[Threshold, NotWritten], 1, &[NotWritten, Threshold]),
            (
                &[Threshold, StopRule, LeftBehind, Interrupted, Generator],
                130,
                &[Interrupted, LeftBehind, StopRule, Generator, Threshold],
            ),
        ] {
            let mut exit = Exit::default();
            added.iter().for_each(|kind| exit.add(*kind, ""));
            let kinds: Vec<_> = exit.reasons.iter().map(|one| one.kind).collect();
            assert_eq!((exit.code, kinds.as_slice()), (code, listed), "{added:?}");
            let codes: Vec<_> = listed.iter().map(|kind| kind.code()).collect();
            assert!(exit.reasons.iter().map(|one| one.code).eq(codes));
        }
    }

    #[test]
    fn reasons_of_one_kind_keep_their_order() {
        let mut exit = Exit::default();
        exit.add(ExitKind::Threshold, "a");
        exit.add(ExitKind::NoData, "b");
        exit.add(ExitKind::Threshold, "c");
        let texts: Vec<_> = exit.reasons.iter().map(|one| one.text.as_str()).collect();
        assert_eq!(texts, ["a", "c", "b"]);
    }
}
