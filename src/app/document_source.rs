//! What a document says that is a file, packed or not, or a page of the web, within bounds.

use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, Read};
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use flate2::bufread::MultiGzDecoder;
use tokio::task::LocalSet;
use url::Url;

use crate::cli::DocumentSource;
use crate::http::{
    Client, LoadedSettings, Method, Origin, Reach, Request, Settings, SettingsError, Transport,
    redirect,
};
use crate::import::HEAD;

/// Longest time that a document may take to come.
const PATIENCE: Duration = Duration::from_secs(20);
/// Redirects that are followed to one.
const MAX_REDIRECTS: usize = 5;
/// Longest file once it is unpacked, in bytes.
const LONGEST_FILE: u64 = 4 * 1024 * 1024 * 1024;

/// A document that was opened, unpacked where it is packed.
pub type Source = Box<dyn BufRead>;

/// The text of a document of at most `most` bytes. `settings` say how one of the web is fetched: over which proxy, with which
/// certificates.
///
/// # Errors
/// What keeps it from being read, without the name of the source.
pub fn read(source: &DocumentSource, settings: &Settings, most: usize) -> Result<String, String> {
    let source = match source {
        DocumentSource::File(file) => open(file)?,
        DocumentSource::Url(url) => fetch(url, settings, most)?,
    };
    let mut bytes = Vec::new();
    let read = source.take(most as u64 + 1).read_to_end(&mut bytes);
    read.map_err(|why| format!("cannot be read: {why}"))?;
    if bytes.len() > most {
        return Err(format!("is longer than {} MiB", most >> 20));
    }
    String::from_utf8(bytes).map_err(|why| {
        let at = why.utf8_error().valid_up_to();
        format!("is not UTF-8: byte {} is none of it", at + 1)
    })
}

/// Opens a file.
///
/// # Errors
/// The cause, without the name of the file.
pub fn open(path: &Path) -> Result<Source, String> {
    let failed = |why: std::io::Error| format!("cannot be read: {why}");
    let file = File::open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    if metadata.is_dir() {
        return Err("cannot be read: it is a folder; give a file".to_owned());
    }
    unpacked(Box::new(BufReader::with_capacity(HEAD, file))).map_err(failed)
}

/// Gets the body at a URL, up to a limit in bytes.
///
/// # Errors
/// The cause, without the URL.
pub fn fetch(url: &Url, settings: &Settings, most: usize) -> Result<Source, String> {
    let settings = fetching(settings, most);
    let loaded = settings
        .load()
        .map_err(|why: SettingsError| why.to_string())?;
    let body = Cursor::new(page_bytes(&loaded, url)?);
    unpacked(Box::new(BufReader::with_capacity(HEAD, body)))
        .map_err(|why| format!("cannot be read: {why}"))
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

/// Its own settings: whatever a run may reach, the document is where it was said to be.
fn fetching(settings: &Settings, most: usize) -> Settings {
    Settings {
        reach: Reach::anywhere(),
        body_limit: most,
        request_timeout: PATIENCE,
        run: None,
        ..settings.clone()
    }
}

fn page_bytes(loaded: &LoadedSettings, url: &Url) -> Result<Bytes, String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|why| format!("cannot be fetched: {why}"))?;
    let fetched = LocalSet::new().block_on(&runtime, async {
        let fetch = get(loaded, url);
        tokio::time::timeout(PATIENCE, fetch)
            .await
            .unwrap_or_else(|_| Err(format!("cannot be fetched within {} s", PATIENCE.as_secs())))
    });
    // A look-up of a name cannot be called off; nobody waits for it.
    runtime.shutdown_background();
    fetched
}

async fn get(loaded: &LoadedSettings, url: &Url) -> Result<Bytes, String> {
    let client = Client::new(Transport::new(loaded.clone()));
    let origin = Origin::of(url).map_err(|why| format!("cannot be fetched: the URL {why}"))?;
    let target = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    let mut request = Request::new(Method::GET, Rc::new(origin), target);
    let accept = "application/json, application/yaml, */*";
    // A value without control characters.
    let _ = request.headers.push("Accept", accept);
    for _ in 0..=MAX_REDIRECTS {
        let response = client.send(&request).await;
        let response = response.map_err(|why| format!("cannot be fetched: {}", why.message))?;
        if let Some(next) = redirect::next(&request, &response) {
            request = next.map_err(|why| format!("cannot be fetched: {}", why.message))?;
            continue;
        }
        return match response.status {
            200..=299 => Ok(response.body),
            status => Err(format!("cannot be fetched: the answer is status {status}")),
        };
    }
    Err(format!(
        "cannot be fetched: more than {MAX_REDIRECTS} redirects"
    ))
}
