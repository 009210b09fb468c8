//! What requests pass right before their first byte is written.

/// Counts requests that leave, and may keep them. Asked once for each attempt, so it must be quick.
pub trait Departures: Send + Sync + std::fmt::Debug {
    /// Whether requests may leave now.
    ///
    /// # Errors
    /// Why not, in words.
    fn allow(&self) -> Result<(), &'static str>;

    /// One leaves, or has ended without.
    fn count(&self);

    /// One that was counted never left.
    fn take_back(&self);
}
