use std::time::Duration;

use throng::metrics::{
    Aggregator, Example, FailureGroup, IncidentStatus, MAX_FAILURE_GROUPS, OTHER, OperationRef,
    Origin, Outcome, Recorder, RunInfo, Snapshot, TypeId,
};
use throng::view::RunView;

use super::recorder::sample;

const KINDS: [TypeId; 2] = [TypeId(0), TypeId(1)];

fn fail(recorder: &mut Recorder, kind: TypeId, name: &str, status: u16, line: &str) {
    let series = recorder.series(kind, OperationRef::http("GET", name));
    let sample = sample(series, status, Outcome::Unexpected);
    recorder.record(&sample, || Example {
        line: line.to_owned(),
        origin: Origin {
            user: "active #1 session 1".to_owned(),
            step: Some("look".to_owned()),
            place: Some("scripts/active.lua:7".to_owned()),
        },
        ..Example::default()
    });
}

fn group<'a>(snapshot: &'a Snapshot, reason: &str) -> &'a FailureGroup {
    let mut groups = snapshot.totals.failure_groups.iter();
    let found = groups.find(|(key, _)| key.reason.to_string() == reason);
    found.expect("there is such a group").1
}

#[test]
fn failures_of_all_shards_and_types_are_grouped_by_reason_and_endpoint() {
    let mut aggregator = Aggregator::new(RunInfo::default()).without_cpu();
    let mut shards = [Recorder::new(), Recorder::new()];
    let mut snapshot = aggregator.tick(Duration::from_secs(2));
    for second in 2..5_u64 {
        if second == 3 {
            let mut storm = IncidentStatus {
                name: "storm".to_owned(),
                ..IncidentStatus::default()
            };
            storm.begin(Duration::from_secs(3));
            aggregator.incidents(vec![storm.clone()]);
            *aggregator.incident("storm") = storm;
        }
        for (shard, recorder) in shards.iter_mut().enumerate() {
            for number in 0..second {
                fail(
                    recorder,
                    KINDS[shard],
                    "/users",
                    503,
                    &format!("at {second}, {number}"),
                );
            }
            if second == 2 {
                fail(recorder, KINDS[shard], "/users", 409, "twice");
            }
            aggregator.absorb(shard, recorder.take());
        }
        snapshot = aggregator.tick(Duration::from_secs(second + 1));
    }
    let busy = group(&snapshot, "status 503");
    assert_eq!(busy.count, 2 * (2 + 3 + 4));
    assert_eq!((busy.first.as_secs(), busy.last.as_secs()), (2, 4));
    assert_eq!(busy.over_time.counts, [0, 0, 4, 6, 8]);
    let example = busy.example.as_ref().expect("one was noted");
    assert_eq!(example.at, Duration::from_secs(4));
    assert!(example.text.starts_with("at 4"), "{}", example.text);
    let view = RunView::of(&snapshot);
    let groups = &view.failure_groups;
    let told: Vec<_> = groups
        .iter()
        .map(|one| (&*one.reason, one.count, one.incident.as_deref()))
        .collect();
    assert_eq!(
        told,
        [("status 503", 18, Some("storm")), ("status 409", 2, None)]
    );
    let note = groups[0].example.as_ref().expect("one was noted");
    assert_eq!(note.place.as_deref(), Some("scripts/active.lua:7"));
    assert_eq!(note.step.as_deref(), Some("look"));
    let counted: u64 = groups.iter().map(|one| one.count).sum();
    assert_eq!(counted, view.load.requests.outcomes.failed());
}

#[test]
fn beyond_the_bound_nothing_is_lost_and_every_group_has_an_example() {
    let mut aggregator = Aggregator::new(RunInfo::default()).without_cpu();
    let mut recorder = Recorder::new();
    for number in 0..MAX_FAILURE_GROUPS + 50 {
        fail(&mut recorder, KINDS[0], &format!("/{number}"), 500, "first");
    }
    aggregator.absorb(0, recorder.take());
    let snapshot = aggregator.tick(Duration::from_secs(1));
    let groups = &snapshot.totals.failure_groups;
    assert_eq!(groups.len(), MAX_FAILURE_GROUPS + 1);
    assert_eq!(group(&snapshot, OTHER).count, 50);
    let without = groups.values().filter(|one| one.example.is_none());
    assert!(without.count() <= 1, "only those beyond have none");
}

#[test]
fn a_long_run_keeps_its_counts_in_few_spans() {
    let mut aggregator = Aggregator::new(RunInfo::default()).without_cpu();
    let mut recorder = Recorder::new();
    let mut snapshot = aggregator.tick(Duration::ZERO);
    for second in 0..1_000 {
        fail(&mut recorder, KINDS[0], "/users", 500, "one a second");
        aggregator.absorb(0, recorder.take());
        snapshot = aggregator.tick(Duration::from_secs(second + 1));
    }
    let over_time = &group(&snapshot, "status 500").over_time;
    assert_eq!(over_time.stride, 32);
    let (last, full) = over_time.counts.split_last().expect("it has spans");
    assert!(full.iter().all(|count| *count == 32), "{full:?}");
    assert_eq!(full.iter().sum::<u64>() + last, 1_000);
}

#[test]
fn parts_of_a_run_add_up() {
    let snapshot = |second, line: &str| {
        let mut aggregator = Aggregator::new(RunInfo::default()).without_cpu();
        aggregator.tick(Duration::from_secs(second));
        let mut recorder = Recorder::new();
        fail(&mut recorder, KINDS[0], "/users", 500, line);
        aggregator.absorb(0, recorder.take());
        Snapshot::clone(&aggregator.tick(Duration::from_secs(second + 1)))
    };
    let mut both = snapshot(70, "later");
    both.merge(snapshot(3, "earlier"));
    let all = group(&both, "status 500");
    assert_eq!(
        (all.count, all.first.as_secs(), all.last.as_secs()),
        (2, 3, 70)
    );
    assert_eq!(all.over_time.stride, 2);
    assert_eq!((all.over_time.counts[1], all.over_time.counts[35]), (1, 1));
    assert_eq!(all.example.as_ref().expect("one was noted").text, "later");
}
