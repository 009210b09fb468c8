//! Looks before the ramp whether the target can be reached, so that a wrong port or certificate is said once and at once.

use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use tokio::task::LocalSet;
use url::Url;

use crate::http::probe;
use crate::http::{LoadedSettings, Origin};

/// The longest that a start waits for it. Whatever takes longer is said, and the run begins.
const PATIENCE: Duration = Duration::from_secs(1);

/// A probe that is under way.
pub struct Probe {
    begun: Instant,
    found: Receiver<String>,
}

impl Probe {
    /// Begins to connect, while the run is still being put together.
    pub fn begin(loaded: &LoadedSettings, base_url: &Url) -> Self {
        let (sender, found) = channel();
        let begun = Instant::now();
        probe_on_a_thread(loaded, base_url, move |why| drop(sender.send(why)));
        Self { begun, found }
    }

    /// Warns of what it found. Returns when it has ended, or has had its time.
    pub fn warn(self) {
        let end = self.begun + PATIENCE + Duration::from_millis(200);
        let left = end.saturating_duration_since(Instant::now());
        if let Ok(why) = self.found.recv_timeout(left) {
            tracing::warn!("the target cannot be reached: {why}");
        }
    }
}

/// Looks on a thread of its own, which nobody waits for; says why the target cannot be reached, if so.
pub fn unreached(loaded: &LoadedSettings, base_url: &Url) -> oneshot::Receiver<String> {
    let (sender, found) = oneshot::channel();
    probe_on_a_thread(loaded, base_url, move |why| drop(sender.send(why)));
    found
}

/// Looks on a thread of its own; `found` hears why the target cannot be reached, if so.
fn probe_on_a_thread(
    loaded: &LoadedSettings,
    base_url: &Url,
    found: impl FnOnce(String) + Send + 'static,
) {
    let Ok(origin) = Origin::of(base_url) else {
        return;
    };
    let loaded = loaded.clone();
    // A thread that cannot be had is missed by the run itself soon enough.
    let _ = std::thread::Builder::new()
        .name("probe".to_owned())
        .spawn(move || look(&loaded, &origin).map(found));
}

/// Why the target cannot be reached, if so.
fn look(loaded: &LoadedSettings, origin: &Origin) -> Option<String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .ok()?;
    let found = LocalSet::new().block_on(&runtime, probe(loaded, origin, PATIENCE));
    // A look-up of a name cannot be called off; nobody waits for it.
    runtime.shutdown_background();
    found.err().map(|failure| failure.message)
}
