//! A file as rows.

use std::collections::HashMap;
use std::fmt;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::OnceLock;

use serde::de::{Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};

use crate::text::json_input;

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// RFC 4180 with a header row; all fields are strings.
    Csv,
    /// The same with this byte between the fields.
    Separated(u8),
    /// One JSON array; each element is a row.
    Json,
    /// A JSON value on each line that is not blank; each is a row.
    JsonLines,
    /// Text; all of it is one row.
    Text,
}

/// A feed by its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Key {
    pub(crate) kind: Kind,
    pub(crate) digest: [u8; 32],
}

/// What is wrong with a file; follows its name: ` line 7 has 3 fields, the header has 4`.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum FeedError {
    #[error(" is empty, a header row was expected")]
    NoHeader,
    #[error(
        ": its header has {0:?} between the fields and no comma; say so by data.csv(path, {{ separator = {0:?} }})"
    )]
    Separator(char),
    #[error(": field {0} of the header has no name")]
    NoName(usize),
    #[error(": the header has the name {0:?} twice")]
    TwoNames(String),
    #[error(" line {line} has {fields} fields, the header has {expected}")]
    Fields {
        line: u64,
        fields: u64,
        expected: u64,
    },
    #[error(" line {line} is not UTF-8")]
    Encoding { line: u64 },
    #[error(": {0}")]
    Csv(String),
    #[error(" is not a JSON array: {0}")]
    Json(String),
    #[error(" line {line} is not JSON: {why}")]
    JsonLine { line: usize, why: String },
    #[error(" is not UTF-8 at byte {0}")]
    Text(usize),
    #[error(" has more than 4 GiB of text")]
    Size,
}

/// The rows of a file, packed: the text of all fields and where each ends.
#[derive(Debug, Serialize, Deserialize)]
pub struct Feed {
    key: Key,
    /// The columns of a CSV file; empty for JSON, where a row is one field with the text of the element.
    names: Vec<Box<str>>,
    text: String,
    ends: Vec<u32>,
    /// See [`Feed::row_keys`]; made when they are asked for.
    #[serde(skip)]
    keys: OnceLock<Box<[u64]>>,
}

impl Feed {
    pub(crate) fn parse(key: Key, bytes: &[u8]) -> Result<Self, FeedError> {
        let bytes = json_input::without_mark(bytes);
        let mut feed = Feed {
            key,
            names: Vec::new(),
            text: String::new(),
            ends: Vec::new(),
            keys: OnceLock::new(),
        };
        match key.kind {
            Kind::Csv => feed.read_csv(bytes, b',')?,
            Kind::Separated(separator) => feed.read_csv(bytes, separator)?,
            Kind::Json => feed.read_json(bytes)?,
            Kind::JsonLines => feed.read_lines(bytes)?,
            Kind::Text => {
                let text = std::str::from_utf8(bytes);
                feed.add(text.map_err(|why| FeedError::Text(why.valid_up_to()))?)?;
            }
        }
        feed.text.shrink_to_fit();
        feed.ends.shrink_to_fit();
        Ok(feed)
    }

    pub(crate) fn key(&self) -> Key {
        self.key
    }

    /// SHA-256 of the file.
    pub fn digest(&self) -> &[u8] {
        &self.key.digest
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.ends.len() / self.names.len().max(1)
    }

    /// True without a row.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// What tells each row from all others by what it says: its fields by name, in any order of the columns; and which of
    /// those that say the same it is.
    pub(crate) fn row_keys(&self) -> &[u64] {
        self.keys.get_or_init(|| {
            let width = self.names.len().max(1);
            let mut columns: Vec<usize> = (0..width).collect();
            columns.sort_by_key(|column| self.names.get(*column));
            let mut twins: HashMap<u64, u32> = HashMap::new();
            let key = |row: usize| {
                let mut said = DefaultHasher::new();
                for column in &columns {
                    self.names.get(*column).hash(&mut said);
                    self.field(row * width + column).hash(&mut said);
                }
                let said = said.finish();
                let twin = twins.entry(said).or_default();
                *twin += 1;
                let mut key = DefaultHasher::new();
                (said, *twin).hash(&mut key);
                key.finish()
            };
            (0..self.len()).map(key).collect()
        })
    }

    /// How the file is written.
    pub(crate) fn kind(&self) -> Kind {
        self.key.kind
    }

    /// The columns of a CSV file; empty for JSON.
    pub(crate) fn names(&self) -> &[Box<str>] {
        &self.names
    }

