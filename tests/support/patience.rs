//! Waiting for what is to come: a test looks again and again, and fails when it never comes.

use std::time::{Duration, Instant};

/// Nothing that a test waits for takes as long; what does hangs.
pub const PATIENCE: Duration = Duration::from_secs(40);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(5);

/// Waits until `look` finds something, and gives it; what it could not find is said by `missing`.
pub fn wait_for<T>(mut look: impl FnMut() -> Option<T>, missing: impl FnOnce() -> String) -> T {
    let until = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < until, "{}", missing());
        std::thread::sleep(PAUSE);
    }
}

/// Waits until something is so.
pub fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    wait_for(|| is_so().then_some(()), || format!("never {what}"));
}

/// Waits until a count has not changed for `quiet`, and gives it.
pub fn settled(quiet: Duration, mut count: impl FnMut() -> usize) -> usize {
    let (mut last, mut since) = (count(), Instant::now());
    wait_for(
        || {
            let now = count();
            if now != last {
                (last, since) = (now, Instant::now());
            }
            (since.elapsed() >= quiet).then_some(last)
        },
        || "it never comes to rest".to_owned(),
    )
}
