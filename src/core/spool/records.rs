//! The records of a worker that nobody acknowledged yet, one after the other in a file.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::fs::{FlockOperation, flock};
use serde::{Deserialize, Serialize};

use super::counts::Counts;

/// The longest header: a line of JSON.
const HEADER: usize = 4096;
/// Length, number, and whether it is the last, before the bytes of a record.
const FRAME: usize = 4 + 8 + 1;

/// Whose records they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    pub run: String,
    /// The place of the worker in the run.
    pub index: usize,
    /// Identifies the process among all that have had that place.
    pub incarnation: String,
    /// The name of the worker.
    pub name: String,
    /// Tells apart the servers where records go.
    pub server: String,
}

/// A record as it is published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub n: u64,
    /// Nothing comes after it.
    pub last: bool,
    pub body: Vec<u8>,
}

/// The files of one worker in one run.
#[derive(Debug)]
pub struct Spool {
    counts: Arc<Counts>,
    file: File,
    path: PathBuf,
    /// Where records begin.
    header: u64,
    length: u64,
    /// There was no room for a record: it takes no more.
    is_full: bool,
}

impl Owner {
    /// What its files are called, if it can be the name of a file.
    fn stem(&self) -> Option<String> {
        let plain =
            |text: &str| !text.is_empty() && text.bytes().all(|c| c.is_ascii_alphanumeric());
        let is_plain = plain(&self.run) && plain(&self.incarnation);
        is_plain.then(|| format!("{}-{}-{}", self.run, self.index, self.incarnation))
    }
}

impl Spool {
    /// New files in this folder, which only this user reads; so many ways by which requests leave.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn begin(folder: &Path, owner: &Owner, ways: usize) -> io::Result<Self> {
        let stem = owner.stem().ok_or(io::ErrorKind::InvalidInput)?;
        let mut header = serde_json::to_vec(owner).map_err(io::Error::other)?;
        header.push(b'\n');
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
        let path = folder.join(format!("{stem}.spool"));
        let mut file = create(&path)?;
        let begun = file.write_all(&header).and_then(|()| {
            // Who looks for files that were left finds it under its name once it is locked.
            let unfinished = folder.join(format!(".{stem}.counts"));
            let counts = create(&unfinished)?;
            flock(&counts, FlockOperation::NonBlockingLockExclusive)?;
            let begun = Counts::begin(counts, ways);
            let begun = begun.and_then(|counts| {
                std::fs::rename(&unfinished, counts_of(&path))?;
                Ok(counts)
            });
            begun.inspect_err(|_| drop(std::fs::remove_file(&unfinished)))
        });
        let counts = begun.inspect_err(|_| drop(std::fs::remove_file(&path)))?;
        Ok(Self {
            counts: Arc::new(counts),
            file,
            path,
            header: header.len() as u64,
            length: header.len() as u64,
            is_full: false,
        })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn counts(&self) -> &Arc<Counts> {
        &self.counts
    }

    /// Bytes of records in the file.
    pub fn len(&self) -> u64 {
        self.length - self.header
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Keeps a record that is about to be published.
    ///
    /// # Errors
    /// When there is no room for it, which is said once: those before it are as they were, and those after it are not kept.
    pub fn append(&mut self, record: &Record) -> io::Result<()> {
        self.counts.made(record.n);
        if self.is_full {
            return Ok(());
        }
        let length = u32::try_from(record.body.len()).map_err(io::Error::other)?;
        let mut bytes = Vec::with_capacity(FRAME + record.body.len());
        bytes.extend_from_slice(&length.to_le_bytes());
        bytes.extend_from_slice(&record.n.to_le_bytes());
        bytes.push(u8::from(record.last));
        bytes.extend_from_slice(&record.body);
        let written = self.file.write_all_at(&bytes, self.length);
        if let Err(why) = written {
            let _ = self.file.set_len(self.length);
            self.is_full = true;
            return Err(why);
        }
        self.length += bytes.len() as u64;
        Ok(())
    }

    /// The record of this number and those before it are known elsewhere; `all`: there are none after it.
    pub fn acknowledged(&mut self, number: u64, all: bool) {
        self.counts.acknowledged(number);
        // What stays is skipped by its number.
        if all && self.file.set_len(self.header).is_ok() {
            self.length = self.header;
        }
    }

    /// Nothing in it is wanted any more.
    pub fn remove(self) {
        remove(&self.path);
    }
}

/// Where the counts are that belong to these records.
pub(super) fn counts_of(records: &Path) -> PathBuf {
    records.with_extension("counts")
}

/// Removes both files.
pub(super) fn remove(records: &Path) {
    let _ = std::fs::remove_file(records);
    let _ = std::fs::remove_file(counts_of(records));
}

/// A new file that only this user reads.
fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    let options = options.read(true).write(true).create_new(true);
    options.mode(0o600).open(path)
}

/// Reads what a process left: whose it is, and the records that are whole. One that is not was never published.
///
/// # Errors
/// When it is no such file.
pub(super) fn read(mut file: impl Read) -> io::Result<(Owner, Vec<Record>)> {
    let mut all = Vec::new();
    file.read_to_end(&mut all)?;
    let end = all.iter().take(HEADER).position(|byte| *byte == b'\n');
    let end = end.ok_or(io::ErrorKind::InvalidData)?;
    let owner = serde_json::from_slice(&all[..end]).map_err(io::Error::other)?;
    let mut rest = &all[end + 1..];
    let mut records = Vec::new();
    while let Some((frame, after)) = rest.split_at_checked(FRAME) {
        let (length, number) = (frame.first_chunk::<4>(), frame[4..].first_chunk::<8>());
        let (Some(length), Some(number)) = (length, number) else {
            break;
        };
        let length = u32::from_le_bytes(*length) as usize;
        let Some((body, after)) = after.split_at_checked(length) else {
            break;
        };
        records.push(Record {
            n: u64::from_le_bytes(*number),
            last: frame[FRAME - 1] != 0,
            body: body.to_vec(),
        });
        rest = after;
    }
    Ok((owner, records))
}
