//! Counts that outlive the process: words of a file that is mapped, each count on a cache line of its own.

use std::fs::File;
use std::io::{self, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};

use super::mapping::Mapping;

/// Words of a cache line: threads that count do not take it from each other.
const LINE: usize = 8;

/// Where the number of the last record is that was made.
const MADE: usize = 0;
/// Where the number of the last record is that was acknowledged.
const ACKNOWLEDGED: usize = 1;

/// How many requests have left by each way, and how far the records have come.
#[derive(Debug)]
pub struct Counts {
    memory: Memory,
    ways: usize,
}

#[derive(Debug)]
enum Memory {
    /// It ends with the process.
    Own(Box<[AtomicU64]>),
    File {
        mapping: Mapping,
        /// Locked for as long as this lives: who finds it unlocked knows that the process is gone.
        _file: File,
    },
}

impl Counts {
    /// Without a file: they end with the process.
    pub fn in_memory(ways: usize) -> Self {
        let words = (0..words(ways)).map(|_| AtomicU64::new(0));
        Self {
            memory: Memory::Own(words.collect()),
            ways,
        }
    }

    /// In this file, which is new and locked.
    ///
    /// # Errors
    /// When the disk has no room for it: it is asked for now, for a mapped file has no other moment to say so.
    pub fn begin(mut file: File, ways: usize) -> io::Result<Self> {
        file.write_all(&vec![0; words(ways) * size_of::<AtomicU64>()])?;
        Self::open(file)
    }

    /// Those of a file that a process left.
    ///
    /// # Errors
    /// When it cannot be mapped.
    pub fn open(file: File) -> io::Result<Self> {
        let all = usize::try_from(file.metadata()?.len()).unwrap_or(0) / size_of::<AtomicU64>();
        let mapping = Mapping::new(&file, all)?;
        let memory = Memory::File {
            mapping,
            _file: file,
        };
        let ways = (all / LINE).saturating_sub(1);
        Ok(Self { memory, ways })
    }

    fn words(&self) -> &[AtomicU64] {
        match &self.memory {
            Memory::Own(words) => words,
            Memory::File { mapping, .. } => mapping.words(),
        }
    }

    /// The count of one way.
    pub fn way(&self, way: usize) -> Option<&AtomicU64> {
        let word = (way < self.ways).then_some((way + 1) * LINE);
        self.words().get(word?)
    }

    /// All requests that have left.
    pub fn sent(&self) -> u64 {
        let ways = (0..self.ways).filter_map(|way| self.way(way));
        ways.map(|count| count.load(Ordering::Relaxed)).sum()
    }

    /// The numbers of the last record that was made, and of the last that was acknowledged.
    pub fn records(&self) -> (u64, u64) {
        let at = |place: usize| {
            let word = self.words().get(place);
            word.map_or(0, |word| word.load(Ordering::Relaxed))
        };
        (at(MADE), at(ACKNOWLEDGED))
    }

    pub(super) fn made(&self, number: u64) {
        self.set(MADE, number);
    }

    pub(super) fn acknowledged(&self, number: u64) {
        self.set(ACKNOWLEDGED, number);
    }

    fn set(&self, place: usize, number: u64) {
        if let Some(word) = self.words().get(place) {
            word.store(number, Ordering::Relaxed);
        }
    }
}

/// A line for the records, and one for each way.
fn words(ways: usize) -> usize {
    (ways + 1) * LINE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_counts_by_itself_and_a_file_keeps_it() {
        let file = tempfile::tempfile().unwrap();
        let again = file.try_clone().unwrap();
        let counts = Counts::begin(file, 3).unwrap();
        for (way, sent) in [(0, 5), (2, 7)] {
            counts.way(way).unwrap().store(sent, Ordering::Relaxed);
        }
        assert!(counts.way(3).is_none());
        counts.made(9);
        counts.acknowledged(8);
        drop(counts);
        let counts = Counts::open(again).unwrap();
        assert_eq!((counts.sent(), counts.records()), (12, (9, 8)));
    }

    #[test]
    fn a_file_that_is_no_such_is_refused() {
        assert!(Counts::open(tempfile::tempfile().unwrap()).is_err());
    }
}
