//! Levels over the run's time: stages, spikes, curves, noise, the area under them and when they reach a level.

use std::time::Duration;

use throng::pace::{Curve, Noise, Profile, Spike, Stage};

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

const fn s(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn stages(stages: &[(u64, f64)]) -> Vec<Stage> {
    let stage = |(over, target): &(u64, f64)| Stage {
        over: s(*over),
        target: *target,
    };
    stages.iter().map(stage).collect()
}

fn up_and_down() -> Profile {
    Profile::of_stages(&stages(&[(120, 100.0), (300, 100.0), (60, 0.0)]))
}

fn noise(share: f64) -> Noise {
    Noise {
        share,
        every: s(60),
        seed: 7,
    }
}

/// A day with a night without anybody, and a week of two factors.
fn day(length: Duration, offset: Duration) -> Curve {
    let hour = length / 24;
    let points = [(0, 0.2), (3, 0.0), (5, 0.0), (9, 1.5), (14, 1.0), (20, 2.0)];
    let points = points.map(|(at, factor)| (hour * at, factor));
    Curve::new(length, &points, offset)
}

/// Profiles of every kind.
fn all() -> Vec<(&'static str, Profile)> {
    let spike = |at, over, factor| Spike {
        at: s(at),
        over: s(over),
        factor,
    };
    let spikes = [spike(60, 30, 3.0), spike(80, 200, 0.5), spike(400, 10, 0.0)];
    vec![
        ("constant", Profile::constant(50.0)),
        ("stages", up_and_down()),
        (
            "jumps",
            Profile::of_stages(&stages(&[
                (0, 300.0),
                (60, 300.0),
                (0, 20.0),
                (60, 80.0),
                (0, 0.0),
            ])),
        ),
        ("spikes", up_and_down().with_spikes(&spikes)),
        (
            "curve",
            Profile::constant(40.0).with_curve(day(s(600), s(77))),
        ),
        ("stages, curve", up_and_down().with_curve(day(s(600), s(0)))),
        (
            "noise",
            Profile::constant(40.0).with_noise(Noise {
                every: s(1),
                ..noise(0.3)
            }),
        ),
        (
            "all of them",
            up_and_down()
                .with_spikes(&spikes)
                .with_curve(day(s(600), s(100)))
                .with_noise(Noise {
                    every: Duration::from_millis(417),
                    ..noise(0.1)
                }),
        ),
        (
            "changed twice",
            Profile::constant(10.0)
                .changed_at(
                    s(100),
                    &Profile::of_stages_from(s(100), 10.0, &stages(&[(30, 70.0), (30, 5.0)])),
                )
                .changed_at(s(150), &Profile::constant(33.0)),
        ),
    ]
}

#[test]
fn stages_are_straight_lines_and_jumps_where_they_take_no_time() {
    let jumps = Profile::of_stages(&stages(&[(0, 300.0), (60, 300.0), (0, 20.0), (10, 40.0)]));
    for (profile, at, level) in [
        (up_and_down(), 0, 0.0),
        (up_and_down(), 60, 50.0),
        (up_and_down(), 120, 100.0),
        (up_and_down(), 300, 100.0),
        (up_and_down(), 450, 50.0),
        (up_and_down(), 480, 0.0),
        (up_and_down(), 9_999, 0.0),
        (jumps.clone(), 0, 300.0),
        (jumps.clone(), 59, 300.0),
        (jumps.clone(), 60, 20.0),
        (jumps.clone(), 65, 30.0),
        (jumps.clone(), 70, 40.0),
        (jumps.clone(), 71, 40.0),
    ] {
        assert_eq!(profile.level(s(at)), level, "at {at} s of {profile:?}");
    }
    assert_eq!(up_and_down().end(), Some(s(480)));
    assert_eq!(jumps.end(), Some(s(70)));
    assert_eq!(Profile::constant(3.0).end(), None);
    assert_eq!(jumps.greatest(), 300.0);
    assert_eq!(Profile::constant(f64::NAN).level(s(1)), 0.0);
    assert_eq!(Profile::constant(-3.0).level(s(1)), 0.0);
}

#[test]
fn a_spike_multiplies_for_its_time_and_overlapping_ones_each_other() {
    let spike = |at, over, factor| Spike {
        at: s(at),
        over: s(over),
        factor,
    };
    let profile = Profile::constant(10.0).with_spikes(&[spike(5, 10, 3.0), spike(10, 10, 0.5)]);
    for (at, level) in [
        (0, 10.0),
        (4, 10.0),
        (5, 30.0),
        (10, 15.0),
        (15, 5.0),
        (19, 5.0),
        (20, 10.0),
    ] {
        assert_eq!(profile.level(s(at)), level, "at {at} s");
    }
    assert_eq!(profile.greatest(), 30.0);
    assert!((profile.area(s(0), s(30)) - (100.0 + 150.0 + 75.0 + 25.0 + 50.0)).abs() < 1e-9);
}

#[test]
fn a_curve_comes_again_every_day_and_goes_on_where_the_clock_is_put() {
    // The run begins at 6:00.
    let curve = day(DAY, HOUR * 6);
    let profile = Profile::constant(100.0).with_curve(curve.clone());
    // 9:00 has 1.5, 14:00 has 1, 20:00 has 2, midnight 0.2, 4:00 nobody.
    for (hours, level) in [
        (3, 150.0),
        (8, 100.0),
        (14, 200.0),
        (18, 20.0),
        (22, 0.0),
        (24 + 3, 150.0),
        (24 * 300 + 14, 200.0),
    ] {
        let now = profile.level(HOUR * hours);
        assert!((now - level).abs() < 1e-6, "{hours} h: {now}");
    }
    // From 22:00 to 24:00 it falls from 2 to 0.2 between 20:00 and 24:00.
    assert!((profile.level(HOUR * 16) - 110.0).abs() < 1e-6);
    // Five hours after the beginning, at 11:00, the clock is put forward to 12:00: a day of 23 hours.
    let short = Profile::constant(100.0).with_curve(curve.clone().offset_from(HOUR * 5, HOUR * 7));
    assert_eq!(short.level(HOUR * 5 - s(1)), profile.level(HOUR * 5 - s(1)));
    for hours in [5, 7, 12, 22, 40] {
        let (now, then) = (short.level(HOUR * hours), profile.level(HOUR * (hours + 1)));
        assert!((now - then).abs() < 1e-6, "{hours} h: {now} and not {then}");
    }
    // And back at 14:00, to 13:00: the hour comes twice.
    let long = curve.offset_from(HOUR * 8, HOUR * 5);
    let long = Profile::constant(100.0).with_curve(long);
    let (first, second) = (
        long.level(HOUR * 7 + s(1_800)),
        long.level(HOUR * 8 + s(1_800)),
    );
    assert!((first - second).abs() < 1e-6, "{first} {second}");
}

#[test]
fn a_curve_follows_its_points_within_two_per_cent() {
    let factors: Vec<f64> = (0..24)
        .map(|hour| 1.0 + (f64::from(hour) * 0.7).sin() * 0.9)
        .collect();
    let hour = s(600) / 24;
    let points: Vec<_> = (0u32..)
        .zip(&factors)
        .map(|(place, factor)| (hour * place, *factor))
        .collect();
    let profile = Profile::constant(100.0).with_curve(Curve::new(s(600), &points, s(0)));
    for day in 0..3u32 {
        for (at, factor) in &points {
            let level = profile.level(s(600) * day + *at);
            assert!(
                (level / (factor * 100.0) - 1.0).abs() < 0.02,
                "day {day}, {at:?}: {level}"
            );
        }
    }
}

#[test]
fn noise_stays_within_its_share_follows_from_its_seed_and_has_no_drift() {
    let profile = Profile::constant(100.0).with_noise(noise(0.1));
    let again = Profile::constant(100.0).with_noise(noise(0.1));
    let other = Profile::constant(100.0).with_noise(Noise {
        seed: 8,
        ..noise(0.1)
    });
    let levels = |profile: &Profile| -> Vec<f64> {
        (0..10_000).map(|at| profile.level(s(at * 17))).collect()
    };
    let all = levels(&profile);
    assert_eq!(all, levels(&again));
    assert_ne!(all, levels(&other));
    assert!(all.iter().all(|level| (90.0..=110.0).contains(level)));
    assert!(all.iter().any(|level| *level < 92.0) && all.iter().any(|level| *level > 108.0));
    let mean = profile.area(s(0), s(86_400)) / 86_400.0;
    assert!((mean - 100.0).abs() < 0.5, "{mean}");
}

#[test]
fn the_area_is_the_sum_of_the_levels() {
    for (name, profile) in all() {
        let step = Duration::from_millis(10);
        let sum: f64 = (0..60_000u32)
            .map(|at| profile.level(step * at + step / 2))
            .sum::<f64>()
            / 100.0;
        let area = profile.area(s(0), s(600));
        assert!(
            (area - sum).abs() < 0.5 + sum * 1e-4,
            "{name}: {area} and not {sum}"
        );
        let halves = profile.area(s(0), s(217)) + profile.area(s(217), s(600));
        assert!((area - halves).abs() < 1e-6, "{name}: {area} {halves}");
    }
}

#[test]
fn when_an_area_is_reached_is_the_inverse_of_the_area() {
    for (name, profile) in all() {
        let all = profile.area(s(0), s(600));
        for part in 1..60 {
            let area = all * f64::from(part) / 60.0;
            let when = profile
                .when_area(s(0), area)
                .unwrap_or_else(|| panic!("{name}: never {area}"));
            let there = profile.area(s(0), when);
            // A nanosecond at the greatest level.
            assert!(
                (there - area).abs() < 1e-6,
                "{name}: {there} at {when:?}, and not {area}"
            );
        }
        // One after the other, as arrivals are drawn.
        let (mut at, mut count) = (s(0), 0u32);
        while let Some(next) = profile.when_area(at, 1.0).filter(|next| *next <= s(600)) {
            assert!(next > at, "{name}: {next:?}");
            (at, count) = (next, count + 1);
        }
        assert!(
            (f64::from(count) - all).abs() <= 1.0,
            "{name}: {count} of {all}"
        );
    }
    assert_eq!(up_and_down().when_area(s(0), 1e9), None);
    assert_eq!(Profile::constant(0.0).when_area(s(3), 1e-9), None);
    assert_eq!(
        Profile::constant(0.0)
            .with_curve(day(s(600), s(0)))
            .when_area(s(3), 1.0),
        None
    );
    assert_eq!(Profile::constant(1e-300).when_area(s(0), 1e300), None);
    assert_eq!(up_and_down().when_area(s(5), 0.0), Some(s(5)));
}

#[test]
fn a_level_is_reached_at_the_first_moment_at_which_it_is_so() {
    let profile = up_and_down();
    assert_eq!(profile.first_at_least(50.0, s(0), s(9_999)), Some(s(60)));
    assert_eq!(profile.first_at_least(50.0, s(70), s(9_999)), Some(s(70)));
    assert_eq!(
        profile.first_at_least(50.0, s(0), s(60)),
        None,
        "not before then"
    );
    assert_eq!(profile.first_at_least(50.0, s(460), s(9_999)), None);
    assert_eq!(profile.first_at_least(100.0, s(0), s(9_999)), Some(s(120)));
    assert_eq!(profile.first_at_least(100.5, s(0), s(9_999)), None);
    let below = profile
        .first_below(50.0, s(60), s(9_999))
        .expect("in the last stage");
    assert!(
        below > s(450) && below < s(450) + Duration::from_micros(1),
        "{below:?}"
    );
    for (name, profile) in all() {
        for tenth in 0..15 {
            for from in [0, 59, 333] {
                let level = f64::from(tenth) * 14.6 + 0.5;
                let (from, until) = (s(from), s(600));
                let found = [
                    profile
                        .first_at_least(level, from, until)
                        .map(|at| (at, true)),
                    profile
                        .first_below(level, from, until)
                        .map(|at| (at, false)),
                ];
                for (at, up) in found.into_iter().flatten() {
                    assert_eq!(profile.level(at) >= level, up, "{name}: {level} at {at:?}");
                    // Not one moment earlier.
                    let step = (at - from) / 500;
                    let before = (0..499u32)
                        .map(|part| from + step * part)
                        .filter(|earlier| *earlier + s(1) / 1_000_000 < at);
                    for earlier in before {
                        assert_eq!(
                            profile.level(earlier) >= level,
                            !up,
                            "{name}: {level} at {earlier:?}, found {at:?}"
                        );
                    }
                }
                let never = |found: Option<Duration>, up: bool| {
                    if found.is_none() {
                        for part in 0..500 {
                            let at = from + (until - from) / 500 * part;
                            assert_eq!(
                                profile.level(at) >= level,
                                !up,
                                "{name}: {level} at {at:?}"
                            );
                        }
                    }
                };
                never(profile.first_at_least(level, from, until), true);
                never(profile.first_below(level, from, until), false);
            }
        }
    }
}

#[test]
fn a_level_is_never_above_the_greatest() {
    for (name, profile) in all() {
        let greatest = profile.greatest();
        for at in 0..6_000u32 {
            let level = profile.level(Duration::from_millis(100) * at);
            assert!(
                (0.0..=greatest + 1e-9).contains(&level),
                "{name}: {level} of {greatest}"
            );
        }
    }
}

#[test]
fn a_changed_profile_is_the_old_one_until_then_and_the_new_one_after() {
    let (old, new) = (up_and_down(), Profile::constant(7.0).with_noise(noise(0.2)));
    let both = old.changed_at(s(200), &new);
    for at in 0..600 {
        let one = if at < 200 { &old } else { &new };
        assert_eq!(both.level(s(at)), one.level(s(at)), "{at} s");
    }
    assert_eq!(both.end(), None);
    assert_eq!(old.changed_at(s(0), &new), new);
    let stages = Profile::of_stages_from(s(200), old.line_level(s(200)), &stages(&[(100, 400.0)]));
    let more = both.changed_at(s(300), &stages);
    assert_eq!(more.end(), Some(s(300)));
    assert_eq!(more.level(s(299)), both.level(s(299)));
    assert_eq!(more.level(s(300)), 400.0);
    // A change of the past takes the place of what came after it.
    let again = more.changed_at(s(100), &Profile::constant(1.0));
    assert!((again.level(s(99)) - old.level(s(99))).abs() < 1e-9);
    assert_eq!(again.level(s(500)), 1.0);
}

#[test]
fn a_profile_can_be_sent_to_another_process() {
    for (name, profile) in all() {
        let text = serde_json::to_string(&profile).expect("plain data");
        let read: Profile = serde_json::from_str(&text).expect("as it was written");
        assert_eq!(read, profile, "{name}");
    }
}

#[test]
fn the_greatest_level_may_be_where_a_dip_ends() {
    let spike = |at, over, factor| Spike {
        at: s(at),
        over: s(over),
        factor,
    };
    let dip = [spike(0, 100, 3.0), spike(0, 10, 0.5)];
    let profile = Profile::constant(10.0).with_spikes(&dip);
    assert_eq!(profile.greatest(), 30.0);
}

#[test]
fn the_greatest_level_of_a_time_is_that_of_its_moments() {
    let stages = [(100, 50.0), (0, 80.0), (100, 20.0)].map(|(over, target)| Stage {
        over: s(over),
        target,
    });
    let profile = Profile::of_stages(&stages).with_noise(noise(0.1));
    for (from, until) in [(0, 40), (40, 99), (90, 110), (101, 160), (150, 400)] {
        let greatest = profile.greatest_between(s(from), s(until));
        let levels = (from * 10..until * 10).map(|tenth| profile.level(s(1) * tenth as u32 / 10));
        let seen = levels.fold(0.0, f64::max);
        assert!(
            greatest >= seen && greatest < seen + 1.0,
            "{greatest} {seen}"
        );
    }
    assert_eq!(profile.greatest_between(s(5), s(5)), 0.0);
}
