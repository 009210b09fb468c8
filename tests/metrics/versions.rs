//! What each version did, laid side by side: the parts always make the whole.

use std::time::Duration;

use throng::metrics::{
    Aggregator, MAX_VERSIONS, OperationRef, Outcome, Outcomes, Recorder, RunInfo, Sample,
    ScriptFault, Snapshot, Totals, TypeId, VersionTotals,
};

use super::recorder::sample;

const NEW: TypeId = TypeId(0);
const ACTIVE: TypeId = TypeId(1);

fn run() -> RunInfo {
    RunInfo {
        types: ["new", "active"].map(str::to_owned).to_vec(),
        ..RunInfo::default()
    }
}

/// A step of a version: a request that ends in a way that varies with `number`, and for every
/// fifth number an error of the script.
fn live(recorder: &mut Recorder, kind: TypeId, version: u32, number: u64) {
    let series = recorder.series(kind, OperationRef::http("GET", "/users"));
    let outcome = Outcome::ALL[(number % 5) as usize];
    let service = Duration::from_micros(500 + number * 37 % 90_000);
    let sample = Sample {
        version,
        service: Some(service),
        ..sample(series, 200, outcome)
    };
    recorder.record(&sample, String::new);
    recorder.step(kind, version);
    if number.is_multiple_of(5) {
        recorder.script_error(ScriptFault {
            kind,
            version,
            place: "scripts/new.lua:4",
            message: "oops",
            traceback: "",
        });
    }
}

/// Everything that a type's versions counted, as one.
fn sum(totals: &Totals, kind: TypeId) -> VersionTotals {
    let mut sum = VersionTotals::default();
    for version in totals.types[&kind].versions.values() {
        sum.add(version);
    }
    sum
}

fn assert_whole(totals: &Totals, kind: TypeId, steps: u64) {
    let (sum, of_type) = (sum(totals, kind), &totals.types[&kind]);
    assert_eq!(sum.outcomes, totals.outcomes(Some(kind)));
    assert_eq!(sum.service.count(), of_type.service.count());
    assert_eq!(sum.service.sum(), of_type.service.sum());
    assert_eq!(sum.service.max(), of_type.service.max());
    let errors = totals.script_errors.iter().filter(|one| one.kind == kind);
    assert_eq!(
        sum.script_errors,
        errors.map(|error| error.count).sum::<u64>()
    );
    assert_eq!(sum.steps, steps);
}

#[test]
fn a_request_a_step_and_an_error_count_for_their_version() {
    let mut recorder = Recorder::new();
    let series = recorder.series(ACTIVE, OperationRef::http("GET", "/users"));
    let of = |version, outcome, millis| Sample {
        version,
        service: Some(Duration::from_millis(millis)),
        ..sample(series, 200, outcome)
    };
    recorder.record(&of(1, Outcome::Ok, 10), String::new);
    recorder.record(&of(2, Outcome::Unexpected, 30), String::new);
    recorder.record(&of(2, Outcome::Cancelled, 99), String::new);
    recorder.record(&of(1, Outcome::Ok, 20), String::new);
    recorder.step(ACTIVE, 2);
    recorder.step(ACTIVE, 2);
    recorder.step(ACTIVE, 1);
    recorder.script_error(ScriptFault {
        kind: ACTIVE,
        version: 2,
        place: "scripts/active.lua:3",
        message: "oops",
        traceback: "",
    });
    let batch = recorder.take();
    let versions = &batch.totals.types[&ACTIVE].versions;
    assert_eq!(versions.keys().collect::<Vec<_>>(), [&1, &2]);
    let (old, new) = (&versions[&1], &versions[&2]);
    assert_eq!(
        (old.outcomes.ok, old.outcomes.total(), old.service.sum()),
        (2, 2, 30_000)
    );
    assert_eq!((old.steps, old.script_errors), (1, 0));
    assert_eq!(
        new.outcomes,
        Outcomes {
            unexpected: 1,
            cancelled: 1,
            ..Outcomes::default()
        }
    );
    assert_eq!(
        (
            new.service.count(),
            new.service.sum(),
            new.steps,
            new.script_errors
        ),
        (1, 30_000, 2, 1)
    );
    assert!(recorder.take().totals.types.is_empty());
}

