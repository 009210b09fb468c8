//! Responses as they are described to scripts: their fields and methods.

use crate::script::api::signature::{self, Object, optional, required};

pub(super) const JSON: signature::Function = signature::Function::method(
    "res",
    "json",
    "The body as Lua values; nil and a message when it is not JSON.",
)
.returns(&["any", "string?"]);

pub(super) const FAIL: signature::Function = signature::Function::method(
    "res",
    "fail",
    "Counts the response as `unexpected`, for this reason, until the user waits again.",
)
.takes(&[required("why", "string")]);

pub(super) const HTML: signature::Function = signature::Function::method(
    "res",
    "html",
    "The page in the body; nil and a message when it cannot be read.",
)
.returns(&["Element?", "string?"]);

pub(super) const XML: signature::Function = signature::Function::method(
    "res",
    "xml",
    "The XML document in the body; nil and a message when it cannot be read.",
)
.returns(&["Element?", "string?"]);

pub(super) const MATCH: signature::Function = signature::Function::method(
    "res",
    "match",
    "What `string.match` finds in the body; nil without a match or a body.",
)
.takes(&[required("pattern", "string"), optional("init", "integer")])
.returns(&["any..."]);

pub(super) const SUBMIT: signature::Function = signature::Function::method(
    "res",
    "submit",
    "Sends a form of the page as a browser does, and waits for the response. The form is an \
     element or a CSS selector; nil is the first form.",
)
.takes(&[
    optional("form", "Element|string"),
    optional("fields", "table<string, any>"),
    optional("opts", "RequestOptions"),
])
.returns(&["Response"])
.waits();

/// What a request returns.
pub const RESPONSE: Object = Object {
    kind: "Response",
    name: "res",
    doc: "How a request ended.",
    fields: &[
        required("ok", "boolean").doc("The status is 200 to 399."),
        optional("status", "integer").doc("The status; nil without a response."),
        required("headers", "table<string, any>").doc("Headers by lower-case name."),
        optional("body", "string").doc("The body."),
        optional("url", "string").doc("The full URL of the response, after redirects."),
        required("redirects", "Hop[]").doc("The redirects before it."),
        optional("duration", "number").doc("Seconds until the last byte."),
        optional("timings", "Timings").doc("Seconds of each phase."),
        optional("given_up", "boolean").doc("True when the user gave up."),
        optional("error", "string").doc("Why there is no response."),
        optional("message", "string").doc("The same in words."),
        optional("trace_id", "string").doc("The trace of the request, with --trace-context."),
    ],
    methods: &[&JSON, &FAIL, &HTML, &XML, &MATCH, &SUBMIT],
};

/// A redirect that was followed.
pub const HOP: Object = Object {
    kind: "Hop",
    name: "hop",
    doc: "A redirect that was followed.",
    fields: &[
        required("status", "integer"),
        required("url", "string"),
        required("headers", "table<string, any>"),
    ],
    methods: &[],
};

/// The phases of a request.
pub const TIMINGS: Object = Object {
    kind: "Timings",
    name: "timings",
    doc: "Seconds of each phase of a request.",
    fields: &[
        required("blocked", "number"),
        required("dns", "number"),
        required("connect", "number"),
        required("tls", "number"),
        required("send", "number"),
        required("wait", "number"),
        required("receive", "number"),
    ],
    methods: &[],
};
