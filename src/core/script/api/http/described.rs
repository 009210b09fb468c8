//! Responses as they are described to scripts: their fields and methods.

use super::call_signature;
use crate::script::api::signature::{Function, Object, optional, required, returned};

pub(super) const JSON: Function = Function::method(
    "res",
    "json",
    "The body as Lua values, or a part of it; what is not asked for is not decoded.",
)
.takes(&[optional("at", "string")
    .doc("A JSON pointer (RFC 6901) to the part, such as `/items/0/id`; lists count from 0.")
    .or("the whole body")])
.returns(&[
    returned(
        "any",
        "The value: tables for objects and lists, `json.null` for null.",
    ),
    returned("string?", "Why there is none."),
])
.fails(
    "nil and a message when the body is not valid JSON or has no such part; an error if `at` \
     is not one.",
)
.example(include_str!("../examples/res.json.lua"));

pub(super) const FAIL: Function = Function::method(
    "res",
    "fail",
    "Counts the response as `unexpected`, for this reason, until the user waits again.",
)
.takes(&[required("why", "string").doc("A fixed text: a run tells 100 reasons apart.")])
.fails("An error once the user has waited again or its step has ended: then it is counted.")
.example(include_str!("../examples/res.fail.lua"));

pub(super) const HTML: Function = Function::method(
    "res",
    "html",
    "The page in the body, parsed as browsers do; freed when the step ends.",
)
.returns(&[
    returned(
        "Element?",
        "The whole page, in which selectors find elements.",
    ),
    returned("string?", "Why there is none."),
])
.fails(
    "nil and a message when the body is empty, or the page takes longer than 250 ms to parse or \
     nests more than 512 elements deep.",
)
.example(include_str!("../examples/res.html.lua"));

pub(super) const XML: Function = Function::method(
    "res",
    "xml",
    "The XML document in the body; freed when the step ends.",
)
.returns(&[
    returned(
        "Element?",
        "The whole document, in which selectors find elements.",
    ),
    returned("string?", "Why there is none."),
])
.fails(
    "nil and a message when the body is empty or not well-formed, is not UTF-8 or has a \
     document type declaration.",
)
.example(include_str!("../examples/res.xml.lua"));

pub(super) const MATCH: Function =
    Function::method("res", "match", "What `string.match` finds in the body.")
        .takes(&[
            required("pattern", "string").doc("A Lua pattern."),
            optional("init", "integer")
                .doc("The byte of the body at which the search begins.")
                .unitless()
                .or("1"),
        ])
        .returns(&[returned(
            "any...",
            "The captures, or the whole match without captures.",
        )])
        .fails("nil without a match or a body.")
        .example(include_str!("../examples/res.match.lua"));

pub(super) const SUBMIT: Function = Function::method(
    "res",
    "submit",
    "Sends a form of the page as a browser does, with its hidden fields, and waits for the \
     response.",
)
.takes(&[
    optional("form", "Element|string")
        .doc("The form, or a CSS selector of it.")
        .or("the first form"),
    optional("fields", "table<string, any>").doc(
        "What to fill in, by name: a text, a list, true or false for a checkbox, or a table of \
         `content`, `filename` and `type` for a file.",
    ),
    optional("opts", "RequestOptions").doc("Options other than a body or a query."),
])
.returns(&[call_signature::RESPONSE])
.fails(
    "An error when the page has no such form; where the page itself had failed, nothing is sent \
     and the response has the `error` `no_form`.",
)
.waits()
.example(include_str!("../examples/res.submit.lua"));
/// What a request returns.
pub const RESPONSE: Object = Object {
    kind: "Response",
    name: "res",
    doc: "How a request ended.",
    fields: &[
        required("ok", "boolean").doc("The status is 200 to 399."),
        optional("status", "integer")
            .doc("The status code; nil without a response.")
            .unitless(),
        required("headers", "table<string, any>")
            .doc("Headers by lower-case name; `set-cookie` is a list. nil without a response."),
        optional("body", "string").doc("The body, decompressed."),
        optional("url", "string").doc("The full URL of the response, after redirects."),
        required("redirects", "Hop[]").doc("The redirects before it; nil without a response."),
        optional("duration", "number")
            .doc("From sending to the last byte.")
            .unit("s"),
        optional("timings", "Timings")
            .doc("The time of each phase.")
            .unit("s"),
        optional("given_up", "boolean").doc("True when the user gave up."),
        optional("error", "string")
            .doc("Why there is no response: `timeout`, `connect`, `tls` and so on."),
        optional("message", "string").doc("The same in words."),
        optional("trace_id", "string").doc("The trace of the request, with --trace-context."),
    ],
    methods: &[&JSON, &FAIL, &HTML, &XML, &MATCH, &SUBMIT],
    example: include_str!("../examples/Response.lua"),
};

/// A redirect that was followed.
pub const HOP: Object = Object {
    kind: "Hop",
    name: "hop",
    doc: "A redirect that was followed.",
    fields: &[
        required("status", "integer")
            .doc("The status code, such as 302.")
            .unitless(),
        required("url", "string").doc("The full URL that redirected."),
        required("headers", "table<string, any>").doc("Its headers, as those of a response."),
    ],
    methods: &[],
    example: include_str!("../examples/Hop.lua"),
};
/// The phases of a request.
pub const TIMINGS: Object = Object {
    kind: "Timings",
    name: "timings",
    doc: "How long each phase of a request took; 0 where it was not needed.",
    fields: &[
        required("blocked", "number")
            .doc("Waiting for a free connection or for limits, and earlier attempts.")
            .unit("s"),
        required("dns", "number")
            .doc("Looking up the host.")
            .unit("s"),
        required("connect", "number")
            .doc("Connecting over TCP.")
            .unit("s"),
        required("tls", "number")
            .doc("The TLS handshake.")
            .unit("s"),
        required("send", "number")
            .doc("Handing the request to the kernel.")
            .unit("s"),
        required("wait", "number")
            .doc("From the last byte sent to the first byte of the response.")
            .unit("s"),
        required("receive", "number")
            .doc("From the first byte to the last one.")
            .unit("s"),
    ],
    methods: &[],
    example: include_str!("../examples/Timings.lua"),
};
