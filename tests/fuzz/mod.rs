//! The corpora of the fuzz targets, replayed: whatever was found once stays found. `tests/fuzz/run` looks for more.

mod targets;

use std::fs;
use std::path::{Path, PathBuf};

use targets::ALL;

/// All corpora together stay small enough to be read through.
const MOST_BYTES: u64 = 200_000;
const MOST_FILE_BYTES: u64 = 8_000;

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn every_input_of_the_corpora_is_fine() {
    for (name, check) in ALL {
        let inputs = files(&corpus().join(name));
        assert!(inputs.len() >= 5, "{name} has hardly a corpus");
        for path in inputs {
            let input = fs::read(&path).unwrap();
            let done = std::panic::catch_unwind(|| check(&input));
            assert!(done.is_ok(), "{} fails; see above", path.display());
        }
    }
}

#[test]
fn the_corpora_are_small_and_each_has_its_target() {
    let folders = files(&corpus());
    let names: Vec<_> = folders
        .iter()
        .map(|folder| folder.file_name().unwrap().to_str().unwrap())
        .collect();
    let targets: Vec<&str> = ALL.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, targets);
    let mut total = 0;
    for path in folders.iter().flat_map(|folder| files(folder)) {
        let bytes = fs::metadata(&path).unwrap().len();
        assert!(bytes <= MOST_FILE_BYTES, "{} is large", path.display());
        total += bytes;
    }
    assert!(total <= MOST_BYTES, "the corpora have {total} bytes");
}
