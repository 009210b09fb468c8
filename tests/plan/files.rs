//! Plan files that are long.

use throng::plan::file::{Baseline, Keys, read};

#[test]
fn a_long_file_is_read_in_the_time_of_its_length() {
    // With a search for each key or place among those before it, this would take minutes.
    let keys = 30_000;
    let mut text = "[weights]\n".to_owned();
    for key in 0..keys {
        text += &format!("t{key} = 1\n");
    }
    let (plan, faults) = read("f", text.as_bytes(), &Keys::default());
    assert_eq!(faults, []);
    assert_eq!(plan.entries.len(), keys);
    let last = plan.types.last().unwrap();
    assert_eq!((last.place.line, last.place.column), (keys + 1, 1));
    let baseline = Baseline::default().begun(&plan);
    assert_eq!(baseline.faults("f", &plan), []);
    let (_, faults) = read("f", text.replace("= 1", "= é").as_bytes(), &Keys::default());
    assert!(!faults.is_empty());
}