#[test]
fn the_versions_of_a_type_make_up_its_totals() {
    let mut aggregator = Aggregator::new(run());
    for shard in 0..2 {
        let mut recorder = Recorder::new();
        for number in 0..3_000 {
            live(&mut recorder, NEW, 1 + (number / 1_000) as u32, number);
            live(&mut recorder, ACTIVE, 1 + (number % 2) as u32, number);
            if number % 700 == 0 {
                aggregator.absorb(shard, recorder.take());
            }
        }
        aggregator.absorb(shard, recorder.take());
    }
    let totals = &aggregator.tick(Duration::from_secs(1)).totals;
    for kind in [NEW, ACTIVE] {
        assert_whole(totals, kind, 6_000);
    }
    let of_new = &totals.types[&NEW].versions;
    assert_eq!(of_new.keys().collect::<Vec<_>>(), [&1, &2, &3]);
    for version in of_new.values() {
        assert_eq!(version.outcomes.total(), 2_000);
        assert_eq!(version.outcomes.failed(), 800);
        assert_eq!(version.script_errors, 400);
    }
}

#[test]
fn of_a_thousand_versions_the_newest_are_told_apart_and_no_count_is_lost() {
    // One recorder hands over after each version, the other never before the end.
    let (mut often, mut once) = (Recorder::new(), Recorder::new());
    let mut aggregator = Aggregator::new(run());
    let mut sizes = Vec::new();
    for version in 1..=1_000 {
        for number in 0..5 {
            live(&mut often, NEW, version, number);
            live(&mut once, NEW, version, number);
        }
        // A user that slept through all reloads wakes in what it knows.
        live(&mut once, NEW, 3, 1);
        aggregator.absorb(0, often.take());
        if version % 100 == 0 {
            let snapshot = aggregator.tick(Duration::from_secs(version.into()));
            let kept = (&snapshot.totals, &snapshot.reload_status, &snapshot.users);
            sizes.push(serde_json::to_string(&kept).unwrap().len());
        }
    }
    let batch = once.take();
    assert_eq!(batch.totals.types[&NEW].versions.len(), MAX_VERSIONS + 1);
    aggregator.absorb(1, batch);
    let totals = &aggregator.tick(Duration::from_secs(1_000)).totals;
    assert_whole(totals, NEW, 11_000);
    let versions = &totals.types[&NEW].versions;
    let expected: Vec<_> = [0].into_iter().chain(991..=1_000).collect();
    assert_eq!(versions.keys().copied().collect::<Vec<_>>(), expected);
    assert_eq!(versions[&1_000].outcomes.total(), 10);
    assert_eq!(versions[&0].outcomes.total(), 11_000 - 100);
    let (least, most) = (sizes[1], sizes[9]);
    assert!(most < least + least / 20, "it grows: {sizes:?}");
}

#[test]
fn which_parts_are_added_first_does_not_matter_to_what_is_told_apart() {
    let part = |versions: std::ops::Range<u32>| {
        let (mut recorder, mut aggregator) = (Recorder::new(), Aggregator::new(run()));
        for version in versions {
            live(&mut recorder, NEW, version, 1);
        }
        aggregator.absorb(0, recorder.take());
        Snapshot::clone(&aggregator.tick(Duration::from_secs(1)))
    };
    let parts = [part(1..9), part(5..15), part(12..25)];
    let add = |order: [usize; 3]| {
        let mut whole = Snapshot::default();
        for at in order {
            whole.merge(parts[at].clone());
        }
        whole.totals
    };
    let one = add([0, 1, 2]);
    assert_eq!(one, add([2, 1, 0]));
    assert_eq!(one, add([1, 2, 0]));
    assert_eq!(one.types[&NEW].versions.keys().min(), Some(&0));
    assert_eq!(sum(&one, NEW).outcomes.total(), 8 + 10 + 13);
}

