//! Opens what `--from` names: a file, packed or not, or what a URL answers with.

use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, Read};
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use flate2::bufread::MultiGzDecoder;
use url::Url;

use crate::app::process::exit::Failure;
use crate::http::redirect;
use crate::http::{Client, Headers, Method, Origin, Request, Settings, Transport};
use crate::import::HEAD;
use crate::text;

/// Longest answer of a URL, in bytes.
const LONGEST_ANSWER: usize = 256 * 1024 * 1024;
/// Longest file once it is unpacked, in bytes.
const LONGEST_FILE: u64 = 4 * 1024 * 1024 * 1024;
/// For the whole answer.
const FETCH_TIMEOUT: Duration = Duration::from_secs(60);
/// As browsers follow.
const MOST_REDIRECTS: usize = 10;

/// A file that was opened, unpacked where it is packed.
pub type Source = Box<dyn BufRead>;

/// Opens a file.
///
/// # Errors
/// Names the file and the cause.
pub(super) fn open(path: &Path) -> Result<Source, Failure> {
    let failed = |why: &dyn std::fmt::Display| {
        let path = path.display().to_string();
        Failure::Usage(format!(
            "--from {}: cannot be read: {why}",
            text::line(&path)
        ))
    };
    let file = File::open(path).map_err(|why| failed(&why))?;
    let metadata = file.metadata().map_err(|why| failed(&why))?;
    if metadata.is_dir() {
        return Err(failed(&"it is a folder; give a file"));
    }
    unpacked(Box::new(BufReader::with_capacity(HEAD, file))).map_err(|why| failed(&why))
}

/// Gets what a URL answers with.
///
/// # Errors
/// Names the URL and the cause.
pub(super) fn fetch(url: &Url) -> Result<Source, Failure> {
    let failed = |why: String| {
        let mut shown = url.clone();
        // Credentials are not shown.
        let _ = shown.set_password(None);
        Failure::Run(format!("--from {shown}: {why}"))
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|why| Failure::Machine(why.into()))?;
    let body = runtime.block_on(get(url)).map_err(failed)?;
    unpacked(Box::new(BufReader::with_capacity(HEAD, Cursor::new(body))))
        .map_err(|why| failed(why.to_string()))
}

async fn get(url: &Url) -> Result<Bytes, String> {
    let settings = Settings {
        body_limit: LONGEST_ANSWER,
        request_timeout: FETCH_TIMEOUT,
        ..Settings::default()
    };
    let loaded = settings.load().map_err(|why| why.to_string())?;
    let client = Client::new(Transport::new(loaded));
    let mut target = url.path().to_owned();
    if let Some(query) = url.query() {
        target = format!("{target}?{query}");
    }
    let mut headers = Headers::new();
    let accept = "application/json, application/yaml, */*";
    headers
        .push("Accept", accept)
        .map_err(|why| why.to_string())?;
    let mut request = Request {
        method: Method::GET,
        origin: Rc::new(Origin::of(url).map_err(|why| why.to_string())?),
        target,
        headers,
        default_headers: None,
        body: Bytes::new(),
        timeout: None,
    };
    for _ in 0..=MOST_REDIRECTS {
        let response = client
            .send(&request)
            .await
            .map_err(|why| why.message.clone())?;
        request = match redirect::next(&request, &response) {
            Some(next) => next.map_err(|why| why.message.clone())?,
            None if (200..300).contains(&response.status) => return Ok(response.body),
            None => {
                let status = response.status;
                return Err(format!(
                    "answers with the status {status}; give a URL of the file itself"
                ));
            }
        };
    }
    Err(format!("redirects more than {MOST_REDIRECTS} times"))
}

/// Unpacks gzip, which its first two bytes show.
fn unpacked(mut source: Source) -> std::io::Result<Source> {
    let is_packed = source.fill_buf()?.starts_with(&[0x1f, 0x8b]);
    if !is_packed {
        return Ok(source);
    }
    let whole = MultiGzDecoder::new(source).take(LONGEST_FILE);
    Ok(Box::new(BufReader::with_capacity(HEAD, whole)))
}
