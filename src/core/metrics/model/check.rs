//! Checks: conditions that scripts evaluate on responses.

use serde::{Deserialize, Serialize};

/// How often a check passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    pub passed: u64,
    pub failed: u64,
}

impl Check {
    pub(crate) fn count(&mut self, ok: bool) {
        if ok {
            self.passed += 1;
        } else {
            self.failed += 1;
        }
    }

    pub fn add(&mut self, other: &Check) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}
