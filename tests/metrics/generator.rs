//! Which seconds are judged, and what they are judged by.

use std::time::Duration;

use throng::metrics::{Aggregator, DropReason, OverloadReason, Phase, Recorder, TypeId};

use super::aggregator::{late, run};

const NEW: TypeId = TypeId(0);

#[test]
fn a_process_that_was_stopped_is_late_whichever_thread_goes_on_first() {
    let ms = Duration::from_millis;
    let stopped = |shard_first: bool| {
        let mut aggregator = Aggregator::new(run()).without_cpu();
        // It was stopped at 3 s, and for 3 s.
        for at in [1_000, 2_000, 3_000, 6_200, 6_500, 7_000, 8_000] {
            let says = match shard_first {
                true => at == 6_200,
                // In a part of a second, which is judged with the next whole one.
                false => at == 6_500,
            };
            let by = if says { ms(3_200) } else { Duration::ZERO };
            aggregator.absorb(0, late(200, by));
            aggregator.tick(ms(at));
        }
        let generator = &aggregator.tick(ms(8_000)).generator;
        (generator.overloaded, generator.judged)
    };
    assert_eq!(stopped(true), (3, 8));
    let (overloaded, judged) = stopped(false);
    assert!((3..=7).contains(&overloaded) && judged == 8, "{overloaded}");
}

#[test]
fn a_part_of_a_second_is_judged_with_the_next() {
    let ms = Duration::from_millis;
    let mut aggregator = Aggregator::new(run()).without_cpu();
    aggregator.absorb(0, late(200, ms(50)));
    assert!(!aggregator.tick(ms(300)).interval.is_overloaded());
    aggregator.absorb(0, late(0, ms(0)));
    let snapshot = aggregator.tick(ms(1_000));
    assert!(snapshot.interval.is_overloaded());
    assert_eq!(
        (snapshot.generator.overloaded, snapshot.generator.judged),
        (1, 1)
    );
}

#[test]
fn the_ramp_the_warm_up_and_the_end_are_not_judged() {
    let s = Duration::from_secs;
    let judged = |ramp: u64, warm_up: u64, ended: u64| {
        let mut aggregator = Aggregator::new(run())
            .without_cpu()
            .with_ramp(s(ramp))
            .with_warm_up(s(warm_up));
        for second in 1..=10 {
            if second > ended {
                aggregator.phase(Phase::Stopping);
            }
            aggregator.absorb(0, late(200, Duration::from_millis(50)));
            let snapshot = aggregator.tick(s(second));
            assert_eq!(snapshot.interval.is_overloaded(), second <= ended);
        }
        let generator = aggregator.tick(s(10)).generator.clone();
        assert_eq!(generator.faulty, generator.judged);
        generator.judged
    };
    assert_eq!(judged(0, 0, 10), 10);
    assert_eq!(judged(4, 0, 10), 6);
    assert_eq!(judged(0, 3, 10), 7);
    assert_eq!(judged(4, 3, 10), 6);
    assert_eq!(judged(4, 0, 8), 4);
    assert_eq!(judged(20, 0, 10), 0);
}

#[test]
fn a_shard_that_was_held_up_for_seconds_reports_it_once_and_all_of_them_count() {
    let s = Duration::from_secs;
    let mut aggregator = Aggregator::new(run()).without_cpu();
    for second in 1..=9 {
        // Its loop stood still from the fourth second to the seventh.
        if !(4..7).contains(&second) {
            let by = if second == 7 { s(3) } else { Duration::ZERO };
            aggregator.absorb(0, late(200, by));
        }
        aggregator.tick(s(second));
    }
    let generator = &aggregator.tick(s(9)).generator;
    assert_eq!((generator.overloaded, generator.judged), (3, 9));
    assert_eq!(
        generator.reasons,
        [(OverloadReason::SchedulerLag, 3)].into()
    );
}

#[test]
fn arrivals_paces_and_errors_are_judged_by_the_second() {
    use OverloadReason::*;
    let ms = Duration::from_millis;
    type Happen = fn(&mut Recorder);
    let cases: [(Happen, &[OverloadReason]); 6] = [
        (|_| {}, &[]),
        (
            |recorder| (0..50).for_each(|_| recorder.arrival(NEW, Duration::from_millis(101))),
            &[SendRate],
        ),
        (
            |recorder| {
                recorder.arrival(NEW, Duration::from_millis(1_001));
                recorder.dropped(NEW, DropReason::Late);
            },
            &[SendRate, DroppedArrivals],
        ),
        (
            // No place is no matter of the seconds.
            |recorder| {
                recorder.arrival(NEW, Duration::ZERO);
                recorder.dropped(NEW, DropReason::MaxUsers);
            },
            &[],
        ),
        (
            |recorder| recorder.paced(NEW, Duration::from_secs(1), Duration::from_millis(60)),
            &[SendRate],
        ),
        (
            |recorder| recorder.not_sent("too few descriptors"),
            &[NotSent],
        ),
    ];
    for (at, (happen, expected)) in cases.into_iter().enumerate() {
        let (mut recorder, mut aggregator) =
            (Recorder::new(), Aggregator::new(run()).without_cpu());
        recorder.arrival(NEW, ms(3));
        recorder.paced(NEW, ms(1_000), ms(2));
        recorder.step(NEW, 1);
        happen(&mut recorder);
        aggregator.absorb(0, recorder.take());
        let snapshot = aggregator.tick(ms(1_000));
        let reasons: Vec<_> = snapshot.interval.reasons.iter().copied().collect();
        assert_eq!(reasons, expected, "{at}");
        let seconds = u64::from(!expected.is_empty());
        assert_eq!(snapshot.generator.overloaded, seconds, "{at}");
    }
}
