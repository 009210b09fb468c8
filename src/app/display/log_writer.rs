//! Writes the log: secrets are masked in each entry, and control characters escaped.

use std::io::{self, Write};

use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::writer::BoxMakeWriter;

use crate::secrets::SharedMasker;
use crate::text;

/// A writer for `tracing_subscriber`, which hands over each entry as one piece on the thread that made it.
pub struct MaskedWriter {
    writer: BoxMakeWriter,
    secrets: SharedMasker,
    /// Whether entries are JSON.
    json: bool,
}

impl MaskedWriter {
    /// Masks what goes to `writer`.
    pub fn new(writer: BoxMakeWriter, secrets: SharedMasker, json: bool) -> Self {
        Self {
            writer,
            secrets,
            json,
        }
    }
}

impl<'a> MakeWriter<'a> for MaskedWriter {
    type Writer = Entry<'a>;

    fn make_writer(&'a self) -> Self::Writer {
        Entry {
            to: self,
            bytes: Vec::new(),
        }
    }
}

/// One entry of the log; it is written as a whole when it is dropped.
pub struct Entry<'a> {
    to: &'a MaskedWriter,
    bytes: Vec<u8>,
}

impl Write for Entry<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.bytes.is_empty() {
            return Ok(());
        }
        let text = String::from_utf8_lossy(&self.bytes);
        let secrets = self.to.secrets.get();
        let masked = match self.to.json {
            true => secrets.quoted(&text),
            false => secrets.text(&text),
        };
        // The lines of text are made fit where they are made, and may be coloured.
        let shown = match self.to.json {
            true => text::json(&masked),
            false => masked.as_ref().into(),
        };
        self.to.writer.make_writer().write_all(shown.as_bytes())?;
        self.bytes.clear();
        Ok(())
    }
}

impl Drop for Entry<'_> {
    fn drop(&mut self) {
        // A terminal that is gone has nobody to tell.
        let _ = self.flush();
    }
}
