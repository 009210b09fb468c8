//! Stages and curves of types in a plan file: what they mean, and those that cannot be.

use std::time::Duration;

use throng::plan::Length;
use throng::plan::shape::{CurveClock, CurveSource, TypeCurve, show_stages};

use super::plan_file::File;

#[test]
fn types_have_stages_and_curves_by_the_clock_of_the_run() {
    let text = "users = 10\nduration = '1h'\nday_length = '10m'\n\
                [types.new]\nstages = '2m:100,1m:0'\n\
                [types.active]\ncurve = 'office'\n[types.admin]\ncurve = 'week.csv'\n\
                [types.power]\ncurve = 'none'";
    let file = File::new(text);
    let plan = file.run(&[]).plan;
    assert_eq!(plan.length, Length::Duration(Duration::from_secs(3_600)));
    let shape = &plan.shape;
    assert!(shape.curve.is_none());
    assert_eq!(show_stages(&shape.types["new"].stages), "2m:100,1m:0");
    let clock = CurveClock::Compressed {
        day: Duration::from_secs(600),
    };
    let own = |name: &str| match &shape.types[name].curve {
        TypeCurve::Own(curve) => curve.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        (own("active").source, own("active").clock),
        (CurveSource::Office, clock)
    );
    let week = file.folder.path().join("week.csv").display().to_string();
    assert_eq!(own("admin").source, CurveSource::File(week));
    assert_eq!(shape.types["power"].curve, TypeCurve::None);
    // With stages of the run it ends with the last of all.
    let both = "stage = '1m:5,1m:0'\n[types.new]\nstages = '2m:100,1m:0'";
    let plan = File::new(both).run(&[]).plan;
    assert_eq!(plan.length, Length::Duration(Duration::from_secs(180)));
    assert_eq!(plan.users, 5);
    // Which types there are says whether their stages end the run.
    let mut plan = File::new("[types.new]\nstages = '2m:100,1m:0'")
        .run(&[])
        .plan;
    assert_eq!(plan.length, Length::Once);
    let fault = plan.settle(&[("new", 1.0), ("old", 2.0)]).unwrap_err();
    assert_eq!(
        fault.to_string(),
        "types.new.stages 2m:100,1m:0: does not say when the run of old ends, whose users would \
         have one session each; give --duration, --continuous or --stage, or stages to every type"
    );
    plan.settle(&[("new", 1.0), ("old", 0.0)]).unwrap();
    assert_eq!(plan.length, Length::Duration(Duration::from_secs(180)));
    let mut plan = File::new(both).run(&[]).plan;
    plan.settle(&[("old", 1.0)]).unwrap();
    assert!(plan.shape.types.is_empty());
    assert_eq!(plan.length, Length::Duration(Duration::from_secs(120)));
}

#[test]
fn shapes_of_types_that_cannot_be_have_their_place() {
    for (text, words, start) in [
        (
            "arrivals = '50/s'\nduration = 60\n[types.new-ones]\nstages = '2m:100'",
            &[][..],
            "plan.toml:4:10: types.new-ones.stages 2m:100: says how many users stay, and in this \
             run users arrive; give the type a curve or a weight",
        ),
        (
            "[types.new]\ncurve = 'office'",
            &[],
            "plan.toml:2:9: types.new.curve office: users come and go, and a run of a number of \
             sessions has no time for it; give --duration or --continuous",
        ),
        (
            "[types.new]\nstages = '2m:5'",
            &["--sessions", "7"],
            "plan.toml:2:10: types.new.stages 2m:5: users come and go, and a run of a number of \
             sessions has no time for it",
        ),
        (
            "[types.new]\nweight = 3\nstages = '2m:5'",
            &[],
            "plan.toml:2:10: types.new.weight: types.new.stages at plan.toml:3:10 says how many \
             users there are; give one of them",
        ),
        (
            "duration = 60\ntimezone = 'UTC'\n[types.new]\ncurve = 'none'",
            &[],
            "plan.toml:2:12: timezone without --curve: it says how the time of a curve goes",
        ),
        (
            "duration = 60\ntimezone = 'Mars/Olympus'\n[types.new]\ncurve = 'day'",
            &[],
            "plan.toml:2:12: timezone Mars/Olympus: is not a time zone of the IANA database",
        ),
        (
            "users = 900000\nduration = 60\n[types.new]\nstages = '1m:200000'",
            &[],
            "plan.toml:1:9: users: would be up to 1100000 with",
        ),
    ] {
        let fault = File::new(text).refusal(words);
        assert!(fault.contains(start), "{text}: {fault}");
    }
}
