//! What a route answers, as its table says.

use bytes::Bytes;
use mlua::{Table, Value};

use super::latency::Latency;
use crate::http::{ErrorKind, Headers, Phase, SimulatedFault, SimulatedResponse};
use crate::script::api::signature::Options;
use crate::script::api::test_api::{ANSWER, ROUTE};
use crate::script::api::{argument, json};
use crate::script::vm::read_only;
use crate::text::did_you_mean;

/// Faults of a connection: name, kind, the phase of connecting in which there is nobody to send to, and what is said.
const FAULTS: [(&str, ErrorKind, Option<Phase>, &str); 7] = [
    (
        "dns",
        ErrorKind::Dns,
        Some(Phase::Dns),
        "the host has no address",
    ),
    (
        "connect",
        ErrorKind::Connect,
        Some(Phase::Connect),
        "connection refused",
    ),
    (
        "tls",
        ErrorKind::Tls,
        Some(Phase::Tls),
        "the TLS handshake failed",
    ),
    ("timeout", ErrorKind::Timeout, None, "no response"),
    ("reset", ErrorKind::Reset, None, "connection reset by peer"),
    (
        "truncated",
        ErrorKind::Truncated,
        None,
        "the connection closed within the response",
    ),
    (
        "protocol",
        ErrorKind::Protocol,
        None,
        "the response is not valid HTTP",
    ),
];

/// An answer as it was written.
#[derive(Debug, Clone)]
pub struct Answer {
    pub outcome: Outcome,
    /// None: that of the file.
    pub latency: Option<Latency>,
}

/// What comes of a request.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// A response.
    Response(SimulatedResponse),
    /// A fault of the connection; with a phase: before anything was sent.
    Fault(SimulatedFault, Option<Phase>),
    /// Nothing, until the request times out.
    Silence,
}

/// What is wrong in an answer, and in which field.
#[derive(Debug)]
pub struct WrongAnswer {
    pub field: Option<String>,
    pub what: String,
}

impl WrongAnswer {
    fn of(field: &str, what: String) -> Self {
        Self {
            field: Some(field.to_owned()),
            what,
        }
    }
}

impl From<mlua::Error> for WrongAnswer {
    fn from(why: mlua::Error) -> Self {
        Self {
            field: None,
            what: argument::words(&why),
        }
    }
}

impl Answer {
    /// A response with a JSON body.
    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        let mut headers = Headers::new();
        // A name and a value without control characters.
        let _ = headers.push("content-type", "application/json");
        Self {
            outcome: Outcome::Response(SimulatedResponse {
                status,
                headers,
                body: Bytes::from(body.to_string()),
            }),
            latency: None,
        }
    }

    /// What a table says; a number is a status without a body.
    ///
    /// # Errors
    /// The first field that is wrong.
    pub fn read(value: &Value) -> Result<Self, WrongAnswer> {
        let table = match value {
            Value::Table(table) => read_only::real(table),
            Value::Integer(_) => {
                return Ok(Self {
                    outcome: Outcome::Response(SimulatedResponse {
                        status: status(value)?,
                        headers: Headers::new(),
                        body: Bytes::new(),
                    }),
                    latency: None,
                });
            }
            other => {
                return Err(WrongAnswer {
                    field: None,
                    what: format!(
                        "the answer is {}; write a table such as {{ status = 200, json = {{}} }}, or a function that returns one",
                        argument::kind(other)
                    ),
                });
            }
        };
        Self::of_fields(&table, &ANSWER)
    }

    /// What an entry of a list of routes says, beside its `route`.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn of_item(table: &Table) -> Result<Self, WrongAnswer> {
        Self::of_fields(table, &ROUTE)
    }

    fn of_fields(table: &Table, fields: &Options) -> Result<Self, WrongAnswer> {
        table.for_each(|key: Value, _: Value| known(&key, fields))?;
        let get = |field: &str| table.raw_get::<Value>(field);
        let latency = match get("latency")? {
            Value::Nil => None,
            value => Some(Latency::read(&value).map_err(|why| WrongAnswer::of("latency", why))?),
        };
        if let Some(outcome) = fault(&get("error")?)? {
            let is_given = |field: &&str| get(field).is_ok_and(|value| !value.is_nil());
            if ["status", "json", "body", "headers"].iter().any(is_given) {
                let what =
                    "error is a fault of the connection: it goes with latency alone".to_owned();
                return Err(WrongAnswer::of("error", what));
            }
            return Ok(Self { outcome, latency });
        }
        let status = match get("status")? {
            Value::Nil => 200,
            value => status(&value)?,
        };
        let mut headers = headers(&get("headers")?)?;
        let (body, kind) = match (get("json")?, get("body")?) {
            (Value::Nil, Value::Nil) => (Bytes::new(), None),
            (Value::Nil, Value::String(body)) => (
                Bytes::copy_from_slice(&body.as_bytes()),
                Some("text/plain; charset=utf-8"),
            ),
            (Value::Nil, other) => {
                let kind = argument::kind(&other);
                let what = format!("body is {kind}, a string was expected; a table goes into json");
                return Err(WrongAnswer::of("body", what));
            }
            (value, Value::Nil) => {
                let body = json::to_bytes(&value)
                    .map_err(|why| WrongAnswer::of("json", argument::words(&why)))?;
                (Bytes::from(body), Some("application/json"))
            }
            _ => {
                let what = "json and body are both given; an answer has one of them".to_owned();
                return Err(WrongAnswer::of("body", what));
            }
        };
        if let Some(kind) = kind.filter(|_| !headers.contains("content-type")) {
            // A name and a value without control characters.
            let _ = headers.push("content-type", kind);
        }
        Ok(Self {
            outcome: Outcome::Response(SimulatedResponse {
                status,
                headers,
                body,
            }),
            latency,
        })
    }
}

