//! Text for people. In: a snapshot, and how wide and how colourful the text may be. Out: the lines of the progress display
//! and the summary. It must never know where they are written.

pub mod progress;
pub mod summary;
pub mod table;
