use std::collections::BTreeMap;

use crate::import::Note;
use crate::import::exchange::Exchange;

/// What of a recording becomes requests.
pub(super) struct Kept<'a> {
    pub base_url: String,
    pub exchanges: Vec<&'a Exchange>,
}

/// Ends of paths that are assets of a page.
const ASSETS: [&str; 22] = [
    ".css", ".js", ".mjs", ".map", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".svg",
    ".ico", ".woff", ".woff2", ".ttf", ".otf", ".eot", ".mp4", ".webm", ".mp3", ".wasm", ".bmp",
];

/// Whether a request loads what belongs to a page: a page of a script loads that by itself.
pub(super) fn is_asset(exchange: &Exchange) -> bool {
    let purpose = exchange.purpose.as_deref().unwrap_or_default();
    match purpose {
        "document" | "xhr" | "fetch" | "eventsource" => return false,
        "image"
        | "stylesheet"
        | "script"
        | "font"
        | "media"
        | "texttrack"
        | "manifest"
        | "preflight"
        | "ping"
        | "csp-violation-report"
        | "signed-exchange" => return true,
        _ => {}
    }
    if exchange.method != "GET" {
        return false;
    }
    let kind = exchange.answer_type.as_str();
    let path = exchange.url.path().to_ascii_lowercase();
    kind.starts_with("image/")
        || kind.starts_with("font/")
        || kind.starts_with("audio/")
        || kind.starts_with("video/")
        || matches!(
            kind,
            "text/css"
                | "text/javascript"
                | "application/javascript"
                | "application/x-javascript"
                | "application/manifest+json"
        )
        || ASSETS.iter().any(|end| path.ends_with(end))
}

/// Whether a request loads a page.
pub(super) fn is_page(exchange: &Exchange) -> bool {
    let is_html = matches!(
        &*exchange.answer_type,
        "text/html" | "application/xhtml+xml"
    );
    let is_document = match exchange.purpose.as_deref() {
        Some("document") => true,
        Some("xhr" | "fetch") => false,
        _ => is_html && exchange.header("x-requested-with").is_none(),
    };
    exchange.method == "GET" && is_document && is_html
}

/// Whether a browser asks first whether it may send (Fetch, CORS).
fn is_preflight(exchange: &Exchange) -> bool {
    exchange.method == "OPTIONS" && exchange.header("access-control-request-method").is_some()
}

/// The requests of pages and APIs on the site that was recorded; the rest is counted in notes.
pub(super) fn kept<'a>(exchanges: &'a [Exchange], notes: &mut Vec<Note>) -> Kept<'a> {
    let sent = exchanges
        .iter()
        .filter(|exchange| !is_asset(exchange) && !is_preflight(exchange));
    let base = base_of(sent.clone());
    let site = site_of(&base);
    let mut foreign: BTreeMap<String, usize> = BTreeMap::new();
    let mut kept = Vec::new();
    for exchange in sent {
        let origin = exchange.origin();
        if origin == base || site_of(&origin) == site {
            kept.push(exchange);
        } else {
            *foreign.entry(origin).or_default() += 1;
        }
    }
    for (origin, count) in foreign {
        let words = format!("{count} requests to {origin}, another site, were left out");
        notes.push(Note { place: None, words });
    }
    let has_times = kept.iter().all(|exchange| exchange.started.is_some());
    if has_times {
        kept.sort_by(|a, b| {
            a.started
                .partial_cmp(&b.started)
                .unwrap_or(std::cmp::Ordering::Equal)
        });
    } else if !kept.is_empty() {
        let words = "has no times: think times are a guess".to_owned();
        notes.push(Note { place: None, words });
    }
    Kept {
        base_url: base,
        exchanges: kept,
    }
}

/// The origin of the first page, else the one with most requests.
fn base_of<'a>(sent: impl Iterator<Item = &'a Exchange> + Clone) -> String {
    if let Some(page) = sent.clone().find(|exchange| is_page(exchange)) {
        return page.origin();
    }
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for exchange in sent {
        *counts.entry(exchange.origin()).or_default() += 1;
    }
    let most = counts.into_iter().max_by_key(|(_, count)| *count);
    most.map(|(origin, _)| origin).unwrap_or_default()
}

/// What hosts of one owner share, such as `example.org` of `api.example.org`; a host without it is its own site.
fn site_of(origin: &str) -> String {
    let host = origin.split("://").nth(1).unwrap_or(origin);
    let host = host.split(':').next().unwrap_or(host);
    let is_name = host.parse::<std::net::IpAddr>().is_err() && !host.starts_with('[');
    let domain = is_name
        .then(|| public_suffix::registrable_domain(host))
        .flatten();
    domain.map_or_else(|| origin.to_owned(), str::to_owned)
}
