use std::time::Duration;

use throng::metrics::{Aggregator, OperationRef, Outcome, Recorder, RunInfo, Snapshot, TypeId};
use throng::view::{Added, Arriving, History, MAX_MOMENTS, Outcomes, RunView};

use crate::metrics::recorder::sample;

const KIND: TypeId = TypeId(0);

/// A run of one type that makes as many requests in a second as the second's number says, modulo seven.
struct Run {
    aggregator: Aggregator,
    recorder: Recorder,
    seconds: u64,
}

impl Run {
    fn new() -> Self {
        let aggregator = Aggregator::new(RunInfo {
            types: vec!["one".to_owned()],
            ..RunInfo::default()
        });
        Self {
            aggregator,
            recorder: Recorder::new(),
            seconds: 0,
        }
    }

    fn second(&mut self) -> RunView {
        self.seconds += 1;
        self.count(self.seconds % 7);
        RunView::of(&self.aggregator.tick(Duration::from_secs(self.seconds)))
    }

    fn count(&mut self, requests: u64) {
        let series = self.recorder.series(KIND, OperationRef::http("GET", "/"));
        for _ in 0..requests {
            self.recorder
                .record(&sample(series, 200, Outcome::Ok), String::new);
        }
        let batch = self.recorder.take();
        self.aggregator.absorb(0, batch);
    }
}

fn whole(history: &History) -> (Outcomes, u64, u64, f64) {
    let mut outcomes = Outcomes::default();
    let (mut timed, mut intervals, mut seconds) = (0, 0, 0.0);
    for moment in history.moments() {
        for of_type in moment.outcomes.values() {
            outcomes.total += of_type.total;
            outcomes.ok += of_type.ok;
        }
        assert_eq!(moment.service.count(), moment.response.count());
        timed += moment.service.count();
        intervals += moment.intervals;
        seconds += moment.seconds;
    }
    (outcomes, timed, intervals, seconds)
}

#[test]
fn however_long_a_run_is_its_history_is_short_and_its_sums_are_whole() {
    let (mut run, mut history) = (Run::new(), History::default());
    let mut halved = 0;
    for second in 1..=5_000 {
        let view = run.second();
        if history.add(&view) == Added::Halved {
            halved += 1;
        }
        assert_eq!(history.add(&view), Added::Nothing);
        assert!(history.moments().len() <= MAX_MOMENTS);
        if second % 997 == 0 {
            let (outcomes, timed, intervals, seconds) = whole(&history);
            assert_eq!(outcomes, view.load.requests.outcomes);
            assert_eq!((timed, intervals), (outcomes.ok, second));
            assert!((seconds - second as f64).abs() < 1e-6);
        }
    }
    assert_eq!((halved, history.stride()), (4, 16));
    let numbers: Vec<u64> = history
        .moments()
        .iter()
        .map(|moment| moment.number)
        .collect();
    assert!(
        numbers.windows(2).all(|pair| pair[1] - pair[0] == 16),
        "{numbers:?}"
    );
}

#[test]
fn a_moment_has_who_is_away_and_who_arrived_also_when_moments_are_merged() {
    let mut run = Run::new();
    let mut histories = [History::default(), History::default()];
    for second in 1..=MAX_MOMENTS as u64 {
        run.seconds = second;
        let mut snapshot = Snapshot::clone(&run.aggregator.tick(Duration::from_secs(second)));
        snapshot.away.insert(KIND, second as i64);
        snapshot.planned_arrivals = Some(second as f64 / 2.0);
        snapshot.time_of_day = Some(Duration::from_secs(second * 60));
        let arrivals = &mut snapshot.totals.types.entry(KIND).or_default().arrivals;
        arrivals.total = second * 3;
        arrivals.dropped_max_users = second;
        let open = RunView::of(&snapshot);
        snapshot.planned_arrivals = None;
        let closed = RunView::of(&snapshot);
        for (history, view) in histories.iter_mut().zip([open, closed]) {
            history.add(&view);
        }
    }
    let [open, closed] = &histories;
    assert_eq!(open.stride(), 2);
    let last = open.moments().last().unwrap();
    assert_eq!((last.away, last.time_of_day_seconds), (600, Some(36_000.0)));
    let arriving = Arriving {
        planned: 300.0,
        total: 6,
        dropped: 2,
    };
    assert_eq!(last.arrivals, Some(arriving));
    let all = open.moments().iter().filter_map(|moment| moment.arrivals);
    assert_eq!(all.map(|of| of.total).sum::<u64>(), 1_800);
    assert!(closed.moments().iter().all(|of| of.arrivals.is_none()));
}

