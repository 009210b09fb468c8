use std::time::Duration;

use throng::metrics::{
    History, Hub, Kept, MAX_MOMENTS, Outcome, Outcomes, Recorder, RunInfo, TypeId,
};

use super::recorder::sample;

const KIND: TypeId = TypeId(0);

/// A run of one type that makes as many requests in a second as the second's number says, modulo seven.
struct Run {
    hub: Hub,
    recorder: Recorder,
    seconds: u64,
}

impl Run {
    fn new() -> Self {
        let hub = Hub::new(RunInfo {
            types: vec!["one".to_owned()],
            ..RunInfo::default()
        });
        Self {
            hub,
            recorder: Recorder::new(),
            seconds: 0,
        }
    }

    fn second(&mut self) -> std::sync::Arc<throng::metrics::Snapshot> {
        self.seconds += 1;
        let series = self.recorder.series(KIND, "GET", "/");
        for _ in 0..self.seconds % 7 {
            self.recorder
                .record(&sample(series, 200, Outcome::Ok), String::new);
        }
        let batch = self.recorder.take();
        self.hub.absorb(0, batch);
        self.hub.tick(Duration::from_secs(self.seconds))
    }
}

fn whole(history: &History) -> (Outcomes, u64, u64, f64) {
    let mut outcomes = Outcomes::default();
    let (mut timed, mut intervals, mut seconds) = (0, 0, 0.0);
    for moment in history.moments() {
        for of_type in moment.outcomes.values() {
            outcomes.add(of_type);
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
        let snapshot = run.second();
        if history.add(&snapshot) == Kept::Halved {
            halved += 1;
        }
        assert_eq!(history.add(&snapshot), Kept::Nothing);
        assert!(history.moments().len() <= MAX_MOMENTS);
        if second % 997 == 0 {
            let (outcomes, timed, intervals, seconds) = whole(&history);
            assert_eq!(outcomes, snapshot.requests());
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
fn seconds_that_were_never_seen_are_counted_with_the_next() {
    let (mut run, mut history) = (Run::new(), History::default());
    history.add(&run.second());
    run.second();
    let third = run.second();
    history.add(&third);
    assert_eq!(whole(&history).0, third.requests());
    let last = history.moments().last().unwrap();
    assert_eq!(last.outcomes[&KIND].ok, 5);
}
