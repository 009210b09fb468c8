//! What each generation did, laid side by side: the parts always make the whole.

use std::time::Duration;

use throng::metrics::{
    GenerationTotals, Hub, MAX_GENERATIONS, Outcome, Outcomes, Recorder, RunInfo, Sample,
    ScriptFault, Snapshot, Totals, TypeId,
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

/// A step of a generation: a request that ends in a way that varies with `number`, and for every
/// fifth number an error of the script.
fn live(recorder: &mut Recorder, kind: TypeId, generation: u32, number: u64) {
    let series = recorder.series(kind, "GET", "/users");
    let outcome = Outcome::ALL[(number % 5) as usize];
    let service = Duration::from_micros(500 + number * 37 % 90_000);
    let sample = Sample {
        generation,
        service: Some(service),
        ..sample(series, 200, outcome)
    };
    recorder.record(&sample, String::new);
    recorder.step(kind, generation);
    if number.is_multiple_of(5) {
        recorder.script_error(ScriptFault {
            kind,
            generation,
            place: "scripts/new.lua:4",
            message: "oops",
            traceback: "",
        });
    }
}

/// Everything that a type's generations counted, as one.
fn sum(totals: &Totals, kind: TypeId) -> GenerationTotals {
    let mut sum = GenerationTotals::default();
    for generation in totals.types[&kind].generations.values() {
        sum.add(generation);
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
fn a_request_a_step_and_an_error_count_for_their_generation() {
    let mut recorder = Recorder::new();
    let series = recorder.series(ACTIVE, "GET", "/users");
    let of = |generation, outcome, millis| Sample {
        generation,
        service: Some(Duration::from_millis(millis)),
        ..sample(series, 200, outcome)
    };
    recorder.record(&of(1, Outcome::Ok, 10), String::new);
    recorder.record(&of(2, Outcome::Unexpected, 30), String::new);
    recorder.record(&of(2, Outcome::Cut, 99), String::new);
    recorder.record(&of(1, Outcome::Ok, 20), String::new);
    recorder.step(ACTIVE, 2);
    recorder.step(ACTIVE, 2);
    recorder.step(ACTIVE, 1);
    recorder.script_error(ScriptFault {
        kind: ACTIVE,
        generation: 2,
        place: "scripts/active.lua:3",
        message: "oops",
        traceback: "",
    });
    let batch = recorder.take();
    let generations = &batch.totals.types[&ACTIVE].generations;
    assert_eq!(generations.keys().collect::<Vec<_>>(), [&1, &2]);
    let (old, new) = (&generations[&1], &generations[&2]);
    assert_eq!(
        (old.outcomes.ok, old.outcomes.total(), old.service.sum()),
        (2, 2, 30_000)
    );
    assert_eq!((old.steps, old.script_errors), (1, 0));
    assert_eq!(
        new.outcomes,
        Outcomes {
            unexpected: 1,
            cut: 1,
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
fn the_generations_of_a_type_make_up_its_totals() {
    let mut hub = Hub::new(run());
    for shard in 0..2 {
        let mut recorder = Recorder::new();
        for number in 0..3_000 {
            live(&mut recorder, NEW, 1 + (number / 1_000) as u32, number);
            live(&mut recorder, ACTIVE, 1 + (number % 2) as u32, number);
            if number % 700 == 0 {
                hub.absorb(shard, recorder.take());
            }
        }
        hub.absorb(shard, recorder.take());
    }
    let totals = &hub.tick(Duration::from_secs(1)).totals;
    for kind in [NEW, ACTIVE] {
        assert_whole(totals, kind, 6_000);
    }
    let of_new = &totals.types[&NEW].generations;
    assert_eq!(of_new.keys().collect::<Vec<_>>(), [&1, &2, &3]);
    for generation in of_new.values() {
        assert_eq!(generation.outcomes.total(), 2_000);
        assert_eq!(generation.outcomes.failed(), 800);
        assert_eq!(generation.script_errors, 400);
    }
}

#[test]
fn of_a_thousand_generations_the_newest_are_told_apart_and_no_count_is_lost() {
    // One recorder hands over after each generation, the other never before the end.
    let (mut often, mut once) = (Recorder::new(), Recorder::new());
    let mut hub = Hub::new(run());
    let mut sizes = Vec::new();
    for generation in 1..=1_000 {
        for number in 0..5 {
            live(&mut often, NEW, generation, number);
            live(&mut once, NEW, generation, number);
        }
        // A user that slept through all reloads wakes in what it knows.
        live(&mut once, NEW, 3, 1);
        hub.absorb(0, often.take());
        if generation % 100 == 0 {
            let snapshot = hub.tick(Duration::from_secs(generation.into()));
            let kept = (&snapshot.totals, &snapshot.reloading, &snapshot.users);
            sizes.push(serde_json::to_string(&kept).unwrap().len());
        }
    }
    let batch = once.take();
    assert_eq!(
        batch.totals.types[&NEW].generations.len(),
        MAX_GENERATIONS + 1
    );
    hub.absorb(1, batch);
    let totals = &hub.tick(Duration::from_secs(1_000)).totals;
    assert_whole(totals, NEW, 11_000);
    let generations = &totals.types[&NEW].generations;
    let expected: Vec<_> = [0].into_iter().chain(991..=1_000).collect();
    assert_eq!(generations.keys().copied().collect::<Vec<_>>(), expected);
    assert_eq!(generations[&1_000].outcomes.total(), 10);
    assert_eq!(generations[&0].outcomes.total(), 11_000 - 100);
    let (least, most) = (sizes[1], sizes[9]);
    assert!(most < least + least / 20, "it grows: {sizes:?}");
}

#[test]
fn which_parts_are_added_first_does_not_matter_to_what_is_told_apart() {
    let part = |generations: std::ops::Range<u32>| {
        let (mut recorder, mut hub) = (Recorder::new(), Hub::new(run()));
        for generation in generations {
            live(&mut recorder, NEW, generation, 1);
        }
        hub.absorb(0, recorder.take());
        Snapshot::clone(&hub.tick(Duration::from_secs(1)))
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
    assert_eq!(one.types[&NEW].generations.keys().min(), Some(&0));
    assert_eq!(sum(&one, NEW).outcomes.total(), 8 + 10 + 13);
}

#[test]
fn a_generation_that_outlives_many_trials_is_told_apart_to_the_end() {
    let (mut recorder, mut hub) = (Recorder::new(), Hub::new(run()));
    recorder.users(NEW, 1, 90);
    for trial in 2..=40 {
        recorder.users(NEW, trial, 10);
        for number in 0..3 {
            live(&mut recorder, NEW, 1, number);
            live(&mut recorder, NEW, trial, number);
        }
        hub.absorb(0, recorder.take());
        recorder.users(NEW, trial, -10);
        hub.absorb(0, recorder.take());
    }
    let snapshot = hub.tick(Duration::from_secs(1));
    let generations = snapshot.generations_of(NEW);
    let numbers: Vec<_> = generations.iter().map(|one| one.number).collect();
    assert_eq!(numbers, [0, 1, 32, 33, 34, 35, 36, 37, 38, 39, 40]);
    assert_eq!(
        (generations[1].users, generations[1].totals.steps),
        (90, 117)
    );
    assert_whole(&snapshot.totals, NEW, 234);
}

#[test]
fn an_error_of_a_new_script_is_told_however_many_old_scripts_made() {
    let (mut recorder, mut hub) = (Recorder::new(), Hub::new(run()));
    let fail = |recorder: &mut Recorder, generation, line: u32| {
        let place = format!("scripts/new.lua:{line}");
        recorder.script_error(ScriptFault {
            kind: NEW,
            generation,
            place: &place,
            message: "oops",
            traceback: "",
        })
    };
    for generation in 1..=300 {
        assert!(fail(&mut recorder, generation, 7), "{generation}");
        let said = hub.absorb(0, recorder.take());
        assert_eq!(said.len(), 1, "{generation}");
    }
    // What gave way is not said again.
    assert!(!fail(&mut recorder, 1, 7));
    assert!(hub.absorb(0, recorder.take()).is_empty());
    let totals = &hub.tick(Duration::from_secs(1)).totals;
    assert_eq!(totals.script_errors.len(), 101);
    assert_whole(totals, NEW, 0);
    assert_eq!(sum(totals, NEW).script_errors, 301);
    assert!(totals.script_errors.iter().any(|one| one.generation == 300));
    assert!(totals.script_errors.iter().all(|one| one.generation != 1));
}

#[test]
fn users_of_a_type_are_beside_what_their_generation_did() {
    let (mut recorder, mut hub) = (Recorder::new(), Hub::new(run()));
    let told = |snapshot: &Snapshot, kind| {
        let generations = snapshot.generations_of(kind);
        let one = generations.iter();
        one.map(|one| (one.number, one.users, one.totals.steps))
            .collect::<Vec<_>>()
    };
    hub.generation(NEW, 1);
    let snapshot = hub.tick(Duration::ZERO);
    assert_eq!(told(&snapshot, NEW), [(1, 0, 0)]);
    assert_eq!(told(&snapshot, ACTIVE), []);
    recorder.users(NEW, 1, 5);
    recorder.users(NEW, 2, 3);
    recorder.step(NEW, 1);
    hub.generation(NEW, 2);
    hub.absorb(0, recorder.take());
    assert_eq!(
        told(&hub.tick(Duration::from_secs(1)), NEW),
        [(1, 5, 1), (2, 3, 0)]
    );
    // Twenty generations later only one user still sleeps in the first.
    recorder.users(NEW, 1, -4);
    recorder.users(NEW, 2, -3);
    for generation in 3..=22 {
        recorder.step(NEW, generation);
    }
    recorder.users(NEW, 22, 7);
    hub.generation(NEW, 22);
    hub.absorb(0, recorder.take());
    let told = told(&hub.tick(Duration::from_secs(2)), NEW);
    assert_eq!(told[0], (0, 0, 11), "{told:?}");
    assert_eq!((told[1], told[2]), ((1, 1, 1), (14, 0, 1)));
    assert_eq!(told[10], (22, 7, 1));
    assert_eq!(told.len(), 11);
}

#[test]
fn generations_without_a_count_have_bounds_too() {
    let (mut recorder, mut hub) = (Recorder::new(), Hub::new(run()));
    for generation in 1..=100 {
        recorder.users(NEW, generation, 1);
    }
    hub.absorb(0, recorder.take());
    let snapshot = hub.tick(Duration::from_secs(1));
    let generations = snapshot.generations_of(NEW);
    assert_eq!(generations.len(), MAX_GENERATIONS + 1);
    assert_eq!((generations[0].number, generations[0].users), (0, 90));
    assert_eq!((generations[10].number, generations[10].users), (100, 1));
}
