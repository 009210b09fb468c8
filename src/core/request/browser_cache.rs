//! A browser's cache, of one user: what it may use again without asking, and how it asks whether it still may (RFC 9111,
//! a private cache). Nobody reads an asset, so that it keeps no bodies.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use crate::http::Headers;

/// Assets that one user keeps; beyond, the one that was used longest ago goes.
const MOST: usize = 1_000;
/// The share of its age for which an asset without a lifetime is taken to be fresh (RFC 9111, 4.2.2).
const HEURISTIC_SHARE: f64 = 0.1;
/// The longest such time, as Firefox has it.
const LONGEST_HEURISTIC: Duration = Duration::from_secs(7 * 24 * 3600);
/// The longest validator that is kept, in bytes.
const LONGEST_VALIDATOR: usize = 512;
/// No lifetime counts for longer.
const LONGEST: Duration = Duration::from_secs(10 * 365 * 24 * 3600);

/// What a user has of earlier pages.
#[derive(Default)]
pub struct BrowserCache {
    /// By URL; its hash is enough to tell the assets of a site apart.
    entries: HashMap<u64, Entry>,
    uses: u64,
}

struct Entry {
    fresh_until: Option<Instant>,
    lifetime: Duration,
    etag: Option<Box<str>>,
    last_modified: Option<Box<str>>,
    used: u64,
}

/// What the cache says of an asset.
#[derive(Debug, PartialEq, Eq)]
pub enum Cached {
    /// It may be used as it is.
    Fresh,
    /// It may be used if the target says so: the fields to ask with.
    Stale(Vec<(&'static str, String)>),
    /// It is not there.
    Missing,
}

impl BrowserCache {
    /// What it has of a URL.
    pub fn get(&mut self, url: &str, now: Instant) -> Cached {
        self.uses += 1;
        let Some(entry) = self.entries.get_mut(&key(url)) else {
            return Cached::Missing;
        };
        entry.used = self.uses;
        if entry.fresh_until.is_some_and(|until| now < until) {
            return Cached::Fresh;
        }
        let validators = [
            ("If-None-Match", &entry.etag),
            ("If-Modified-Since", &entry.last_modified),
        ];
        let fields: Vec<_> = validators
            .into_iter()
            .filter_map(|(name, value)| Some((name, value.as_ref()?.to_string())))
            .collect();
        match fields.is_empty() {
            true => Cached::Missing,
            false => Cached::Stale(fields),
        }
    }

    /// Keeps what a response says of its URL: a 200 anew, a 304 of what is there; any other, and one that must not be
    /// stored, takes nothing away but what it replaces.
    pub fn store(
        &mut self,
        url: &str,
        status: u16,
        headers: &Headers,
        now: Instant,
        time: SystemTime,
    ) {
        let key = key(url);
        let lifetime = match (status, lifetime(headers, time)) {
            (200 | 304, Lifetime::NotStored) => {
                self.entries.remove(&key);
                return;
            }
            (200, Lifetime::Unknown) => Duration::ZERO,
            (200 | 304, Lifetime::Known(lifetime)) => lifetime,
            // It says nothing new: for as long again.
            (304, Lifetime::Unknown) => match self.entries.get(&key) {
                Some(entry) => entry.lifetime,
                None => return,
            },
            _ => return,
        };
        let text = |name: &str| {
            let value = headers.get_str(name)?;
            (value.len() <= LONGEST_VALIDATOR).then(|| value.into())
        };
        let before = match status {
            304 => self.entries.remove(&key),
            _ => None,
        };
        let (etag, last_modified) =
            before.map_or((None, None), |entry| (entry.etag, entry.last_modified));
        let entry = Entry {
            fresh_until: now.checked_add(lifetime),
            lifetime,
            etag: text("etag").or(etag),
            last_modified: text("last-modified").or(last_modified),
            used: self.uses,
        };
        if lifetime.is_zero() && entry.etag.is_none() && entry.last_modified.is_none() {
            self.entries.remove(&key);
            return;
        }
        self.entries.insert(key, entry);
        if self.entries.len() > MOST {
            let oldest = self.entries.iter().min_by_key(|(_, entry)| entry.used);
            if let Some(oldest) = oldest.map(|(key, _)| *key) {
                self.entries.remove(&oldest);
            }
        }
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        if !self.entries.is_empty() {
            *self = Self::default();
        }
    }
}

fn key(url: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    url.hash(&mut hasher);
    hasher.finish()
}

/// For how long a response may be used.
#[derive(Debug, PartialEq, Eq)]
enum Lifetime {
    Known(Duration),
    Unknown,
    NotStored,
}

fn lifetime(headers: &Headers, now: SystemTime) -> Lifetime {
    let mut max_age = None;
    let lines = headers.get_all("cache-control");
    let lines: Vec<_> = lines.map(String::from_utf8_lossy).collect();
    for directive in lines.iter().flat_map(|line| line.split(',')) {
        let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
        match name.trim().to_ascii_lowercase().as_str() {
            "no-store" => return Lifetime::NotStored,
            "no-cache" => max_age = Some(Duration::ZERO),
            "max-age" if max_age != Some(Duration::ZERO) => {
                let seconds = value.trim().trim_matches('"').parse::<u64>();
                // What is no number of seconds is stale (RFC 9111, 4.2.1).
                max_age = Some(Duration::from_secs(seconds.unwrap_or(0)).min(LONGEST));
            }
            _ => {}
        }
    }
    // It depends on more than the URL.
    let mut vary = headers.get_all("vary");
    if vary.any(|vary| vary.trim_ascii() == b"*") {
        return Lifetime::NotStored;
    }
    let date = |name: &str| httpdate::parse_http_date(headers.get_str(name)?).ok();
    let age = headers
        .get_str("age")
        .and_then(|age| age.trim().parse().ok());
    let age = Duration::from_secs(age.unwrap_or(0));
    if let Some(max_age) = max_age {
        return Lifetime::Known(max_age.saturating_sub(age));
    }
    let sent = date("date").unwrap_or(now);
    if headers.contains("expires") {
        let until = date("expires").and_then(|until| until.duration_since(sent).ok());
        let until = until.unwrap_or_default().min(LONGEST);
        return Lifetime::Known(until.saturating_sub(age));
    }
    match date("last-modified").and_then(|modified| sent.duration_since(modified).ok()) {
        Some(old) => {
            let fresh = old.mul_f64(HEURISTIC_SHARE).min(LONGEST_HEURISTIC);
            Lifetime::Known(fresh.saturating_sub(age))
        }
        None => Lifetime::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&str, &str)]) -> Headers {
        let mut headers = Headers::new();
        for (name, value) in lines {
            headers.push(name, value).expect("it is a header");
        }
        headers
    }

