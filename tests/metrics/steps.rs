use std::sync::Arc;
use std::time::Duration;

use throng::metrics::{
    JourneyEnd, MAX_STEP_NAMES, OTHER, Recorder, Redaction, StepResult, StepTotals, Totals, TypeId,
};

const NEW: TypeId = TypeId(0);
const ACTIVE: TypeId = TypeId(1);

fn step(totals: &Totals, kind: TypeId, name: &str) -> StepTotals {
    let found = totals.steps.get(&(kind, name.to_owned()));
    found.cloned().unwrap_or_default()
}

#[test]
fn a_step_counts_by_type_and_name_and_its_time_unless_it_was_cancelled() {
    let mut recorder = Recorder::new();
    for (kind, result, millis) in [
        (NEW, StepResult::Ok, 10),
        (NEW, StepResult::Failed, 20),
        (NEW, StepResult::Error, 30),
        (NEW, StepResult::Cancelled, 40),
        (ACTIVE, StepResult::Ok, 50),
    ] {
        let step = recorder.step_id(kind, "browse");
        recorder.step_ended(step, result, Duration::from_millis(millis));
    }
    let totals = recorder.take().totals;
    let of = step(&totals, NEW, "browse");
    let results = of.results;
    assert_eq!(
        (results.ok, results.failed, results.error, results.cancelled),
        (1, 1, 1, 1)
    );
    assert_eq!((of.duration.count(), of.duration.sum()), (3, 60_000));
    assert_eq!(step(&totals, ACTIVE, "browse").results.total(), 1);
    let next = recorder.take().totals;
    assert!(next.steps.is_empty(), "{:?}", next.steps);
    // An id stays over the batches.
    let known = recorder.step_id(NEW, "browse");
    assert_ne!(known, recorder.step_id(ACTIVE, "browse"));
    for _ in 0..2 {
        recorder.step_ended(known, StepResult::Ok, Duration::ZERO);
        let totals = recorder.take().totals;
        assert_eq!(step(&totals, NEW, "browse").results.ok, 1);
        assert_eq!(totals.steps.len(), 1);
    }
}

#[test]
fn the_names_of_steps_and_journeys_are_bounded_together_and_their_sums_stay() {
    let mut shards = [Recorder::new(), Recorder::new()];
    let took = Duration::from_millis(1);
    for (at, shard) in shards.iter_mut().enumerate() {
        // Half of the names of the second shard are those of the first.
        for number in 0..300 {
            let name = format!("step {}", number + at * 150);
            let step = shard.step_id(NEW, &name);
            shard.step_ended(step, StepResult::Ok, took);
        }
        shard.journey_begun(ACTIVE, "late");
        shard.journey_ended(ACTIVE, "late", JourneyEnd::Finished { failed: false }, took);
    }
    let mut sum = Totals::default();
    for shard in &mut shards {
        let totals = shard.take().totals;
        assert_eq!(totals.steps.len(), MAX_STEP_NAMES + 1);
        assert_eq!(step(&totals, NEW, OTHER).results.ok, 100);
        assert_eq!(
            totals.journeys[&(ACTIVE, OTHER.to_owned())].finished,
            1,
            "no room was left"
        );
        sum.add(totals);
    }
    assert_eq!(sum.steps.len(), MAX_STEP_NAMES + 1);
    let all: u64 = sum.steps.values().map(|of| of.results.ok).sum();
    assert_eq!(all, 600);
    assert_eq!(sum.journeys.len(), 1);
    assert_eq!(sum.journeys[&(ACTIVE, OTHER.to_owned())].begun, 2);
}

#[test]
fn what_is_redacted_counts_under_its_redacted_name() {
    let redaction: Redaction = Arc::new(|word| match word {
        "s3cret" => "[secret]".into(),
        _ => word.into(),
    });
    let mut recorder = Recorder::new().redacted(redaction);
    for _ in 0..2 {
        let step = recorder.step_id(NEW, "s3cret");
        recorder.step_ended(step, StepResult::Ok, Duration::ZERO);
    }
    let totals = recorder.take().totals;
    assert_eq!(step(&totals, NEW, "[secret]").results.ok, 2);
    assert_eq!(totals.steps.len(), 1);
}
