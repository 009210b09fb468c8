//! Evenly spaced at a rate, and a whole that parts share.

use std::time::Duration;

use throng::pace::{Allotment, Quota, Spacing, Want};

use super::ms;

/// When requests go that all want to at once, in milliseconds, as far as `until`.
fn times(mut spacing: Spacing, from: Duration, until: Duration) -> Vec<u128> {
    let (mut now, mut times) = (from, Vec::new());
    while now < until {
        match spacing.go(now) {
            Ok(()) => times.push(now.as_millis()),
            Err(Some(wait)) => now += wait.max(Duration::from_nanos(1)),
            Err(None) => break,
        }
    }
    times
}

#[test]
fn requests_are_evenly_spaced_and_parts_interleave() {
    // Ten a second, all in one part.
    let alone = times(Spacing::of(0, 1, 10_000), ms(0), ms(501));
    assert_eq!(alone, [0, 100, 200, 300, 400, 500]);
    // Ten a second in two parts: one goes where the other does not.
    let first = times(Spacing::of(0, 2, 5_000), ms(0), ms(501));
    let second = times(Spacing::of(1, 2, 5_000), ms(0), ms(501));
    assert_eq!(first, [0, 200, 400]);
    assert_eq!(second, [100, 300, 500]);
}

#[test]
fn a_quiet_time_is_no_credit_and_a_late_timer_is_made_up_for() {
    let mut spacing = Spacing::of(0, 1, 1_000_000);
    // At a thousand a second, five milliseconds late: those five, and the one that is due.
    let now = ms(60_000);
    let burst = (0..100).filter(|_| spacing.go(now).is_ok()).count();
    assert_eq!(burst, 6);
    let mut slow = Spacing::of(0, 1, 1_000);
    assert_eq!(slow.go(ms(0)), Ok(()));
    assert_eq!(slow.go(ms(10_000)), Ok(()));
    let Err(Some(wait)) = slow.go(ms(10_000)) else {
        panic!("two at once");
    };
    assert!((995..=1_000).contains(&wait.as_millis()), "{wait:?}");
}

#[test]
fn a_rate_that_changes_holds_from_that_moment_on() {
    let mut spacing = Spacing::of(0, 1, 1_000);
    assert_eq!(spacing.go(ms(0)), Ok(()));
    assert_eq!(spacing.go(ms(500)), Err(Some(ms(500))));
    spacing.set(ms(500), 10_000);
    assert_eq!(spacing.go(ms(500)), Err(Some(ms(50))));
    spacing.set(ms(500), 0);
    assert_eq!(spacing.go(ms(9_000)), Err(None), "never");
    // Who was given nothing has saved nothing up.
    spacing.set(ms(9_000), 1_000);
    assert_eq!(spacing.go(ms(9_000)), Err(Some(ms(1_000))));
}

fn needs(needs: &[u64]) -> Vec<Want> {
    let want = |need: &u64| Want {
        need: *need,
        ..Want::default()
    };
    needs.iter().map(want).collect()
}

fn limits(shared: &Allotment, parts: usize) -> Vec<u64> {
    (0..parts).map(|part| shared.limit(part)).collect()
}

/// All orders are obeyed at once.
fn settle(shared: &mut Allotment, wants: &[Want]) {
    for Quota { part, limit, order } in shared.aim(wants) {
        shared.gave_back(part, order, limit);
    }
    shared.grants();
}

#[test]
fn a_whole_flows_to_where_it_is_needed() {
    for (total, wants, shares) in [
        // Who wants little gets it, the others share the rest alike.
        (100, needs(&[10, 500, 500]), vec![10, 45, 45]),
        (100, needs(&[0, 0, 500]), vec![0, 0, 100]),
        // What nobody needs is there for whoever comes.
        (90, needs(&[0, 0, 0]), vec![30, 30, 30]),
        (100, needs(&[10, 20, 0]), vec![34, 43, 23]),
    ] {
        let mut shared = Allotment::new(total, &[total; 3]);
        settle(&mut shared, &wants);
        let given = limits(&shared, 3);
        assert_eq!(given.iter().sum::<u64>(), total, "{wants:?}");
        for (given, share) in given.iter().zip(&shares) {
            assert!(
                given.abs_diff(*share) <= 1,
                "{wants:?}: {given} of {shares:?}"
            );
        }
    }
}

