//! What is kept of a run: bounded blocks, one file for all runs and processes, forms that are newer.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use throng::history::{
    Block, End, Ending, Figures, Found, Headline, HistoryError, Kind, Label, News, ProcessMark,
    Start, State, Store, Timeline, Times, file, find, now_ms,
};
use throng::metrics::Histogram;

use super::simulated::MINUTE;

const PATIENCE: Duration = Duration::from_secs(5);

fn block(number: u64, requests: u64) -> Block {
    let mut times = Histogram::coarse();
    for request in 0..requests {
        times.record(Duration::from_micros(1_000 + 37 * request + number));
    }
    let figures = Figures {
        ok: requests,
        times: Times::of(&times),
        ..Figures::default()
    };
    Block {
        at_seconds: number as f64,
        seconds: 1.0,
        run_seconds: 1.0,
        ended_ms: 1_000 * (number + 1),
        users: number,
        figures: [(0, figures)].into(),
    }
}

#[test]
fn an_endless_run_has_at_most_720_blocks_and_loses_no_request() {
    let mut timeline = Timeline::default();
    timeline.number(Label {
        kind: Kind::Endpoint,
        user_type: "new".to_owned(),
        method: "GET".to_owned(),
        name: "/".to_owned(),
    });
    let (mut seconds, mut open) = (0, Block::default());
    // A day of seconds; what is open has as many as the others.
    while seconds < 86_400 {
        let stride = timeline.stride();
        open = block(seconds, 3);
        for more in 1..stride {
            open.add(block(seconds + more, 3));
        }
        seconds += stride;
        timeline.push(&open).unwrap();
        assert!(timeline.encoded().len() <= throng::history::MAX_BLOCKS);
    }
    let blocks = timeline.blocks().unwrap();
    assert!(blocks.len() >= 300, "{}", blocks.len());
    let requests: u64 = blocks.iter().map(|block| block.figures[&0].total()).sum();
    let timed: u64 = blocks
        .iter()
        .map(|block| block.figures[&0].times.count())
        .sum();
    assert_eq!((requests, timed), (3 * seconds, 3 * seconds));
    assert_eq!(blocks.last(), Some(&open));
    let starts: Vec<f64> = blocks.iter().map(|block| block.at_seconds).collect();
    assert!(starts.is_sorted() && starts[0] == 0.0);
}

#[test]
fn a_run_of_many_endpoints_has_fewer_blocks_and_few_bytes() {
    let mut timeline = Timeline::with_bounds(720, 20_000);
    for number in 0..700 {
        timeline.push(&block(number, 300)).unwrap();
        let bytes: usize = timeline.encoded().iter().map(Vec::len).sum();
        assert!(
            bytes <= 20_000 || timeline.encoded().len() <= 120,
            "{bytes}"
        );
    }
    assert!(timeline.stride() > 1);
}

#[test]
fn times_keep_percentiles_within_a_hundredth() {
    let mut fine = Histogram::fine();
    let mut coarse = Histogram::coarse();
    for number in 1..=10_000_u64 {
        let time = Duration::from_micros(500 + number * number / 40);
        fine.record(time);
        coarse.record(time);
    }
    let times = Times::of(&coarse);
    for share in [0.5, 0.9, 0.95, 0.99, 0.999] {
        let exact = fine.quantile(share) as f64 / 1e6;
        let kept = times.quantile(share).unwrap();
        assert!(
            (kept / exact - 1.0).abs() < 0.01,
            "{share}: {kept}, not {exact}"
        );
    }
    assert_eq!(Times::default().quantile(0.5), None);
}

fn start(id: &str, at: u64) -> Start {
    Start {
        id: id.to_owned(),
        started_ms: at,
        target: "http://target/".to_owned(),
        crowd: "60 users".to_owned(),
        plan: BTreeMap::from([("users".to_owned(), serde_json::json!("60"))]),
        ..Start::default()
    }
}

fn news<'a>(figures: &'a Headline, blocks: &'a [Vec<u8>]) -> News<'a> {
    News {
        at_ms: now_ms(),
        figures,
        labels: (&[], 0),
        blocks: (blocks, 0),
        all: false,
    }
}

fn end(store: &mut Store, number: throng::history::RunNumber) {
    let (figures, ending) = (Headline::default(), Ending::default());
    let end = End {
        ending: &ending,
        documents: &[],
    };
    assert!(store.write(number, news(&figures, &[]), Some(end)).unwrap());
}

