//! Texts that follow a schema.

use crate::import::Value;
use throng_openapi::follows;

use super::pattern;
use super::shape::Shape;
use super::words;

/// What `random.unique` gives looks like this.
const UNIQUE: &str = "k7f2a9c1-41-3";

/// Fields whose values a service wants to be unique, without separators.
const UNIQUE_FIELDS: [&str; 12] = [
    "name",
    "slug",
    "code",
    "key",
    "sku",
    "title",
    "handle",
    "login",
    "identifier",
    "reference",
    "label",
    "nickname",
];

/// What a text is for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Purpose<'a> {
    /// The name of its field or parameter.
    pub(super) name: &'a str,
    /// What the operation is about: `user`.
    pub(super) kind: &'a str,
    /// Whether the service may want another one each time.
    pub(super) must_differ: bool,
    /// Whether it is one of a person's.
    pub(super) is_of_person: bool,
}

/// A text, and whether it is a guess that nothing in the document supports.
pub(super) fn text(shape: &Shape, purpose: Purpose<'_>) -> (Value, bool) {
    let fits = |sample: &str| follows(&shape.keywords, sample);
    let candidates = candidates(shape, purpose);
    for (value, sample) in candidates {
        if fits(&sample) {
            return (value, false);
        }
    }
    if purpose.must_differ && is_unique(purpose.name) {
        let bound = |name: &str| shape.get(name).and_then(serde_json::Value::as_u64);
        let least = bound("minLength").unwrap_or(1);
        let most = bound("maxLength").unwrap_or(12).clamp(1, 64);
        let length = most.min(12).max(least);
        if fits(&"aB3dE5fG".repeat(16)[..usize::try_from(length.min(128)).unwrap_or(8)]) {
            let length = i64::try_from(length).unwrap_or(8);
            return (
                Value::Call("random.string", vec![Value::Integer(length)]),
                false,
            );
        }
    }
    if let Some(expression) = shape.text("pattern") {
        for more in [0, 1, 2, 4, 8] {
            if let Some(sample) = pattern::text(expression, more).filter(|sample| fits(sample)) {
                return (Value::text(sample), true);
            }
        }
    }
    let least = shape.get("minLength").and_then(serde_json::Value::as_u64);
    let most = shape.get("maxLength").and_then(serde_json::Value::as_u64);
    let mut sample = words::words(purpose.name).join(" ");
    if sample.is_empty() {
        sample = "text".to_owned();
    }
    let least = usize::try_from(least.unwrap_or(0)).unwrap_or(0).min(4_096);
    while sample.chars().count() < least {
        sample.push_str(" text");
    }
    let most = usize::try_from(most.unwrap_or(4_096)).unwrap_or(4_096);
    (
        Value::text(sample.chars().take(most).collect::<String>()),
        true,
    )
}

fn is_unique(name: &str) -> bool {
    let name = words::plain(name);
    UNIQUE_FIELDS.contains(&name.as_str()) || matches!(name.as_str(), "email" | "username" | "mail")
}

