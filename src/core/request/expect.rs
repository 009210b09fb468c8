//! `expect`: which responses a call counts on, and the outcome of a response by it.

use crate::metrics::Outcome;

/// The statuses that a call declares with `expect`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Expect {
    /// Nothing declared: any success will do.
    #[default]
    Success,
    /// These ranges, each inclusive.
    Statuses(Vec<(u16, u16)>),
}

impl Expect {
    /// What an answer with this status is: a declared refusal is `expected`, anything undeclared `unexpected`.
    pub fn judge(&self, status: u16) -> Outcome {
        match self {
            Self::Success if (200..400).contains(&status) => Outcome::Ok,
            Self::Success => Outcome::Unexpected,
            Self::Statuses(_) if !self.names(status) => Outcome::Unexpected,
            Self::Statuses(_) if status < 400 => Outcome::Ok,
            Self::Statuses(_) => Outcome::Expected,
        }
    }

    /// Whether this very status is declared.
    pub fn names(&self, status: u16) -> bool {
        match self {
            Self::Success => false,
            Self::Statuses(ranges) => ranges
                .iter()
                .any(|(low, high)| (*low..=*high).contains(&status)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_undeclared_refusal_is_unexpected_and_a_declared_one_expected() {
        let not_found = Expect::Statuses(vec![(404, 404)]);
        assert_eq!(Expect::Success.judge(204), Outcome::Ok);
        assert_eq!(Expect::Success.judge(404), Outcome::Unexpected);
        assert_eq!(not_found.judge(404), Outcome::Expected);
        assert_eq!(not_found.judge(200), Outcome::Unexpected);
        assert_eq!(Expect::Statuses(vec![(201, 201)]).judge(201), Outcome::Ok);
    }
}
