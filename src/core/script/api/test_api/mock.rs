//! Mocks: what a route gets, and what it answers.

use crate::script::api::signature::{Field, Object, Options, optional, required};

/// `req`: what the function of a route is given.
pub const REQUEST: Object = Object {
    kind: "MockRequest",
    name: "req",
    doc: "A request that the function of a route answers.",
    fields: &[
        required("method", "string").doc("Such as `\"GET\"`."),
        required("path", "string").doc("Without the query."),
        required("params", "table<string, string>").doc("The values of `{id}`, decoded."),
        required("number", "integer")
            .doc("How many requests the mock has had, this one included.")
            .unitless(),
        required("url", "string").doc("The full URL."),
        required("query", "table<string, any>")
            .doc("The query by name; a list where a name comes again."),
        required("headers", "table<string, string>").doc("By name, in any case."),
        required("cookies", "table<string, string>").doc("By name."),
        required("body", "string").doc("What was sent."),
        required("json", "any").doc("The body as JSON; nil where it is none."),
        required("form", "table<string, any>").doc("The fields of a form by name."),
    ],
    methods: &[],
    example: include_str!("../examples/MockRequest.lua"),
};

const STATUS: Field = optional("status", "integer")
    .doc("200 to 599.")
    .unitless()
    .or("200");
const JSON: Field = optional("json", "any").doc("A value, sent as JSON.");
const BODY: Field = optional("body", "string").doc("A text, sent as it is.");
const HEADERS: Field =
    optional("headers", "table<string, any>").doc("By name; a list sends a header several times.");
const LATENCY_FIELD: Field = optional("latency", "number|string|MockLatency")
    .doc("How long the answer takes, at least 0.001.")
    .unit("s")
    .or("that of the file");
const FAULTS: &str =
    "A fault of the connection: dns, connect, tls, timeout, reset, truncated or protocol.";
const ERROR: Field = optional("error", "string").doc(FAULTS);

/// What a route answers.
pub const ANSWER: Options = Options {
    kind: "MockAnswer",
    doc: "An answer of a mock.",
    fields: &[STATUS, JSON, BODY, HEADERS, LATENCY_FIELD, ERROR],
    example: include_str!("../examples/MockAnswer.lua"),
};

/// An entry of a list of routes.
pub const ROUTE: Options = Options {
    kind: "MockRoute",
    doc: "A route in a list, whose order decides; the answer is in it or in `answer`.",
    fields: &[
        required("route", "string").doc("Such as `\"GET /users/{id}\"`."),
        optional(
            "answer",
            "integer|MockAnswer|fun(req: MockRequest): integer|MockAnswer",
        )
        .doc("A status, an answer, or a function that gives one.")
        .unitless(),
        STATUS,
        JSON,
        BODY,
        HEADERS,
        LATENCY_FIELD,
        ERROR,
    ],
    example: include_str!("../examples/MockRoute.lua"),
};

/// A distribution of latencies.
pub const LATENCY: Options = Options {
    kind: "MockLatency",
    doc: "How long answers take: log-normal by `p50` and `p99`, or uniform from `min` to `max`.",
    fields: &[
        optional("p50", "number|string")
            .doc("The median.")
            .unit("s"),
        optional("p99", "number|string")
            .doc("What 1 in 100 exceeds.")
            .unit("s")
            .or("p50"),
        optional("min", "number|string")
            .doc("The shortest.")
            .unit("s"),
        optional("max", "number|string")
            .doc("The longest.")
            .unit("s"),
    ],
    example: include_str!("../examples/MockLatency.lua"),
};
