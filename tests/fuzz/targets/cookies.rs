//! Cookies: what one place sets goes only where RFC 6265 lets it go, and never makes two lines of one.

use std::rc::Rc;

use throng::http::fuzz_api::{Cookies, written};
use throng::http::{Headers, Method, Origin, Request};

use super::pieces::Input;
use super::request::is_one_request;

const SITES: [&str; 8] = [
    "http://throng.test",
    "https://throng.test",
    "http://a.throng.test",
    "https://b.a.throng.test:8443",
    "http://notthrong.test",
    "http://throng.test.other.test",
    "http://127.0.0.1:8080",
    "https://[::1]:8443",
];
const PATHS: [&str; 7] = ["/", "/a", "/a/", "/a/b", "/ab", "/a/b/c?d=/a", "//a"];
const MOST_ACTS: usize = 24;

/// A cookie that was set, and by which answer.
struct Set {
    name: String,
    host: String,
    path: String,
    domains: Vec<String>,
    paths: Vec<String>,
    secure: bool,
}

pub fn check(input: &[u8]) {
    let mut input = Input(input);
    let (jar, mut all) = (Cookies::default(), Vec::new());
    for number in 0..MOST_ACTS {
        if input.0.is_empty() {
            return;
        }
        let act = input.byte();
        let request = request(&mut input);
        match act % 4 {
            0 => is_allowed(&jar, &request, &all),
            1 => {
                // Whatever it does, its name is none of those that are watched.
                keep(&jar, &request, &[b"r", input.word()].concat());
            }
            _ => {
                let rest = input.word();
                let name = format!("n{number}");
                if keep(&jar, &request, &[name.as_bytes(), b"=", rest].concat()) {
                    all.push(set(name, &request, rest));
                }
                is_allowed(&jar, &request, &all);
            }
        }
    }
}

fn request(input: &mut Input<'_>) -> Request {
    let place = input.byte();
    let site = SITES[usize::from(place & 7)];
    let path = PATHS[usize::from(place >> 3) % PATHS.len()];
    let (origin, target) = Origin::parse(&format!("{site}{path}")).unwrap();
    Request::new(Method::GET, Rc::new(origin), target)
}

fn keep(jar: &Cookies, request: &Request, line: &[u8]) -> bool {
    let mut headers = Headers::new();
    let taken = headers.push("Set-Cookie", line).is_ok();
    jar.keep(request, &headers);
    taken
}

fn set(name: String, request: &Request, rest: &[u8]) -> Set {
    let rest = String::from_utf8_lossy(rest);
    let attributes: Vec<(String, String)> = rest
        .split(';')
        .skip(1)
        .map(|one| {
            let (name, value) = one.split_once('=').unwrap_or((one, ""));
            (name.trim().to_lowercase(), value.trim().to_owned())
        })
        .collect();
    let of = |wanted: &str| -> Vec<String> {
        let found = attributes.iter().filter(|(name, _)| name == wanted);
        found.map(|(_, value)| value.clone()).collect()
    };
    Set {
        name,
        host: request.origin.host().to_owned(),
        path: path_of(&request.target).to_owned(),
        domains: of("domain"),
        paths: of("path"),
        secure: !of("secure").is_empty(),
    }
}

fn path_of(target: &str) -> &str {
    target.split('?').next().unwrap_or_default()
}

fn is_allowed(jar: &Cookies, request: &Request, all: &[Set]) {
    let Some(value) = jar.value_for(request) else {
        return;
    };
    let bytes = written(request, Some(&value)).unwrap();
    is_one_request(request, &bytes);
    let value = String::from_utf8_lossy(&value);
    for pair in value.split("; ") {
        let name = pair.split('=').next().unwrap_or_default();
        let Some(set) = all.iter().find(|set| set.name == name) else {
            continue;
        };
        let host = request.origin.host();
        let told = |domain: &String| {
            let domain = domain.strip_prefix('.').unwrap_or(domain).to_lowercase();
            is_within(host, &domain) && is_within(&set.host, &domain)
        };
        assert!(
            host == set.host || set.domains.iter().any(told),
            "{name} of {} goes to {host}",
            set.host
        );
        let path = path_of(&request.target);
        let directory = set.path.rfind('/').map_or("", |at| &set.path[..at]);
        let own = if directory.is_empty() { "/" } else { directory };
        assert!(
            is_below(path, own) || set.paths.iter().any(|told| is_below(path, told)),
            "{name} of {own} goes to {path}"
        );
        // Browsers too take loopback for as safe as https.
        let is_loopback = matches!(host, "127.0.0.1" | "::1");
        assert!(
            !set.secure || request.origin.is_https() || is_loopback,
            "{name} is secure and goes out in the open"
        );
    }
}

/// RFC 6265, 5.1.3; an address is within nothing but itself.
fn is_within(host: &str, domain: &str) -> bool {
    let is_name = host.ends_with(".test");
    host == domain
        || is_name
            && host
                .strip_suffix(domain)
                .is_some_and(|before| before.ends_with('.') && !domain.is_empty())
}

/// RFC 6265, 5.1.4.
fn is_below(path: &str, of: &str) -> bool {
    path == of
        || path
            .strip_prefix(of)
            .is_some_and(|rest| of.ends_with('/') || rest.starts_with('/'))
}
