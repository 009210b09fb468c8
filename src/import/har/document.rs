use std::collections::HashMap;
use std::fmt;
use std::io::BufRead;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};
use url::Url;

use crate::import::exchange::{Exchange, SentBody, SentField};
use crate::import::{ImportError, Note};

/// Most entries that are looked at.
const MOST_ENTRIES: usize = 200_000;
/// Longest text of an answer that is kept, in bytes: values for later requests are looked for in it.
const LONGEST_ANSWER: usize = 512 * 1024;
/// Texts of answers that are kept in all, in bytes, so that a large recording needs no more memory.
const MOST_ANSWERS: usize = 64 * 1024 * 1024;
/// Longest body that is sent again, in bytes.
const LONGEST_BODY: usize = 256 * 1024;

/// What a recording has.
#[derive(Debug, Default)]
pub(super) struct Recording {
    pub exchanges: Vec<Exchange>,
    /// Titles of pages, by their ids.
    pub titles: HashMap<String, String>,
    pub notes: Vec<Note>,
}

/// Reads the entries one after the other, so that only what is needed of each is kept.
pub(super) fn read(file: &mut dyn BufRead) -> Result<Recording, ImportError> {
    skip_mark(file)?;
    let document: Document = serde_json::from_reader(&mut *file).map_err(|why| fault(&why))?;
    let log = document.log.ok_or_else(|| {
        ImportError::new(
            "is JSON, but no HAR: it has no \"log\"",
            "export the recording as HAR, or say with --format what it is",
        )
    })?;
    let entries = log.entries.ok_or_else(|| {
        ImportError::at(
            "/log",
            "has no \"entries\"",
            "export the recording again as HAR",
        )
    })?;
    let titles = log
        .pages
        .unwrap_or_default()
        .into_iter()
        .filter_map(|page| {
            let title = page.title.filter(|title| !title.trim().is_empty())?;
            Some((page.id?, title))
        });
    Ok(Recording {
        titles: titles.collect(),
        exchanges: entries.exchanges,
        notes: entries.notes,
    })
}

/// A byte order mark may be ignored (RFC 8259, 8.1).
fn skip_mark(file: &mut dyn BufRead) -> Result<(), ImportError> {
    let begins = file
        .fill_buf()
        .map_err(|why| ImportError::new(format!("cannot be read: {why}"), "try again"))?;
    if begins.starts_with(b"\xef\xbb\xbf") {
        file.consume(3);
    }
    Ok(())
}

fn fault(why: &serde_json::Error) -> ImportError {
    let place = format!("{}:{}", why.line(), why.column());
    if why.is_eof() {
        return ImportError::at(
            place,
            "ends in the middle of the recording: it was cut off",
            "export it again, and wait until the file is written",
        );
    }
    if why.is_io() {
        return ImportError::new(format!("cannot be read: {why}"), "try again");
    }
    let words = why.to_string();
    let words = words.split(" at line ").next().unwrap_or_default();
    ImportError::at(
        place,
        format!("is not a valid HAR: {words}"),
        "export the recording again as HAR 1.2",
    )
}

#[derive(Deserialize)]
struct Document {
    log: Option<Log>,
}

#[derive(Deserialize)]
struct Log {
    pages: Option<Vec<RawPage>>,
    entries: Option<Entries>,
}