    const DATE: (&str, &str) = ("Date", "Mon, 30 Nov 2026 12:00:00 GMT");

    #[test]
    fn a_lifetime_is_what_the_rfc_says() {
        let now = httpdate::parse_http_date(DATE.1).expect("it is a date");
        let seconds = |seconds| Lifetime::Known(Duration::from_secs(seconds));
        for (lines, expected) in [
            (&[("Cache-Control", "max-age=60")][..], seconds(60)),
            (&[("cache-control", "public, MAX-AGE=\"60\"")], seconds(60)),
            (
                &[("Cache-Control", "max-age=60"), ("Age", "20")],
                seconds(40),
            ),
            (&[("Cache-Control", "max-age=x")], seconds(0)),
            (&[("Cache-Control", "no-cache, max-age=60")], seconds(0)),
            (
                &[
                    ("Cache-Control", "max-age=60"),
                    ("Cache-Control", "no-store"),
                ],
                Lifetime::NotStored,
            ),
            (&[("Cache-Control", "s-maxage=60")], Lifetime::Unknown),
            (
                &[("Cache-Control", "max-age=60"), ("Vary", "*")],
                Lifetime::NotStored,
            ),
            (
                &[("Cache-Control", "max-age=60"), ("Vary", "Accept")],
                seconds(60),
            ),
            (
                &[DATE, ("Expires", "Mon, 30 Nov 2026 12:01:00 GMT")],
                seconds(60),
            ),
            (&[DATE, ("Expires", "0")], seconds(0)),
            (
                &[DATE, ("Last-Modified", "Mon, 30 Nov 2026 11:00:00 GMT")],
                seconds(360),
            ),
            (
                &[DATE, ("Last-Modified", "Mon, 30 Nov 2020 11:00:00 GMT")],
                seconds(604_800),
            ),
            (&[("ETag", "\"x\"")], Lifetime::Unknown),
        ] {
            assert_eq!(lifetime(&headers(lines), now), expected, "{lines:?}");
        }
    }

    #[test]
    fn what_is_stale_is_asked_for_by_its_validators() {
        let (mut cache, start, time) = (BrowserCache::default(), Instant::now(), SystemTime::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        let store = |cache: &mut BrowserCache, status, lines: &[(&str, &str)], now| {
            cache.store("http://a/x", status, &headers(lines), now, time);
        };
        assert_eq!(cache.get("http://a/x", start), Cached::Missing);
        let first = [("Cache-Control", "max-age=10"), ("ETag", "\"1\"")];
        store(&mut cache, 200, &first, start);
        assert_eq!(cache.get("http://a/x", at(9)), Cached::Fresh);
        assert_eq!(cache.get("http://a/y", at(9)), Cached::Missing);
        let stale = Cached::Stale(vec![("If-None-Match", "\"1\"".to_owned())]);
        assert_eq!(cache.get("http://a/x", at(10)), stale);
        // A 304 without a word is good for as long again.
        store(&mut cache, 304, &[], at(10));
        assert_eq!(cache.get("http://a/x", at(19)), Cached::Fresh);
        assert_eq!(cache.get("http://a/x", at(20)), stale);
        // An error takes nothing away, a new answer everything.
        store(&mut cache, 500, &[], at(20));
        assert_eq!(cache.get("http://a/x", at(20)), stale);
        let no_cache = [("Cache-Control", "no-cache"), ("Last-Modified", DATE.1)];
        store(&mut cache, 200, &no_cache, at(20));
        let stale = Cached::Stale(vec![("If-Modified-Since", DATE.1.to_owned())]);
        assert_eq!(cache.get("http://a/x", at(20)), stale);
        store(&mut cache, 200, &[], at(20));
        assert_eq!(cache.get("http://a/x", at(20)), Cached::Missing);
    }

    #[test]
    fn what_was_used_longest_ago_goes_first() {
        let (mut cache, now) = (BrowserCache::default(), Instant::now());
        let fresh = headers(&[("Cache-Control", "max-age=10")]);
        for number in 0..=MOST {
            let url = format!("http://a/{number}");
            cache.get("http://a/0", now);
            cache.get(&url, now);
            cache.store(&url, 200, &fresh, now, SystemTime::now());
        }
        assert_eq!(cache.get("http://a/0", now), Cached::Fresh);
        assert_eq!(cache.get("http://a/1", now), Cached::Missing);
        assert_eq!(cache.get("http://a/2", now), Cached::Fresh);
    }
}
