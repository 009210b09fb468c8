//! Watches a shard from inside: how late its loop is, how much it holds; reports once a second.

use std::rc::Rc;
use std::time::Duration;

use tokio::time::Instant;

use super::shard::Floor;
use crate::metrics::Health;

/// How often the loop's lateness is looked at.
const LOOK: Duration = Duration::from_millis(50);
/// Looks between two reports: a report a second.
const LOOKS_PER_REPORT: u32 = 20;

/// Looks and reports until it is aborted.
pub async fn watch(shard: usize, floor: Rc<Floor>) {
    let mut looks = 0;
    loop {
        let due = Instant::now() + LOOK;
        tokio::time::sleep_until(due).await;
        looks += 1;
        if looks % LOOKS_PER_REPORT == 1 {
            floor.size.set(floor.fleet.size());
        }
        let (vms, lua_memory) = floor.size.get();
        floor.world.recorder.borrow_mut().health(Health {
            lag: due.elapsed(),
            open_connections: floor.world.transport.open_connections() as u64,
            lua_memory,
            vms,
        });
        if looks % LOOKS_PER_REPORT == 0 {
            floor.report(shard);
        }
    }
}
