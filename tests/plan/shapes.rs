//! Curves by the clock on the wall.

use std::time::Duration;

use throng::plan::Plan;
use throng::plan::shape::{CurveClock, CurvePlan, CurveSource};

const HOUR: Duration = Duration::from_secs(3_600);

#[test]
fn a_curve_takes_the_time_of_day_once_when_the_run_begins() {
    let clock = CurveClock::Real {
        zone: "UTC".to_owned(),
        began: Duration::ZERO,
    };
    let mut curve = CurvePlan::new(CurveSource::File("c.csv".to_owned()), clock);
    curve
        .read_file("00:00,1\n08:00,1\n09:00,3\n23:00,3\n")
        .unwrap();
    // The run begins at 06:00 of some day; nobody asks for the time again.
    curve.begin(Duration::from_secs(20_000 * 86_400) + 6 * HOUR);
    let mut plan = Plan {
        users: 10,
        ramp: Some(Duration::ZERO),
        ..Plan::default()
    };
    plan.shape.curve = Some(curve);
    let users = plan.users_over_time().unwrap();
    for (hours, expected) in [(1, 10.0), (2, 10.0), (3, 30.0), (12, 30.0), (26, 10.0)] {
        let level = users.shared.level(HOUR * hours);
        assert!((level - expected).abs() < 1e-6, "after {hours} h: {level}");
    }
}
