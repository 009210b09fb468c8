use std::cell::RefCell;
use std::rc::Rc;
use std::task::ready;

use tokio::task::{LocalSet, spawn_local};

use super::*;

const MS: Duration = Duration::from_millis(1);

/// Runs on a thread like that of a shard.
fn shard<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap_or_else(|why| panic!("no runtime: {why}"));
    LocalSet::new().block_on(&runtime, work)
}

fn start() -> FineTimers {
    FineTimers::start().unwrap_or_else(|why| panic!("no timers: {why}"))
}

fn waiting() -> usize {
    with_timers(|timers| timers.waiting.borrow().len()).unwrap_or_default()
}

/// Sleepers that note in which order they wake, and how late.
#[derive(Default)]
struct Sleepers(Rc<RefCell<Vec<(Instant, Duration)>>>);

impl Sleepers {
    fn sleep_until(&self, due: Instant) -> tokio::task::JoinHandle<()> {
        let woken = Rc::clone(&self.0);
        spawn_local(async move {
            sleep_until(due).await;
            let late = Instant::now().checked_duration_since(due);
            let late = late.unwrap_or_else(|| panic!("woken early"));
            woken.borrow_mut().push((due, late));
        })
    }

    async fn all(&self, count: usize) {
        while self.0.borrow().len() < count {
            tokio::time::sleep(MS).await;
        }
    }
}

#[test]
fn sleeps_end_within_a_fraction_of_a_millisecond_never_early_and_in_order() {
    shard(async {
        let _timers = start();
        let sleepers = Sleepers::default();
        // All of them wait before the first is due, also on a busy machine: those that are past end in the order of their tasks.
        let start = Instant::now() + 200 * MS;
        // 3.37 ms apart: some in deep sleeps, none at a whole millisecond; and three close to each other.
        for number in (1..100).rev() {
            let due = start + number * Duration::from_micros(3_370);
            for late in 0..3 {
                sleepers.sleep_until(due + late * Duration::from_micros(30));
            }
        }
        sleepers.all(297).await;
        let mut woken = sleepers.0.take();
        assert!(woken.is_sorted_by_key(|(due, _)| *due));
        // tokio's timers are late by half a millisecond at the median; a busy machine is late now and then.
        woken.sort_by_key(|(_, late)| *late);
        assert!(woken[30].1 < Duration::from_micros(300), "{:?}", woken[30]);
        assert_eq!(waiting(), 0);
    });
}

#[test]
fn thousands_of_sleeps_end_at_one_instant() {
    shard(async {
        let _timers = start();
        let sleepers = Sleepers::default();
        let due = Instant::now() + 30 * MS;
        let sleeping: Vec<_> = (0..5_000).map(|_| sleepers.sleep_until(due)).collect();
        for one in sleeping {
            assert!(one.await.is_ok());
        }
        assert_eq!((sleepers.0.borrow().len(), waiting()), (5_000, 0));
    });
}

#[test]
fn a_sleep_that_is_past_ends_at_once_and_lets_others_run() {
    shard(async {
        let _timers = start();
        let others = Rc::new(Cell::new(0));
        let turns = Rc::clone(&others);
        let other = spawn_local(async move {
            loop {
                turns.set(turns.get() + 1);
                tokio::task::yield_now().await;
            }
        });
        let start = Instant::now();
        for _ in 0..10_000 {
            sleep_until(start).await;
        }
        other.abort();
        assert!(others.get() > 10, "{}", others.get());
        // A millisecond each, by tokio's timers.
        assert!(start.elapsed() < 1_000 * MS, "{:?}", start.elapsed());
        assert_eq!(waiting(), 0);
    });
}

#[test]
fn sleeps_that_are_dropped_leave_nothing_behind() {
    shard(async {
        let _timers = start();
        let sleepers = Sleepers::default();
        let due = Instant::now() + 3_600_000 * MS;
        let sleeping: Vec<_> = (0..1_000).map(|_| sleepers.sleep_until(due)).collect();
        sleepers.sleep_until(Instant::now() + MS);
        sleepers.all(1).await;
        assert_eq!(waiting(), 1_000);
        for one in sleeping {
            one.abort();
            assert!(one.await.is_err());
        }
        assert_eq!(waiting(), 0);
        // The one that comes after them does not wait for their hour.
        sleepers.sleep_until(Instant::now() + MS);
        sleepers.all(2).await;
    });
}

#[test]
fn sleeps_go_on_when_their_timers_go() {
    shard(async {
        let sleepers = Sleepers::default();
        let first = start();
        // Not due before all of this has happened, also on a busy machine.
        sleepers.sleep_until(Instant::now() + 200 * MS);
        tokio::task::yield_now().await;
        assert_eq!(waiting(), 1);
        let second = start();
        tokio::task::yield_now().await;
        assert_eq!(waiting(), 1, "it waits by the second ones");
        drop(first);
        tokio::task::yield_now().await;
        assert_eq!(waiting(), 1);
        drop(second);
        assert!(with_timers(|_| ()).is_none());
        sleepers.all(1).await;
    });
}

#[test]
fn timers_fire_on_a_thread_that_never_rests() {
    shard(async {
        let _timers = start();
        let sleepers = Sleepers::default();
        let start = Instant::now();
        sleepers.sleep_until(start + 3_600_000 * MS);
        sleepers.sleep_until(start + 5 * MS);
        sleepers.sleep_until(start + 10 * MS);
        while sleepers.0.borrow().len() < 2 {
            assert!(start.elapsed() < 10_000 * MS, "nobody was woken");
            tokio::task::yield_now().await;
        }
    });
}

#[test]
fn a_sleep_wakes_the_task_that_polled_it_last() {
    shard(async {
        let _timers = start();
        let due = Instant::now() + 20 * MS;
        let sleep = Rc::new(RefCell::new(Box::pin(sleep_until(due))));
        let polled = Rc::clone(&sleep);
        let first = spawn_local(std::future::poll_fn(move |context| {
            let _ = polled.borrow_mut().as_mut().poll(context);
            Poll::<()>::Pending
        }));
        tokio::task::yield_now().await;
        std::future::poll_fn(|context| {
            ready!(sleep.borrow_mut().as_mut().poll(context));
            Poll::Ready(())
        })
        .await;
        assert!(Instant::now() >= due);
        first.abort();
    });
}

#[test]
fn a_runtime_that_ends_before_its_timers_does_no_harm() {
    let mut timers = None;
    shard(async {
        timers = Some(start());
        Sleepers::default().sleep_until(Instant::now() + 3_600_000 * MS);
        tokio::task::yield_now().await;
    });
    drop(timers);
    assert!(with_timers(|_| ()).is_none());
}
