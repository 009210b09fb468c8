//! The blocks of a run: at most [`MAX_BLOCKS`], however long it lasts.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;

use super::model::{Block, Label};

/// Most blocks of a run; when it has as many, pairs are merged.
pub const MAX_BLOCKS: usize = 720;

/// Most bytes of a run's blocks, as they are kept: a run of many endpoints has fewer and longer blocks.
pub const MAX_BYTES: usize = 8 << 20;

/// Fewest blocks to which a run is merged because of its bytes.
const FEWEST: usize = 120;

/// Why the bytes of a block are none.
#[derive(Debug, thiserror::Error)]
pub enum Damage {
    #[error(transparent)]
    Form(#[from] postcard::Error),
    #[error(transparent)]
    Bytes(#[from] std::io::Error),
}

/// A block as it is kept: small.
pub fn encode(block: &Block) -> Result<Vec<u8>, Damage> {
    let plain = postcard::to_stdvec(block)?;
    let mut packed = DeflateEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(&plain)?;
    Ok(packed.finish()?)
}

/// The block of these bytes.
///
/// # Errors
/// When they are damaged.
pub fn decode(bytes: &[u8]) -> Result<Block, Damage> {
    let mut plain = Vec::new();
    DeflateDecoder::new(bytes).read_to_end(&mut plain)?;
    Ok(postcard::from_bytes(&plain)?)
}

/// Blocks with numbers, oldest first, and the labels of what they count.
#[derive(Clone, Debug)]
pub struct Timeline {
    labels: Vec<Label>,
    numbers: BTreeMap<Label, u32>,
    blocks: Vec<Vec<u8>>,
    bytes: usize,
    /// Intervals of a block.
    stride: u64,
    most: (usize, usize),
}

impl Default for Timeline {
    fn default() -> Self {
        Self::with_bounds(MAX_BLOCKS, MAX_BYTES)
    }
}

impl Timeline {
    /// At most so many blocks and bytes.
    pub fn with_bounds(blocks: usize, bytes: usize) -> Self {
        Self {
            labels: Vec::new(),
            numbers: BTreeMap::new(),
            blocks: Vec::new(),
            bytes: 0,
            stride: 1,
            most: (blocks, bytes),
        }
    }

    /// Intervals that the next block should have.
    pub fn stride(&self) -> u64 {
        self.stride
    }

    pub fn labels(&self) -> &[Label] {
        &self.labels
    }

    /// As they are kept.
    pub fn encoded(&self) -> &[Vec<u8>] {
        &self.blocks
    }

    /// The number of a label.
    pub fn number(&mut self, label: Label) -> u32 {
        if let Some(number) = self.numbers.get(&label) {
            return *number;
        }
        // The bounds of metrics leave some thousands.
        let number = self.labels.len() as u32;
        self.labels.push(label.clone());
        self.numbers.insert(label, number);
        number
    }

    /// Adds a block; whether pairs were merged, so that all blocks are others.
    ///
    /// # Errors
    /// Never of blocks that this encoded.
    pub fn push(&mut self, block: &Block) -> Result<bool, Damage> {
        let bytes = encode(block)?;
        self.bytes += bytes.len();
        self.blocks.push(bytes);
        let (blocks, bytes) = self.most;
        let many = self.blocks.len() >= blocks;
        let large = self.bytes > bytes && self.blocks.len() > FEWEST.min(blocks);
        if !many && !large {
            return Ok(false);
        }
        self.halve()?;
        Ok(true)
    }

    /// Adds to the last block what is too short to be one; it becomes a block where there is none. Whether pairs were merged.
    ///
    /// # Errors
    /// Never of blocks that this encoded.
    pub fn add_to_last(&mut self, rest: Block) -> Result<bool, Damage> {
        let Some(last) = self.blocks.pop() else {
            return self.push(&rest);
        };
        self.bytes -= last.len();
        let mut last = decode(&last)?;
        last.add(rest);
        self.push(&last)
    }

    fn halve(&mut self) -> Result<(), Damage> {
        let mut merged = Vec::with_capacity(self.blocks.len().div_ceil(2));
        for pair in self.blocks.chunks(2) {
            let mut block = decode(&pair[0])?;
            if let Some(next) = pair.get(1) {
                block.add(decode(next)?);
            }
            merged.push(encode(&block)?);
        }
        self.bytes = merged.iter().map(Vec::len).sum();
        self.blocks = merged;
        self.stride *= 2;
        Ok(())
    }

    /// All blocks, oldest first.
    ///
    /// # Errors
    /// Never of blocks that this encoded.
    pub fn blocks(&self) -> Result<Vec<Block>, Damage> {
        self.blocks.iter().map(|bytes| decode(bytes)).collect()
    }
}
