//! What watching costs: the CPU time of the reader's own thread, which offers run on.
#![cfg(target_os = "linux")]

use std::sync::mpsc;
use std::time::{Duration, Instant};

use throng::plan::Watch;
use throng::script::{Loader, LoaderRequest, LoaderSettings};

use super::{Folder, PATIENCE, settings_for};

/// CPU time of this thread so far.
fn spent() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    let nanoseconds = text.split(' ').next().unwrap();
    Duration::from_nanos(nanoseconds.parse().unwrap())
}

/// The stock scripts in a folder, and a loader that tells its time with each offer.
fn stock(change: impl FnOnce(&mut LoaderSettings)) -> (Folder, Loader, mpsc::Receiver<Duration>) {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folder = Folder::new();
    for part in ["scripts", "lib"] {
        for entry in std::fs::read_dir(root.join(part)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                continue;
            }
            let name = path.file_name().unwrap().to_str().unwrap();
            folder = folder.file(&format!("{part}/{name}"), std::fs::read(&path).unwrap());
        }
    }
    let settings = settings_for(&folder, change);
    let (say, times) = mpsc::channel();
    let loader = Loader::start(settings, move |_| say.send(spent()).unwrap()).unwrap();
    (folder, loader, times)
}

/// CPU time between two answers, one of which is a whole check, less that of the check.
fn between(loader: &Loader, times: &mpsc::Receiver<Duration>, act: impl FnOnce()) -> Duration {
    let ask = |ticket| {
        assert!(loader.ask(LoaderRequest::Reload(ticket)));
        times.recv_timeout(PATIENCE).unwrap()
    };
    let (first, second) = (ask(1), ask(2));
    act();
    (ask(3) - second).saturating_sub(second - first)
}

#[test]
fn a_save_without_a_change_costs_less_than_20_ms() {
    const SAVES: u32 = 8;
    let (folder, loader, times) = stock(|_| ());
    let cost = between(&loader, &times, || {
        for _ in 0..SAVES {
            let path = folder.at("lib/accounts.lua");
            std::fs::write(&path, std::fs::read(&path).unwrap()).unwrap();
            std::thread::sleep(Duration::from_millis(150));
        }
    });
    assert!(
        cost / SAVES < Duration::from_millis(20),
        "{:?}",
        cost / SAVES
    );
}

#[test]
fn a_poll_costs_little() {
    let (_folder, loader, times) = stock(|settings| {
        settings.watch = Watch::Poll;
        settings.patience.poll = Duration::from_millis(10);
    });
    let began = Instant::now();
    let cost = between(&loader, &times, || {
        std::thread::sleep(Duration::from_secs(1))
    });
    let polls = u32::try_from(began.elapsed().as_millis() / 20).unwrap();
    assert!(
        cost / polls < Duration::from_millis(5),
        "{:?}",
        cost / polls
    );
}
