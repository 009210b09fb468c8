//! The file: lines are collected to frames, and a frame is written whole or taken back, so that what the file has can be
//! read whatever happens to its disk or to this process.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use zstd::bulk::Compressor;

use crate::view::OutputReporter;

/// Bytes of lines that make a frame.
const FRAME: usize = 1 << 20;
/// How much is compressed: a request takes about 40 bytes of the file, and a core writes a million a second.
const LEVEL: i32 = 1;

/// Why there is no file.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("{0}: {1}")]
    Open(PathBuf, io::Error),
    #[error("zstd cannot be used: {0}")]
    Zstd(io::Error),
}

/// Writes lines to a file.
pub struct SamplesWriter {
    file: File,
    /// None of a file of plain lines.
    zstd: Option<Compressor<'static>>,
    /// Bytes of whole frames; none of what cannot be cut, such as a pipe.
    length: Option<u64>,
    lines: Vec<u8>,
    count: u64,
    /// When the first of the lines that wait came.
    since: Option<Instant>,
    is_broken: bool,
}

impl SamplesWriter {
    /// A file of this name, which is emptied; its lines are compressed if it ends in `.zst`.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn open(path: &Path) -> Result<Self, FileError> {
        let mut options = OpenOptions::new();
        let file = options.write(true).create(true).truncate(true).open(path);
        let file = file.map_err(|why| FileError::Open(path.to_owned(), why))?;
        let is_zstd = path.extension().is_some_and(|end| end == "zst");
        let zstd = is_zstd.then(|| Compressor::new(LEVEL)).transpose();
        let is_regular = file.metadata().is_ok_and(|meta| meta.is_file());
        Ok(Self {
            file,
            zstd: zstd.map_err(FileError::Zstd)?,
            length: is_regular.then_some(0),
            lines: Vec::with_capacity(FRAME + 4_096),
            count: 0,
            since: None,
            is_broken: false,
        })
    }

    /// Adds a line.
    pub fn add(&mut self, write: impl FnOnce(&mut Vec<u8>), reporter: &OutputReporter) {
        write(&mut self.lines);
        self.count += 1;
        self.since.get_or_insert_with(Instant::now);
        if self.lines.len() >= FRAME {
            self.flush(reporter);
        }
    }

    /// Since when there are lines that are in no file.
    pub fn waiting_since(&self) -> Option<Instant> {
        self.since
    }

    /// Writes the lines that wait; those of a frame that cannot be written are dropped.
    pub fn flush(&mut self, reporter: &OutputReporter) {
        let count = std::mem::take(&mut self.count);
        self.since = None;
        if count == 0 {
            return;
        }
        match self.write_frame() {
            Ok(()) => {
                reporter.sent(count);
                if std::mem::take(&mut self.is_broken) {
                    let status = reporter.status();
                    tracing::info!("samples are written to {} again", status.destination);
                }
            }
            Err(why) => {
                let why = why.to_string();
                reporter.failed(&why);
                reporter.dropped(count, &why);
                if !std::mem::replace(&mut self.is_broken, true) {
                    let status = reporter.status();
                    tracing::error!(
                        "samples cannot be written to {}, and are dropped until they can: {why}",
                        status.destination
                    );
                }
            }
        }
        self.lines.clear();
    }

    /// Writes the last lines.
    pub fn finish(mut self, reporter: &OutputReporter) {
        self.flush(reporter);
        if let Err(why) = self.file.sync_all()
            && self.length.is_some()
        {
            let status = reporter.status();
            tracing::error!("samples may not be whole in {}: {why}", status.destination);
        }
    }

    fn write_frame(&mut self) -> io::Result<()> {
        let frame = match &mut self.zstd {
            Some(zstd) => &zstd.compress(&self.lines)?,
            None => &self.lines,
        };
        let written = self.file.write_all(frame);
        let Some(length) = &mut self.length else {
            return written;
        };
        match written {
            Ok(()) => *length += frame.len() as u64,
            Err(why) => {
                // Half a frame would keep all after it from being read.
                self.file.set_len(*length)?;
                self.file.seek(SeekFrom::Start(*length))?;
                return Err(why);
            }
        }
        Ok(())
    }
}