#[test]
fn what_is_kept_stays_until_another_needs_it() {
    let keeping = |keep: u64| Want {
        keep,
        ..Want::default()
    };
    let mut shared = Allotment::new(10, &[10, 10]);
    settle(&mut shared, &[keeping(8), keeping(2)]);
    assert_eq!(limits(&shared, 2), [8, 2]);
    let needing = needs(&[6])[0];
    settle(&mut shared, &[keeping(8), needing]);
    assert_eq!(limits(&shared, 2), [4, 6]);
}

#[test]
fn who_needs_the_only_one_takes_turns() {
    let mut shared = Allotment::new(1, &[1, 1, 0]);
    let turns: Vec<_> = (0..4)
        .map(|_| {
            settle(&mut shared, &needs(&[5, 5, 0]));
            limits(&shared, 3)
        })
        .collect();
    assert!(turns.iter().all(|turn| turn.iter().sum::<u64>() == 1));
    assert!(turns.iter().all(|turn| turn[2] == 0), "{turns:?}");
    for part in [0, 1] {
        assert!(turns.iter().any(|turn| turn[part] == 1), "{turns:?}");
    }
}

#[test]
fn nothing_is_given_away_before_it_is_given_back() {
    let mut shared = Allotment::new(10, &[10, 10]);
    let less = shared.aim(&needs(&[0, 10]));
    assert_eq!(
        less,
        [Quota {
            part: 0,
            limit: 0,
            order: 1
        }]
    );
    assert_eq!(shared.grants(), [], "the first part still holds its five");
    // Two of its connections are closed, three are in use.
    shared.gave_back(0, 1, 3);
    assert_eq!(
        shared.grants(),
        [Quota {
            part: 1,
            limit: 7,
            order: 1
        }]
    );
    shared.gave_back(0, 1, 0);
    assert_eq!(
        shared.grants(),
        [Quota {
            part: 1,
            limit: 10,
            order: 2
        }]
    );
    // What it said by an order that is not the last says nothing of now.
    settle(&mut shared, &needs(&[10, 0]));
    let less = shared.aim(&needs(&[0, 10]));
    shared.gave_back(0, less[0].order - 1, 0);
    assert_eq!(shared.grants(), []);
    // A part that is gone holds nothing, and gets nothing.
    shared.gone(0);
    assert_eq!(shared.grants().len(), 1);
    assert_eq!(limits(&shared, 2), [0, 10]);
    shared.aim(&needs(&[0, 0]));
    assert_eq!(limits(&shared, 2), [0, 10]);
}

#[test]
fn what_nobody_needs_goes_to_those_who_would_take_it() {
    let all = |need: u64, keep: u64, spare: u64| Want { need, keep, spare };
    for (wants, shares) in [
        // The last one has nothing to do, and what it does not use is not lost.
        ([all(0, 0, 90), all(0, 0, 90), all(0, 0, 0)], [45, 45, 0]),
        ([all(0, 0, 0), all(0, 0, 90), all(0, 0, 0)], [0, 90, 0]),
        ([all(10, 0, 90), all(0, 0, 90), all(5, 0, 0)], [48, 37, 5]),
        // Needs come first, then what is held, and nothing is left over.
        ([all(80, 0, 90), all(8, 9, 90), all(0, 0, 0)], [80, 10, 0]),
        ([all(0, 0, 30), all(0, 0, 0), all(0, 0, 0)], [50, 20, 20]),
    ] {
        let mut shared = Allotment::new(90, &[90, 90, 0]);
        settle(&mut shared, &wants);
        let given = limits(&shared, 3);
        assert_eq!(given.iter().sum::<u64>(), 90, "{wants:?}");
        for (given, share) in given.iter().zip(shares) {
            assert!(
                given.abs_diff(share) <= 1,
                "{wants:?}: {given} of {shares:?}"
            );
        }
    }
}
