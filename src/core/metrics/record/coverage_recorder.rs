//! The shard's counts of what requests cover.

use super::redaction::{Redaction, redacted};
use crate::metrics::model::bounds::bounded_entry;
use crate::metrics::model::coverage::{Coverage, MismatchKey};

/// Counts by the numbers of items; it takes memory once something is counted.
#[derive(Default)]
pub struct CoverageRecorder {
    counts: Vec<u32>,
    /// The items that counted something since the last batch.
    touched: Vec<u32>,
    /// What is rarer, in the form of a batch.
    rest: Coverage,
}

impl CoverageRecorder {
    /// An answered request covers an item.
    pub fn covered(&mut self, item: u32) {
        let index = item as usize;
        if self.counts.len() <= index {
            self.counts.resize(index + 1, 0);
        }
        let count = &mut self.counts[index];
        if *count == 0 {
            self.touched.push(item);
        }
        *count += 1;
    }

    /// An operation was answered with this status.
    pub fn answered(&mut self, operation: u32, status: u16, is_documented: bool) {
        if (200..300).contains(&status) {
            *self.rest.succeeded.entry(operation).or_default() += 1;
        }
        if !is_documented {
            self.rest.add_undocumented((operation, status), 1);
        }
    }

    /// A request that is not in the document was answered.
    pub fn outside(&mut self, name: &str, redaction: Option<&Redaction>) {
        let name = redacted(redaction, name);
        *bounded_entry(&mut self.rest.outside, &name) += 1;
    }

    /// An answer does not follow its schema.
    pub fn mismatch(&mut self, key: MismatchKey, reason: &str, redaction: Option<&Redaction>) {
        let pointer = redacted(redaction, &key.pointer).into_owned();
        let example = || redacted(redaction, reason).into_owned();
        self.rest
            .add_mismatch(MismatchKey { pointer, ..key }, 1, example);
    }

    /// The counts since the last call.
    pub fn take(&mut self) -> Coverage {
        let mut coverage = std::mem::take(&mut self.rest);
        for item in self.touched.drain(..) {
            let count = std::mem::take(&mut self.counts[item as usize]);
            coverage.items.insert(item, count.into());
        }
        coverage
    }
}
