//! Users in tests, and what they show.

use crate::script::api::signature::{Field, Function, Object, Options, optional, required};

const OF_SESSION: &[Field] =
    &[optional("options", "TestSessionOptions").doc("How long the session is.")];

/// `user:run`.
pub const RUN: Function = Function::method(
    "user",
    "run",
    "Lives a session: `on_start`, steps with pauses in virtual time, `on_stop`.",
)
.takes(OF_SESSION)
.fails("An error of the script.")
.waits()
.example(include_str!("../examples/user.run.lua"));

/// `user:start`.
pub const START: Function =
    Function::method("user", "start", "Begins a session and calls `on_start`.")
        .takes(OF_SESSION)
        .fails("An error of the script.")
        .waits()
        .example(include_str!("../examples/user.start.lua"));

/// `user:step`.
pub const STEP: Function = Function::method(
    "user",
    "step",
    "Makes one step; begins a session before the first one.",
)
.takes(&[required("name", "string").doc("The name of the step.")])
.fails("An error when the type has no step of that name; an error of the script.")
.waits()
.example(include_str!("../examples/user.step.lua"));

/// `user:stop`.
pub const STOP: Function =
    Function::method("user", "stop", "Calls `on_stop` and ends the session.")
        .fails("An error of the script.")
        .waits()
        .example(include_str!("../examples/user.stop.lua"));

/// What `state` of a test's user is.
const STATE: &str =
    "A copy of `user.state`; after the session as it was at its end. Nil before the first session.";

/// What `throng.user` returns.
pub const TEST_USER: Object = Object {
    kind: "TestUser",
    name: "user",
    doc: "A user in a test.",
    fields: &[
        required("type", "string").doc("Its type."),
        required("state", "table").doc(STATE),
        required("requests", "TestRequest[]")
            .doc("Its requests in the order in which they were sent."),
        required("checks", "table<string, CheckCounts>").doc("Its checks by name."),
        required("logs", "LogLine[]").doc("What its script logged."),
        optional("ended", "string")
            .doc("`completed`, or `gave up: ...` with the reason; nil while the session lasts."),
    ],
    methods: &[&RUN, &START, &STEP, &STOP],
    example: include_str!("../examples/TestUser.lua"),
};

/// A request that a user of a test sent.
pub const TEST_REQUEST: Object = Object {
    kind: "TestRequest",
    name: "request",
    doc: "A request of a user in a test.",
    fields: &[
        required("method", "string").doc("Such as `\"GET\"`."),
        required("path", "string").doc("Without the query."),
        optional("query", "string").doc("What stands behind the `?`."),
        required("url", "string").doc("The full URL."),
        required("body", "string").doc("What was sent."),
        required("json", "any").doc("The body as JSON; nil where it is none."),
        optional("status", "integer")
            .doc("The status code; nil where there was no answer.")
            .unitless(),
        optional("error", "string").doc("Why there was none."),
        required("seconds", "number")
            .doc("How long the answer took.")
            .unit("s"),
        required("answer", "TestAnswer").doc("What came back."),
    ],
    methods: &[],
    example: include_str!("../examples/TestRequest.lua"),
};

/// What a request of a test got.
pub const TEST_ANSWER: Object = Object {
    kind: "TestAnswer",
    name: "answer",
    doc: "The answer to a request of a user in a test.",
    fields: &[
        required("body", "string").doc("What came back."),
        required("json", "any").doc("The same as JSON; nil where it is none."),
    ],
    methods: &[],
    example: include_str!("../examples/TestAnswer.lua"),
};

/// How often a check of a user held.
pub const CHECK_COUNTS: Object = Object {
    kind: "CheckCounts",
    name: "check",
    doc: "How often a check of a user in a test held.",
    fields: &[
        required("passed", "integer")
            .doc("How often it held.")
            .unitless(),
        required("failed", "integer")
            .doc("How often it did not.")
            .unitless(),
    ],
    methods: &[],
    example: include_str!("../examples/CheckCounts.lua"),
};

/// What the script of a user logged.
pub const LOG_LINE: Object = Object {
    kind: "LogLine",
    name: "line",
    doc: "What the script of a user in a test logged.",
    fields: &[
        required("level", "string").doc("`debug`, `info`, `warn` or `error`."),
        required("text", "string").doc("The words and fields."),
    ],
    methods: &[],
    example: include_str!("../examples/LogLine.lua"),
};

/// What `throng.user` takes beside the type.
pub const USER_OPTIONS: Options = Options {
    kind: "TestUserOptions",
    doc: "What a user of a test has of its own.",
    fields: &[
        optional("seed", "integer")
            .doc("Of all its draws.")
            .unitless()
            .or("`--seed`"),
        optional("vars", "table<string, any>").doc("Beside those of `-e`, which they replace."),
        optional("crowd", "any").doc("What its script has as `crowd`."),
        optional("error_rate", "number")
            .doc("Deliberate mistakes, 0 to 100.")
            .unit("percent")
            .or("0"),
    ],
    example: include_str!("../examples/TestUserOptions.lua"),
};

/// What `user:run` and `user:start` take.
pub const SESSION_OPTIONS: Options = Options {
    kind: "TestSessionOptions",
    doc: "How long a session of a test is.",
    fields: &[optional("requests", "integer")
        .doc("From 1.")
        .unit("requests")
        .or("drawn, as in a run")],
    example: include_str!("../examples/TestSessionOptions.lua"),
};
