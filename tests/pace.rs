//! When is the next one, by tables.

mod arrivals;
mod knees;
mod profiles;
mod sequences;
mod shares;

use std::time::Duration;

use throng::pace::{Backoff, LONGEST_THINK, Ramp, Think};

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

#[test]
fn users_arrive_evenly_over_the_ramp() {
    for (users, over, n, start) in [
        (100, ms(1_000), 0, ms(0)),
        (100, ms(1_000), 1, ms(10)),
        (100, ms(1_000), 99, ms(990)),
        (4, ms(1_000), 3, ms(750)),
        (1, ms(1_000), 0, ms(0)),
        (50, ms(0), 49, ms(0)),
        (100, ms(1_000), 100, ms(1_000)),
        (0, ms(1_000), 0, ms(1_000)),
        (
            3,
            Duration::from_secs(10),
            1,
            Duration::from_nanos(3_333_333_333),
        ),
        (
            u32::MAX,
            Duration::from_secs(u64::from(u32::MAX)),
            u32::MAX - 1,
            Duration::from_secs(4_294_967_294),
        ),
    ] {
        assert_eq!(
            Ramp { users, over }.start_of(n),
            start,
            "user {n} of {users} over {over:?}"
        );
    }
}

#[test]
fn a_user_backs_off_longer_with_each_failure_up_to_the_cap() {
    for (failures, unit, delay) in [
        (1, 0.0, ms(1_000)),
        (1, 0.5, ms(1_500)),
        (1, 1.0, ms(2_000)),
        (2, 1.0, ms(4_000)),
        (3, 1.0, ms(8_000)),
        (4, 0.5, ms(8_500)),
        (5, 1.0, ms(30_000)),
        (5, 0.0, ms(1_000)),
        (31, 1.0, ms(30_000)),
        (u32::MAX, 1.0, ms(30_000)),
    ] {
        assert_eq!(
            Backoff::default().delay(failures, unit),
            delay,
            "{failures} failures, drew {unit}"
        );
    }
}

#[test]
fn a_back_off_stays_between_base_and_cap_whatever_was_drawn() {
    for (failures, unit, delay) in [
        (0, 1.0, ms(2_000)),
        (2, -3.0, ms(1_000)),
        (2, 7.0, ms(4_000)),
        (2, f64::NAN, ms(1_000)),
    ] {
        assert_eq!(
            Backoff::default().delay(failures, unit),
            delay,
            "{failures} failures, drew {unit}"
        );
    }
    let upside_down = Backoff {
        base: ms(5_000),
        cap: ms(2_000),
    };
    assert_eq!(upside_down.delay(1, 1.0), ms(2_000));
}

#[test]
fn a_pause_is_drawn_from_its_range_and_stretched_by_the_factor() {
    for (think, unit, factor, pause) in [
        (Think::Fixed(1.5), 0.9, 1.0, ms(1_500)),
        (Think::Fixed(1.5), 0.9, 2.0, ms(3_000)),
        (Think::Fixed(1.5), 0.9, 0.0, ms(0)),
        (Think::Range(1.0, 2.0), 0.0, 1.0, ms(1_000)),
        (Think::Range(1.0, 2.0), 0.5, 1.0, ms(1_500)),
        (Think::Range(2.0, 1.0), 0.25, 1.0, ms(1_750)),
        (Think::Range(1.0, 2.0), 9.0, 1.0, ms(2_000)),
        (Think::Fixed(-1.0), 0.5, 1.0, ms(0)),
        (Think::Fixed(f64::NAN), 0.5, 1.0, ms(0)),
        (Think::Fixed(f64::INFINITY), 0.5, 1.0, LONGEST_THINK),
        (Think::Fixed(1e300), 0.5, 1e300, LONGEST_THINK),
        (Think::Range(0.0, f64::INFINITY), 0.0, 1.0, ms(0)),
    ] {
        assert_eq!(
            think.draw(unit, factor),
            pause,
            "{think:?} drew {unit}, factor {factor}"
        );
    }
}
