//! The text of a document that is a file or a page of the web, within bounds.

use std::io::Read;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use tokio::task::LocalSet;
use url::Url;

use crate::cli::DocumentSource;
use crate::http::{
    Client, LoadedSettings, Method, Origin, Reach, Request, Settings, SettingsError, Transport,
    redirect,
};

/// Longest time that a document may take to come.
const PATIENCE: Duration = Duration::from_secs(20);

/// Redirects that are followed to one.
const MAX_REDIRECTS: usize = 5;

/// The text of a document of at most so many bytes. `settings` say how one of the web is fetched: over which proxy, with which
/// certificates.
///
/// # Errors
/// What keeps it from being read, without the name of the source.
pub fn read(source: &DocumentSource, settings: &Settings, most: usize) -> Result<String, String> {
    let bytes = match source {
        DocumentSource::File(file) => file_bytes(file, most)?,
        DocumentSource::Url(url) => {
            let settings = fetching(settings, most);
            let loaded = settings
                .load()
                .map_err(|why: SettingsError| why.to_string())?;
            page_bytes(&loaded, url)?
        }
    };
    String::from_utf8(bytes).map_err(|why| {
        let at = why.utf8_error().valid_up_to();
        format!("is not UTF-8: byte {} is none of it", at + 1)
    })
}

fn file_bytes(file: &Path, most: usize) -> Result<Vec<u8>, String> {
    let opened = std::fs::File::open(file).map_err(|why| format!("cannot be read: {why}"))?;
    let mut bytes = Vec::new();
    let mut opened = opened.take(most as u64 + 1);
    let read = opened.read_to_end(&mut bytes);
    read.map_err(|why| format!("cannot be read: {why}"))?;
    match bytes.len() > most {
        true => Err(format!("is longer than {} MiB", most >> 20)),
        false => Ok(bytes),
    }
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

fn page_bytes(loaded: &LoadedSettings, url: &Url) -> Result<Vec<u8>, String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|why| format!("cannot be fetched: {why}"))?;
    let fetched = LocalSet::new().block_on(&runtime, async {
        let fetch = fetch(loaded, url);
        tokio::time::timeout(PATIENCE, fetch)
            .await
            .unwrap_or_else(|_| Err(format!("cannot be fetched within {} s", PATIENCE.as_secs())))
    });
    // A look-up of a name cannot be called off; nobody waits for it.
    runtime.shutdown_background();
    fetched
}

async fn fetch(loaded: &LoadedSettings, url: &Url) -> Result<Vec<u8>, String> {
    let client = Client::new(Transport::new(loaded.clone()));
    let origin = Origin::of(url).map_err(|why| format!("cannot be fetched: the URL {why}"))?;
    let target = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    let mut request = Request::new(Method::GET, Rc::new(origin), target);
    for _ in 0..=MAX_REDIRECTS {
        let response = client.send(&request).await;
        let response = response.map_err(|why| format!("cannot be fetched: {}", why.message))?;
        if let Some(next) = redirect::next(&request, &response) {
            request = next.map_err(|why| format!("cannot be fetched: {}", why.message))?;
            continue;
        }
        return match response.status {
            200..=299 => Ok(response.body.to_vec()),
            status => Err(format!("cannot be fetched: the answer is status {status}")),
        };
    }
    Err(format!(
        "cannot be fetched: more than {MAX_REDIRECTS} redirects"
    ))
}
