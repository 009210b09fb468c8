//! Who starts when, who begins again, and when a run is over.

use std::time::Duration;

use throng::pace::{
    ArrivalModel as _, ClosedModel, Length, Ramp, Remaining, RunProgress, UserProgress,
};

use super::ms;

const MINUTE: Length = Length::Duration(Duration::from_secs(60));

fn closed(length: Length) -> ClosedModel {
    let ramp = Ramp {
        users: 100,
        over: ms(1_000),
    };
    ClosedModel { ramp, length }
}

#[test]
fn users_start_one_after_the_other_and_never_in_the_past() {
    let model = closed(Length::Once);
    for (elapsed, started, next) in [
        (ms(0), 0, ms(0)),
        (ms(0), 1, ms(10)),
        (ms(5), 1, ms(10)),
        (ms(700), 1, ms(700)),
        (ms(700), 99, ms(990)),
        (ms(700), 100, ms(1_000)),
        (ms(5_000), 100, ms(5_000)),
    ] {
        assert_eq!(
            model.next_start(elapsed, started),
            next,
            "{started} started after {elapsed:?}"
        );
    }
}

#[test]
fn a_user_of_one_session_tries_again_only_where_it_lost_the_target() {
    let user = |failures, lost_target| UserProgress {
        failures,
        lost_target,
    };
    for (length, user, again) in [
        (Length::Once, user(0, false), false),
        (Length::Once, user(1, false), false),
        (Length::Once, user(1, true), true),
        (Length::Once, user(4, true), true),
        (Length::Once, user(5, true), false),
        (MINUTE, user(0, false), true),
        (MINUTE, user(50, true), true),
        (Length::Continuous, user(1, false), true),
        (Length::Sessions(3), user(1, false), true),
    ] {
        assert_eq!(closed(length).repeats(user), again, "{length:?} {user:?}");
    }
}

#[test]
fn a_run_is_over_by_its_time_or_by_its_sessions() {
    let run = RunProgress {
        elapsed: ms(20_000),
        users: 100,
        sessions: 30,
    };
    for (length, end, sessions, remaining) in [
        (Length::Once, None, None, Some(Remaining::Sessions(70))),
        (
            MINUTE,
            Some(ms(60_000)),
            None,
            Some(Remaining::Time(ms(40_000))),
        ),
        (
            Length::Duration(ms(9)),
            Some(ms(9)),
            None,
            Some(Remaining::Time(ms(0))),
        ),
        (Length::Continuous, None, None, None),
        (
            Length::Sessions(50),
            None,
            Some(50),
            Some(Remaining::Sessions(20)),
        ),
        (
            Length::Sessions(3),
            None,
            Some(3),
            Some(Remaining::Sessions(0)),
        ),
    ] {
        let model = closed(length);
        assert_eq!(model.end(), end, "{length:?}");
        assert_eq!(model.sessions(), sessions, "{length:?}");
        assert_eq!(model.remaining(run), remaining, "{length:?}");
    }
}
