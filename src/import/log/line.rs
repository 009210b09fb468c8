//! One line of an access log.
//!
//! In: the bytes of a line. Out: what it says of a request, or why it says nothing. Must never know other lines.

use jiff::tz::TimeZone;
use serde_json::Value;

use super::{fields, time};

/// What the lines look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// As Apache and nginx write it.
    Combined,
    /// A JSON object each.
    Json,
}

/// What a line says.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Seconds since 1970, as written.
    pub time: f64,
    /// Seconds of the request.
    pub duration: Option<f64>,
    pub method: String,
    /// With the query.
    pub target: String,
    pub status: u16,
    /// What is the same in all requests of a session.
    pub session: Option<String>,
    /// Address and browser, where there is no session.
    pub client: String,
}

/// Reads a line.
///
/// # Errors
/// What is missing in it, in words that are the same for all such lines.
pub fn line(
    bytes: &[u8],
    shape: Shape,
    given: &[(String, String)],
    zone: &TimeZone,
) -> Result<Line, &'static str> {
    match shape {
        Shape::Combined => combined(&String::from_utf8_lossy(bytes), zone),
        Shape::Json => json(bytes, given, zone),
    }
}

fn json(bytes: &[u8], given: &[(String, String)], zone: &TimeZone) -> Result<Line, &'static str> {
    let line: serde_json::Map<String, Value> =
        serde_json::from_slice(bytes).map_err(|_| "is no JSON object")?;
    let flat = fields::flat(&line);
    let find = |name| fields::find(name, &flat, given);
    let text = |name| find(name).and_then(|(_, value)| fields::text(value));
    let (_, moment) = find("time").ok_or("has no time")?;
    let time = time::seconds(moment, zone).ok_or("has a time that cannot be read")?;
    let (method, target) = match (text("method"), text("path"), text("request")) {
        // Some loggers write texts with their quotes.
        (Some(method), Some(target), _) => (method, target.trim_matches('"').to_owned()),
        (_, _, Some(request)) => request_line(&request).ok_or("has no method and path")?,
        _ => return Err("has no method and path"),
    };
    let (_, status) = find("status").ok_or("has no status")?;
    let status = match status {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    let duration = find("duration").and_then(|(field, value)| time::duration(&field, value));
    Ok(Line {
        time,
        duration,
        method: checked_method(&method)?,
        target: checked_target(&target)?,
        status: checked_status(status)?,
        session: text("session"),
        client: format!(
            "{} {}",
            text("ip").unwrap_or_default(),
            text("agent").unwrap_or_default()
        ),
    })
}

/// `IP - USER [TIME] "REQUEST" STATUS BYTES "REFERRER" "AGENT"`, and perhaps a time at the end.
fn combined(line: &str, zone: &TimeZone) -> Result<Line, &'static str> {
    const OTHER: &str = "is not a line of a combined log";
    let (before, rest) = line.split_once('[').ok_or(OTHER)?;
    let (moment, rest) = rest.split_once(']').ok_or(OTHER)?;
    let address = before.split_whitespace().next().ok_or(OTHER)?;
    let (request, rest) = quoted(rest).ok_or(OTHER)?;
    let mut words = rest.split_whitespace();
    let status = words.next().and_then(|word| word.parse().ok());
    let agent = quoted(rest)
        .and_then(|(_, rest)| quoted(rest))
        .map(|(agent, _)| agent);
    let duration = line.rsplit(['"', ' ']).next().unwrap_or_default();
    let duration = duration
        .contains('.')
        .then(|| duration.parse::<f64>().ok())
        .flatten();
    let time = time::of_text(moment, zone).ok_or("has a time that cannot be read")?;
    let (method, target) = request_line(&request).ok_or("has no method and path")?;
    Ok(Line {
        time,
        duration: duration.filter(|seconds| (0.0..86_400.0).contains(seconds)),
        method: checked_method(&method)?,
        target: checked_target(&target)?,
        status: checked_status(status)?,
        session: None,
        client: format!("{address} {}", agent.unwrap_or_default()),
    })
}

