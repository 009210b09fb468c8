//! What is kept of single requests for outputs, until the next batch.

use super::recorder::Recorder;
use crate::metrics::{RequestRecord, SpanRecord};

impl Recorder {
    /// Keeps a request, unless there are too many.
    pub fn keep_request(&mut self, record: RequestRecord) {
        self.records.request(record);
    }

    /// Keeps a session or a step, unless there are too many.
    pub fn keep_span(&mut self, record: SpanRecord) {
        self.records.span(record);
    }
}