#[test]
fn seconds_that_were_never_seen_are_counted_with_the_next() {
    let (mut run, mut history) = (Run::new(), History::default());
    history.add(&run.second());
    run.second();
    let third = run.second();
    history.add(&third);
    assert_eq!(whole(&history).0, third.load.requests.outcomes);
    let last = history.moments().last().unwrap();
    assert_eq!(last.outcomes["one"].ok, 5);
    assert!((last.seconds - 2.0).abs() < 1e-9, "{}", last.seconds);
}

#[test]
fn a_run_that_another_one_began_has_one_moment_until_it_was_taken_over() {
    let (mut run, mut history) = (Run::new(), History::default());
    for _ in 0..9 {
        run.second();
    }
    history.add(&run.second());
    history.add(&run.second());
    let [before, after] = history.moments() else {
        panic!("{:?}", history.moments());
    };
    assert_eq!(before.outcomes["one"].ok, 1 + 2 + 3 + 4 + 5 + 6 + 1 + 2 + 3);
    assert!((before.seconds - 10.0).abs() < 1e-9, "{}", before.seconds);
    assert!((after.seconds - 1.0).abs() < 1e-9, "{}", after.seconds);
}

#[test]
fn a_part_of_a_second_is_part_of_a_moment_and_a_pause_is_none() {
    let (mut run, mut history) = (Run::new(), History::default());
    let ms = Duration::from_millis;
    // The run's age, how long the interval was, its requests; then the moments: ends, seconds and requests.
    for (elapsed, length, requests, kept, moments) in [
        // Setup, which is over soon.
        (0, 200, 3, Added::Moment, &[(200, 0.2, 3)][..]),
        (1_000, 1_000, 80, Added::Moment, &[(1_000, 1.2, 83)]),
        (
            2_000,
            1_000,
            80,
            Added::Moment,
            &[(1_000, 1.2, 83), (2_000, 1.0, 80)],
        ),
        // A pause: what was under way ends, and then nothing.
        (
            2_100,
            100,
            4,
            Added::Moment,
            &[(1_000, 1.2, 83), (2_100, 1.1, 84)],
        ),
        (
            2_100,
            0,
            1,
            Added::Moment,
            &[(1_000, 1.2, 83), (2_100, 1.1, 85)],
        ),
        (
            2_100,
            0,
            0,
            Added::Nothing,
            &[(1_000, 1.2, 83), (2_100, 1.1, 85)],
        ),
        // A second without a request is one.
        (
            3_000,
            900,
            0,
            Added::Moment,
            &[(2_100, 1.1, 85), (3_000, 0.9, 0)],
        ),
        // The last requests, some milliseconds after a whole second; then clean-up, by its own clock.
        (
            3_008,
            8,
            7,
            Added::Moment,
            &[(2_100, 1.1, 85), (3_008, 0.908, 7)],
        ),
        (
            3_008,
            1_000,
            50,
            Added::Moment,
            &[(3_008, 0.908, 7), (4_008, 1.0, 50)],
        ),
        (
            3_008,
            20,
            1,
            Added::Moment,
            &[(3_008, 0.908, 7), (4_028, 1.02, 51)],
        ),
    ] {
        run.count(requests);
        let view = RunView::of(&run.aggregator.tick_after(ms(elapsed), ms(length)));
        assert_eq!(history.add(&view), kept, "at {elapsed} ms");
        let all = history.moments();
        assert_eq!(
            whole(&history).0,
            view.load.requests.outcomes,
            "at {elapsed} ms"
        );
        let told: Vec<_> = all[all.len().saturating_sub(moments.len())..]
            .iter()
            .map(|moment| {
                let requests: u64 = moment.outcomes.values().map(|of| of.total).sum();
                let seconds = (moment.seconds * 1_000.0).round() / 1_000.0;
                (
                    (moment.at_seconds * 1_000.0).round() as u64,
                    seconds,
                    requests,
                )
            })
            .collect();
        assert_eq!(told, moments, "at {elapsed} ms");
    }
    assert_eq!(history.moments().len(), 4);
}
