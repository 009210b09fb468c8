//! Workers in one process: what they and the coordinator say arrives in its order, at times that a seed decides.

use std::collections::{BTreeMap, VecDeque};
use std::io::Write as _;
use std::path::PathBuf;

use tokio::sync::mpsc;

use super::*;
use crate::script::{Place, RunLeases};

const PEOPLE: usize = 60;

/// The sources of a folder with a script and so many rows, each with a number; `first` of them are left out.
fn sources(first: usize) -> Arc<Bundle> {
    let folder = tempfile::tempdir().expect("there is a place for files");
    let rows: String = (first..PEOPLE)
        .map(|row| format!("person-{row}\n"))
        .collect();
    let write = |name: &str, text: &str| {
        let mut named = tempfile::Builder::new();
        let file = named.prefix(name).rand_bytes(0).tempfile_in(&folder);
        let mut file = file.expect("there is room for it");
        file.write_all(text.as_bytes()).expect("it is written");
        file
    };
    let _people = write("people.csv", &format!("name\n{rows}"));
    let _script = write("asker.lua", "return { requests = 1, steps = {} }");
    let place = Place::Folder(PathBuf::from(folder.path()));
    let bundle = Bundle::read(&place, None).expect("there is a script");
    feed(&bundle);
    Arc::new(bundle)
}

/// Numbers that a seed decides (D. Knuth's MMIX generator).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = self.0.wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("it has 31 bits") % most
    }
}

fn feed(bundle: &Bundle) -> Arc<crate::script::api::data::Feed> {
    let read = bundle.feed("people.csv", crate::script::api::data::Kind::Csv);
    read.expect("it has a header")
}

/// A worker: its rows, and what is under way to and from it.
struct Worker {
    leases: RunLeases,
    versions: Vec<Arc<FileVersion>>,
    said: mpsc::UnboundedReceiver<RowRequest>,
    to: VecDeque<RowAnswer>,
    users: Vec<tokio::task::JoinHandle<Option<Lease>>>,
    held: Vec<(usize, Lease)>,
}

impl Worker {
    fn new(sources: &[&Arc<Bundle>]) -> Self {
        let leases = RunLeases::default();
        let (say, said) = mpsc::unbounded_channel();
        leases.lease_from(say);
        let open = |bundle: &&Arc<Bundle>| leases.open("people.csv", &feed(bundle));
        let versions = sources.iter().map(open).collect();
        Self {
            leases,
            versions,
            said,
            to: VecDeque::new(),
            users: Vec::new(),
            held: Vec::new(),
        }
    }

    /// A user wants a row of this version.
    fn ask(&mut self, version: usize) {
        let version = Arc::clone(&self.versions[version]);
        self.users.push(tokio::spawn(FileVersion::take(version)));
    }

    /// Those who have been answered: a row, or that there is none.
    async fn answered(&mut self) -> Vec<Option<Lease>> {
        tokio::task::yield_now().await;
        let (over, open): (Vec<_>, Vec<_>) = self
            .users
            .drain(..)
            .partition(tokio::task::JoinHandle::is_finished);
        self.users = open;
        let mut answers = Vec::new();
        for user in over {
            answers.push(user.await.expect("no user panics"));
        }
        answers
    }
}

struct Crowd {
    rows: Rows,
    workers: Vec<Worker>,
}

impl Crowd {
    fn new(count: usize, sources: &[&Arc<Bundle>]) -> Self {
        let mut rows = Rows {
            workers: count,
            ..Rows::default()
        };
        for one in sources {
            rows.play(std::iter::once(*one));
        }
        let workers = (0..count).map(|_| Worker::new(sources)).collect();
        Self { rows, workers }
    }

    fn post(&mut self, answers: Answers) {
        for (to, answer) in answers {
            for (index, worker) in self.workers.iter_mut().enumerate() {
                if to.is_none_or(|to| to == index) {
                    worker.to.push_back(answer.clone());
                }
            }
        }
    }

    /// Something that a worker said arrives, or something that it is told.
    fn pass(&mut self, index: usize) -> bool {
        if let Some(answer) = self.workers[index].to.pop_front() {
            self.workers[index].leases.on_answer(answer);
            return true;
        }
        let Ok(said) = self.workers[index].said.try_recv() else {
            return false;
        };
        let answers = self.rows.on(index, said);
        self.post(answers);
        true
    }

    /// Until nothing is under way.
    async fn settle(&mut self) {
        for _ in 0..10_000 {
            for _ in 0..3 {
                tokio::task::yield_now().await;
            }
            let passed = (0..self.workers.len()).map(|index| self.pass(index));
            if passed.collect::<Vec<_>>().iter().all(|passed| !passed) {
                return;
            }
        }
        panic!("workers and coordinator never come to rest");
    }

    async fn take(&mut self, index: usize) -> Option<Lease> {
        self.workers[index].ask(0);
        self.settle().await;
        let mut answers = self.workers[index].answered().await;
        assert_eq!(answers.len(), 1, "it was answered");
        answers.pop().expect("there is one")
    }
}