/// Values with what they look like, the best first.
fn candidates(shape: &Shape, purpose: Purpose<'_>) -> Vec<(Value, String)> {
    let mut all = Vec::new();
    let name = words::plain(purpose.name);
    let call = |function: &'static str| Value::Call(function, Vec::new());
    let format = shape.text("format").unwrap_or_default();
    if purpose.must_differ {
        let (email, username) = (
            format!("ada.fischer.{UNIQUE}@example.com"),
            format!("ada_fischer_{UNIQUE}"),
        );
        match name.as_str() {
            _ if format == "email" => all.push((call("random.email"), email)),
            "email" | "mail" | "emailaddress" => all.push((call("random.email"), email)),
            "username" | "login" | "handle" | "nickname" => {
                all.push((call("random.username"), username));
            }
            "name" if purpose.is_of_person => {
                all.push((call("random.name"), "Ada Fischer".to_owned()));
            }
            _ if UNIQUE_FIELDS.contains(&name.as_str()) => {
                let kind = if purpose.kind.is_empty() {
                    "thing"
                } else {
                    purpose.kind
                };
                let value =
                    Value::Joined(vec![Value::text(format!("{kind}-")), call("random.unique")]);
                all.push((value, format!("{kind}-{UNIQUE}")));
            }
            _ => {}
        }
    }
    if let Some(values) = shape.get("enum").and_then(serde_json::Value::as_array) {
        let texts: Vec<&str> = values
            .iter()
            .filter_map(serde_json::Value::as_str)
            .collect();
        if let [first, _, ..] = texts[..] {
            let list = texts
                .iter()
                .take(20)
                .map(|text| Value::text(*text))
                .collect();
            all.push((
                Value::Call("random.pick", vec![Value::List(list)]),
                first.to_owned(),
            ));
        } else if let Some(only) = texts.first() {
            all.push((Value::text(*only), (*only).to_owned()));
        }
    }
    if let Some(given) = shape.given().and_then(serde_json::Value::as_str) {
        all.push((Value::text(given), given.to_owned()));
    }
    let mut text = |sample: &str| all.push((Value::text(sample), sample.to_owned()));
    match format {
        "date" => text("2020-01-31"),
        "date-time" => text("2020-01-31T12:00:00Z"),
        "time" => text("12:00:00Z"),
        "duration" => text("P1D"),
        "uri" | "url" | "uri-reference" | "iri" => text("https://example.com/page"),
        "hostname" => text("example.com"),
        "ipv4" => text("192.0.2.1"),
        "ipv6" => text("2001:db8::1"),
        "byte" => text("dGhyb25n"),
        "password" => text("Passw0rd-1234"),
        "email" => text("ada@example.com"),
        "uuid" => all.push((
            call("random.uuid"),
            "0b7f9f4e-5c2d-4d0a-9a35-0c4b7f1e2a11".to_owned(),
        )),
        _ => by_name(&name, &mut all),
    }
    all
}

/// What a field of this name has.
fn by_name(name: &str, all: &mut Vec<(Value, String)>) {
    let call = |function: &'static str| Value::Call(function, Vec::new());
    let mut text = |sample: &str| all.push((Value::text(sample), sample.to_owned()));
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    match () {
        () if has(&["password", "passwd"]) => text("Passw0rd-1234"),
        () if has(&["phone", "mobile"]) => {
            all.push((call("random.phone"), "+12065550142".to_owned()));
        }
        () if has(&["email"]) => text("ada@example.com"),
        () if has(&[
            "description",
            "comment",
            "message",
            "summary",
            "bio",
            "note",
            "body",
        ]) =>
        {
            let sample = "Ada writes a few words to the point about it all.".to_owned();
            all.push((call("random.sentence"), sample));
        }
        () if has(&["website", "url", "link", "avatar", "image"]) => {
            text("https://example.com/page");
        }
        () if name == "country" => text("DE"),
        () if has(&["city", "location"]) => text("Berlin"),
        () if has(&["timezone"]) => text("Europe/Berlin"),
        () if has(&["language", "locale"]) => text("en"),
        () if name == "currency" => text("EUR"),
        () if matches!(name, "q" | "query" | "search" | "filter" | "term") => text("a"),
        () if matches!(name, "firstname" | "givenname") => text("Ada"),
        () if matches!(name, "lastname" | "familyname" | "surname") => text("Fischer"),
        () if has(&["fullname", "displayname"]) || name == "name" => text("Ada Fischer"),
        () if has(&["title"]) => text("A title"),
        () if has(&["company", "organization"]) => text("Example Ltd"),
        () if has(&["color", "colour"]) => text("blue"),
        () => {}
    }
}

/// Whether a field of this name has a value that is known to make sense.
pub(super) fn is_known(name: &str) -> bool {
    let mut found = Vec::new();
    let name = words::plain(name);
    by_name(&name, &mut found);
    !found.is_empty() || is_unique(&name)
}
