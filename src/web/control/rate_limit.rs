use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// A token bucket: so many commands a second of all clients, and so many at once.
#[derive(Debug)]
pub struct RateLimit {
    per_second: f64,
    bucket: Mutex<Bucket>,
}

#[derive(Debug)]
struct Bucket {
    /// Commands that may come at once now.
    commands: f64,
    filled: Instant,
}

impl RateLimit {
    pub fn new(per_second: u32) -> Self {
        let per_second = f64::from(per_second);
        Self {
            per_second,
            bucket: Mutex::new(Bucket {
                commands: per_second,
                filled: Instant::now(),
            }),
        }
    }

    /// Takes one command, or says how long to wait for it.
    pub fn take(&self) -> Result<(), Duration> {
        // Held for some arithmetic; only the thread of the web takes it.
        let mut bucket = self.bucket.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let more = (now - bucket.filled).as_secs_f64() * self.per_second;
        bucket.commands = (bucket.commands + more).min(self.per_second);
        bucket.filled = now;
        if bucket.commands < 1.0 {
            let missing = (1.0 - bucket.commands) / self.per_second;
            return Err(Duration::from_secs_f64(missing));
        }
        bucket.commands -= 1.0;
        Ok(())
    }
}
