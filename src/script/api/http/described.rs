//! Responses as they are described to scripts: their fields and methods.

use crate::script::api::signature::{self, Object, optional, required};

pub(super) const JSON: signature::Function =
    signature::Function::method("res", "json", "The body as Lua values.")
        .returns(&["any", "string?"])
        .fails("nil and a message when the body is not valid JSON.")
        .example(include_str!("../examples/res.json.lua"));

pub(super) const FAIL: signature::Function = signature::Function::method(
    "res",
    "fail",
    "Counts the response as `unexpected`, for this reason, until the user waits again.",
)
.takes(&[required("why", "string").doc("A fixed text: a run tells 100 reasons apart.")])
.fails("An error once the user waited again or its step ended: then it is counted.")
.example(include_str!("../examples/res.fail.lua"));

pub(super) const HTML: signature::Function =
    signature::Function::method("res", "html", "The page in the body.")
        .returns(&["Element?", "string?"])
        .fails("nil and a message when it cannot be read.");

pub(super) const XML: signature::Function =
    signature::Function::method("res", "xml", "The XML document in the body.")
        .returns(&["Element?", "string?"])
        .fails("nil and a message when it cannot be read.");

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
        required("headers", "table<string, any>")
            .doc("Headers by lower-case name; `set-cookie` is always a list."),
        optional("body", "string").doc("The body, decompressed."),
        optional("url", "string").doc("The full URL of the response, after redirects."),
        required("redirects", "Hop[]").doc("The redirects before it."),
        optional("duration", "number")
            .doc("From sending to the last byte.")
            .unit("s"),
        optional("timings", "Timings")
            .doc("The time of each phase.")
            .unit("s"),
        optional("given_up", "boolean").doc("True when the user gave up."),
        optional("error", "string").doc("Why there is no response: one of the kinds."),
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
        required("blocked", "number").unit("s"),
        required("dns", "number").unit("s"),
        required("connect", "number").unit("s"),
        required("tls", "number").unit("s"),
        required("send", "number").unit("s"),
        required("wait", "number").unit("s"),
        required("receive", "number").unit("s"),
    ],
    methods: &[],
};
