//! The numbers of records of one sender: what comes twice, and what is missing.

use serde::{Deserialize, Serialize};

/// How far the records of one sender have come; they have numbers from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sequence {
    last: u64,
}

/// What a record is, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// The next one.
    Next,
    /// It was there before.
    Duplicate,
    /// Records before it are missing, so many.
    After(u64),
}

impl Sequence {
    /// The number of the last one.
    pub fn last(self) -> u64 {
        self.last
    }

    /// Takes a record with this number. One after a gap is taken, too: what it counts is true.
    pub fn take(&mut self, number: u64) -> Turn {
        let Some(ahead) = number.checked_sub(self.last).filter(|ahead| *ahead > 0) else {
            return Turn::Duplicate;
        };
        self.last = number;
        match ahead - 1 {
            0 => Turn::Next,
            missing => Turn::After(missing),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_replay_counts_each_record_once() {
        let mut sequence = Sequence::default();
        let mut counted = 0;
        // Each prefix is sent again after a break, as a stream does that is read from an earlier place.
        for upto in 1..=20u64 {
            for number in 1..=upto {
                counted += u64::from(sequence.take(number) == Turn::Next);
            }
        }
        assert_eq!(counted, 20);
    }

    #[test]
    fn a_gap_is_found_once() {
        let mut sequence = Sequence::default();
        assert_eq!(sequence.take(1), Turn::Next);
        assert_eq!(sequence.take(4), Turn::After(2));
        assert_eq!(sequence.take(4), Turn::Duplicate);
        assert_eq!(sequence.take(2), Turn::Duplicate);
        assert_eq!(sequence.take(5), Turn::Next);
    }
}
