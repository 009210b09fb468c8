//! What answered requests cover of the target's contract.

use super::recorder::Recorder;
use crate::metrics::MismatchKey;

impl Recorder {
    /// An answered request covers an item of the contract.
    pub fn covered(&mut self, item: u32) {
        self.coverage.covered(item);
    }

    /// An operation of the contract was answered with this status, which the contract describes or not.
    pub fn operation_answered(&mut self, operation: u32, status: u16, is_documented: bool) {
        self.coverage.answered(operation, status, is_documented);
    }

    /// A request that is not in the contract was answered.
    pub fn outside_contract(&mut self, name: &str) {
        self.coverage.outside(name, self.redaction.as_ref());
    }

    /// An answer does not follow its schema.
    pub fn mismatch(&mut self, key: MismatchKey, reason: &str) {
        let redaction = self.redaction.as_ref();
        self.coverage.mismatch(key, reason, redaction);
    }
}
