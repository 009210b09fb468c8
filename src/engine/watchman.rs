//! Watches a shard from inside: how late its loop is, how much it holds; reports once a second.

use std::rc::Rc;
use std::time::Duration;

use super::floor::Floor;
use crate::metrics::Health;

/// How often the loop's lateness is looked at: a turn of the loop that is longer than this is always seen, less at most
/// so much of it.
const LOOK: Duration = Duration::from_millis(5);
/// Looks between two reports: a report a second.
const LOOKS_PER_REPORT: u32 = 200;
/// A report leaves so many looks before each whole second of the run, so that the snapshot of that second has it.
const AHEAD: u32 = 10;

/// Looks and reports until it is aborted.
pub async fn watch(floor: Rc<Floor>) {
    let (mut look, mut reports) = (0, 0);
    loop {
        // Where the loop was held up, the looks that it missed are left out.
        look = (look + 1).max(looks_in(floor.began.elapsed()));
        let due = floor.began + LOOK * look;
        tokio::time::sleep_until(due).await;
        let reports_due = (look + AHEAD) / LOOKS_PER_REPORT;
        if reports_due > reports {
            floor.size.set(floor.fleet.size());
        }
        let (vms, lua_memory) = floor.size.get();
        floor.world.recorder.borrow_mut().health(Health {
            lag: due.elapsed(),
            open_connections: floor.world.transport.open_connections() as u64,
            lua_memory,
            vms,
        });
        floor.cry();
        if reports_due > reports {
            reports = reports_due;
            floor.report();
        }
    }
}

/// Looks that fit into a span of the run, at most as many as there are numbers for (six years).
fn looks_in(span: Duration) -> u32 {
    u32::try_from(span.as_millis() / LOOK.as_millis()).unwrap_or(u32::MAX)
}