fn known(key: &Value, fields: &Options) -> mlua::Result<()> {
    let name = match key {
        Value::String(name) => name.to_string_lossy(),
        other => other.to_string()?,
    };
    if fields.has(&name) {
        return Ok(());
    }
    let (there_are, meant) = (fields.keys(), fields.meant(&name));
    Err(mlua::Error::runtime(format!(
        "an answer has no '{name}'; there are: {there_are}{meant}"
    )))
}

fn status(value: &Value) -> Result<u16, WrongAnswer> {
    let wrong = || {
        let shown = argument::shown(value);
        let what = format!("status is {shown}, a number from 200 to 599 was expected");
        WrongAnswer::of("status", what)
    };
    let status = argument::integer("", "", value).map_err(|_| wrong())?;
    u16::try_from(status)
        .ok()
        .filter(|status| (200..600).contains(status))
        .ok_or_else(wrong)
}

fn fault(value: &Value) -> Result<Option<Outcome>, WrongAnswer> {
    if value.is_nil() {
        return Ok(None);
    }
    let names: Vec<&str> = FAULTS.iter().map(|(name, ..)| *name).collect();
    let Value::String(name) = value else {
        let kind = argument::kind(value);
        let what = format!("error is {kind}; there are: {}", names.join(", "));
        return Err(WrongAnswer::of("error", what));
    };
    let name = name.to_string_lossy();
    let found = FAULTS.iter().find(|(known, ..)| *known == name);
    let Some((_, kind, phase, words)) = found else {
        let meant = did_you_mean(&name, names.iter().copied());
        let what = format!("error is '{name}'; there are: {}{meant}", names.join(", "));
        return Err(WrongAnswer::of("error", what));
    };
    if *kind == ErrorKind::Timeout {
        return Ok(Some(Outcome::Silence));
    }
    let fault = SimulatedFault {
        kind: *kind,
        what: format!("{words} (mock)"),
    };
    Ok(Some(Outcome::Fault(fault, *phase)))
}

/// Fields in the order of their names: a table has none.
fn headers(value: &Value) -> Result<Headers, WrongAnswer> {
    let mut headers = Headers::new();
    let table = match value {
        Value::Nil => return Ok(headers),
        Value::Table(table) => read_only::real(table),
        other => {
            let kind = argument::kind(other);
            let what = format!("headers is {kind}; write {{ [\"X-Name\"] = \"value\" }}");
            return Err(WrongAnswer::of("headers", what));
        }
    };
    let mut fields = Vec::new();
    for pair in table.pairs::<Value, Value>() {
        let (name, value) = pair?;
        let Value::String(name) = name else {
            let what = "headers: the keys are names; write { [\"X-Name\"] = \"value\" }".to_owned();
            return Err(WrongAnswer::of("headers", what));
        };
        let name = name.to_string_lossy();
        for value in values(&name, value)? {
            fields.push((name.clone(), value));
        }
    }
    fields.sort_by(|one, other| one.0.cmp(&other.0));
    for (name, value) in fields {
        headers
            .push(&name, value)
            .map_err(|why| WrongAnswer::of("headers", format!("headers: {why}")))?;
    }
    Ok(headers)
}

/// One value, or all of a list.
fn values(name: &str, value: Value) -> Result<Vec<Vec<u8>>, WrongAnswer> {
    match value {
        Value::String(text) => Ok(vec![text.as_bytes().to_vec()]),
        Value::Integer(_) | Value::Number(_) => Ok(vec![argument::shown(&value).into_bytes()]),
        Value::Table(list) => {
            let mut all = Vec::new();
            for item in read_only::real(&list).sequence_values::<Value>() {
                all.extend(values(name, item?)?);
            }
            Ok(all)
        }
        other => {
            let kind = argument::kind(&other);
            let what =
                format!("headers[\"{name}\"] is {kind}, a string or a list of them was expected");
            Err(WrongAnswer::of("headers", what))
        }
    }
}
