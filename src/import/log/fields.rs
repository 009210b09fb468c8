use std::collections::HashMap;

use serde_json::Value;

/// Deepest nesting of a line's objects that is looked into.
const DEEPEST: usize = 4;

/// What of a line is read, by the names that servers give it.
pub(super) struct Known {
    /// The name in `--log-field`.
    pub name: &'static str,
    /// Names of fields, the likeliest first.
    pub fields: &'static [&'static str],
}

pub(super) const KNOWN: [Known; 9] = [
    Known {
        name: "time",
        fields: &[
            "time",
            "timestamp",
            "@timestamp",
            "ts",
            "time_iso8601",
            "datetime",
            "date",
            "msec",
            "time_local",
            "start_time",
            "starttime",
            "started_at",
        ],
    },
    Known {
        name: "method",
        fields: &[
            "method",
            "request_method",
            "http_method",
            "requestmethod",
            "verb",
        ],
    },
    Known {
        name: "path",
        fields: &[
            "request_uri",
            "requesturi",
            "uri",
            "path",
            "url",
            "target",
            "requestpath",
        ],
    },
    Known {
        name: "request",
        fields: &["request", "request_line"],
    },
    Known {
        name: "status",
        fields: &[
            "status",
            "status_code",
            "statuscode",
            "response_status",
            "originstatus",
            "code",
        ],
    },
    Known {
        name: "duration",
        fields: &[
            "duration_ms",
            "latency_ms",
            "elapsed_ms",
            "response_time_ms",
            "duration_us",
            "request_time",
            "duration",
            "seconds",
            "elapsed",
            "latency",
            "response_time",
            "took",
        ],
    },
    Known {
        name: "session",
        fields: &["session", "session_id", "sessionid", "sid", "x_session_id"],
    },
    Known {
        name: "ip",
        fields: &[
            "x_forwarded_for",
            "http_x_forwarded_for",
            "remote_addr",
            "client_ip",
            "clientip",
            "ip",
            "client",
            "remote_ip",
            "clientaddr",
        ],
    },
    Known {
        name: "agent",
        fields: &["user_agent", "http_user_agent", "useragent", "agent"],
    },
];

/// The names in `--log-field`, as in [`KNOWN`].
pub const LOG_FIELDS: [&str; 9] = [
    "time", "method", "path", "request", "status", "duration", "session", "ip", "agent",
];

/// The fields of a line by their names in small letters, those of nested objects also by their own names.
pub(super) fn flat(line: &serde_json::Map<String, Value>) -> HashMap<String, &Value> {
    let mut fields = HashMap::new();
    collect("", line, 0, &mut fields);
    fields
}

fn collect<'a>(
    before: &str,
    object: &'a serde_json::Map<String, Value>,
    depth: usize,
    to: &mut HashMap<String, &'a Value>,
) {
    for (key, value) in object {
        let key = key.to_ascii_lowercase();
        let whole = match before {
            "" => key.clone(),
            _ => format!("{before}.{key}"),
        };
        match value {
            Value::Object(inner) if depth < DEEPEST => collect(&whole, inner, depth + 1, to),
            Value::Object(_) => {}
            _ => {
                if !before.is_empty() {
                    to.entry(key).or_insert(value);
                }
                to.insert(whole, value);
            }
        }
    }
}

/// The value of one of the [`KNOWN`], and the field that has it.
pub(super) fn find<'a>(
    name: &str,
    fields: &HashMap<String, &'a Value>,
    given: &[(String, String)],
) -> Option<(String, &'a Value)> {
    let is_there = |field: &str| {
        let value = fields.get(field).copied().filter(|value| !value.is_null());
        value.map(|value| (field.to_owned(), value))
    };
    if let Some((_, field)) = given.iter().find(|(other, _)| other == name) {
        return is_there(&field.to_ascii_lowercase());
    }
    let known = KNOWN.iter().find(|known| known.name == name)?;
    known.fields.iter().find_map(|field| is_there(field))
}

/// A value as text.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() && text != "-" => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
