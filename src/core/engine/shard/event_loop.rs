//! Starts the users of a shard, obeys the run's orders, and ends when everybody has left.

use std::rc::Rc;
use std::time::Duration;

use tokio::sync::mpsc;

use super::state::ShardState;
use super::{arrivals, health, user};
use crate::engine::protocol::Order;
use crate::plan::RAMP_PER_USER;

/// How long users may take to count themselves out when everything is dropped.
const LAST_STEPS: Duration = Duration::from_millis(500);

/// A shard at work.
pub struct EventLoop {
    state: Rc<ShardState>,
}

impl EventLoop {
    /// Before the first user.
    pub fn new(state: &Rc<ShardState>) -> Self {
        Self {
            state: Rc::clone(state),
        }
    }

    /// Runs until the order to end comes.
    pub async fn run(self, mut orders: mpsc::UnboundedReceiver<Order>) {
        let state = Rc::clone(&self.state);
        self.start_users();
        if let Some(arrivals) = &state.arrivals {
            // The shard is not empty as long as somebody may come.
            let active = state.active.add();
            let come = arrivals::come(Rc::clone(&state), Rc::clone(arrivals), active);
            tokio::task::spawn_local(come);
        }
        let watch = tokio::task::spawn_local(health::watch(Rc::clone(&state)));
        state.active.look_again();
        while !state.stop.end.is_set() {
            tokio::select! {
                biased;
                order = orders.recv() => match order {
                    Some(Order::Roster(roster)) => {
                        state.publish(roster);
                        self.start_users();
                        state.active.look_again();
                    }
                    Some(Order::Owners(owners)) => {
                        state.move_users(owners);
                        self.start_users();
                        state.active.look_again();
                    }
                    Some(Order::Finish) => break,
                    Some(order) => {
                        state.obey(order);
                        // Nobody may be left who could leave.
                        state.active.look_again();
                    }
                    // The run is gone: nobody would hear of what users do.
                    None => state.obey(Order::End),
                },
                () = state.active.last_left() => if state.is_empty() {
                    let revision = state.assignment.with(|roster| roster.revision);
                    state.reporter.empty(revision, state.residents.revision());
                }
            }
        }
        if state.stop.end.is_set() {
            self.let_users_leave().await;
        }
        watch.abort();
    }

    /// Users leave at their next wait; one moment for them to count themselves out.
    async fn let_users_leave(&self) {
        while self.state.active.count() > 0 {
            let left = self.state.active.last_left();
            if tokio::time::timeout(LAST_STEPS, left).await.is_err() {
                break;
            }
        }
    }

    /// Starts every user of the roster that is the shard's and is not here.
    fn start_users(&self) {
        let state = &self.state;
        let (began, arrivals) = (state.rules.began, &state.rules.arrivals);
        let clock = &state.context.requests.clock;
        let roster = state.assignment.roster();
        let mut moved = 0;
        for number in (0u32..).take(roster.users.len()) {
            if !state.residents.has(number) || !state.residents.enter(number) {
                continue;
            }
            let due = match state.assignment.came_at(number) {
                // Its turn is when the level of users comes to it.
                _ if roster.levels.is_some() => (clock.now(), clock.paused()),
                None if state.residents.has_changed() => {
                    // One after the other, as at the beginning: those of a lost machine are many. Before its time in the
                    // ramp nobody comes.
                    moved += 1;
                    let now = clock.now() + RAMP_PER_USER * moved;
                    let turn = began + arrivals.next_start(Duration::ZERO, number);
                    match turn + clock.paused() > now {
                        true => (turn, Duration::ZERO),
                        false => (now, clock.paused()),
                    }
                }
                None => {
                    let start =
                        arrivals.next_start(state.context.requests.run.clock.since(began), number);
                    (began + start, Duration::ZERO)
                }
                Some(came) => (came + state.assignment.start_delay(number), clock.paused()),
            };
            let active = state.active.add();
            tokio::task::spawn_local(user::live(Rc::clone(state), active, number, due));
        }
    }
}
