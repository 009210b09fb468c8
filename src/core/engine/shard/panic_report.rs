//! Reports a shard that ends by a panic: the run would wait for its last report for ever.

use super::reporter::Reporter;

/// Held while a shard's thread runs.
pub struct PanicReport {
    shard: usize,
    reporter: Reporter,
}

impl PanicReport {
    /// Reports a panic of this shard's thread when it is dropped by one.
    pub fn new(shard: usize, reporter: Reporter) -> Self {
        Self { shard, reporter }
    }
}

impl Drop for PanicReport {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.reporter.broken(format!(
                "shard {} ended by a panic, which is a mistake in throng",
                self.shard
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc;

    use super::*;
    use crate::engine::protocol::Report;

    #[test]
    fn a_shard_that_panics_is_said_to_be_broken() {
        let (sender, mut reports) = mpsc::unbounded_channel();
        let thread = std::thread::spawn(move || {
            let _panic_report = PanicReport::new(3, Reporter::new(3, sender));
            std::panic::resume_unwind(Box::new("quietly"));
        });
        assert!(thread.join().is_err());
        let Some(Report::Failed { shard: 3, why }) = reports.blocking_recv() else {
            panic!("nothing was said");
        };
        assert!(why.starts_with("shard 3 ended by a panic"), "{why}");
        assert!(reports.blocking_recv().is_none(), "said once");
    }
}