#[test]
fn ten_thousand_runs_are_listed_quickly_and_the_oldest_are_removed() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path(), PATIENCE).unwrap();
    let by = ProcessMark::own();
    let db = rusqlite::Connection::open(Store::place(folder.path())).unwrap();
    db.execute_batch("PRAGMA synchronous = OFF").unwrap();
    let first = store.begin(&start("00000000", 0), &by).unwrap();
    end(&mut store, first);
    // As many as that at once: a million commits are what the disk is measured by, not the history.
    db.execute_batch(
        "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 9999)
         INSERT INTO run (id, started, seen, ended, host, pid, began, start, figures, ending)
         SELECT printf('%08x', n * 2654435761 % 4294967296), n, n, n, host, pid, began, start,
             figures, ending
         FROM n, run WHERE id = '00000000';
         INSERT INTO block (run, number, packed) SELECT number, 0, zeroblob(2000) FROM run;",
    )
    .unwrap();
    let began = Instant::now();
    assert_eq!(store.runs(None).unwrap().len(), 10_000);
    assert!(
        began.elapsed() < Duration::from_secs(5),
        "{:?}",
        began.elapsed()
    );
    let began = Instant::now();
    let newest = store.runs(Some(20)).unwrap();
    assert_eq!(newest[0].1.start.started_ms, 9_999);
    assert!(
        began.elapsed() < Duration::from_millis(500),
        "{:?}",
        began.elapsed()
    );
    let size = std::fs::metadata(Store::place(folder.path()))
        .unwrap()
        .len();
    assert_eq!(store.keep(9_900).unwrap(), 100);
    assert_eq!(store.keep(200).unwrap(), 9_700);
    let kept = store.runs(None).unwrap();
    assert_eq!(kept.len(), 200);
    assert_eq!(kept.last().unwrap().1.start.started_ms, 9_800);
    let blocks: i64 = db
        .query_row("SELECT count(*) FROM block", [], |row| row.get(0))
        .unwrap();
    assert_eq!(blocks, 200, "blocks go with their run");
    drop(store);
    db.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    let now = std::fs::metadata(Store::place(folder.path()))
        .unwrap()
        .len();
    assert!(now < size / 4, "the file shrinks: {size} to {now}");
}

#[test]
fn blocks_that_were_still_open_are_counted_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path(), PATIENCE).unwrap();
    let number = store.begin(&start("aa", 1), &ProcessMark::own()).unwrap();
    let figures = Headline::default();
    let mut timeline = Timeline::default();
    for block in [block(0, 5), block(1, 5), block(2, 1)] {
        timeline.push(&block).unwrap();
    }
    let written = store.write(number, news(&figures, timeline.encoded()), None);
    assert!(written.unwrap());
    // The third was open; it has become part of the second.
    let mut timeline = Timeline::default();
    timeline.push(&block(0, 5)).unwrap();
    timeline.push(&block(1, 6)).unwrap();
    let mut news = news(&figures, timeline.encoded());
    news.blocks.1 = 1;
    assert!(store.write(number, news, None).unwrap());
    let blocks = store.run(number).unwrap().blocks;
    assert_eq!(blocks, [block(0, 5), block(1, 6)]);
}

#[test]
fn several_processes_keep_runs_in_one_file_at_the_same_time() {
    let folder = tempfile::tempdir().unwrap();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let folder = folder.path();
            scope.spawn(move || {
                for run in 0..5 {
                    let mut store = Store::open(folder, PATIENCE).unwrap();
                    let id = format!("{thread}{run}");
                    let number = store.begin(&start(&id, run), &ProcessMark::own()).unwrap();
                    end(&mut store, number);
                }
            });
        }
    });
    let store = Store::read(folder.path(), PATIENCE).unwrap().unwrap();
    let runs = store.runs(None).unwrap();
    assert_eq!(runs.len(), 20);
    assert!(runs.iter().all(|(_, run)| run.state == State::Ended));
}

#[test]
fn a_run_that_goes_on_is_running_and_one_whose_process_is_gone_was_killed() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path(), PATIENCE).unwrap();
    let own = ProcessMark::own();
    let later = ProcessMark {
        began: own.began + 1,
        ..own.clone()
    };
    let elsewhere = ProcessMark {
        host: "elsewhere".to_owned(),
        ..own.clone()
    };
    store.begin(&start("aa", 1), &own).unwrap();
    store.begin(&start("bb", 2), &later).unwrap();
    store.begin(&start("cc", 3), &elsewhere).unwrap();
    store.begin(&start("dd", now_ms()), &elsewhere).unwrap();
    let states = |store: &Store| -> Vec<(String, State)> {
        let runs = store.runs(None).unwrap().into_iter();
        runs.map(|(_, run)| (run.start.id, run.state)).collect()
    };
    let said = |id: &str, state| (id.to_owned(), state);
    assert_eq!(
        states(&store),
        [
            said("dd", State::Running),
            said("cc", State::Killed),
            said("bb", State::Killed),
            said("aa", State::Running)
        ]
    );
    // Those that go on are not removed, however many there are.
    assert_eq!(store.keep(0).unwrap(), 2);
    assert_eq!(states(&store).len(), 2);
}

