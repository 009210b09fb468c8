use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::block::Block;
use super::label::Label;
use super::record::Record;

/// Everything that is kept of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordedRun {
    pub record: Record,
    /// The JSON of its summary; none of a run that said no end.
    pub summary: Option<Value>,
    /// What its blocks count.
    pub labels: Vec<Label>,
    /// In the order of time.
    pub blocks: Vec<Block>,
}
