//! Counts of values in [`Bins`], of which only those near a recorded value use memory.

use super::bins::Bins;

/// Buckets that are allocated together.
const BLOCK: usize = 16;

type Block = [u64; BLOCK];

/// No block was allocated yet.
const ABSENT: u16 = u16::MAX;

/// Bins that are kept as a list. Most histograms are those of an endpoint or a type in one second: few values, for which blocks
/// would be allocated again and again.
const FEW: usize = 32;

/// Counts by value. Memory: up to 32 bins with a recorded value, 16 bytes each. With more, 128 bytes for each 16 neighbouring
/// bins with one, 2 bytes for each 16 bins below the largest value.
#[derive(Clone, Debug)]
pub(crate) struct Buckets {
    bins: Bins,
    /// Bins with their counts, ascending, as long as there are no blocks.
    few: Vec<(u32, u64)>,
    /// By bin / [`BLOCK`]: the position of its block.
    places: Vec<u16>,
    blocks: Vec<Block>,
}

impl Buckets {
    /// Buckets at most 1 % wide for 2 `digits`, 0.1 % for 3; 4 at most.
    pub(crate) fn new(digits: u8) -> Self {
        Self {
            bins: Bins::of_digits(digits),
            few: Vec::new(),
            places: Vec::new(),
            blocks: Vec::new(),
        }
    }

    /// Counts a value `times` times.
    pub(crate) fn count(&mut self, value: u64, times: u64) {
        self.count_bin(self.bins.of(value), times);
    }

    /// Adds other buckets of as many digits.
    pub(crate) fn add(&mut self, other: &Self) {
        debug_assert_eq!(self.bins, other.bins);
        for (bin, times) in &other.few {
            self.count_bin(*bin, *times);
        }
        if other.blocks.is_empty() {
            return;
        }
        self.spread();
        for (at, theirs) in other.present() {
            let ours = self.block(at);
            for (ours, theirs) in ours.iter_mut().zip(theirs) {
                *ours = ours.saturating_add(*theirs);
            }
        }
    }

    /// The bins with values, ascending: the lowest value of each, and its count.
    pub(crate) fn recorded(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
        self.counted().map(|(bin, count)| (self.lowest(bin), count))
    }

    /// The highest value of the bin in which the value of this rank (from 1, ascending) lies; none when there are fewer.
    pub(crate) fn at_rank(&self, rank: u64) -> Option<u64> {
        let mut below = 0_u64;
        let (bin, _) = self.counted().find(|(_, count)| {
            below = below.saturating_add(*count);
            below >= rank
        })?;
        // The last bin ends at u64::MAX.
        Some(self.lowest(bin + 1).wrapping_sub(1))
    }

    fn count_bin(&mut self, bin: u32, times: u64) {
        if self.blocks.is_empty() {
            let found = self.few.binary_search_by_key(&bin, |(known, _)| *known);
            match found {
                Ok(at) => {
                    let count = &mut self.few[at].1;
                    *count = count.saturating_add(times);
                    return;
                }
                Err(at) if self.few.len() < FEW => {
                    self.few.insert(at, (bin, times));
                    return;
                }
                Err(_) => self.spread(),
            }
        }
        self.count_in_block(bin, times);
    }

    fn count_in_block(&mut self, bin: u32, times: u64) {
        let bin = bin as usize;
        let block = self.block(bin / BLOCK);
        block[bin % BLOCK] = block[bin % BLOCK].saturating_add(times);
    }

    /// Puts what is kept as a list into blocks.
    fn spread(&mut self) {
        for (bin, times) in std::mem::take(&mut self.few) {
            self.count_in_block(bin, times);
        }
    }

    fn counted(&self) -> impl Iterator<Item = (usize, u64)> + '_ {
        let few = self.few.iter().map(|(bin, count)| (*bin as usize, *count));
        // One of the two is empty.
        few.chain(self.present().flat_map(|(at, block)| {
            let bins = block.iter().enumerate();
            bins.filter(|(_, count)| **count > 0)
                .map(move |(bin, count)| (at * BLOCK + bin, *count))
        }))
    }

    fn present(&self) -> impl Iterator<Item = (usize, &Block)> + '_ {
        let places = self.places.iter().enumerate();
        places.filter_map(|(at, place)| Some((at, self.blocks.get(usize::from(*place))?)))
    }

    fn block(&mut self, at: usize) -> &mut Block {
        if self.places.get(at).is_none_or(|place| *place == ABSENT) {
            self.make(at);
        }
        &mut self.blocks[usize::from(self.places[at])]
    }

    #[cold]
    fn make(&mut self, at: usize) {
        if self.places.len() <= at {
            self.places.reserve_exact(at + 1 - self.places.len());
            self.places.resize(at + 1, ABSENT);
        }
        if self.blocks.len() == self.blocks.capacity() {
            // A vector would double; for many small ones a third is enough.
            self.blocks.reserve_exact(self.blocks.len() / 3 + 1);
        }
        // Four digits of 64 bits are 52,224 blocks.
        let place = self.blocks.len() as u16;
        self.places[at] = place;
        self.blocks.push([0; BLOCK]);
    }

    fn lowest(&self, bin: usize) -> u64 {
        // Four digits of 64 bits are less than a million bins.
        self.bins.lowest(bin as u32)
    }
}