#[test]
fn a_version_that_outlives_many_trials_is_told_apart_to_the_end() {
    let (mut recorder, mut aggregator) = (Recorder::new(), Aggregator::new(run()));
    recorder.users(NEW, 1, 90);
    for trial in 2..=40 {
        recorder.users(NEW, trial, 10);
        for number in 0..3 {
            live(&mut recorder, NEW, 1, number);
            live(&mut recorder, NEW, trial, number);
        }
        aggregator.absorb(0, recorder.take());
        recorder.users(NEW, trial, -10);
        aggregator.absorb(0, recorder.take());
    }
    let snapshot = aggregator.tick(Duration::from_secs(1));
    let versions = snapshot.versions_of(NEW);
    let numbers: Vec<_> = versions.iter().map(|one| one.number).collect();
    assert_eq!(numbers, [0, 1, 32, 33, 34, 35, 36, 37, 38, 39, 40]);
    assert_eq!((versions[1].users, versions[1].totals.steps), (90, 117));
    assert_whole(&snapshot.totals, NEW, 234);
}

#[test]
fn an_error_of_a_new_script_is_told_however_many_old_scripts_made() {
    let (mut recorder, mut aggregator) = (Recorder::new(), Aggregator::new(run()));
    let fail = |recorder: &mut Recorder, version, line: u32| {
        let place = format!("scripts/new.lua:{line}");
        recorder.script_error(ScriptFault {
            kind: NEW,
            version,
            place: &place,
            message: "oops",
            traceback: "",
        })
    };
    for version in 1..=300 {
        assert!(fail(&mut recorder, version, 7), "{version}");
        let said = aggregator.absorb(0, recorder.take());
        assert_eq!(said.len(), 1, "{version}");
    }
    // What gave way is not said again.
    assert!(!fail(&mut recorder, 1, 7));
    assert!(aggregator.absorb(0, recorder.take()).is_empty());
    let totals = &aggregator.tick(Duration::from_secs(1)).totals;
    assert_eq!(totals.script_errors.len(), 101);
    assert_whole(totals, NEW, 0);
    assert_eq!(sum(totals, NEW).script_errors, 301);
    assert!(totals.script_errors.iter().any(|one| one.version == 300));
    assert!(totals.script_errors.iter().all(|one| one.version != 1));
}

#[test]
fn users_of_a_type_are_beside_what_their_version_did() {
    let (mut recorder, mut aggregator) = (Recorder::new(), Aggregator::new(run()));
    let told = |snapshot: &Snapshot, kind| {
        let versions = snapshot.versions_of(kind);
        let one = versions.iter();
        one.map(|one| (one.number, one.users, one.totals.steps))
            .collect::<Vec<_>>()
    };
    aggregator.version(NEW, 1);
    let snapshot = aggregator.tick(Duration::ZERO);
    assert_eq!(told(&snapshot, NEW), [(1, 0, 0)]);
    assert_eq!(told(&snapshot, ACTIVE), []);
    recorder.users(NEW, 1, 5);
    recorder.users(NEW, 2, 3);
    recorder.step(NEW, 1);
    aggregator.version(NEW, 2);
    aggregator.absorb(0, recorder.take());
    assert_eq!(
        told(&aggregator.tick(Duration::from_secs(1)), NEW),
        [(1, 5, 1), (2, 3, 0)]
    );
    // Twenty versions later only one user still sleeps in the first.
    recorder.users(NEW, 1, -4);
    recorder.users(NEW, 2, -3);
    for version in 3..=22 {
        recorder.step(NEW, version);
    }
    recorder.users(NEW, 22, 7);
    aggregator.version(NEW, 22);
    aggregator.absorb(0, recorder.take());
    let told = told(&aggregator.tick(Duration::from_secs(2)), NEW);
    assert_eq!(told[0], (0, 0, 11), "{told:?}");
    assert_eq!((told[1], told[2]), ((1, 1, 1), (14, 0, 1)));
    assert_eq!(told[10], (22, 7, 1));
    assert_eq!(told.len(), 11);
}

#[test]
fn versions_without_a_count_have_bounds_too() {
    let (mut recorder, mut aggregator) = (Recorder::new(), Aggregator::new(run()));
    for version in 1..=100 {
        recorder.users(NEW, version, 1);
    }
    aggregator.absorb(0, recorder.take());
    let snapshot = aggregator.tick(Duration::from_secs(1));
    let versions = snapshot.versions_of(NEW);
    assert_eq!(versions.len(), MAX_VERSIONS + 1);
    assert_eq!((versions[0].number, versions[0].users), (0, 90));
    assert_eq!((versions[10].number, versions[10].users), (100, 1));
}