#[test]
fn a_history_of_a_newer_throng_is_refused_and_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path(), PATIENCE).unwrap();
    let number = store.begin(&start("aa", 1), &ProcessMark::own()).unwrap();
    end(&mut store, number);
    drop(store);
    let db = rusqlite::Connection::open(Store::place(folder.path())).unwrap();
    db.pragma_update(None, "user_version", 99).unwrap();
    for refused in [
        Store::open(folder.path(), PATIENCE).err(),
        Store::read(folder.path(), PATIENCE).err(),
    ] {
        let why = refused.unwrap();
        assert!(matches!(why, HistoryError::Newer { .. }), "{why}");
        assert!(why.to_string().contains("newer throng"), "{why}");
    }
    let strange = tempfile::tempdir().unwrap();
    std::fs::write(Store::place(strange.path()), "not a database, by any means").unwrap();
    let why = Store::open(strange.path(), PATIENCE).err().unwrap();
    assert!(matches!(why, HistoryError::Strange { .. }), "{why}");
    let text = std::fs::read_to_string(Store::place(strange.path())).unwrap();
    assert_eq!(text, "not a database, by any means");
    assert!(
        Store::read(&strange.path().join("no"), PATIENCE)
            .unwrap()
            .is_none()
    );
}

#[test]
fn a_run_is_found_by_the_beginning_of_its_id_by_its_place_and_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path(), PATIENCE).unwrap();
    let by = ProcessMark::own();
    for (at, id) in ["1f0c2a9b", "1f0d0000", "77aa0000"].into_iter().enumerate() {
        let number = store.begin(&start(id, at as u64), &by).unwrap();
        end(&mut store, number);
    }
    store.begin(&start("99990000", 9), &by).unwrap();
    let id = |words: &str| -> Result<String, String> {
        let found = find(words, Some(&store)).map_err(|why| why.to_string())?;
        let run = found.whole(Some(&store)).map_err(|why| why.to_string())?;
        Ok(run.record.start.id)
    };
    assert_eq!(id("77").unwrap(), "77aa0000");
    assert_eq!(id("1f0c2a9b").unwrap(), "1f0c2a9b");
    // One that goes on is not the last.
    assert_eq!(id("last").unwrap(), "77aa0000");
    assert_eq!(id("last~2").unwrap(), "1f0c2a9b");
    assert_eq!(id("9999").unwrap(), "99990000");
    let why = id("1f0").unwrap_err();
    assert!(
        why.contains("2 runs begin with it, such as 1f0d0000, 1f0c2a9b"),
        "{why}"
    );
    for (words, said) in [
        ("last~3", "fewer runs that are over"),
        ("abcd", "is neither a run of the history nor a file"),
        (
            "/nowhere/run.json",
            "is neither a run of the history nor a file",
        ),
    ] {
        let why = id(words).unwrap_err();
        assert!(why.contains(words) && why.contains(said), "{why}");
    }
}

#[test]
fn a_run_travels_as_a_file_and_loses_nothing() {
    let run = MINUTE.run(1);
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("run.json");
    std::fs::write(&place, file::write(&run)).unwrap();
    match find(place.to_str().unwrap(), None).unwrap() {
        Found::File(read) => assert_eq!(*read, run),
        Found::Kept(_) => panic!("there is no history"),
    }
    let refused = |text: &str| {
        std::fs::write(&place, text).unwrap();
        let why = find(place.to_str().unwrap(), None)
            .err()
            .unwrap()
            .to_string();
        assert!(why.starts_with(place.to_str().unwrap()), "{why}");
        why
    };
    assert!(refused(r#"{"format":"throng-run","form":2}"#).contains("newer throng"));
    assert!(refused(r#"{"format":"throng-run","form":1}"#).contains("is damaged"));
    assert!(refused(r#"{"run":{"id":"1f0c2a9b"}}"#).contains("throng show 1f0c2a9b --export FILE"));
    assert!(refused("{}").contains("is not a run"));
    assert!(refused("# a page").contains("is not the JSON of a run"));
}