#[tokio::test(start_paused = true)]
async fn all_rows_go_to_whoever_asks_and_nobody_has_one_twice() {
    let sources = sources(0);
    let mut crowd = Crowd::new(3, &[&sources]);
    let mut held = Vec::new();
    for _ in 0..PEOPLE {
        held.push(crowd.take(1).await.expect("there are rows"));
    }
    let rows: BTreeSet<usize> = held.iter().map(Lease::row).collect();
    assert_eq!(rows, (0..PEOPLE).collect());
    assert!(crowd.take(1).await.is_none());
    assert!(crowd.take(2).await.is_none());
    // What its users have given back goes to another worker that wants it.
    drop(held.split_off(PEOPLE - 3));
    tokio::time::sleep(HOLDS).await;
    assert!(crowd.take(2).await.is_some());
}

#[tokio::test(start_paused = true)]
async fn rows_of_a_worker_that_is_gone_are_free() {
    let sources = sources(0);
    let mut crowd = Crowd::new(2, &[&sources]);
    let mut lost = Vec::new();
    for _ in 0..PEOPLE {
        lost.push(crowd.take(0).await.expect("there are rows"));
    }
    let answers = crowd.rows.free(0);
    crowd.post(answers);
    let mut rows = BTreeSet::new();
    let mut held = Vec::new();
    for _ in 0..PEOPLE {
        let lease = crowd.take(1).await.expect("they are free");
        rows.insert(lease.row());
        held.push(lease);
    }
    assert_eq!(rows.len(), PEOPLE);
}

#[tokio::test(start_paused = true)]
async fn a_coordinator_that_takes_over_learns_who_has_what() {
    let sources = sources(0);
    let mut crowd = Crowd::new(2, &[&sources]);
    let mut held = Vec::new();
    for index in [0, 1, 0, 1, 0] {
        held.push(crowd.take(index).await.expect("there are rows"));
    }
    // A user asks while nobody answers.
    crowd.workers[1].ask(0);
    crowd.rows = Rows {
        workers: 2,
        ..Rows::default()
    };
    let answers = crowd.rows.declare(BTreeSet::from([0, 1]));
    crowd.post(answers);
    crowd.settle().await;
    let answers = crowd.rows.play(std::iter::once(&sources));
    crowd.post(answers);
    crowd.settle().await;
    held.extend(crowd.workers[1].answered().await.pop().flatten());
    for _ in 0..PEOPLE {
        held.extend(crowd.take(0).await);
    }
    let rows: BTreeSet<usize> = held.iter().map(Lease::row).collect();
    assert_eq!((rows.len(), held.len()), (PEOPLE, PEOPLE));
}

/// Users of two versions of a file on several workers, which come and go: the same person is never with two of them.
#[tokio::test(start_paused = true)]
async fn nobody_has_what_somebody_has_in_any_version() {
    let (old, new) = (sources(0), sources(5));
    for seed in 0..30 {
        let mut crowd = Crowd::new(3, &[&old, &new]);
        let mut numbers = Numbers(seed);
        let mut had: BTreeMap<usize, usize> = BTreeMap::new();
        for _ in 0..600 {
            let index = numbers.below(3);
            match numbers.below(8) {
                0..=2 => crowd.workers[index].ask(numbers.below(2)),
                3 if !crowd.workers[index].held.is_empty() => {
                    let one = numbers.below(crowd.workers[index].held.len());
                    crowd.workers[index].held.swap_remove(one);
                }
                4 if numbers.below(40) == 0 => {
                    // Another coordinator takes over; sources are those that it reads.
                    crowd.rows = Rows::default();
                    for one in [&old, &new] {
                        crowd.rows.play(std::iter::once(one));
                    }
                    for worker in &mut crowd.workers {
                        worker.to.clear();
                        while worker.said.try_recv().is_ok() {}
                    }
                    let answers = crowd.rows.declare((0..3).collect());
                    crowd.post(answers);
                }
                _ => {
                    crowd.pass(index);
                }
            }
            for index in 0..3 {
                for lease in crowd.workers[index].answered().await.into_iter().flatten() {
                    // The person, in either version.
                    let is_new = Arc::ptr_eq(lease.version(), &crowd.workers[index].versions[1]);
                    let person = lease.row() + if is_new { 5 } else { 0 };
                    crowd.workers[index].held.push((person, lease));
                }
            }
            let held = crowd.workers.iter().flat_map(|worker| &worker.held);
            let people: Vec<usize> = held.map(|(person, _)| *person).collect();
            let single: BTreeSet<usize> = people.iter().copied().collect();
            assert_eq!(single.len(), people.len(), "seed {seed}: {people:?}");
            people
                .iter()
                .for_each(|person| *had.entry(*person).or_default() += 1);
        }
        assert!(had.len() > PEOPLE / 2, "seed {seed}: {had:?}");
    }
}
