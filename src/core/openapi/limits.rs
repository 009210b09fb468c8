//! Bounds on what is read of a document.

/// Longest document, in bytes: the largest public ones (GitHub's, Microsoft Graph's) are below it.
pub const MAX_DOCUMENT_BYTES: usize = 48 << 20;

/// Most operations of a document.
pub const MAX_OPERATIONS: usize = 20_000;

/// How deeply values may nest; what is nested deeper is no document that anyone wrote.
pub(super) const MAX_DEPTH: usize = 120;

/// What the aliases and merge keys of a YAML document may add to it, in bytes.
pub(super) const MAX_ALIASED_BYTES: usize = 64 << 20;

/// Longest chain of `$ref` from one place.
pub(super) const MAX_REFERENCES: usize = 64;

/// Faults of a document that are reported.
pub(super) const MAX_FAULTS: usize = 20;
