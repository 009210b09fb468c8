//! Limits of JSON: how large a text or value may be.

/// Containers within containers, counting the outermost: what deeper texts and values are refused for.
pub const MAX_DEPTH: usize = 127;
/// Values in one text. A text of 10 MiB can hold five million empty arrays, which would hold up a shard for a second.
pub const MAX_VALUES: usize = 1_000_000;
/// Bytes of one written text. Tables that share a part can be written exponentially large.
pub const MAX_BYTES: usize = 16 << 20;
/// The largest table made ahead: a text of small objects behind a large one must not fill the memory.
pub(super) const MOST_FIELDS_AHEAD: usize = 16;
