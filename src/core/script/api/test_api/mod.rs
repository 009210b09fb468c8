//! What test files (`*_test.lua`) and mock files can call or write, as data.
//!
//! Test files have it beside some tables of scripts: [`HOST_TABLES`].

mod expectation;
mod mock;
mod user;

pub use expectation::EXPECTATION;
pub use mock::{ANSWER, LATENCY, REQUEST, ROUTE};
pub use user::{RUN, SESSION_OPTIONS, START, STEP, STOP, TEST_USER, USER_OPTIONS};

use super::signature::{Field, Function, Namespace, Object, Options, optional, required, returned};

/// The tables of scripts that test files and mock files have too; they send nothing and belong to no user.
pub const HOST_TABLES: [&str; 5] = ["random", "json", "log", "crypto", "time"];
/// The functions and values of no table that they have too.
pub const HOST_GLOBALS: [&str; 3] = ["print", "require", "vars"];

const GROUP_BODY: Field = required("body", "fun()").doc("Registers its tests and groups.");

const DESCRIBE: Function = Function::global("describe", "A group of tests; groups nest.")
    .takes(&[
        required("name", "string").doc("What is tested; it stands before the names of its tests."),
        GROUP_BODY,
    ])
    .fails("An error inside a test: groups belong beside tests.")
    .example(include_str!("../examples/describe.lua"));

const IT: Function = Function::global("it", "A test; without a body it is pending.")
    .takes(&[
        required("name", "string").doc("What it shows: `\"buys what is in stock\"`."),
        optional("body", "fun()").doc("The test; it fails where an error leaves it."),
    ])
    .fails("An error inside a test.")
    .example(include_str!("../examples/it.lua"));

const BEFORE_EACH: Function = Function::global(
    "before_each",
    "Runs before each test of its group, after those of the groups around it.",
)
.takes(&[required("body", "fun()").doc("What each test begins with.")])
.fails("An error inside a test.")
.example(include_str!("../examples/before_each.lua"));

const AFTER_EACH: Function = Function::global(
    "after_each",
    "Runs after each test of its group, also after one that failed.",
)
.takes(&[required("body", "fun()").doc("What each test ends with.")])
.fails("An error inside a test.")
.example(include_str!("../examples/after_each.lua"));

const EXPECT: Function = Function::global("expect", "What is expected of a value.")
    .takes(&[required("value", "any").doc("What was found.")])
    .returns(&[returned("Expectation", "Its methods compare the value.")])
    .example(include_str!("../examples/expect.lua"));

/// `throng.user`.
pub const MAKE_USER: Function = Function::new(
    "throng",
    "user",
    "A user of a type, with a VM of its own, that begins no session by itself.",
)
.takes(&[
    required("type", "string").doc("A type of user: the name of its file without `.lua`."),
    optional("options", "TestUserOptions").doc("Seed, variables and so on."),
])
.returns(&[returned(
    "TestUser",
    "The user: it makes steps, and shows what came of them.",
)])
.fails("An error when the type is unknown or its script does not load.")
.example(include_str!("../examples/throng.user.lua"));

/// `clock.now`.
pub const NOW: Function = Function::new(
    "clock",
    "now",
    "The virtual time since the file was loaded.",
)
.returns(&[returned("number", "Pauses of users are part of it.").unit("s")])
.example(include_str!("../examples/clock.now.lua"));

/// `clock.advance`.
pub const ADVANCE: Function = Function::new("clock", "advance", "Lets virtual time pass.")
    .takes(&[required("time", "number|string")
        .doc("A number, or a text such as `\"2h\"`.")
        .unit("s")])
    .waits()
    .example(include_str!("../examples/clock.advance.lua"));

/// `mock.demo`.
pub const DEMO: Function = Function::new(
    "mock",
    "demo",
    "Answers as `throng service` does, until the test ends.",
)
.example(include_str!("../examples/mock.demo.lua"));

const ROUTES: &str = "table<string, integer|string|MockAnswer|MockLatency|fun(req: MockRequest): \
                      integer|MockAnswer>|MockRoute[]";

/// `mock(routes)`.
pub const MOCK: Function = Function::global(
    "mock",
    "Answers requests by a table of routes, until the test ends.",
)
.takes(&[required("routes", ROUTES)
    .doc(
        "By route: a status, an answer, or a function that gives one; `latency` of all; or a list.",
    )
    .unitless()])
.fails("An error with every fault of the table, each with its line.")
.example(include_str!("../examples/mock.lua"));

/// `throng` in tests.
pub const THRONG_TABLE: Namespace = Namespace {
    name: "throng",
    doc: "Users in tests.",
    functions: &[&MAKE_USER],
    values: &[],
};

/// `mock` in tests, which is also called itself.
pub const MOCK_TABLE: Namespace = Namespace {
    name: "mock",
    doc: "What answers the requests of a test, or of a run with `--mock`.",
    functions: &[&DEMO],
    values: &[],
};

/// `clock` in tests.
pub const CLOCK_TABLE: Namespace = Namespace {
    name: "clock",
    doc: "The virtual time of tests.",
    functions: &[&NOW, &ADVANCE],
    values: &[],
};

/// The tables of tests.
pub const TEST_NAMESPACES: &[&Namespace] = &[&THRONG_TABLE, &MOCK_TABLE, &CLOCK_TABLE];

/// The functions of tests that are no table's.
pub const TEST_GLOBALS: &[&Function] = &[&DESCRIBE, &IT, &BEFORE_EACH, &AFTER_EACH, &EXPECT, &MOCK];

/// The objects that tests and mocks get.
pub const TEST_OBJECTS: &[&Object] = &[
    &EXPECTATION,
    &TEST_USER,
    &user::TEST_REQUEST,
    &user::TEST_ANSWER,
    &user::CHECK_COUNTS,
    &user::LOG_LINE,
    &REQUEST,
];

/// The tables that tests and mocks write.
pub const TEST_OPTIONS: &[&Options] = &[&USER_OPTIONS, &SESSION_OPTIONS, &ANSWER, &LATENCY, &ROUTE];
