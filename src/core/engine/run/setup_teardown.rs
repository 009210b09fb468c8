//! Setup and teardown by `_crowd.lua`. Commands are obeyed while the script waits.

use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use serde_json::Value as Json;

use super::recorded_hook::RecordedHook;
use super::state::Run;
use crate::clock::Ticks;
use crate::script::{CrowdScript, Diagnostic};

/// How long teardown may take where nobody asked for a stop.
const TEARDOWN: Duration = Duration::from_secs(60);

impl Run {
    /// Calls `setup`. A signal takes it away: then there is no crowd, and [`Run::is_stopping`].
    ///
    /// # Errors
    /// What the script raised.
    pub async fn set_up(&mut self, script: &CrowdScript) -> Result<Option<Json>, Diagnostic> {
        let context = Rc::clone(&self.context);
        let recorded = script.has_setup().then(|| self.record_hook("setup"));
        let recorded = recorded.flatten();
        let mut setup = pin!(script.setup(&context));
        while !self.is_stopping() {
            tokio::select! {
                biased;
                crowd = &mut setup => {
                    if let Some(recorded) = recorded {
                        recorded.end(crowd.as_ref().err());
                    }
                    return crowd;
                }
                Some(command) = self.pending.next() => self.obey(command),
            }
        }
        if let Some(recorded) = recorded {
            recorded.cancel();
        }
        Ok(None)
    }

    /// What a hook does, in the trace of a run of one session.
    fn record_hook(&self, name: &'static str) -> Option<RecordedHook> {
        let to = self.recordings.trace.as_ref()?;
        Some(RecordedHook::begin(&self.context.user.requester, to, name))
    }

    /// Calls `teardown`, within its time.
    pub(super) async fn tear_down(&mut self, script: &CrowdScript, crowd: Option<&Json>) {
        let context = Rc::clone(&self.context);
        let recorded = script.has_teardown().then(|| self.record_hook("teardown"));
        let recorded = recorded.flatten();
        let mut teardown = pin!(script.teardown(&context, crowd));
        let clock = self.source();
        let mut second = Ticks::new(clock, self.now(), Duration::from_secs(1));
        let patience = self.now() + TEARDOWN;
        while !self.shutdown.is_aborted() {
            let until = self.shutdown.teardown_deadline(patience);
            tokio::select! {
                biased;
                done = &mut teardown => {
                    if let Some(recorded) = recorded {
                        recorded.end(done.as_ref().err());
                    }
                    if let Err(fault) = done {
                        tracing::error!("teardown failed: {fault}");
                    }
                    return;
                }
                Some(command) = self.pending.next() => self.obey(command),
                _ = second.tick() => self.tick(),
                () = clock.sleep_until(until) => {
                    tracing::error!("teardown took too long and was cancelled");
                    break;
                }
            }
        }
        if let Some(recorded) = recorded {
            recorded.cancel();
        }
    }
}
