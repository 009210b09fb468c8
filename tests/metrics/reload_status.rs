use std::time::Duration;

use throng::metrics::{
    Aggregator, Canary, Event, MAX_EVENTS, Recorder, Refusal, Reload, RunInfo, Settings, Snapshot,
    TypeId,
};

const NEW: TypeId = TypeId(0);
const ACTIVE: TypeId = TypeId(1);

fn event(second: u64, text: &str) -> Event {
    Event {
        at: Duration::from_secs(second),
        what: "set".to_owned(),
        by: "api".to_owned(),
        text: text.to_owned(),
    }
}

/// A part of a run that knows release `release`, with `moves` users that moved.
fn part(release: u32, moves: u64) -> Snapshot {
    let (mut recorder, mut aggregator) = (Recorder::new(), Aggregator::new(RunInfo::default()));
    (0..moves).for_each(|_| recorder.moved("copied"));
    recorder.moved("migrated");
    aggregator.absorb(0, recorder.take());
    let reload_status = aggregator.reload_status();
    reload_status.release = release;
    reload_status.event(event(moves, "here"));
    reload_status.event(event(100, "everywhere"));
    reload_status.previous.insert(NEW, vec![1, release]);
    reload_status.last = Some(Reload {
        release,
        types: vec![NEW],
        at: Duration::from_secs(release.into()),
        took: Some(Duration::from_millis(moves)),
    });
    Snapshot::clone(&aggregator.tick(Duration::from_secs(200)))
}

fn merged<const PARTS: usize>(parts: [Snapshot; PARTS]) -> Snapshot {
    let mut parts = parts.into_iter();
    let mut whole = parts.next().unwrap();
    parts.for_each(|part| whole.merge(part));
    whole.cpu_ratio = None;
    whole
}

#[test]
fn users_that_moved_add_up_over_shards_and_seconds() {
    let mut aggregator = Aggregator::new(RunInfo::default());
    for shard in 0..2 {
        let mut recorder = Recorder::new();
        for how in ["copied", "copied", "restarted"] {
            recorder.moved(how);
        }
        aggregator.absorb(shard, recorder.take());
        recorder.moved("migrated");
        aggregator.absorb(shard, recorder.take());
        assert!(recorder.take().moved.is_empty());
    }
    let moved = &aggregator.tick(Duration::from_secs(1)).reload_status.moved;
    let told: Vec<_> = moved
        .iter()
        .map(|(how, count)| (how.as_str(), *count))
        .collect();
    assert_eq!(told, [("copied", 4), ("migrated", 2), ("restarted", 2)]);
}

#[test]
fn the_newer_release_speaks_for_the_whole_and_moves_add_up() {
    let mut newer = part(3, 4);
    newer.reload_status.canary = Some(Canary {
        release: 3,
        users: 5,
        ..Canary::default()
    });
    let mut older = part(2, 7);
    older.reload_status.refusal = Some(Refusal::default());
    for whole in [
        merged([newer.clone(), older.clone()]),
        merged([older, newer]),
    ] {
        let reload_status = whole.reload_status;
        assert_eq!(reload_status.release, 3);
        assert_eq!(reload_status.refusal, None, "the newer one was not refused");
        assert_eq!(reload_status.canary.unwrap().users, 5);
        assert_eq!(reload_status.last.unwrap().release, 3);
        assert_eq!(
            (
                reload_status.moved["copied"],
                reload_status.moved["migrated"]
            ),
            (11, 2)
        );
        assert_eq!(reload_status.previous[&NEW], [1, 2, 3]);
        let events: Vec<_> = reload_status
            .events
            .iter()
            .map(|one| one.at.as_secs())
            .collect();
        assert_eq!(events, [4, 7, 100], "what all parts saw is said once");
    }
}

#[test]
fn parts_of_one_release_are_through_with_it_when_all_are() {
    let whole = merged([part(2, 5), part(2, 9)]);
    assert_eq!(
        whole.reload_status.last.unwrap().took,
        Some(Duration::from_millis(9))
    );
    let mut under_way = part(2, 9);
    under_way.reload_status.last.as_mut().unwrap().took = None;
    let whole = merged([part(2, 5), under_way]);
    assert_eq!(whole.reload_status.last.unwrap().took, None);
}

#[test]
fn parts_that_reloaded_merge_associatively() {
    let parts = || [part(2, 1), part(4, 2), part(4, 3)];
    let [a, b, c] = parts();
    let left = merged([merged([a, b]), c]);
    let [a, b, c] = parts();
    let right = merged([a, merged([b, c])]);
    assert_eq!(left.reload_status, right.reload_status);
    assert_eq!(left.reload_status.previous[&NEW], [1, 2, 4]);
}

#[test]
fn the_version_in_use_stays_the_last_of_those_kept() {
    let mut back = part(4, 1);
    back.reload_status.previous.insert(NEW, vec![1, 4, 2]);
    let mut other = part(3, 1);
    other.reload_status.previous.insert(NEW, vec![1, 3]);
    other.reload_status.previous.insert(ACTIVE, vec![1]);
    let previous = merged([other, back]).reload_status.previous;
    assert_eq!(previous[&NEW], [1, 3, 4, 2]);
    assert_eq!(previous[&ACTIVE], [1]);
}

#[test]
fn events_have_an_end() {
    let (mut one, mut other) = (Snapshot::default(), Snapshot::default());
    for second in 0..MAX_EVENTS as u64 + 50 {
        one.reload_status.event(event(second, "one"));
        other.reload_status.event(event(second, "other"));
    }
    assert_eq!(one.reload_status.events.len(), MAX_EVENTS);
    assert_eq!(one.reload_status.events[0].at, Duration::from_secs(50));
    one.merge(other);
    assert_eq!(one.reload_status.events.len(), MAX_EVENTS);
    assert_eq!(one.reload_status.events[0].at, Duration::from_secs(150));
}

#[test]
fn types_and_dials_of_the_part_that_knows_them_are_those_of_the_whole() {
    let mut one = Snapshot::default();
    one.run.types = vec!["new".to_owned()];
    let mut other = Snapshot {
        settings: Settings {
            users: 7,
            ..Settings::default()
        },
        ..Snapshot::default()
    };
    other.run.types = vec!["new".to_owned(), "active".to_owned()];
    one.merge(other);
    assert_eq!(one.run.types, ["new", "active"]);
    assert_eq!(one.settings.users, 7);
    one.merge(Snapshot::default());
    assert_eq!((one.run.types.len(), one.settings.users), (2, 7));
}
