//! What a client says of itself: its browser and its country, each one of few words that can be labels.

use axum::http::{HeaderMap, header};

/// The part of a User-Agent that tells a browser from those above it, as WHATWG Compatibility names them, and its name.
const BROWSERS: [(&str, &str); 8] = [
    ("Edg/", "Edge"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Version/", "Safari"),
    ("", "other"),
];

/// The country of clients that say none.
const UNKNOWN: &str = "unknown";

/// A browser and a country.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    pub browser: &'static str,
    /// Two capital letters (ISO 3166-1), or `unknown`.
    pub country: String,
}

impl Client {
    /// What the headers of a request say; none without a User-Agent.
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        let agent = headers.get(header::USER_AGENT)?.to_str().ok()?;
        let (_, browser) = BROWSERS.iter().find(|(part, _)| agent.contains(part))?;
        let languages = headers.get(header::ACCEPT_LANGUAGE);
        let country = languages
            .and_then(|languages| languages.to_str().ok())
            .and_then(region);
        Some(Self {
            browser,
            country: country.map_or_else(|| UNKNOWN.to_owned(), str::to_uppercase),
        })
    }
}

/// The region of the language that is preferred: `BR` of `pt-BR,pt;q=0.9` (RFC 5646, 2.1).
fn region(languages: &str) -> Option<&str> {
    let first = languages.split([',', ';']).next()?.trim();
    let mut parts = first.split('-').skip(1);
    let is_region =
        |part: &&str| part.len() == 2 && part.chars().all(|one| one.is_ascii_alphabetic());
    parts.find(is_region)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn browsers_and_countries_are_told_apart() {
        let client = |agent: &'static str, languages: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::USER_AGENT, HeaderValue::from_static(agent));
            headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static(languages));
            let client = Client::of(&headers).expect("it says what it is");
            (client.browser, client.country)
        };
        let webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";
        for (agent, browser) in [
            (
                format!("{webkit} Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0"),
                "Edge",
            ),
            (
                format!("{webkit} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36"),
                "Samsung Internet",
            ),
            (format!("{webkit} Chrome/141.0.0.0 Safari/537.36"), "Chrome"),
            (
                format!("{webkit} CriOS/141.0 Mobile/15E148 Safari/604.1"),
                "Chrome",
            ),
            (
                format!("{webkit} Version/26.0 Mobile/15E148 Safari/604.1"),
                "Safari",
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0".to_owned(),
                "Firefox",
            ),
            ("curl/8.14.1".to_owned(), "other"),
        ] {
            let agent: &'static str = agent.leak();
            assert_eq!(client(agent, "pt-BR,pt;q=0.9").0, browser, "{agent}");
        }
        for (languages, country) in [
            ("pt-BR,pt;q=0.9,en;q=0.8", "BR"),
            ("zh-Hans-cn", "CN"),
            ("es-419", "unknown"),
            ("en", "unknown"),
            ("", "unknown"),
        ] {
            assert_eq!(client("curl/8.14.1", languages).1, country, "{languages}");
        }
        assert_eq!(Client::of(&HeaderMap::new()), None);
    }
}
