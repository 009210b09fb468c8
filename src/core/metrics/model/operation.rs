//! Operations: what a request does on the target, in the terms of its protocol.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A protocol whose requests are counted.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// HTTP, whatever its version.
    #[default]
    Http,
}

/// An operation to be counted. It is borrowed, so that a known one is found without an allocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OperationRef<'a> {
    pub protocol: Protocol,
    pub verb: &'a str,
    pub name: &'a str,
}

impl<'a> OperationRef<'a> {
    /// A request of HTTP by its method and the name that it is counted under.
    pub fn http(method: &'a str, name: &'a str) -> Self {
        Self {
            protocol: Protocol::Http,
            verb: method,
            name,
        }
    }
}

impl fmt::Display for OperationRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.verb, self.name)
    }
}

/// The key by which requests are counted: protocol, verb and name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Operation {
    pub protocol: Protocol,
    /// What is done: OpenTelemetry's `http.request.method`; of another protocol its `rpc.method` or
    /// `messaging.operation.type`.
    pub verb: Box<str>,
    /// What it is done to: the path's template (`http.route`), or the name that the script gave.
    pub name: Box<str>,
}

impl Operation {
    /// The same, borrowed.
    pub fn as_ref(&self) -> OperationRef<'_> {
        OperationRef {
            protocol: self.protocol,
            verb: &self.verb,
            name: &self.name,
        }
    }
}

impl From<OperationRef<'_>> for Operation {
    fn from(operation: OperationRef<'_>) -> Self {
        Self {
            protocol: operation.protocol,
            verb: operation.verb.into(),
            name: operation.name.into(),
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_ref().fmt(f)
    }
}
