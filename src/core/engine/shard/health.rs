//! Measures how late the event loop of a shard is and how much it holds; reports once a second.

use std::rc::Rc;
use std::time::Duration;

use super::state::ShardState;
use crate::clock::Clock;
use crate::metrics::Health;

/// How often the loop's lateness is looked at: a turn of the loop that is longer than this is always seen, less at most
/// so much of it.
const LOOK: Duration = Duration::from_millis(5);
/// Looks in a second.
const LOOKS_PER_SECOND: u32 = 200;
/// A report leaves so long before each whole second of the run, so that the snapshot of that second has it.
const AHEAD: Duration = Duration::from_millis(50);

/// Looks and reports until it is aborted.
pub async fn watch(state: Rc<ShardState>) {
    // How late the loop is, is measured by the machine's clock; reports come by the run's.
    let (clock, began) = (state.context.requests.run.clock, state.rules.began);
    if clock.is_virtual() {
        return report_only(&state, clock).await;
    }
    let (start, ahead) = (clock.real_instant(began), clock.span_of_real(AHEAD));
    let (mut look, mut reports) = (looks_in(start.elapsed()), 0);
    let (mut vms, mut lua_memory) = (0, 0);
    let machine = Clock::default();
    loop {
        let due = start + LOOK * (look + 1);
        machine.sleep_until(due).await;
        let lag = due.elapsed();
        look = (look + 1).max(looks_in(start.elapsed()));
        let reports_due = (clock.since(began) + ahead).as_secs();
        if reports_due > reports {
            (vms, lua_memory) = state.vms.size();
        }
        let mut recorder = state.context.requests.recorder.borrow_mut();
        recorder.health(Health {
            lag,
            open_connections: state.context.requests.transport.open_connections() as u64,
            lua_memory,
            vms,
        });
        missed(lag).for_each(|lag| recorder.lag(lag));
        drop(recorder);
        state.quotas.report_starvation();
        if reports_due > reports {
            reports = reports_due;
            state.vms.settle_log();
            state.report();
        }
    }
}

/// Reports in virtual time, in which nothing is ever late.
async fn report_only(state: &ShardState, clock: Clock) {
    let start = state.rules.began - AHEAD;
    for second in 1.. {
        clock.sleep_until(start + Duration::from_secs(second)).await;
        let (vms, lua_memory) = state.vms.size();
        state.context.requests.recorder.borrow_mut().health(Health {
            lag: Duration::ZERO,
            open_connections: 0,
            lua_memory,
            vms,
        });
        state.quotas.report_starvation();
        state.vms.settle_log();
        state.report();
    }
}

/// How late those looks were that were due while the loop was held up for so long: each one counts, else a long turn
/// would be one of many (Tene's coordinated omission). A process that was stopped for longer was late, but for no more than
/// one second of its own work.
fn missed(lag: Duration) -> impl Iterator<Item = Duration> {
    (1..LOOKS_PER_SECOND).map_while(move |later| lag.checked_sub(LOOK * later))
}

/// Looks that fit into a span of the run, at most as many as there are numbers for (six years).
fn looks_in(span: Duration) -> u32 {
    u32::try_from(span.as_millis() / LOOK.as_millis()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_look_that_a_long_turn_held_up_counts() {
        let ms = Duration::from_millis;
        let all = |lag| missed(lag).collect::<Vec<_>>();
        assert!(all(ms(1)).is_empty());
        assert_eq!(all(ms(22)), [ms(17), ms(12), ms(7), ms(2)]);
        let stopped = all(Duration::from_secs(3_600));
        assert_eq!(stopped.len(), 199);
        assert_eq!(
            stopped.last(),
            Some(&(Duration::from_secs(3_600) - ms(995)))
        );
    }
}