#[derive(Deserialize)]
struct RawPage {
    id: Option<String>,
    title: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawEntry {
    started_date_time: Option<String>,
    time: Option<f64>,
    pageref: Option<String>,
    request: RawRequest,
    response: Option<RawResponse>,
    #[serde(rename = "_resourceType")]
    resource_type: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawRequest {
    method: String,
    url: String,
    headers: Option<Vec<Pair>>,
    post_data: Option<PostData>,
}

#[derive(Deserialize)]
struct Pair {
    name: String,
    value: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PostData {
    mime_type: Option<String>,
    text: Option<String>,
    encoding: Option<String>,
    params: Option<Vec<Param>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Param {
    name: String,
    value: Option<String>,
    file_name: Option<String>,
    content_type: Option<String>,
}

#[derive(Deserialize)]
struct RawResponse {
    status: Option<f64>,
    headers: Option<Vec<Pair>>,
    content: Option<Content>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Content {
    mime_type: Option<String>,
    text: Option<String>,
    encoding: Option<String>,
}

/// The entries, each reduced when it was read.
#[derive(Default)]
struct Entries {
    exchanges: Vec<Exchange>,
    notes: Vec<Note>,
    answers: usize,
}

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_seq(EntryVisitor)
    }
}

struct EntryVisitor;

impl<'de> Visitor<'de> for EntryVisitor {
    type Value = Entries;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a list of entries")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Entries, A::Error> {
        let mut entries = Entries::default();
        let mut number = 0;
        while let Some(entry) = seq.next_element::<RawEntry>()? {
            number += 1;
            if number <= MOST_ENTRIES {
                entries.take(number, entry);
            }
        }
        if number > MOST_ENTRIES {
            entries.note(
                None,
                format!("only the first {MOST_ENTRIES} of {number} entries were read"),
            );
        }
        Ok(entries)
    }
}

impl Entries {
    fn note(&mut self, place: Option<&str>, words: String) {
        let place = place.map(str::to_owned);
        self.notes.push(Note { place, words });
    }

    fn take(&mut self, number: usize, entry: RawEntry) {
        let place = format!("entry {number}");
        // Schemes of the browser itself: data, blob, about, chrome-extension.
        let url = match Url::parse(&entry.request.url) {
            Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => url,
            Ok(url) if matches!(url.scheme(), "ws" | "wss") => {
                self.note(Some(&place), "a WebSocket was left out".to_owned());
                return;
            }
            Ok(_) => return,
            Err(why) => {
                let shown: String = entry.request.url.chars().take(80).collect();
                self.note(
                    Some(&place),
                    format!("{shown:?} is no URL and was left out: {why}"),
                );
                return;
            }
        };
        let started = entry.started_date_time.as_deref().and_then(seconds);
        let response = entry.response;
        let (status, answer_headers, content) = match response {
            Some(response) => (
                response.status.unwrap_or(0.0),
                pairs(response.headers),
                response.content,
            ),
            None => (0.0, Vec::new(), None),
        };
        let (answer_type, answer) = match content {
            Some(content) => self.answer(content),
            None => (String::new(), None),
        };
        let body = entry
            .request
            .post_data
            .and_then(|data| self.body(&place, data));
        self.exchanges.push(Exchange {
            place,
            started,
            duration: entry
                .time
                .filter(|time| *time >= 0.0)
                .map(|time| time / 1000.0),
            method: entry.request.method.to_ascii_uppercase(),
            url,
            headers: pairs(entry.request.headers),
            body,
            status: match status {
                status if (100.0..600.0).contains(&status) => status as u16,
                _ => 0,
            },
            answer_headers,
            answer_type,
            answer,
            purpose: entry.resource_type,
            page: entry.pageref,
        });
    }

    /// The type of an answer, and its text where it is one.
    fn answer(&mut self, content: Content) -> (String, Option<String>) {
        let whole = content.mime_type.unwrap_or_default();
        let kind = whole
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase();
        let is_text = kind.starts_with("text/") || kind.contains("json") || kind.contains("xml");
        let is_asset = matches!(&*kind, "text/css" | "text/javascript");
        let text = content.text.filter(|_| is_text && !is_asset);
        let text = text.and_then(|text| match content.encoding.as_deref() {
            Some("base64") if text.len() <= 2 * LONGEST_ANSWER => {
                String::from_utf8(BASE64_STANDARD.decode(text.trim()).ok()?).ok()
            }
            Some("base64") => None,
            _ => Some(text),
        });
        let text = text.filter(|text| {
            text.len() <= LONGEST_ANSWER && self.answers + text.len() <= MOST_ANSWERS
        });
        self.answers += text.as_ref().map_or(0, String::len);
        (kind, text)
    }

    fn body(&mut self, place: &str, data: PostData) -> Option<SentBody> {
        let text = data.text.unwrap_or_default();
        let bytes = match data.encoding.as_deref() {
            Some("base64") => match BASE64_STANDARD.decode(text.trim()) {
                Ok(bytes) => bytes,
                Err(_) => {
                    self.note(
                        Some(place),
                        "its body is no base64 and was left out".to_owned(),
                    );
                    Vec::new()
                }
            },
            _ => text.into_bytes(),
        };
        let bytes = match bytes.len() > LONGEST_BODY {
            true => {
                let words = format!(
                    "its body of {} bytes was left out: it is too long for a script",
                    bytes.len()
                );
                self.note(Some(place), words);
                Vec::new()
            }
            false => bytes,
        };
        let fields: Vec<SentField> = data
            .params
            .unwrap_or_default()
            .into_iter()
            .map(|param| SentField {
                name: param.name,
                value: param.value.unwrap_or_default(),
                filename: param.file_name,
                content_type: param.content_type,
            })
            .collect();
        let content_type = data.mime_type.unwrap_or_default();
        (!bytes.is_empty() || !fields.is_empty()).then_some(SentBody {
            content_type,
            bytes,
            fields,
        })
    }
}

fn pairs(pairs: Option<Vec<Pair>>) -> Vec<(String, String)> {
    let pairs = pairs.unwrap_or_default().into_iter();
    pairs
        .map(|pair| (pair.name, pair.value.unwrap_or_default()))
        .collect()
}

/// Seconds since 1970 of a time in ISO 8601.
fn seconds(text: &str) -> Option<f64> {
    let time: jiff::Timestamp = text.parse().ok()?;
    Some(time.as_nanosecond() as f64 / 1e9)
}