    /// A field, counted over all rows.
    pub(crate) fn field(&self, index: usize) -> &str {
        let from = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[from as usize..self.ends[index] as usize]
    }

    fn add(&mut self, field: &str) -> Result<(), FeedError> {
        self.text.push_str(field);
        self.ends
            .push(u32::try_from(self.text.len()).map_err(|_| FeedError::Size)?);
        Ok(())
    }

    fn read_csv(&mut self, bytes: &[u8], separator: u8) -> Result<(), FeedError> {
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(separator)
            .from_reader(bytes);
        let header = reader.headers().map_err(fault)?;
        // As spreadsheets write it where the comma is in numbers: read with commas, each row would be one field.
        if let (b',', 1, Some(whole)) = (separator, header.len(), header.get(0))
            && let Some(other) = whole.chars().find(|letter| matches!(letter, ';' | '\t'))
        {
            return Err(FeedError::Separator(other));
        }
        for (place, name) in header.iter().enumerate() {
            if name.is_empty() {
                return Err(FeedError::NoName(place + 1));
            }
            if self.names.iter().any(|known| **known == *name) {
                return Err(FeedError::TwoNames(name.to_owned()));
            }
            self.names.push(name.into());
        }
        if self.names.is_empty() {
            return Err(FeedError::NoHeader);
        }
        let mut record = csv::StringRecord::new();
        while reader.read_record(&mut record).map_err(fault)? {
            for field in &record {
                self.add(field)?;
            }
        }
        Ok(())
    }

    fn read_json(&mut self, bytes: &[u8]) -> Result<(), FeedError> {
        let mended = json_input::mended(bytes);
        let bytes = mended.as_deref().unwrap_or(bytes);
        let mut text = serde_json::Deserializer::from_slice(bytes);
        let read = text.deserialize_seq(Elements(self));
        read.and_then(|()| text.end())
            .map_err(|error| FeedError::Json(error.to_string()))?;
        if json_input::has_long_number(bytes) {
            (self.text, self.ends) = (String::new(), Vec::new());
            self.keep_as_written(bytes)?;
        }
        Ok(())
    }

    fn read_lines(&mut self, bytes: &[u8]) -> Result<(), FeedError> {
        for (number, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
            let line = line.trim_ascii();
            if line.is_empty() {
                continue;
            }
            let mended = json_input::mended(line);
            let line = mended.as_deref().unwrap_or(line);
            let fault = |why: String| FeedError::JsonLine {
                line: number + 1,
                why,
            };
            // As it is written: numbers have more digits than a float keeps.
            serde_json::from_slice::<IgnoredAny>(line).map_err(|why| fault(why.to_string()))?;
            let text = std::str::from_utf8(line).map_err(|why| fault(why.to_string()))?;
            self.add(text)?;
        }
        Ok(())
    }

    /// The elements of an array that was read already, each as it is written: numbers have more digits than a float keeps.
    fn keep_as_written(&mut self, bytes: &[u8]) -> Result<(), FeedError> {
        let mut rest = bytes.trim_ascii_start();
        // The bracket of the array stands before the first element, a comma before each other.
        while let Some((b'[' | b',', behind)) = rest.split_first() {
            let mut elements =
                serde_json::Deserializer::from_slice(behind).into_iter::<IgnoredAny>();
            let Some(Ok(_)) = elements.next() else {
                // An empty array.
                break;
            };
            let (element, behind) = behind.split_at(elements.byte_offset());
            self.add(&String::from_utf8_lossy(element.trim_ascii()))?;
            rest = behind.trim_ascii_start();
        }
        Ok(())
    }
}

/// A fault of the csv reader with the line where it stands.
fn fault(error: csv::Error) -> FeedError {
    let line = error.position().map_or(1, csv::Position::line);
    match error.kind() {
        csv::ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => FeedError::Fields {
            line,
            fields: *len,
            expected: *expected_len,
        },
        csv::ErrorKind::Utf8 { .. } => FeedError::Encoding { line },
        _ => FeedError::Csv(error.to_string()),
    }
}

/// Takes the elements of the array one by one and keeps each as compact text.
struct Elements<'a>(&'a mut Feed);

impl<'de> Visitor<'de> for Elements<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        while let Some(element) = elements.next_element::<serde_json::Value>()? {
            self.0
                .add(&element.to_string())
                .map_err(serde::de::Error::custom)?;
        }
        Ok(())
    }
}