/// The next text in quotes, and what follows it. A quote in it is written `\"` or `\x22`.
fn quoted(text: &str) -> Option<(String, &str)> {
    let start = text.find('"')? + 1;
    let mut inside = String::new();
    let mut letters = text[start..].char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((inside, &text[start + at + 1..])),
            '\\' => {
                let (_, escaped) = letters.next()?;
                inside.push(escaped);
            }
            _ => inside.push(letter),
        }
    }
    None
}

/// Method and target of `GET /path HTTP/1.1`.
fn request_line(text: &str) -> Option<(String, String)> {
    let mut words = text.split(' ');
    let method = words.next()?;
    let target = words.next()?;
    Some((method.to_owned(), target.to_owned()))
}

fn checked_method(method: &str) -> Result<String, &'static str> {
    let is_method = (1..=20).contains(&method.len())
        && method
            .bytes()
            .all(|byte| byte.is_ascii_alphabetic() || byte == b'-');
    match is_method {
        true => Ok(method.to_ascii_uppercase()),
        false => Err("has a method that there is not"),
    }
}

/// A path and a query that can be sent: a URL goes without its host.
fn checked_target(target: &str) -> Result<String, &'static str> {
    let path = match target.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("/", |at| &rest[at..]),
        None => target,
    };
    let path = path.split('#').next().unwrap_or_default();
    let can_be_sent = path.starts_with('/')
        && path.len() <= 8192
        && !path
            .chars()
            .any(|letter| letter.is_control() || letter == ' ' || letter == '\u{fffd}');
    match can_be_sent {
        true => Ok(path.to_owned()),
        false => Err("has a path that cannot be sent"),
    }
}

fn checked_status(status: Option<u64>) -> Result<u16, &'static str> {
    match status {
        Some(status @ 100..=599) => Ok(status as u16),
        _ => Err("has no status"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, shape: Shape) -> Result<Line, &'static str> {
        line(text.as_bytes(), shape, &[], &TimeZone::UTC)
    }

    #[test]
    fn a_combined_line_is_read() {
        let text = r#"10.0.0.7 - ada [01/Jul/2026:14:00:00 +0200] "GET /a?b=1 HTTP/1.1" 200 12 "-" "Moz \"x\"" 0.250"#;
        let line = read(text, Shape::Combined).unwrap();
        assert_eq!(
            (line.method.as_str(), line.target.as_str()),
            ("GET", "/a?b=1")
        );
        assert_eq!((line.status, line.duration), (200, Some(0.25)));
        assert_eq!(line.client, "10.0.0.7 Moz \"x\"");
    }

    #[test]
    fn nested_fields_of_json_are_found() {
        let text = r#"{"timestamp":"2026-07-01T12:00:00Z","fields":{"method":"get","path":"/x","status":"404","seconds":0.5},"session":"s1"}"#;
        let line = read(text, Shape::Json).unwrap();
        assert_eq!((line.method.as_str(), line.status), ("GET", 404));
        assert_eq!(
            (line.duration, line.session.as_deref()),
            (Some(0.5), Some("s1"))
        );
    }

    #[test]
    fn what_cannot_be_sent_is_no_request() {
        for (text, why) in [
            ("hello", "is not a line of a combined log"),
            (
                r#"1 - - [x] "GET / HTTP/1.1" 200 1"#,
                "has a time that cannot be read",
            ),
            (
                r#"1 - - [01/Jul/2026:14:00:00 +0000] "\x16\x03" 400 1"#,
                "has no method and path",
            ),
            (
                r#"1 - - [01/Jul/2026:14:00:00 +0000] "GET //a b" 200 1"#,
                "",
            ),
            (
                r#"1 - - [01/Jul/2026:14:00:00 +0000] "GET ../x H" 200 1"#,
                "has a path that cannot be sent",
            ),
            (
                r#"1 - - [01/Jul/2026:14:00:00 +0000] "GET / H" 20000 1"#,
                "has no status",
            ),
        ] {
            let found = read(text, Shape::Combined).err().unwrap_or_default();
            assert_eq!(found, why, "{text}");
        }
    }
}
