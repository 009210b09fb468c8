//! What goes out.

use axum::http::StatusCode;
use serde::Serialize;

use super::Answer;
use crate::routes::Message;
use crate::store::Slice;

const JSON: &str = "application/json";
/// As at the service: `text/plain` in the format of Prometheus.
const METRICS: &str = "text/plain; version=0.0.4; charset=utf-8";

/// A response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    pub status: u16,
    /// None where there is no body.
    pub content_type: Option<&'static str>,
    pub body: Vec<u8>,
    /// Whether a password was hashed or compared for it, which takes long in the service.
    pub hashes: bool,
}

/// A response that is no refusal.
#[derive(Debug)]
pub struct Success {
    status: u16,
    content_type: Option<&'static str>,
    body: Vec<u8>,
}

impl Success {
    /// 200 with this as JSON.
    pub fn json(value: &impl Serialize) -> Self {
        Self::text_of_json(to_json(value))
    }

    /// 200 with JSON that is written already.
    pub fn text_of_json(body: Vec<u8>) -> Self {
        Self {
            status: 200,
            content_type: Some(JSON),
            body,
        }
    }

    /// 200 with nothing else to say.
    pub fn message(message: &'static str) -> Self {
        Self::json(&Message { message })
    }

    /// 200 with metrics.
    pub fn metrics(text: String) -> Self {
        Self {
            status: 200,
            content_type: Some(METRICS),
            body: text.into_bytes(),
        }
    }

    /// 204.
    pub fn nothing() -> Self {
        Self {
            status: StatusCode::NO_CONTENT.as_u16(),
            content_type: None,
            body: Vec::new(),
        }
    }

    /// The same with 201.
    pub fn created(self) -> Self {
        Self {
            status: StatusCode::CREATED.as_u16(),
            ..self
        }
    }
}

/// The JSON of a shape of the service.
pub fn to_json(value: &impl Serialize) -> Vec<u8> {
    // All of them are structs of text, numbers and lists, which serde_json writes without fail.
    serde_json::to_vec(value).unwrap_or_default()
}

/// A page of a list, of items that are written already.
#[derive(Debug)]
pub struct PageText(Vec<u8>);

impl PageText {
    /// Without items yet, for so many.
    pub fn with_room(items: usize) -> Self {
        let mut text = Vec::with_capacity(128 + items * 384);
        text.extend_from_slice(b"{\"items\":[");
        Self(text)
    }

    /// Adds an item.
    pub fn item(&mut self, text: &[u8]) {
        if self.0.last() != Some(&b'[') {
            self.0.push(b',');
        }
        self.0.extend_from_slice(text);
    }

    /// The whole page, as the service writes one of this slice.
    pub fn end(mut self, slice: Slice, total: u64) -> Vec<u8> {
        self.0.extend_from_slice(b"],\"pagination\":");
        self.0
            .extend(to_json(&slice.page::<()>(Vec::new(), total).pagination));
        self.0.push(b'}');
        self.0
    }
}

impl Reply {
    /// What an operation came to.
    pub(super) fn of(answered: Answer, hashes: bool) -> Self {
        match answered {
            Ok(success) => Self {
                status: success.status,
                content_type: success.content_type,
                body: success.body,
                hashes,
            },
            Err(refusal) => {
                let status = refusal.status().as_u16();
                Self {
                    status,
                    content_type: Some(JSON),
                    body: to_json(&refusal.into_body()),
                    hashes,
                }
            }
        }
    }
}
